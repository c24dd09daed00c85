"""Tries an operation with a fault at its first call, its second, and so on to its end, and counts.

The counts are printed at the end, and go into the log of faults.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

import fault_log
import wire
from conftest import Shared
from laptop import Laptop
from office import Office
from strace import Fault

EVERY = os.environ.get("DOORSTEP_FAULTS") == "all"
"""Whether each call is tried. Otherwise long operations are tried at every few calls."""

LANES = min(4, len(os.sched_getaffinity(0)) + 1)
"""Operations that are tried beside each other."""

MOST_CALLS = 5_000
"""No operation here makes as many calls of one kind; one that does is not coming to its end."""

MOST_VIOLATIONS = 8
"""After so many, a sweep is not gone on with."""

Place = TypeVar("Place", bound=contextlib.AbstractContextManager)
"""Where an operation is tried: programs, homes and disks of its own."""


@dataclass
class Tally:
    """What one test injected, and what did not hold afterwards."""

    fault: str
    program: str
    operation: str
    injected: int = 0
    violations: list[str] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        return {
            "fault": self.fault, "program": self.program, "operation": self.operation,
            "injected": self.injected, "violations": len(self.violations),
        }


class Ledger:
    """The tallies of one test."""

    def __init__(self) -> None:
        self.tallies: list[Tally] = []

    def tally(self, fault: str, program: str, operation: str) -> Tally:
        """- fault: its kind: P1, P2 kills, P3 power cuts, D1 full disks, D2 failing disks."""
        self.tallies.append(Tally(fault, program, operation))
        return self.tallies[-1]


@pytest.fixture
def ledger(record_property: Callable[[str, object], None]) -> Iterator[Ledger]:
    """Counts faults, and hands the counts on when the test ends, however it ends."""
    made = Ledger()
    yield made
    for tally in made.tallies:
        record_property("fault", tally.row())
        with fault_log.counted(tally.fault) as count:
            count.injected, count.violations = tally.injected, len(tally.violations)
            count.more |= {"program": tally.program, "operation": tally.operation}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what was injected."""
    rows = [
        value for reports in terminalreporter.stats.values() for report in reports
        # A test has several reports with the same properties.
        if getattr(report, "when", "") == "teardown"
        for name, value in report.user_properties if name == "fault"
    ]
    if not rows:
        return
    terminalreporter.section("faults")
    total: Counter[str] = Counter()
    for row in sorted(rows, key=lambda row: list(map(str, row.values()))):
        total[row["fault"]] += row["injected"]
        terminalreporter.line(
            "{fault} {program} {operation}: {injected} injected, {violations} violations"
            .format(**row))
    terminalreporter.line(", ".join(f"{number} of {fault}" for fault, number in total.items()))


class Sweep(Generic[Place]):
    """Goes through the calls of an operation.

    - strides: for each kind of call, how many calls to go forward from one try to the next.
    - does, onwards: see `Fault`.
    - always: a try counts even where the operation had ended before its fault.
    """

    def __init__(
        self, tally: Tally, strides: dict[str, int], does: str, onwards: bool = False,
        always: bool = False,
    ) -> None:
        self._tally = tally
        self._always = always
        self._guard = threading.Lock()
        self._ended: set[str] = set()
        self._faults = itertools.chain.from_iterable(
            self._row(call, 1 if EVERY else stride, does, onwards)
            for call, stride in strides.items())

    def _row(self, call: str, stride: int, does: str, onwards: bool) -> Iterator[Fault]:
        for number in range(1, MOST_CALLS, stride):
            if call in self._ended:
                return
            yield Fault(call, number, does, onwards)
        raise AssertionError(f"{MOST_CALLS} calls of {call} and no end")

    def _next(self) -> Fault | None:
        with self._guard:
            if len(self._tally.violations) >= MOST_VIOLATIONS:
                return None
            return next(self._faults, None)

    def run(
        self, make: Callable[[int], Place], attempt: Callable[[Place, Fault], bool]
    ) -> None:
        """Tries every fault, and fails if anything did not hold.

        - make: makes a place for a lane; it is entered before the first try in it.
        - attempt: tries one fault and checks what must hold afterwards; answers whether the fault
          came before the operation's end. A place in which something did not hold is given up.
        """
        with ThreadPoolExecutor(LANES) as pool:
            for lane in [pool.submit(self._go, number, make, attempt) for number in range(LANES)]:
                lane.result()
        broken = self._tally.violations
        assert not broken, "\n\n".join([f"{len(broken)} did not hold:", *broken])
        assert self._tally.injected, "nothing was injected"

    def _go(
        self, lane: int, make: Callable[[int], Place], attempt: Callable[[Place, Fault], bool]
    ) -> None:
        fault = self._next()
        while fault:
            at, trying = fault, False
            try:
                with make(lane) as place:
                    while fault:
                        at, trying = fault, True
                        came = attempt(place, fault)
                        trying = False
                        with self._guard:
                            self._tally.injected += came or self._always
                            if not came:
                                self._ended.add(fault.call)
                        fault = self._next()
            # Whatever it is, for instance an answer that cannot be read: it did not hold.
            except Exception as broken:  # noqa: BLE001
                with self._guard:
                    self._tally.injected += trying
                    self._tally.violations.append(f"{at}: {type(broken).__name__}: {broken}")
                fault = self._next()


@dataclass
class Stage:
    """An office and its laptops, for the tries of one lane.

    - texts: notes of the shared case, and how often each must be there in the end.
    - unsent: what `account` last knew to wait on a.khan's laptop.
    - is_checked: whether it must be sound when it is left.
    """

    lane: int
    office: Office
    crn: str
    texts: Counter[str] = field(default_factory=Counter)
    unsent: int = 0
    is_checked: bool = True

    @property
    def khan(self) -> Laptop:
        return self.office.laptop("a.khan")

    @property
    def jones(self) -> Laptop:
        return self.office.laptop("b.jones")

    def found(self, laptop: Laptop) -> Counter[str]:
        """The texts that a laptop shows."""
        return Counter(note["text"] for note in laptop.notes(self.crn).values())

    def note(self, text: str) -> dict[str, int]:
        """A note by a.khan, which must be there in the end."""
        saved = self.khan.json("note", self.crn, text)
        self.texts[text] = 1
        return saved

    def account(self, text: str, changes: int, said: bool) -> None:
        """The next plain run after an edit went wrong: the edit is there whole, or not at all.

        - text: a note that was part of the edit, of so many changes.
        - said: whether the edit was called saved.
        """
        unsent = self.note(f"After “{text}”")["unsent"]
        waiting, self.unsent = unsent - self.unsent - 1, unsent
        there = self.found(self.khan)[text]
        assert waiting == changes * there, f"{waiting} of it wait, and it is there {there} times"
        assert there or not said, "it was called saved and is not there"
        self.texts[text] = there

    def code(self) -> str:
        """A code for a laptop of a.khan's, asked for by hand to save time."""
        answer = wire.post(
            self.office, self.office.operator, "/v1/operator/enrol-code", {"user": "a.khan"})
        return answer.json["code"]

    def settle(self, laptop: Laptop | None = None) -> None:
        """The next plain run after a fault: it sends everything and proves that both agree."""
        proven = (laptop or self.khan).json("verify")
        assert proven["agrees"] and proven["differences"] == [], proven

    def check(self) -> None:
        """Everything arrived exactly once, as another officer sees it, and the office is sound."""
        for laptop in (self.khan, self.jones):
            self.settle(laptop)
            found = self.found(laptop)
            wrong = {text: found[text] for text in self.texts if found[text] != self.texts[text]}
            assert not wrong, f"{laptop.home.name} shows so many of these, not once each: {wrong}"
        verified = self.told("verify")
        assert "cases" in verified and "differences" not in verified, verified
        # Laptops and office mend each other's losses, which must not hide them here.
        assert self.told("report")["epoch"] == "1", "what the office lost had to be handed back"
        forked = [row for row in self.told("devices")["devices"] if "forks" in row]
        assert not forked, f"a laptop lost what it had sent: {forked}"

    def told(self, path: str) -> dict[str, Any]:
        """What the office tells its operator, asked for by hand to save time."""
        answer = wire.ask(
            self.office, self.office.operator, "GET", f"/v1/operator/{path}", Accept=wire.JSON)
        assert answer.status == 200, answer
        return answer.json


class Stages:
    """Makes stages from the office that all tests share."""

    def __init__(self, template: tuple[Office, Shared], folder: Path) -> None:
        self._template = template
        self._folder = folder
        self._numbers = itertools.count()

    @contextlib.contextmanager
    def make(self, lane: int, serving: bool = True) -> Iterator[Stage]:
        """A stage of its own, checked when it is left, and then taken away.

        - serving: whether its server runs at first.
        """
        folder = self._folder / f"lane-{lane}-{next(self._numbers)}"
        office = self._template[0].copy(folder)
        try:
            if serving:
                office.start()
            made = Stage(lane, office, self._template[1].crn)
            yield made
            if made.is_checked:
                if not office.process:
                    office.start()
                made.check()
        finally:
            office.stop()
            shutil.rmtree(folder)


@pytest.fixture
def stages(template: tuple[Office, Shared], tmp_path: Path) -> Stages:
    """Stages in this test's folder."""
    return Stages(template, tmp_path)
