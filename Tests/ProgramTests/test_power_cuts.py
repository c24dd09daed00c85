"""Power cuts at every sync to the disk, and between them: what was said to be saved, and what the
office has receipted, is there when the power comes back."""

from __future__ import annotations

import contextlib
import functools
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import programs
from faults import Ledger, Stage, Stages, Sweep
from laptop import Laptop
from office import Office
from power import Cut, Disk
from strace import KILLED, Fault

pytestmark = pytest.mark.usefixtures("injection", "power")

KILL = "signal=KILL"

SYNCS = {"fdatasync": 1, "fsync": 1}
NAMES = {"unlink": 1, "rename": 1, "ftruncate": 1}

Disks = Callable[[Path], Disk]


@pytest.fixture
def disks() -> Iterator[Disks]:
    """Makes disks, and takes them away when the test ends."""
    with contextlib.ExitStack() as stack:

        def make(folder: Path) -> Disk:
            made = Disk(folder)
            stack.callback(made.remove)
            return made

        yield make


class Cuttable:
    """A stage, one folder of which is on a disk of its own."""

    def __init__(self, stage: Stage, disk: Disk, kind: Cut) -> None:
        self.stage = stage
        self._disk = disk
        self._kind = kind

    def cut(self) -> None:
        self._disk.cut(self._kind)

    def copy(self, laptop: Laptop) -> Laptop:
        """A copy of a laptop on the disk, durable."""
        home = self.empty()
        shutil.copytree(laptop.home, home)
        self._disk.sync()
        return Laptop(home)

    def empty(self) -> Path:
        """A folder on the disk that is not there yet."""
        home = self._disk.folder / "new"
        if home.exists():
            shutil.rmtree(home)
        return home


@contextlib.contextmanager
def on_disk(
    stages: Stages, disks: Disks, kind: Cut, moved: str, lane: int
) -> Iterator[Cuttable]:
    """A stage whose folder `moved` is on a disk. Its server runs unless that is the folder."""
    with stages.make(lane, serving=False) as stage:
        disk = disks(stage.office.folder / "disk")
        folder = stage.office.folder / moved
        shutil.move(folder, disk.folder / moved)
        folder.symlink_to(disk.folder / moved)
        try:
            if moved != stage.office.data.name:
                stage.office.start()
            disk.sync()
            yield Cuttable(stage, disk, kind)
            if stage.is_checked:
                if not stage.office.process:
                    stage.office.start()
                stage.check()
        finally:
            stage.office.stop()
            # What was on the disk goes with it.
            stage.is_checked = False
            folder.unlink()
            disk.remove()


@pytest.fixture
def cuttable(stages: Stages, disks: Disks) -> Iterator[Callable[[str], Cuttable]]:
    """Makes a stage with a folder on a disk, for a test without a sweep."""
    with contextlib.ExitStack() as stack:
        yield lambda moved: stack.enter_context(
            on_disk(stages, disks, Cut.ALL_LOST, moved, 0))


LIE = Fault("fdatasync", 1, "retval=0", onwards=True)
"""A disk that says that it has synced, and has not."""


def test_a_visit_that_was_never_synced_is_lost_so_these_tests_would_see_it(
    cuttable: Callable[[str], Cuttable]
) -> None:
    place = cuttable("a.khan")
    stage = place.stage
    stage.khan.run("note", stage.crn, "Never synced.", wrapper=LIE.wrapper(0)).expect(0, "saved")
    assert stage.found(stage.khan)["Never synced."] == 1
    place.cut()
    assert stage.found(stage.khan)["Never synced."] == 0
    stage.is_checked = False


def test_a_receipt_that_was_never_synced_is_lost_so_these_tests_would_see_it(
    cuttable: Callable[[str], Cuttable]
) -> None:
    place = cuttable("office")
    stage = place.stage
    stage.office.start(wrapper=LIE.wrapper(0))
    stage.note("Never synced.")
    receipt = stage.khan.sync()["sent"][-1]
    stage.office.kill()
    place.cut()
    stage.office.start()
    assert stage.office.device(stage.khan)["received"] < receipt["counter"]
    # The laptop hands back what the office lost, which must not hide that it was lost.
    assert stage.khan.sync()["handedBack"]
    with pytest.raises(AssertionError, match="had to be handed back"):
        stage.check()
    stage.is_checked = False


@pytest.mark.parametrize(
    "kind", [Cut.ALL_LOST, Cut.NAMES_KEPT], ids=["all is lost", "names are kept"])
def test_a_visit_that_was_called_saved_is_there_after_a_power_cut(
    ledger: Ledger, stages: Stages, disks: Disks, kind: Cut
) -> None:
    def attempt(place: Cuttable, fault: Fault) -> bool:
        stage, text = place.stage, f"Visited: {fault}."
        answer = stage.khan.run(
            "visit", stage.crn, "--observations", "Calm.", "--note", text, "--json",
            wrapper=fault.wrapper(stage.lane))
        place.cut()
        assert answer.status in (KILLED, programs.DONE), answer
        stage.account(text, changes=2, said=bool(answer.out))
        return answer.status == KILLED

    tally = ledger.tally("P3", "doorstep", "edit")
    make = functools.partial(on_disk, stages, disks, kind, "a.khan")
    calls = SYNCS | NAMES | {"write": 1, "pwrite64": 4}
    Sweep(tally, calls, KILL, always=True).run(make, attempt)


def test_a_laptop_whose_power_is_cut_while_it_sends_has_sent_everything_once(
    ledger: Ledger, stages: Stages, disks: Disks
) -> None:
    def attempt(place: Cuttable, fault: Fault) -> bool:
        stage = place.stage
        for part in ("one", "two"):
            stage.note(f"Sent in part {part}: {fault}.")
        answer = stage.khan.run("sync", wrapper=fault.wrapper(stage.lane))
        place.cut()
        assert answer.status in (KILLED, programs.DONE), answer
        stage.settle()
        return answer.status == KILLED

    tally = ledger.tally("P3", "doorstep", "push")
    make = functools.partial(on_disk, stages, disks, Cut.ALL_LOST, "a.khan")
    calls = SYNCS | NAMES | {"write": 1, "sendto": 1, "pwrite64": 4}
    Sweep(tally, calls, KILL, always=True).run(make, attempt)


def test_a_resync_whose_power_is_cut_is_gone_on_with_and_unsent_work_arrives(
    ledger: Ledger, stages: Stages, disks: Disks
) -> None:
    def attempt(place: Cuttable, fault: Fault) -> bool:
        stage = place.stage
        stage.note(f"Before all is fetched anew: {fault}.")
        answer = stage.khan.run("resync", wrapper=fault.wrapper(stage.lane))
        place.cut()
        assert answer.status in (KILLED, programs.DONE), answer
        stage.settle()
        return answer.status == KILLED

    tally = ledger.tally("P3", "doorstep", "resync")
    make = functools.partial(on_disk, stages, disks, Cut.ALL_LOST, "a.khan")
    Sweep(tally, SYNCS | NAMES | {"pwrite64": 30}, KILL, always=True).run(make, attempt)


def test_a_first_sync_whose_power_is_cut_is_gone_on_with(
    ledger: Ledger, stages: Stages, disks: Disks
) -> None:
    def attempt(place: Cuttable, fault: Fault) -> bool:
        stage = place.stage
        enrolled = stage.office.laptop("enrolled")
        if not enrolled.home.exists():
            stage.office.enrol("a.khan", enrolled.home.name)
        laptop = place.copy(enrolled)
        answer = laptop.run("sync", wrapper=fault.wrapper(stage.lane))
        place.cut()
        assert answer.status in (KILLED, programs.DONE), answer
        stage.settle(laptop)
        return answer.status == KILLED

    tally = ledger.tally("P3", "doorstep", "apply-pages")
    make = functools.partial(on_disk, stages, disks, Cut.ALL_LOST, "a.khan")
    Sweep(tally, SYNCS | NAMES | {"pwrite64": 30}, KILL, always=True).run(make, attempt)


def test_what_an_office_receipted_is_there_after_its_power_was_cut(
    ledger: Ledger, stages: Stages, disks: Disks
) -> None:
    def attempt(place: Cuttable, fault: Fault) -> bool:
        stage = place.stage
        stage.note(f"Sent into a power cut: {fault}.")
        with contextlib.suppress(AssertionError):
            stage.office.start(wrapper=fault.wrapper(stage.lane))
            stage.khan.run("sync")
        stage.office.stop()
        ended = stage.office.ended
        assert ended in (KILLED, programs.DONE), stage.office.log.read_text()
        place.cut()
        stage.office.start()
        stage.settle()
        stage.office.stop()
        return ended == KILLED

    tally = ledger.tally("P3", "doorstepd", "commit")
    make = functools.partial(on_disk, stages, disks, Cut.ALL_LOST, "office")
    calls = SYNCS | NAMES | {"write": 1, "sendto": 1, "pwrite64": 3}
    Sweep(tally, calls, KILL, always=True).run(make, attempt)


def test_what_an_office_receipted_is_there_though_it_had_no_time_to_stop(
    ledger: Ledger, stages: Stages, disks: Disks
) -> None:
    """Nothing of the server runs after the receipt: no close, no checkpoint."""

    def attempt(place: Cuttable, fault: Fault) -> bool:
        stage = place.stage
        stage.note(f"Receipted before a power cut: {fault}.")
        stage.office.start()
        said = stage.khan.sync()
        assert [receipt["verdict"] for receipt in said["sent"]] == ["applied"]
        stage.office.kill()
        place.cut()
        stage.office.start()
        stage.settle()
        assert stage.office.device(stage.khan)["received"] == said["sent"][-1]["counter"]
        stage.office.stop()
        return fault.number < 5

    tally = ledger.tally("P3", "doorstepd", "receipt")
    make = functools.partial(on_disk, stages, disks, Cut.ALL_LOST, "office")
    Sweep(tally, {"none": 1}, KILL, always=True).run(make, attempt)


def test_a_laptop_that_was_called_enrolled_is_enrolled_after_a_power_cut(
    ledger: Ledger, stages: Stages, disks: Disks
) -> None:
    def attempt(place: Cuttable, fault: Fault) -> bool:
        stage = place.stage
        laptop = Laptop(place.empty())
        code = stage.office.code("a.khan")
        answer = laptop.run(
            "enrol", stage.office.url, code, "--json", wrapper=fault.wrapper(stage.lane))
        place.cut()
        assert answer.status in (KILLED, programs.DONE), answer
        if laptop.run("status").status != programs.DONE:
            assert not answer.out, f"it was said to be enrolled and is not: {answer}"
            again = stage.office.code("a.khan")
            laptop.run("enrol", stage.office.url, again).expect(programs.DONE)
        stage.settle(laptop)
        return answer.status == KILLED

    tally = ledger.tally("P5", "doorstep", "enrol")
    make = functools.partial(on_disk, stages, disks, Cut.ALL_LOST, "a.khan")
    calls = SYNCS | NAMES | {"write": 1, "pwrite64": 16}
    Sweep(tally, calls, KILL, always=True).run(make, attempt)


def test_an_office_that_was_called_set_up_is_there_after_a_power_cut(
    ledger: Ledger, tmp_path: Path, disks: Disks
) -> None:
    numbers = itertools.count()

    @contextlib.contextmanager
    def make(lane: int) -> Iterator[tuple[int, Disk]]:
        disk = disks(tmp_path / f"disk-{next(numbers)}")
        yield lane, disk
        disk.remove()

    def attempt(place: tuple[int, Disk], fault: Fault) -> bool:
        lane, disk = place
        office = Office(disk.folder / f"{next(numbers)}")
        office.folder.mkdir()
        disk.sync()
        answer = office.d("init", "--json", wrapper=fault.wrapper(lane))
        disk.cut(Cut.ALL_LOST)
        assert answer.status in (KILLED, programs.DONE), answer
        again = office.d("init", "--json")
        if again.status == programs.CANNOT_CREATE:
            code = office.d("operator-code", "operator", "--json").expect(programs.DONE)
            code = answer.json["operatorCode"] if answer.out else code.json["code"]
        else:
            assert not answer.out, "it was said to be there"
            code = again.expect(programs.DONE).json["operatorCode"]
        try:
            office.start()
            office.ctl("enrol", office.url, code).expect(programs.DONE)
        finally:
            office.stop()
        shutil.rmtree(office.folder)
        return answer.status == KILLED

    tally = ledger.tally("P5", "doorstepd", "init")
    calls = SYNCS | NAMES | {"write": 1, "pwrite64": 16}
    Sweep(tally, calls, KILL, always=True).run(make, attempt)
