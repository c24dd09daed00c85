"""Laptops that are given back or lost: what may be on them, how they are wiped, and what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office

A5 = "A5: an order to wipe, power cut in the middle"
SECRET = "Under the third stair."


def left(home: Path) -> bytes:
    """Everything that is still in a laptop's folder."""
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def state(office: Office, laptop: str) -> str:
    return next(row["state"] for row in office.asked("devices") if row["device"] == laptop)


def test_a_laptop_that_is_given_back_sends_what_it_has_is_wiped_and_says_so(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    khan.sync()
    device = khan.device
    note = khan.note(shared.crn, SECRET)
    khan.run("note", shared.crn, "Half a sente", "--kind", "XXXX").expect(programs.BAD_DATA, "draft")
    assert len(khan.json("drafts")) == 1
    office.ctl("wipe", device).expect(programs.DONE, "once it has sent")
    held = khan.run("sync").expect(programs.REFUSED, "1 draft", "nobody has", "doorstep drafts")
    assert SECRET not in held.out
    assert SECRET in {row["text"] for row in khan.notes(shared.crn).values()}
    draft = khan.json("drafts")[0]["id"]
    khan.run("drafts", "--discard", draft).expect(programs.DONE)
    khan.run("sync").expect(programs.NOT_SET_UP, "destroyed", "the office knows", "doorstep enrol")
    assert state(office, device) == "wiped"
    remains = left(khan.home)
    assert SECRET.encode() not in remains and shared.crn.encode() not in remains
    assert not list(khan.home.glob("replica*")) and not (khan.home / "office.json").exists()
    for command in (["cases"], ["status"], ["sync"], ["note", shared.crn, "More."]):
        khan.run(*command).expect(programs.NOT_SET_UP, "destroyed")
    jones.run("sync")
    assert note in jones.notes(shared.crn)
    # The same folder can be enrolled anew, and nothing of before is in the way.
    office.enrol("a.khan")
    khan.sync()
    assert len(khan.json("cases")) == 4
    office.ctl("wipe", device, "--cancel").expect(programs.BAD_DATA, "wiped or revoked")


def test_a_lost_laptop_is_listed_wiped_at_once_and_what_it_sends_waits(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    khan.sync()
    device, crns = khan.device, khan.crns()
    gone = next(crn for crn in crns if crn != shared.crn)
    office.ctl("grant", "a.khan", gone, "--end").expect(programs.DONE)
    khan.note(shared.crn, SECRET)
    listed = office.asked("devices", "holdings", device)
    assert [row["crn"] for row in listed["cases"]] == crns
    assert {row["crn"] for row in listed["cases"] if row["ended"]} == {gone}
    said = office.ctl("devices", "lost", device).expect(
        programs.DONE, "last contact", "4 cases may be on it", gone, "wiped at its next contact")
    assert all(crn in said.out for crn in crns)
    khan.run("sync").expect(programs.NOT_SET_UP, "destroyed")
    assert SECRET.encode() not in left(khan.home)
    assert state(office, device) == "wiped"
    after = office.asked("devices", "holdings", device)
    assert after["cases"] == []
    waiting = office.asked("quarantine", "list")
    assert [(row["code"], row["crn"]) for row in waiting] == [("laptop-lost", shared.crn)]
    office.ctl("quarantine", "release", waiting[0]["id"]).expect(programs.DONE)


def test_a_case_that_left_is_on_file(office: Office, khan: Laptop, shared: Shared) -> None:
    khan.sync()
    office.ctl("grant", "a.khan", shared.crn, "--end").expect(programs.DONE)
    assert khan.sync()["exchanges"] == 2
    listed = office.asked("devices", "holdings", khan.device)
    assert shared.crn not in {row["crn"] for row in listed["cases"]}
    assert [row["crn"] for row in listed["erased"]] == [shared.crn]
    office.ctl("devices", "holdings", khan.device).expect(programs.DONE, "left it before")
    office.ctl("devices", "holdings", "nonsense").expect(programs.BAD_DATA, "doorstepctl devices")


@pytest.mark.parametrize("cut", ["before anything", "halfway", "before the office hears"])
def test_a5_a_wipe_that_is_cut_goes_on_and_shows_nothing(
    office: Office, khan: Laptop, shared: Shared, cut: str
) -> None:
    khan.sync()
    device = khan.device
    office.ctl("devices", "lost", device).expect(programs.DONE)
    # As a power cut leaves it: the marker is durable before anything is destroyed.
    marker = {"office": "Office", "at": 1_776_000_000_000, "isTold": False}
    (khan.home / "wiped.json").write_text(json.dumps(marker))
    if cut == "halfway":
        (khan.home / "replica.sqlite").unlink()
    if cut == "before the office hears":
        office.stop()
    shown = khan.run("cases").expect(programs.REFUSED, "has not heard")
    assert shared.crn not in shown.out + shown.err
    assert not list(khan.home.glob("replica*")), A5
    if cut == "before the office hears":
        khan.run("sync").expect(programs.REFUSED, "has not heard")
        assert (khan.home / "office.json").exists()
        khan.run("enrol", office.url, "nothing").expect(programs.REFUSED, "has not heard")
        office.start()
    khan.run("sync").expect(programs.NOT_SET_UP, "the office knows")
    assert state(office, device) == "wiped"


def test_a_laptop_whose_order_was_taken_back_too_late_is_heard(
    office: Office, khan: Laptop
) -> None:
    khan.sync()
    device = khan.device
    office.ctl("devices", "lost", device).expect(programs.DONE)
    (khan.home / "wiped.json").write_text(json.dumps(
        {"office": "Office", "at": 0, "isTold": False}))
    office.ctl("wipe", device, "--cancel").expect(programs.DONE, "Taken back")
    khan.run("sync").expect(programs.NOT_SET_UP, "the office knows")
    assert state(office, device) == "wiped"


def test_a_marker_that_nobody_wrote_so_destroys_nothing(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    khan.sync()
    (khan.home / "wiped.json").write_text("{")
    khan.run("cases").expect(programs.DISK, "wiped.json", "Remove it")
    khan.run("sync").expect(programs.DISK, "Remove it")
    (khan.home / "wiped.json").unlink()
    khan.run("cases").expect(programs.DONE, shared.crn)
