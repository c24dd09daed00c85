"""Stores that are damaged, and laptops that cannot reach their office any more: what was entered
gets there once, what cannot be read is told, and nothing is deleted."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office
from strace import KILLED, Fault

PAGE = 4096
HEADER = 100
"""Bytes of a file before its first page's rows, in which a program that opens it may count."""


def store(laptop: Laptop) -> Path:
    return laptop.home / "replica.sqlite"


def fold(laptop: Laptop) -> None:
    """Folds the log into the file, so that all is in one place."""
    with contextlib.closing(sqlite3.connect(store(laptop))) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def pages_of(laptop: Laptop, table: str) -> list[int]:
    """Where the tree of a table, with its indexes, has its root pages."""
    with contextlib.closing(sqlite3.connect(store(laptop))) as database:
        rows = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE tbl_name = ?", (table,)).fetchall()
    return [row[0] for row in rows if row[0]]


def overwrite(path: Path, *places: tuple[int, bytes]) -> None:
    with path.open("r+b") as file:
        for place, content in places:
            file.seek(place)
            file.write(content)


def write_notes(laptop: Laptop, crn: str, count: int = 5) -> dict[str, str]:
    texts = [f"Unsent entry {number}: seen at home." for number in range(count)]
    return {laptop.note(crn, text): text for text in texts}


def assert_there_once(notes: dict[str, str], crn: str, *laptops: Laptop) -> None:
    for laptop in laptops:
        shown = laptop.notes(crn)
        assert {note: shown[note]["text"] for note in notes} == notes
        texts = [row.get("text") for row in shown.values()]
        assert all(texts.count(text) == 1 for text in notes.values())
        assert laptop.json("verify")["agrees"]


def break_header(laptop: Laptop) -> None:
    overwrite(store(laptop), (0, os.urandom(100)))


def break_trees(laptop: Laptop) -> None:
    broken = pages_of(laptop, "records") + pages_of(laptop, "cases") + pages_of(laptop, "meta")
    overwrite(store(laptop), *[((page - 1) * PAGE, os.urandom(PAGE)) for page in broken])


def cut_off(laptop: Laptop) -> None:
    """The file's end is gone. What was entered last need not stand there."""
    with contextlib.closing(sqlite3.connect(store(laptop))) as database:
        database.execute("CREATE TABLE padding AS SELECT zeroblob(400000) AS filling")
    os.truncate(store(laptop), store(laptop).stat().st_size - 40 * PAGE)


def foreign_log(laptop: Laptop) -> None:
    """A log of another store lies beside a file whose own is gone: valid, and wrong."""
    other = laptop.home / "other"
    shutil.copyfile(store(laptop), other)
    with contextlib.closing(sqlite3.connect(other)) as database:
        database.execute("PRAGMA wal_autocheckpoint=0")
        database.execute("CREATE TABLE foreign_table AS SELECT randomblob(200000) AS filling")
        database.execute("DROP TABLE records")
        database.execute("DELETE FROM meta")
        database.commit()
        shutil.copyfile(f"{other}-wal", f"{store(laptop)}-wal")


@pytest.mark.parametrize("spoil", [break_header, break_trees, cut_off, foreign_log])
def test_d3_d5_what_was_entered_outlives_a_damaged_store(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared,
    spoil: Callable[[Laptop], None],
) -> None:
    notes = write_notes(khan, shared.crn)
    fold(khan)
    spoil(khan)
    before = store(khan).read_bytes()
    said = khan.run("note", shared.crn, "Not now.")
    said.expect(programs.DISK, "damaged", "doorstep rescue")
    assert said.err.count("\n") == 1
    found = store(khan).read_bytes()
    # Opening counts in the header and may leave an empty page behind the last; and a log that is
    # valid is folded in, whosever it is.
    assert found[HEADER:len(before)] == before[HEADER:] or spoil is foreign_log

    answer = khan.run("rescue", "--json")
    assert answer.status in (programs.DONE, programs.NEEDS_YOU), answer
    told = answer.json
    assert told["rescued"] and told["unsent"] == 5 and told["lost"] == []
    assert Path(told["aside"]).read_bytes() == found
    khan.run("rescue").expect(programs.DONE, "whole", "nothing was changed")

    sent = khan.sync()
    assert len(sent["sent"]) == 5
    jones.sync()
    assert_there_once(notes, shared.crn, khan, jones)
    assert khan.crns() and Path(told["aside"]).exists()


def test_d3_one_unreadable_entry_holds_up_nothing(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    notes = write_notes(khan, shared.crn)
    gone = next(note for note, text in notes.items() if text.startswith("Unsent entry 2"))
    fold(khan)
    content = store(khan).read_bytes()
    place = content.index(b"Unsent entry 2")
    while place >= 0:
        overwrite(store(khan), (place, b"Spoilt"))
        place = content.find(b"Unsent entry 2", place + 1)
    answer = khan.run("rescue").expect(
        programs.NEEDS_YOU, "not readable: 1 unsent entry", "4 unsent entries", ".damaged-")
    assert "Unsent entry" not in answer.out + answer.err and "Spoilt" not in answer.out
    khan.sync()
    del notes[gone]
    assert_there_once(notes, shared.crn, khan)


def test_a_store_that_is_gone_is_begun_afresh(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    for path in khan.home.glob("replica.sqlite*"):
        path.unlink()
    khan.run("cases").expect(programs.DISK, "is gone", "doorstep rescue")
    assert not store(khan).exists(), "a second, empty store was made"
    khan.run("rescue").expect(programs.NEEDS_YOU, "no unsent entry", "doorstep sync")
    khan.sync()
    assert shared.crn in khan.crns()


def test_d5_a_store_whose_log_is_gone_opens_and_what_it_had_sent_comes_back(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    """A copy of the file alone is an older store: the office notices, and nothing is doubled."""
    fold(khan)
    shutil.copyfile(store(khan), tmp_path / "alone")
    notes = {khan.note(shared.crn, "Sent, then lost here."): "Sent, then lost here."}
    khan.sync()
    for path in khan.home.glob("replica.sqlite-*"):
        path.unlink()
    shutil.copyfile(tmp_path / "alone", store(khan))
    notes[khan.note(shared.crn, "Written after.")] = "Written after."
    assert khan.sync()["forks"] == 1
    jones.sync()
    assert_there_once(notes, shared.crn, khan, jones)


def test_d10_a_store_behind_a_broken_link_is_not_made_a_second_time(
    office: Office, khan: Laptop
) -> None:
    real = khan.home / "elsewhere.sqlite"
    fold(khan)
    store(khan).rename(real)
    store(khan).symlink_to(real)
    khan.run("cases").expect(programs.DONE)
    real.rename(khan.home / "away.sqlite")
    khan.run("cases").expect(programs.DISK, "is gone")
    assert not real.exists()


@pytest.mark.usefixtures("injection")
@pytest.mark.parametrize(
    ("call", "number"),
    [(call, number) for call, most in [("rename", 6), ("fsync", 12), ("unlink", 4)]
     for number in range(1, most + 1)])
def test_a_rescue_that_is_killed_goes_on(
    template: tuple[Office, Shared], tmp_path: Path, call: str, number: int
) -> None:
    khan = Laptop(Path(shutil.copytree(template[0].folder / "a.khan", tmp_path / "home")))
    write_notes(khan, template[1].crn, 2)
    break_trees(khan)
    found = store(khan).read_bytes()
    killed = khan.run("rescue", wrapper=Fault(call, number, "signal=KILL").wrapper(0))
    if killed.status == KILLED:
        asides = list(khan.home.glob("*.damaged-*"))
        # Between two steps nobody takes a half for a store.
        between = khan.run("note", template[1].crn, "Between.")
        if between.status == programs.DISK:
            assert "doorstep rescue" in between.err, between
            again = khan.run("rescue", "--json")
            assert again.status in (programs.DONE, programs.NEEDS_YOU), again
            assert again.json["unsent"] == 2 and again.json["rescued"], again
        else:
            # It was killed behind its end.
            assert asides, between
    held = [path for path in khan.home.glob("replica.sqlite.damaged-*") if "-wal" not in path.name
            and "-shm" not in path.name]
    assert [path.read_bytes()[HEADER:] for path in held] == [found[HEADER:]]
    assert khan.status()["unsent"] == 2
    assert not list(khan.home.glob("*.rescue*"))


# A file for the office.


def read(office: Office, file: Path, *words: object) -> programs.Answer:
    return programs.run("doorstepd", "rescue", "read", file, "--data", office.data, *words)


def test_unsent_work_reaches_the_office_in_a_file_and_counts_once(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    notes = write_notes(khan, shared.crn)
    file = tmp_path / "work.rescue"
    before = khan.facts()
    said = khan.run("rescue", "--to", file).expect(programs.DONE, "5 unsent entries", "counts once")
    assert khan.facts() == before and file.stat().st_mode & 0o077 == 0
    content = file.read_bytes()
    for secret in ("Unsent entry", "a.khan", shared.crn, khan.device):
        assert secret.encode() not in content
    khan.run("rescue", "--to", file).expect(programs.CANNOT_CREATE, "already")
    assert file.read_bytes() == content

    office.stop()
    look = read(office, file, "--look")
    look.expect(programs.DONE, "a.khan", "5 changes of contact-entry")
    assert "Unsent entry" not in look.out and shared.crn not in look.out + said.out
    read(office, file).expect(programs.DONE, "Taken: 5", "Refused: 0")
    read(office, file).expect(programs.DONE, "Taken: 0", "Known before: 5")
    office.start()
    jones.sync()
    assert_there_once(notes, shared.crn, jones)
    khan.sync()
    assert_there_once(notes, shared.crn, khan, jones)
    assert office.device(khan)["forks"] == 0
    khan.run("rescue", "--to", tmp_path / "none").expect(programs.DONE, "nothing waits")
    assert not (tmp_path / "none").exists()


def test_a_file_of_a_damaged_store_and_the_rescued_laptop_agree(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    notes = write_notes(khan, shared.crn)
    fold(khan)
    break_header(khan)
    file = tmp_path / "work.rescue"
    answer = khan.run("rescue", "--to", file, "--json")
    assert answer.json["salvaged"] and answer.json["changes"] == 5, answer
    khan.run("rescue")
    khan.sync()
    office.stop()
    told = read(office, file, "--json").expect(programs.DONE).json
    assert [row["again"] for row in told["changes"]] == [True] * 5
    office.start()
    for laptop in (khan, jones):
        laptop.sync()
    assert_there_once(notes, shared.crn, khan, jones)


def test_what_the_office_refuses_of_a_file_waits_for_a_decision(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.note(shared.crn, "On a laptop that somebody has taken.")
    file = tmp_path / "work.rescue"
    khan.run("rescue", "--to", file).expect(programs.DONE)
    office.ctl("devices", "lost", khan.device).expect(programs.DONE)
    office.stop()
    read(office, file).expect(programs.NEEDS_YOU, "Refused: 1", "laptop-lost", "quarantine")
    office.start()
    rows = json.loads(office.ctl("quarantine", "list", "--json").out)
    assert [row["code"] for row in rows] == ["laptop-lost"]


def test_a_file_that_is_not_this_offices_or_not_signed_is_not_taken(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path,
) -> None:
    write_notes(khan, shared.crn, 1)
    file = tmp_path / "work.rescue"
    khan.run("rescue", "--to", file).expect(programs.DONE)
    content = file.read_bytes()
    # The name of one laptop over the key of another.
    forged = tmp_path / "forged"
    own = {"certificate": khan.settings["certificate"]}
    khan.change(certificate=jones.settings["certificate"])
    khan.run("rescue", "--to", forged).expect(programs.DONE)
    khan.change(**own)
    office.stop()
    numbers = office.d("report", "caseload", "--json").out
    read(office, forged).expect(programs.BAD_DATA, "not signed")
    for place in (3, 20, 90, len(content) - 1):
        spoilt = bytearray(content)
        spoilt[place] ^= 1
        file.write_bytes(spoilt)
        read(office, file).expect(programs.BAD_DATA, "nothing was taken")
    file.write_bytes(content[:-1])
    read(office, file).expect(programs.BAD_DATA, "nothing was taken")
    file.write_bytes(content)
    other = Office(tmp_path / "other")
    (tmp_path / "other").mkdir()
    other.d("init", "--office", "Elsewhere").expect(programs.DONE)
    read(other, file).expect(programs.BAD_DATA, "another office")
    assert office.d("report", "caseload", "--json").out == numbers
