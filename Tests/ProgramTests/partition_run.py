"""One long run on a bad network: officers who write and sync, and a nemesis that spoils it.

It only drives and takes notes; `partition_checks.py` judges what it noted.
"""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import programs
from fault_proxy import Proxy
from laptop import Laptop
from office import Office

SeenEdit = tuple[str, int]
"""An edit of one field as a laptop shows it: its author, and the author's clock. Each laptop has an
author of its own."""

KNOWN_BY = ["unverified", "document", "door"]
KEPT = ""
"""In place of a field: nothing may ever supersede this edit."""


def named(kind: str, key: str) -> str:
    """The id that a natural key gives (Protocol/README.md section 2)."""
    made = bytearray(hashlib.sha256(f"doorstep:{kind}:{key}".encode()).digest()[:16])
    made[6] = made[6] & 0x0F | 0x80
    made[8] = made[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(made)))


@dataclass(frozen=True)
class Edit:
    """One change that a program said was saved."""

    user: str
    counter: int
    crn: str
    field: str
    """Which field may be set again by somebody who saw this edit; or KEPT."""
    record: str | None
    """None where the program did not say: the later parts of a visit."""
    token: str
    """A word that only this act holds."""
    act: int
    kind: str
    """The command."""
    seen: frozenset[SeenEdit] = frozenset()
    """What stood in that field on this laptop just before."""


@dataclass
class Officer:
    """One officer with a laptop, and what it was told."""

    user: str
    laptop: Laptop
    proxy: Proxy
    crns: list[str]
    chance: random.Random
    edits: list[Edit] = field(default_factory=list, repr=False)
    verdicts: dict[int, str] = field(default_factory=dict)
    """The first verdict on each of its changes."""
    shown: dict[str, set[str]] = field(default_factory=dict)
    """Ids of contacts that it has shown, by case."""
    wrongs: list[str] = field(default_factory=list)
    """What it saw that must not be."""
    syncs: Counter[str] = field(default_factory=Counter)
    running: subprocess.Popen[bytes] | None = None
    """The sync that runs now, for the nemesis."""
    acts: int = 0
    others: list[Officer] = field(default_factory=list, repr=False)

    def wrong(self, what: str) -> None:
        self.wrongs.append(f"{self.user}: {what}")

    # What an officer does.

    def work(self, until: float) -> None:
        """Writes, reads and syncs until then."""
        deeds: dict[Callable[[], None], int] = {
            self.note: 24, self.concern: 6, self.mark: 7, self.new_address: 5, self.verified: 8,
            self.outcome: 12, self.visit: 10, self.decide: 8, self.sync: 26, self.look: 10,
            self.look_for_a_visit: 5,
        }
        while time.monotonic() < until:
            (deed,) = self.chance.choices(list(deeds), list(deeds.values()))
            deed()

    @property
    def token(self) -> str:
        # Ends in a letter, since a search for x1 also finds x10.
        return f"{self.user.replace('.', '')}x{self.acts}q"

    def save(
        self, crn: str, *fields: str, record: str | None = None, seen: Iterable[SeenEdit] = (),
        command: list[object],
    ) -> None:
        """Runs a command that saves, and remembers what it said.

        - fields: the field of each change that the command makes.
        """
        said = self.laptop.run(command[0], *command[1:], "--json")
        act, token = self.acts, self.token
        self.acts += 1
        if said.status == programs.BAD_DATA:
            # Somebody else's work came between the look and the edit; nothing was saved.
            return
        if said.status != programs.DONE:
            self.wrong(f"{command[0]} ended with {said}")
            return
        answer = said.json
        if len(answer["changes"]) not in (0, len(fields)):
            self.wrong(f"{command[0]} made {answer['changes']}, not {len(fields)} changes")
        if len(fields) == 1:
            record = answer["record"]
        for name, counter in zip(fields, answer["changes"]):
            self.edits.append(Edit(
                self.user, counter, crn, name, record, token, act, str(command[0]),
                frozenset(seen)))

    def note(self) -> None:
        crn = self.chance.choice(self.crns)
        more = ["--sensitive"] if self.chance.random() < 0.2 else []
        self.save(crn, KEPT, command=["note", crn, f"Note {self.token}.", *more])

    def concern(self) -> None:
        crn = self.chance.choice(self.crns)
        self.save(crn, KEPT, command=["concern", crn, f"Concern {self.token}.", "--level", "high"])

    def mark(self) -> None:
        case = self.case()
        notes = [row["id"] for row in case["contacts"] if not row["sensitive"]]
        if notes:
            record = self.chance.choice(notes[:30])
            self.set(case["crn"], record, "sensitive", ["sensitive", record])

    def new_address(self) -> None:
        crn = self.chance.choice(self.crns)
        self.save(crn, "address", command=[
            "address", crn, "--line-1", f"1 {self.token} Street", "--town", "Leeds", "--postcode",
            "ZZ1 1ZZ", "--by", self.chance.choice(KNOWN_BY)])

    def verified(self) -> None:
        case = self.case()
        record = self.chance.choice(case["addresses"])["id"]
        self.set(case["crn"], record, "address", [
            "address", case["crn"], "--verify", record, "--by", self.chance.choice(KNOWN_BY)])

    def outcome(self) -> None:
        """An outcome for an appointment; where there is one, another, with a reason."""
        case = self.case()
        row = self.chance.choice(self.past(case)[-4:])
        code = self.chance.choice(["ATTC", "UAAB", "AFTC"])
        words = ["outcome", case["crn"], code, "--appointment", row["id"], "--evidence", self.token]
        if row.get("outcome") is None:
            self.save(case["crn"], "claim", command=words)
        elif not row["contested"]:
            record = named("outcome-claim", row["id"])
            self.set(case["crn"], record, "claim", [*words, "--replace", "--reason", "I know."])

    def visit(self) -> None:
        """A visit of two or three parts: what was seen, a note, and an outcome between them."""
        case = self.case()
        crn, token = case["crn"], self.token
        words = ["visit", crn, "--observations", f"Saw {token}.", "--note", f"Wrote {token}."]
        rows = [row for row in self.past(case) if row.get("outcome") is None]
        if rows:
            row = self.chance.choice(rows)
            words += ["--outcome", "ATTC", "--appointment", row["id"]]
            self.save(crn, KEPT, "claim", KEPT, command=words)
        else:
            self.save(crn, KEPT, KEPT, command=words)

    def decide(self) -> None:
        said = self.laptop.run("conflicts", "--json")
        if said.status not in (programs.DONE, programs.NEEDS_YOU):
            self.wrong(f"conflicts ended with {said}")
        elif said.json:
            row = self.chance.choice(said.json)
            choice = self.chance.choice(row["choices"])["choice"]
            self.set(row["crn"], row["id"], row["field"], [
                "resolve", row["id"], choice, "--field", row["field"], "--reason", self.token])

    def set(self, crn: str, record: str, name: str, command: list[object]) -> None:
        """Sets a field of a record that was shown, and remembers what stood in it."""
        before = self.laptop.run("history", record, "--json")
        if before.status != programs.DONE:
            return self.wrong(f"history ended with {before}")
        seen = [
            (row["author"], row["recordedAt"]) for row in before.json["standing"]
            if row["field"] == name
        ]
        return self.save(crn, name, record=record, seen=seen, command=command)

    @staticmethod
    def past(case: dict[str, Any]) -> list[dict[str, Any]]:
        yesterday = str(date.today() - timedelta(days=1))
        return [row for row in case["appointments"] if row["date"] < yesterday]

    # What an officer sees.

    def case(self, crn: str | None = None) -> dict[str, Any]:
        """A case as it is shown. What was shown or written before is still there."""
        crn = crn or self.chance.choice(self.crns)
        said = self.laptop.run("case", crn, "--contacts", 10_000, "--json")
        if said.status != programs.DONE:
            self.wrong(f"case ended with {said}")
            raise AssertionError(said)
        case = said.json
        rows = {row["id"]: row["text"] for row in case["contacts"]}
        if missing := self.shown.setdefault(crn, set()) - set(rows):
            self.wrong(f"{len(missing)} contacts of {crn} are not shown any more")
        self.shown[crn] |= set(rows)
        texts = set(rows.values())
        for edit in self.edits:
            if edit.crn == crn and edit.kind == "note" and f"Note {edit.token}." not in texts:
                self.wrong(f"its own note {edit.token} is not shown")
        return case

    def look(self) -> None:
        self.case()

    def look_for_a_visit(self) -> None:
        """Of an act of several parts one sees all or none."""
        visits = [
            edit for other in self.others for edit in list(other.edits)[-30:]
            if edit.kind == "visit" and edit.crn in self.crns
        ]
        if not visits:
            return
        edit = self.chance.choice(visits)
        said = self.laptop.run("search", edit.token, "--json")
        if said.status != programs.DONE:
            return self.wrong(f"search ended with {said}")
        if len(said.json) not in (0, 2):
            self.wrong(f"{len(said.json)} parts of the visit {edit.token} are shown")
        return None

    # Syncs.

    def sync(self) -> None:
        """A sync that the officer gives up after a while, as people do: by ending the program."""
        process = self.laptop.start("sync", "--json", stderr=subprocess.PIPE)
        self.running = process
        try:
            try:
                out, err = process.communicate(timeout=self.chance.uniform(0.5, 6))
            except subprocess.TimeoutExpired:
                process.kill()
                self.syncs["given up"] += 1
                out, err = process.communicate(timeout=programs.PATIENCE)
        finally:
            self.running = None
            programs.end(process)
        self.take(programs.Answer(process.returncode, out.decode(), err.decode()))

    def take(self, said: programs.Answer) -> bool:
        """Remembers what a sync said. True: it was whole."""
        match said.status:
            case programs.DONE | programs.NEEDS_YOU:
                answer = said.json
                for receipt in answer["sent"]:
                    counter, verdict = receipt["counter"], receipt["verdict"]
                    first = self.verdicts.setdefault(counter, verdict)
                    if first != verdict:
                        self.wrong(f"the verdict on {counter} was {first} and is {verdict}")
                self.syncs["whole"] += 1
                return bool(answer["synced"])
            case programs.OFFLINE | programs.TRY_AGAIN:
                self.syncs["without a way"] += 1
            case -9 | -15:
                self.syncs["killed"] += 1
            case _:
                self.wrong(f"a sync ended with {said}")
        return False


@dataclass
class Nemesis:
    """Spoils one thing after the other, each for a while."""

    office: Office
    officers: list[Officer]
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)
    changes: int = 0
    """Of the office, as it last said."""

    def rage(self, until: float) -> None:
        """Does its worst until then, and mends nothing but the office."""
        ends: list[tuple[float, Proxy]] = []
        next_kill = time.monotonic() + self.chance.uniform(4, 10)
        rest = threading.Event()
        while (now := time.monotonic()) < until:
            for _, proxy in [entry for entry in ends if entry[0] <= now]:
                proxy.heal()
            ends = [entry for entry in ends if entry[0] > now]
            if now >= next_kill:
                self.kill_office()
                next_kill = time.monotonic() + self.chance.uniform(8, 15)
                continue
            officer = self.chance.choice(self.officers)
            deed = self.chance.choice([
                "both ways", "requests alone lost", "answers alone lost", "refused", "slow", "flap",
                "reset", "pause", "kill", "everybody cut"])
            self.do(deed, officer, ends)
            rest.wait(self.chance.uniform(0.05, 0.6))

    def do(self, deed: str, officer: Officer, ends: list[tuple[float, Proxy]]) -> None:
        proxy, until = officer.proxy, time.monotonic() + self.chance.uniform(0, 10)
        process = officer.running
        match deed:
            case "both ways":
                proxy.becomes(up=False, down=False)
            case "requests alone lost":
                proxy.becomes(up=False)
            case "answers alone lost":
                proxy.becomes(down=False)
            case "refused":
                proxy.becomes(refuses=True)
                proxy.drop()
            case "slow":
                proxy.becomes(delay=self.chance.uniform(0.02, 0.3))
            case "flap":
                threading.Thread(target=self.flap, args=(proxy, until), daemon=True).start()
                until = 0
            case "reset":
                proxy.drop()
                until = 0
            case "everybody cut":
                for other in self.officers:
                    other.proxy.becomes(up=False, down=False)
                    other.proxy.drop()
                    ends.append((time.monotonic() + self.chance.uniform(0, 3), other.proxy))
                until = 0
            case "pause" | "kill" if process is None:
                return
            case "pause":
                process.send_signal(signal.SIGSTOP)
                timer = threading.Timer(
                    self.chance.uniform(0.1, 3), process.send_signal, [signal.SIGCONT])
                timer.daemon = True
                timer.start()
                until = 0
            case "kill":
                process.kill()
                until = 0
        self.done[deed] += 1
        if until:
            ends.append((until, proxy))

    def flap(self, proxy: Proxy, until: float) -> None:
        chance, rest = random.Random(until), threading.Event()
        while time.monotonic() < until:
            proxy.becomes(up=chance.random() < 0.5, down=chance.random() < 0.5)
            rest.wait(chance.uniform(0.05, 1))
        proxy.heal()

    def kill_office(self) -> None:
        """A power cut at the office; it comes back at the same address a little later."""
        port = self.office.port
        self.office.kill()
        threading.Event().wait(self.chance.uniform(0, 1.5))
        self.office.start(port=port)
        self.done["office killed"] += 1
        changes = self.office.asked("report")["changes"]
        if changes < self.changes:
            self.wrongs.append(f"the office had {self.changes} changes and has {changes}")
        self.changes = changes


@dataclass
class Run:
    """A run that has ended and healed."""

    office: Office
    officers: list[Officer]
    nemesis: Nemesis

    @property
    def edits(self) -> list[Edit]:
        return [edit for officer in self.officers for edit in officer.edits]


def rage(office: Office, officers: list[Officer], seed: int, seconds: float) -> Run:
    """Lets everybody work for so long while the nemesis rages, then mends the network."""
    nemesis = Nemesis(office, officers, random.Random(seed))
    until = time.monotonic() + seconds
    failures: list[BaseException] = []

    def work(officer: Officer) -> None:
        try:
            officer.work(until)
        except BaseException as failure:  # noqa: BLE001 - told below
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(officer,)) for officer in officers]
    for officer in officers:
        officer.others = [other for other in officers if other is not officer]
    for thread in threads:
        thread.start()
    try:
        nemesis.rage(until)
    finally:
        for thread in threads:
            thread.join(programs.PATIENCE)
        for officer in officers:
            officer.proxy.heal()
    if failures:
        raise failures[0]
    assert not any(thread.is_alive() for thread in threads)
    return Run(office, officers, nemesis)
