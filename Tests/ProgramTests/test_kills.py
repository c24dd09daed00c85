"""Programs that are killed at every call with which they write, sync, rename, remove or send:
whatever they do, the next run goes on without help, and nothing is lost, halved or there twice."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import programs
import wire
from faults import Ledger, Stage, Stages, Sweep
from office import Office
from strace import KILLED, Fault

pytestmark = pytest.mark.usefixtures("injection")

KILL = "signal=KILL"

TRACES = {"fdatasync": 1, "fsync": 1, "ftruncate": 1, "unlink": 1, "rename": 1}
"""Calls that leave a trace on the disk, and are few."""

TELLS = {"write": 1, "writev": 1, "sendto": 1, "sendmsg": 1}
"""Calls that tell somebody: a person, or the other end."""


def test_a_visit_that_is_killed_is_saved_whole_or_not_at_all(
    ledger: Ledger, stages: Stages
) -> None:
    def attempt(stage: Stage, fault: Fault) -> bool:
        text = f"Visited: {fault}."
        answer = stage.khan.run(
            "visit", stage.crn, "--observations", "Calm.", "--note", text, "--json",
            wrapper=fault.wrapper(stage.lane))
        assert answer.status in (KILLED, programs.DONE), answer
        stage.account(text, changes=2, said=bool(answer.out))
        return answer.status == KILLED

    tally = ledger.tally("P1", "doorstep", "edit")
    Sweep(tally, {"pwrite64": 1} | TRACES | TELLS, KILL).run(stages.make, attempt)


FIRST_LAYOUT = """
    ALTER TABLE records RENAME TO newer;
    CREATE TABLE records (
      generation INTEGER NOT NULL, record_id BLOB NOT NULL, case_id BLOB NOT NULL,
      type TEXT NOT NULL, version BLOB NOT NULL, base BLOB, shown_version BLOB, shown BLOB,
      proof BLOB, arrived_epoch INTEGER, arrived_sequence INTEGER,
      is_owed INTEGER NOT NULL DEFAULT 0, is_disputed INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (generation, record_id)) WITHOUT ROWID;
    INSERT INTO records SELECT generation, record_id, case_id, type, version, base, shown_version,
      shown, proof, arrived_epoch, arrived_sequence, is_owed, is_disputed FROM newer;
    DROP TABLE newer;
    CREATE INDEX records_by_case ON records (generation, case_id, type);
    CREATE INDEX records_owed ON records (generation, record_id) WHERE is_owed = 1;
    CREATE INDEX records_disputed ON records (generation, record_id) WHERE is_disputed = 1;
    DELETE FROM grdb_migrations WHERE identifier = '2';
    """
"""Takes a laptop's store back to the layout that the first version made."""


def test_a_store_whose_new_layout_is_killed_is_whole_under_the_old_or_the_new(
    ledger: Ledger, stages: Stages
) -> None:
    def attempt(stage: Stage, fault: Fault) -> bool:
        with contextlib.closing(sqlite3.connect(stage.khan.home / "replica.sqlite")) as store:
            if store.execute("SELECT 1 FROM grdb_migrations WHERE identifier = '2'").fetchone():
                store.executescript(FIRST_LAYOUT)
        text = f"With the new program: {fault}."
        answer = stage.khan.run(
            "note", stage.crn, text, "--json", wrapper=fault.wrapper(stage.lane))
        assert answer.status in (KILLED, programs.DONE), answer
        stage.account(text, changes=1, said=bool(answer.out))
        return answer.status == KILLED

    tally = ledger.tally("P1", "doorstep", "migration")
    Sweep(tally, {"pwrite64": 8} | TRACES | TELLS, KILL).run(stages.make, attempt)


def test_a_laptop_that_is_killed_while_it_sends_has_sent_everything_once(
    ledger: Ledger, stages: Stages
) -> None:
    def attempt(stage: Stage, fault: Fault) -> bool:
        for part in ("one", "two"):
            stage.note(f"Sent in part {part}: {fault}.")
        answer = stage.khan.run("sync", wrapper=fault.wrapper(stage.lane))
        assert answer.status in (KILLED, programs.DONE), answer
        stage.settle()
        return answer.status == KILLED

    tally = ledger.tally("P1", "doorstep", "push")
    Sweep(tally, {"pwrite64": 1} | TRACES | TELLS, KILL).run(stages.make, attempt)


def test_a_first_sync_that_is_killed_is_gone_on_with(ledger: Ledger, stages: Stages) -> None:
    def attempt(stage: Stage, fault: Fault) -> bool:
        enrolled = stage.office.folder / "enrolled"
        if not enrolled.exists():
            stage.office.enrol("a.khan", enrolled.name)
        home = Path(shutil.copytree(enrolled, stage.office.folder / "new", dirs_exist_ok=True))
        laptop = stage.office.laptop(home.name)
        answer = laptop.run("sync", wrapper=fault.wrapper(stage.lane))
        assert answer.status in (KILLED, programs.DONE), answer
        # It compares the laptop's cases with the office's own list of them.
        stage.settle(laptop)
        shutil.rmtree(home)
        return answer.status == KILLED

    tally = ledger.tally("P1", "doorstep", "apply-pages")
    Sweep(tally, {"pwrite64": 5} | TRACES | TELLS, KILL).run(stages.make, attempt)


def test_a_resync_that_is_killed_is_gone_on_with_and_unsent_work_arrives(
    ledger: Ledger, stages: Stages
) -> None:
    def attempt(stage: Stage, fault: Fault) -> bool:
        ordered = wire.post(
            stage.office, stage.office.operator, "/v1/operator/resync", {"user": "a.khan"})
        assert ordered.status == 200, ordered
        stage.note(f"Before all is fetched anew: {fault}.")
        answer = stage.khan.run("sync", wrapper=fault.wrapper(stage.lane))
        assert answer.status in (KILLED, programs.DONE), answer
        stage.settle()
        return answer.status == KILLED

    tally = ledger.tally("P1", "doorstep", "resync")
    Sweep(tally, {"pwrite64": 8} | TRACES | TELLS, KILL).run(stages.make, attempt)


def test_an_enrolment_that_is_killed_can_be_made_again(ledger: Ledger, stages: Stages) -> None:
    numbers = itertools.count()

    def attempt(stage: Stage, fault: Fault) -> bool:
        laptop = stage.office.laptop(f"new-{next(numbers)}")
        code = stage.code()
        words = ["enrol", stage.office.url, code]
        answer = laptop.run(*words, wrapper=fault.wrapper(stage.lane))
        assert answer.status in (KILLED, programs.DONE), answer
        if not laptop.run("status").status == programs.DONE:
            assert "This laptop is now" not in answer.out, answer
            again = laptop.run(*words, "--json")
            if again.status == programs.BAD_DATA:
                # The office had taken the code, and codes work once: the officer asks for another.
                assert again.json["error"] == "code-used", again
                again = laptop.run("enrol", stage.office.url, stage.code())
            again.expect(programs.DONE)
        stage.settle(laptop)
        shutil.rmtree(laptop.home)
        return answer.status == KILLED

    tally = ledger.tally("P1", "doorstep", "enrol")
    Sweep(tally, {"pwrite64": 3, "mkdir": 1} | TRACES | TELLS, KILL).run(stages.make, attempt)


def test_a_renewal_that_is_killed_leaves_a_laptop_that_can_sync(
    ledger: Ledger, stages: Stages
) -> None:
    def attempt(stage: Stage, fault: Fault) -> bool:
        stage.note(f"Before the renewal: {fault}.")
        code = stage.code()
        answer = stage.khan.run(
            "enrol", stage.office.url, code, "--again", wrapper=fault.wrapper(stage.lane))
        assert answer.status in (KILLED, programs.DONE), answer
        stage.settle()
        return answer.status == KILLED

    tally = ledger.tally("P1", "doorstep", "renew")
    Sweep(tally, {"pwrite64": 5} | TRACES | TELLS, KILL).run(stages.make, attempt)


def test_an_operator_who_is_killed_can_say_it_again(ledger: Ledger, stages: Stages) -> None:
    def attempt(stage: Stage, fault: Fault) -> bool:
        crn = next(crn for crn in stage.khan.crns() if crn not in stage.jones.crns())
        words = ["grant", "b.jones", crn]
        answer = stage.office.ctl(*words, wrapper=fault.wrapper(stage.lane))
        assert answer.status in (KILLED, programs.DONE), answer
        stage.office.ctl(*words).expect(programs.DONE)
        stage.settle(stage.jones)
        assert crn in stage.jones.crns()
        stage.office.ctl(*words, "--end").expect(programs.DONE)
        stage.jones.sync()
        return answer.status == KILLED

    tally = ledger.tally("P1", "doorstepctl", "grant")
    Sweep(tally, TELLS, KILL).run(stages.make, attempt)


def test_an_office_that_is_killed_while_a_laptop_syncs_takes_everything_once(
    ledger: Ledger, stages: Stages
) -> None:
    def attempt(stage: Stage, fault: Fault) -> bool:
        stage.note(f"Sent into a kill: {fault}.")
        with contextlib.suppress(AssertionError):
            stage.office.start(wrapper=fault.wrapper(stage.lane))
            stage.khan.run("sync")
        stage.office.stop()
        ended = stage.office.ended
        assert ended in (KILLED, programs.DONE), stage.office.log.read_text()
        stage.office.start()
        stage.settle()
        stage.office.stop()
        return ended == KILLED

    tally = ledger.tally("P2", "doorstepd", "commit")
    make = functools.partial(stages.make, serving=False)
    Sweep(tally, {"pwrite64": 1} | TRACES | TELLS, KILL).run(make, attempt)


def test_an_office_whose_making_is_killed_can_be_made(ledger: Ledger, tmp_path: Path) -> None:
    numbers = itertools.count()

    @contextlib.contextmanager
    def make(lane: int) -> Iterator[int]:
        yield lane

    def attempt(lane: int, fault: Fault) -> bool:
        office = Office(tmp_path / f"office-{next(numbers)}")
        office.folder.mkdir()
        answer = office.d("init", "--json", wrapper=fault.wrapper(lane))
        assert answer.status in (KILLED, programs.DONE), answer
        again = office.d("init", "--json")
        if again.status == programs.CANNOT_CREATE:
            # It was there whole, though perhaps nobody was told the first operator's code.
            code = office.d("operator-code", "operator", "--json").expect(programs.DONE)
            code = code.json["code"]
        else:
            assert not answer.out, "it was said to be there"
            code = again.expect(programs.DONE).json["operatorCode"]
        # An authority's key that nobody uses does not lie about.
        assert not list(office.folder.glob("office.new-*"))
        try:
            office.start()
            office.ctl("enrol", office.url, code).expect(programs.DONE)
        finally:
            office.stop()
        return answer.status == KILLED

    tally = ledger.tally("P2", "doorstepd", "init")
    Sweep(tally, {"pwrite64": 6, "mkdir": 1} | TRACES | TELLS, KILL).run(make, attempt)


def test_cases_whose_bringing_in_is_killed_are_there_once_after_the_next(
    ledger: Ledger, bare_template: Office, tmp_path: Path
) -> None:
    words = ["seed", "--people", 3, "--contacts-per-year", 5, "--user", "a.khan", "--json"]
    numbers = itertools.count()

    def fresh() -> Office:
        return bare_template.copy(tmp_path / f"office-{next(numbers)}")

    @contextlib.contextmanager
    def make(lane: int) -> Iterator[int]:
        yield lane

    whole = fresh().d(*words).expect(programs.DONE).json

    def attempt(lane: int, fault: Fault) -> bool:
        office = fresh()
        answer = office.d(*words, wrapper=fault.wrapper(lane))
        assert answer.status in (KILLED, programs.DONE), answer
        again = office.d(*words).expect(programs.DONE).json
        assert again["cases"] + again["alreadyThere"] == whole["cases"], again
        assert not answer.out or again["cases"] == 0, "it was said to be done"
        try:
            office.start()
            checked = wire.ask(
                office, office.operator, "GET", "/v1/operator/verify", Accept=wire.JSON).json
            report = wire.ask(
                office, office.operator, "GET", "/v1/operator/report", Accept=wire.JSON).json
        finally:
            office.stop()
        assert "cases" in checked and "differences" not in checked, checked
        assert int(report["cases"]) == whole["cases"], json.dumps(report)
        shutil.rmtree(office.folder)
        return answer.status == KILLED

    tally = ledger.tally("P2", "doorstepd", "seed")
    Sweep(tally, {"pwrite64": 9} | TRACES | TELLS, KILL).run(make, attempt)
