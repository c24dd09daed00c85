"""What Doorstep is for: two officers work without a network and differ, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import programs
from conftest import Shared, open_cases, seed
from laptop import Laptop
from office import Office


def note_with(laptop: Laptop, crn: str, text: str) -> dict:
    """The one note of a case that has this text."""
    (note,) = [note for note in laptop.notes(crn).values() if note["text"] == text]
    return note


def assert_all_agree(office: Office, *laptops: Laptop) -> None:
    """Every laptop proves that it holds what the office holds, and the office checks itself."""
    checked = office.asked("verify")
    assert checked["problems"] == []
    for laptop in laptops:
        proven = laptop.json("verify")
        assert proven["agrees"] and proven["differences"] == []
        assert proven["cases"] == len(laptop.crns()) > 0
        assert proven["digests"].items() <= checked["digests"].items()


def test_two_officers_disagree_without_a_network_and_agree_once_one_decides(
    tmp_path: Path, offices: Callable[[Office], Office]
) -> None:
    # An office from nothing: its folder, cases, an operator with the code that init printed.
    office = offices(Office(tmp_path))
    first = office.d("init", "--office", "Leeds", "--json").expect(programs.DONE).json
    seed(office, people=12, contacts=20)
    office.start()
    office.ctl("enrol", office.url, first["operatorCode"]).expect(programs.DONE, "Leeds")
    # Two officers with a code each. Both fetch their cases.
    khan, jones = office.enrol("a.khan"), office.enrol("b.jones")
    khan.sync()
    case = open_cases(khan)[0]
    office.ctl("grant", "b.jones", case.crn, "--reason", "holiday cover").expect(programs.DONE)
    jones.sync()
    assert case.crn in jones.crns()
    known = note_with(khan, case.crn, next(iter(khan.notes(case.crn).values()))["text"])
    # No network.
    port = office.port
    assert office.stop() == programs.DONE
    khan.json(
        "visit", case.crn, "--outcome", "ATTC", "--appointment", case.appointment, "--seen",
        "seen", "--observations", "Calm, two children at home.", "--note", "Seen at home.")
    jones.json(
        "visit", case.crn, "--outcome", "UAAB", "--appointment", case.appointment, "--seen",
        "not-in", "--note", "No answer at the door.")
    khan.note(case.crn, "Spoke to the landlord.")
    jones.json("concern", case.crn, "Shouting next door.", "--about", "children", "--level", "high")
    jones.json("sensitive", known["id"])
    khan.run("sync").expect(programs.OFFLINE, "cannot be reached", "go on working")
    jones.run("sync").expect(programs.OFFLINE, "your work is sent when")
    assert (khan.status()["unsent"], jones.status()["unsent"]) == (4, 5)
    assert khan.appointment(case.crn, case.appointment)["outcome"] == "Attended, complied"
    # The network is back.
    office.start(port=port)
    assert {receipt["verdict"] for receipt in khan.sync()["sent"]} == {"applied"}
    sent = jones.sync()
    assert len(sent["sent"]) == 5
    assert [receipt["verdict"] for receipt in sent["sent"]].count("contested") == 1
    assert sent["conflicts"] == 1
    assert khan.sync()["conflicts"] == 1
    # Both see both accounts, and neither won by being first.
    for laptop in (khan, jones):
        appointment = laptop.appointment(case.crn, case.appointment)
        assert appointment["contested"] and appointment["outcome"] == "disputed"
        (dispute,) = laptop.conflicts()
        assert [choice["authors"] for choice in dispute["choices"]] == [["a.khan"], ["b.jones"]]
        assert "Attended, complied" in dispute["choices"][0]["value"]
        assert "Unacceptable absence" in dispute["choices"][1]["value"]
        assert note_with(laptop, case.crn, "Seen at home.")["author"] == "a.khan"
        assert note_with(laptop, case.crn, "No answer at the door.")["author"] == "b.jones"
        assert note_with(laptop, case.crn, "Spoke to the landlord.")["author"] == "a.khan"
        assert laptop.notes(case.crn)[known["id"]]["sensitive"]
        assert len(laptop.json("search", "shouting next door")) == 1
    # One decides, with a reason, and it settles everywhere.
    dispute = khan.conflicts()[0]
    khan.json("resolve", dispute["id"], "b", "--reason", "It was his brother whom I saw.")
    khan.sync()
    jones.sync()
    for laptop in (khan, jones):
        assert laptop.conflicts() == []
        appointment = laptop.appointment(case.crn, case.appointment)
        assert (appointment["outcome"], appointment["contested"]) == ("Unacceptable absence", False)
    own = khan.json("history", dispute["id"])["ownChanges"]
    assert [change["reason"] for change in own] == ["It was his brother whom I saw.", ""]
    assert_all_agree(office, khan, jones)


def test_an_ordered_resync_loses_no_unsent_note(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    note = khan.note(shared.crn, "Written just before the order.")
    assert office.asked("resync", khan.device) == {"ordered": 1}
    assert office.device(khan)["orders"] == ["resync"]
    # Ordering it twice does not make two orders of it.
    office.ctl("resync", khan.device).expect(programs.NEEDS_YOU, "waiting already")
    before = khan.crns()
    answer = khan.sync()
    assert answer["resynced"] and [receipt["verdict"] for receipt in answer["sent"]] == ["applied"]
    assert khan.crns() == before
    assert khan.notes(shared.crn)[note]["text"] == "Written just before the order."
    jones.sync()
    assert jones.notes(shared.crn)[note]["text"] == "Written just before the order."
    assert office.device(khan)["orders"] == []
    assert not khan.sync()["resynced"]
    assert_all_agree(office, khan, jones)


def test_every_laptop_can_be_ordered_to_resync_at_once(
    office: Office, khan: Laptop, jones: Laptop
) -> None:
    assert office.asked("resync", "--all") == {"ordered": 2}
    assert khan.sync()["resynced"] and jones.sync()["resynced"]
    assert office.asked("resync", "--user", "b.jones") == {"ordered": 1}
    assert not khan.sync()["resynced"] and jones.sync()["resynced"]
    assert_all_agree(office, khan, jones)


def test_an_officer_may_resync_unasked(office: Office, khan: Laptop, shared: Shared) -> None:
    note = khan.note(shared.crn, "Not sent yet.")
    answer = khan.json("resync")
    assert answer["resynced"] and answer["synced"]
    assert khan.notes(shared.crn)[note]["text"] == "Not sent yet."
    assert_all_agree(office, khan)


def test_two_officers_who_say_the_same_do_not_disagree(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    for laptop in (khan, jones):
        laptop.json("outcome", shared.crn, "ATTC", "--appointment", shared.appointment)
    khan.sync()
    assert jones.sync()["conflicts"] == 0
    appointment = jones.appointment(shared.crn, shared.appointment)
    assert (appointment["outcome"], appointment["contested"]) == ("Attended, complied", False)
    assert_all_agree(office, khan, jones)


def test_a_case_that_is_taken_away_leaves_the_laptop_and_its_late_work_arrives(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    note = khan.note(shared.crn, "Written before I heard that it moved.")
    office.ctl("grant", "a.khan", shared.crn, "--end", "--reason", "moved").expect(programs.DONE)
    answer = khan.sync()
    assert len(answer["dropped"]) == 1
    assert [receipt["verdict"] for receipt in answer["sent"]] == ["late"]
    assert shared.crn not in khan.crns()
    assert khan.json("search", "written before I heard") == []
    khan.run("note", shared.crn, "more").expect(programs.BAD_DATA, "not on this laptop")
    jones.sync()
    assert jones.notes(shared.crn)[note]["author"] == "a.khan"
    # Given back, it returns whole.
    office.ctl("grant", "a.khan", shared.crn).expect(programs.DONE)
    khan.sync()
    assert note in khan.notes(shared.crn)
    assert_all_agree(office, khan, jones)
