"""A backup that is written beside the running server, and an office that is made from it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, str]:
    file = tmp_path / "passphrase"
    file.write_text("correct horse battery staple\n")
    return ("--passphrase-file", str(file))


def test_an_office_is_put_back_from_its_backup_and_loses_nothing(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path,
    words: tuple[str, str],
) -> None:
    for laptop in (khan, jones):
        laptop.sync()
    khan.note(shared.crn, "Before the backup.")
    khan.sync()
    backup = tmp_path / "office.backup"
    office.d("backup", backup, *words).expect(programs.DONE, "read once more")
    assert b"SQLite" not in backup.read_bytes() and b"BEGIN" not in backup.read_bytes()
    assert [file.name for file in office.data.glob("backup-*")] == []
    office.d("backup", backup, *words).expect(programs.CANNOT_CREATE, "left as it is")

    khan.note(shared.crn, "After the backup.")
    khan.sync()
    held = [row["crn"] for row in jones.json("cases")]
    office.ctl("grant", "b.jones", held[0], "--end").expect(programs.DONE)
    port = office.port
    office.stop()

    lost = tmp_path / "lost"
    shutil.move(office.data, lost)
    restore = ("restore", backup, *words, "--access-log", lost / "office.sqlite.access.log")
    office.d(*restore).expect(programs.DONE, "Epoch 2 begins", "1 decision on access", "made again")
    office.d(*restore).expect(programs.CANNOT_CREATE, "Nothing was changed")
    office.start(port=port)
    khan.run("sync").expect(programs.DONE, "brought back")
    texts = {row["text"] for row in khan.notes(shared.crn).values()}
    assert {"Before the backup.", "After the backup."} <= texts
    jones.run("sync")
    assert held[0] not in {row["crn"] for row in jones.json("cases")}
    office.ctl("verify").expect(programs.DONE)


def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_made(
    office: Office, tmp_path: Path, words: tuple[str, str]
) -> None:
    backup = tmp_path / "office.backup"
    office.d("backup", backup, *words).expect(programs.DONE)
    whole = backup.read_bytes()
    other = tmp_path / "other"
    other.write_text("wrong")
    target = ("--data", tmp_path / "new")

    def refused(says: str, *more: object) -> None:
        programs.run(
            "doorstepd", "restore", backup, *(more or words), *target
        ).expect(programs.BAD_DATA, says, "Nothing was made")
        assert not (tmp_path / "new").exists()
        assert list(tmp_path.glob("new*")) == []

    refused("passphrase is not that of", "--passphrase-file", other)
    for size in (0, 10, 60, 70, len(whole) // 2, len(whole) - 1):
        backup.write_bytes(whole[:size])
        refused("backup")
    for place in (30, 80, len(whole) // 2, len(whole) - 3):
        backup.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
        refused("" if place == 30 else "damaged" if place > 1_100_000 else "")
    backup.write_bytes(whole + b"x")
    refused("damaged")
    programs.run("doorstepd", "backup", tmp_path / "x", "--data", office.data).expect(
        programs.USAGE, "--passphrase-file")
