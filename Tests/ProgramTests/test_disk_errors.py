"""Disks that are full or failing at every call: nothing is called saved that is not, the reason is
said, and all is well once the fault has gone."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import pytest

import programs
from faults import Ledger, Stage, Stages, Sweep
from laptop import Laptop
from programs import Answer
from strace import Fault, injected

pytestmark = pytest.mark.usefixtures("injection")

FULL, FAILING = "error=ENOSPC", "error=EIO"

WRITES = pytest.mark.parametrize("onwards", [False, True], ids=["once", "from then on"])

FAILURES = {"fdatasync": 1, "pwrite64": 3, "ftruncate": 1}


def store_of(laptop: Laptop) -> Sequence[Path]:
    """The files of a store. Programs read others, in which a fault would be another story."""
    return [laptop.home / f"replica.sqlite{end}" for end in ("", "-wal", "-shm")]


def run_failing(stage: Stage, fault: Fault, *words: object) -> tuple[Answer, bool]:
    """What a command of a.khan says while the fault strikes, and whether it struck."""
    log = stage.office.folder / "strace.log"
    answer = stage.khan.run(
        *words, wrapper=fault.wrapper(stage.lane, store_of(stage.khan), log))
    return answer, injected(log) > 0


def check_said(answer: Answer) -> None:
    """A failure has a status of its own and a sentence that names the disk."""
    assert answer.status == programs.DISK, answer
    said = answer.err.strip()
    assert said.endswith(".") and len(said.splitlines()) == 1, answer
    assert any(word in said for word in ("disk", "store", "damaged")), answer


def edit(stage: Stage, fault: Fault) -> bool:
    text = f"Written on a bad disk: {fault}."
    answer, struck = run_failing(stage, fault, "note", stage.crn, text, "--json")
    stage.account(text, changes=1, said=answer.status == programs.DONE)
    if answer.status != programs.DONE:
        check_said(answer)
        assert not stage.texts[text], f"it was said not to be saved and is there: {answer}"
    return struck


def sync(stage: Stage, fault: Fault) -> bool:
    stage.note(f"To be sent on a bad disk: {fault}.")
    answer, struck = run_failing(stage, fault, "sync")
    if answer.status != programs.DONE:
        check_said(answer)
    stage.settle()
    return struck


@WRITES
def test_a_note_on_a_full_disk_is_saved_or_said_not_to_be(
    ledger: Ledger, stages: Stages, onwards: bool
) -> None:
    tally = ledger.tally("D1", "doorstep", "edit")
    Sweep(tally, {"pwrite64": 1}, FULL, onwards).run(stages.make, edit)


@WRITES
def test_a_note_on_a_failing_disk_is_saved_or_said_not_to_be(
    ledger: Ledger, stages: Stages, onwards: bool
) -> None:
    tally = ledger.tally("D2", "doorstep", "edit")
    Sweep(tally, FAILURES, FAILING, onwards).run(stages.make, edit)


@WRITES
def test_a_note_on_a_disk_that_cannot_be_read_is_saved_or_said_not_to_be(
    ledger: Ledger, stages: Stages, onwards: bool
) -> None:
    tally = ledger.tally("D2", "doorstep", "edit, reading")
    Sweep(tally, {"pread64": 3}, FAILING, onwards).run(stages.make, edit)


@WRITES
def test_a_sync_on_a_full_disk_says_so_and_goes_on_later(
    ledger: Ledger, stages: Stages, onwards: bool
) -> None:
    tally = ledger.tally("D1", "doorstep", "sync")
    Sweep(tally, {"pwrite64": 3}, FULL, onwards).run(stages.make, sync)


@WRITES
def test_a_sync_on_a_failing_disk_says_so_and_goes_on_later(
    ledger: Ledger, stages: Stages, onwards: bool
) -> None:
    tally = ledger.tally("D2", "doorstep", "sync")
    Sweep(tally, FAILURES | {"pread64": 12}, FAILING, onwards).run(stages.make, sync)


def serve(stage: Stage, fault: Fault) -> bool:
    """A sync with an office whose disk goes bad, and which is then well or started anew."""
    log = stage.office.folder / "strace.log"
    stage.office.log.write_text("")
    store = [stage.office.data / f"office.sqlite{end}" for end in ("", "-wal", "-shm")]
    stage.note(f"To an office with a bad disk: {fault}.")
    try:
        stage.office.start(wrapper=fault.wrapper(stage.lane, store, log))
    except (AssertionError, KeyError):
        # It could not begin, and says why.
        said = stage.office.log.read_text()
        assert stage.office.ended == programs.DISK, f"{stage.office.ended}: {said}"
        assert "disk" in said or "store" in said, f"doorstepd said: {said}"
    else:
        answers = [stage.khan.run("sync", "--json")]
        # What goes wrong once may go wrong at any of these, and once for each thread.
        answers += [stage.khan.run("verify", "--json") for _ in range(0 if fault.onwards else 3)]
        for answer in answers:
            known = (programs.DONE, programs.TRY_AGAIN, programs.OFFLINE)
            assert answer.status in known and answer.out, answer
        well = [answer.status == programs.DONE for answer in answers]
        assert fault.onwards or sum(well) >= len(well) - injected(log), answers
        stage.office.stop()
    struck = injected(log) > 0
    stage.office.start()
    stage.settle()
    stage.office.stop()
    return struck


@WRITES
def test_an_office_with_a_full_disk_receipts_only_what_it_keeps(
    ledger: Ledger, stages: Stages, onwards: bool
) -> None:
    tally = ledger.tally("D1", "doorstepd", "commit")
    make = functools.partial(stages.make, serving=False)
    Sweep(tally, {"pwrite64": 2}, FULL, onwards).run(make, serve)


@WRITES
def test_an_office_with_a_failing_disk_receipts_only_what_it_keeps(
    ledger: Ledger, stages: Stages, onwards: bool
) -> None:
    tally = ledger.tally("D2", "doorstepd", "commit")
    make = functools.partial(stages.make, serving=False)
    Sweep(tally, FAILURES | {"pread64": 5}, FAILING, onwards).run(make, serve)
