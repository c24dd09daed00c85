"""Machines that are put back from a backup or copied, laptops and office: nothing that anybody
called saved is lost, and nothing is there twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office


def put_back(backup: Path, folder: Path) -> None:
    """Puts a folder back as it was when it was copied."""
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)


@pytest.fixture
def backup(stopped_office: Office, khan: Laptop, jones: Laptop, tmp_path: Path) -> Path:
    """Of the office's folder, made while both laptops were enrolled; the office runs on."""
    shutil.copytree(stopped_office.data, tmp_path / "backup")
    stopped_office.start()
    return tmp_path / "backup"


def assert_all_hold(notes: dict[str, str], crn: str, laptops: list[Laptop]) -> None:
    """Every laptop shows each of these notes once, and proves that it holds what the office has."""
    for laptop in laptops:
        shown = laptop.notes(crn)
        assert {note: shown[note]["text"] for note in notes if note in shown} == notes
        texts = [row.get("text") for row in shown.values()]
        assert all(texts.count(text) == 1 for text in notes.values()), texts
        assert laptop.json("verify")["agrees"]


def test_a_laptop_put_back_from_a_backup_is_noticed(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(khan.home, backup)
    notes = {khan.note(shared.crn, "Sent before."): "Sent before."}
    khan.sync()
    put_back(backup, khan.home)
    notes[khan.note(shared.crn, "Written after.")] = "Written after."
    assert khan.sync()["forks"] == 1
    jones.sync()
    assert_all_hold(notes, shared.crn, [khan, jones])


def test_a_copied_laptop_and_its_original_both_go_on(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    notes = {khan.note(shared.crn, "Not sent when copied."): "Not sent when copied."}
    copy = Laptop(khan.home.with_name("copy"))
    shutil.copytree(khan.home, copy.home)
    forks = 0
    for turn, laptop in enumerate([khan, copy, copy, khan, khan, copy]):
        text = f"Turn {turn}."
        notes[laptop.note(shared.crn, text)] = text
        forks += laptop.sync()["forks"]
    assert forks == 1, "one of them goes on under another name, once"
    for laptop in (khan, copy, jones):
        laptop.sync()
    assert_all_hold(notes, shared.crn, [khan, copy, jones])
    office.ctl("verify").expect(programs.DONE)


def test_an_office_put_back_from_a_backup_gets_back_what_its_laptops_keep(
    stopped_office: Office, backup: Path, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    office = stopped_office
    sensitive = jones.note(shared.crn, "Whom she met.")
    notes = {
        khan.note(shared.crn, "Khan's, sent."): "Khan's, sent.", sensitive: "Whom she met.",
    }
    jones.sync()
    khan.sync()
    # Khan's mark on Jones's note shows that handing back follows what was seen.
    khan.run("sensitive", sensitive).expect(programs.DONE)
    khan.sync()
    jones.sync()
    office.stop()
    put_back(backup, office.data)
    office.start()
    notes[jones.note(shared.crn, "Jones's, after.")] = "Jones's, after."
    said = jones.sync()
    assert said["handedBack"] > 0, said
    khan.sync()
    jones.sync()
    assert_all_hold(notes, shared.crn, [khan, jones])
    assert jones.notes(shared.crn)[sensitive]["sensitive"] is True
    office.ctl("verify").expect(programs.DONE)
    for laptop in (khan, jones):
        assert laptop.status()["unsent"] == 0


def test_a_case_that_left_after_the_backup_comes_back_whole(
    stopped_office: Office, backup: Path, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    office = stopped_office
    office.ctl("grant", "b.jones", shared.crn, "--end").expect(programs.DONE)
    khan.sync()
    jones.sync()
    assert shared.crn not in jones.crns()
    office.stop()
    put_back(backup, office.data)
    # The end of the grant is forgotten, and the case comes back whole.
    office.start()
    note = khan.note(shared.crn, "Khan goes on.")
    khan.sync()
    jones.sync()
    assert_all_hold({note: "Khan goes on."}, shared.crn, [khan, jones])


def test_runs_that_entered_nothing_do_not_age_a_backup(
    stopped_office: Office, backup: Path, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    """Each program on the office's records is a life of the server; a restore is compared by the
    newest few. Nightly dry runs must not push those out: laptops would hand back everything."""
    office = stopped_office
    office.stop()
    file = tmp_path / "cases.csv"
    file.write_text("crn,forename,surname\nX555001,Ann,Other\n")
    for _ in range(20):
        office.d("import", "cases", file, "--dry-run").expect(programs.DONE)
    office.start()
    notes = {jones.note(shared.crn, "After the backup."): "After the backup."}
    jones.sync()
    office.stop()
    # The records alone, as a backup of the database is put back: the mark beside them is newer.
    mark = (office.data / "office.sqlite.mark").read_bytes()
    put_back(backup, office.data)
    (office.data / "office.sqlite.mark").write_bytes(mark)
    # Whatever opens the records first says what has happened to them.
    office.d("import", "cases", file, "--dry-run").expect(
        programs.DONE, "put back from a backup", "Epoch 2")
    office.start()
    said = jones.sync()
    held = jones.status()["records"]
    assert 0 < said["handedBack"] < held / 4, (said["handedBack"], held)
    assert_all_hold(notes, shared.crn, [jones])
