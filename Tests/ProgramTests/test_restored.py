"""After a restore: what laptops brought back, which have not been heard, and what is missing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import programs
import wire
from conftest import Shared
from laptop import Laptop
from office import Office


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, str]:
    file = tmp_path / "passphrase"
    file.write_text("correct horse battery staple\n")
    return ("--passphrase-file", str(file))


def put_back(office: Office, backup: Path, words: tuple[str, str], lost: Path) -> None:
    """The office as the backup has it, at the same address."""
    port = office.port
    office.stop()
    shutil.move(office.data, lost)
    log = ("--access-log", lost / "office.sqlite.access.log")
    office.d("restore", backup, *words, *log).expect(programs.DONE)
    office.start(port=port)


def report(office: Office, status: int) -> dict[str, Any]:
    return office.ctl("restored", "--json").expect(status).json


def test_an_office_that_was_never_put_back_says_so(office: Office) -> None:
    said = report(office, programs.DONE)
    assert (said["epoch"], said["laptops"], said["missing"]) == (1, [], [])
    office.ctl("restored").expect(programs.DONE, "never put back")


def test_who_came_back_and_who_did_not_is_named_with_what_is_missing(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path,
    words: tuple[str, str],
) -> None:
    for laptop in (khan, jones):
        laptop.sync()
    backup = tmp_path / "office.backup"
    office.d("backup", backup, *words).expect(programs.DONE)
    # Lost with the store: three of jones's, of which khan has seen two, and two of khan's own.
    seen = [jones.note(shared.crn, f"Seen by both, {number}.") for number in range(2)]
    jones.sync()
    own = [khan.note(shared.crn, f"Of khan, {number}.") for number in range(2)]
    khan.sync()
    unseen = jones.note(shared.crn, "Seen by nobody else.")
    jones.sync()
    reached = office.asked("report")["sequence"]
    put_back(office, backup, words, tmp_path / "lost")
    held = office.asked("report")["sequence"]
    assert held < reached

    before = report(office, programs.NEEDS_YOU)
    assert before["epoch"] == 2 and before["held"] == held and before["reached"] == 0
    assert {row["user"]: row["standing"] for row in before["laptops"]} == {
        "a.khan": "not-heard", "b.jones": "not-heard"}
    assert (before["records"], before["changes"], before["missing"]) == (0, 0, [])

    khan.sync()
    half = report(office, programs.NEEDS_YOU)
    rows = {row["user"]: row for row in half["laptops"]}
    assert (rows["a.khan"]["standing"], rows["b.jones"]["standing"]) == ("home", "not-heard")
    # Four records that the office lacked, two of them by changes of its own.
    assert rows["a.khan"]["records"] == 4 and rows["a.khan"]["changes"] == 2
    assert rows["a.khan"]["heardAt"] and "heardAt" not in rows["b.jones"]
    assert half["held"] < half["reached"] <= reached
    (missing,) = [row for row in half["missing"] if row.get("device") == jones.device]
    assert (missing["known"], missing["shown"]) == (0, 2)
    said = office.ctl("restored").expect(
        programs.NEEDS_YOU, "not heard since", "has brought all", "Ask b.jones to sync",
        "Missing: 2 changes of b.jones's", "numbers 1 to 2")
    assert shared.crn not in said.out and "Seen by both" not in said.out

    jones.sync()
    after = report(office, programs.DONE)
    rows = {row["user"]: row for row in after["laptops"]}
    assert rows["b.jones"]["standing"] == "home" and rows["b.jones"]["changes"] == 3
    assert after["missing"] == []
    assert after["changes"] == 5 and after["unproven"] == 0
    office.ctl("restored").expect(programs.DONE, "All that is known to have been here is back")
    # What is told again changes nothing.
    khan.sync()
    assert report(office, programs.DONE)["changes"] == 5
    assert {*seen, *own, unseen} <= set(khan.notes(shared.crn))
    assert office.asked("verify")["problems"] == []


def test_what_is_not_the_offices_own_is_counted_and_passed_over(
    office: Office, khan: Laptop, jones: Laptop, tmp_path: Path, words: tuple[str, str]
) -> None:
    khan.sync()
    backup = tmp_path / "office.backup"
    office.d("backup", backup, *words).expect(programs.DONE)
    put_back(office, backup, words, tmp_path / "lost")
    replica = bytes(range(16))
    reply = wire.post(office, jones, "/v1/sync", wire.sync_request(
        replica, epoch="2", hasMore=True, survived="0",
        offered=[{"dot": {"replica": wire.text(bytes(16)), "counter": "1"},
                  "hash": wire.text(bytes(32)), "verdict": "APPLIED", "proof": wire.text(bytes(16))}]))
    assert reply.status == 200, reply
    (row,) = [row for row in report(office, programs.NEEDS_YOU)["laptops"]
              if row["user"] == "b.jones"]
    assert (row["standing"], row["unproven"], row["changes"]) == ("bringing", 1, 0)


def test_only_an_operator_may_ask(office: Office, khan: Laptop) -> None:
    wire.ask(office, khan, "GET", "/v1/operator/restored", Accept=wire.JSON).expect(
        403, "wrong-role")
