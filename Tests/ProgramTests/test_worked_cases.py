"""Situations from the service's own work as people live them: each a story of commands that
anybody can type."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office
from test_import import as_csv

TODAY = f"{date.today():%d/%m/%Y}"


@pytest.fixture
def senior(office: Office, shared: Shared) -> Laptop:
    """The laptop of a senior officer who holds the shared case too."""
    laptop = office.enrol("c.spo", "c.spo", "--role", "senior")
    office.ctl("grant", "c.spo", shared.crn).expect(programs.DONE)
    laptop.sync()
    return laptop


def reconcile(*laptops: Laptop) -> None:
    """Everybody sends, then everybody fetches."""
    for laptop in (*laptops, *laptops):
        assert laptop.run("sync").status in (programs.DONE, programs.NEEDS_YOU)


def alerts(laptop: Laptop, crn: str) -> list[str]:
    """The kinds of those that wait for this laptop's user."""
    return [row["kind"] for row in laptop.json("alerts", crn)]


def test_two_entries_on_one_visit_stand_in_the_order_in_which_it_happened(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    office.stop()
    khan.note(shared.crn, "Flat empty, neighbour says moved out.", "--date", TODAY, "--time",
              "14:10")
    jones.note(shared.crn, "Phoned, says at home.", "--kind", "COPT", "--date", TODAY, "--time",
               "15:00")
    office.start()
    reconcile(jones, khan)
    for laptop in (khan, jones):
        newest = laptop.case(shared.crn)["contacts"][:2]
        assert [row["text"] for row in newest] == [
            "Phoned, says at home.", "Flat empty, neighbour says moved out."]
        assert laptop.conflicts() == []


def test_opposite_decisions_about_a_failure(
    office: Office, khan: Laptop, senior: Laptop, shared: Shared, tmp_path: Path
) -> None:
    office.stop()
    sentence = tmp_path / "events.csv"
    sentence.write_bytes(as_csv([{"crn": shared.crn, "number": "1", "active": "yes"}]))
    office.d("import", "event", sentence).expect(programs.DONE)
    office.start()
    khan.run("outcome", shared.crn, "UAAB", "--appointment", shared.appointment).expect(
        programs.DONE)
    reconcile(khan, senior)
    outcome = khan.json("records", shared.crn, "outcome-claim")[-1]["id"]
    event = khan.json("records", shared.crn, "event")[0]["id"]
    office.stop()
    for laptop, decision in ((khan, "NFA"), (senior, "IBR")):
        laptop.run("add", "breach", shared.crn, f"event={event}", f"outcome={outcome}",
                   f"decision={decision}", f"grounds=I decide {decision}.").expect(programs.DONE)
    office.start()
    reconcile(khan, senior)
    for laptop in (khan, senior):
        (breach,) = laptop.json("records", shared.crn, "breach")
        fields = {field["name"]: field["value"] for field in breach["fields"]}
        assert fields["decision"] == "Breach initiated"
        history = laptop.json("history", breach["id"])["standing"]
        assert {row["author"] for row in history if row["field"] == "decision"} == {
            "a.khan", "c.spo"}
    assert "dissent" in alerts(khan, shared.crn)
    khan.run("today").expect(programs.DONE, "alert for you")
    # Taking it back is a senior's, with a reason.
    khan.run("change", breach["id"], "decision=NFA", "--reason", "Sorry.").expect(
        programs.BAD_DATA)
    (row,) = [row for row in khan.json("alerts") if row["kind"] == "dissent"]
    khan.run("alerts", "--clear", row["id"], "--note", "Spoke to the senior.").expect(
        programs.DONE)
    assert "dissent" not in alerts(khan, shared.crn)
    khan.run("alerts", "--clear", row["id"]).expect(programs.BAD_DATA, "already")


def test_a_flag_that_is_removed_while_it_is_reviewed(
    office: Office, khan: Laptop, senior: Laptop, shared: Shared
) -> None:
    khan.run("flag", "raise", shared.crn, "nonsense").expect(programs.BAD_DATA, "RCCO")
    known = {row["code"] for row in khan.json("flag", "list", shared.crn)}
    code = next(code for code in ("RCCO", "RCPR", "RCHD", "STRG") if code not in known)
    khan.run("flag", "raise", shared.crn, code, "Two", "children.", "--level", "high").expect(
        programs.DONE)
    khan.run("flag", "raise", shared.crn, code).expect(programs.BAD_DATA, "active already")
    reconcile(khan, senior)
    (flag,) = [row for row in khan.json("flag", "list", shared.crn) if row["code"] == code]
    khan.run("flag", "remove", shared.crn, flag["id"], "--reason", "r").expect(programs.BAD_DATA)
    office.stop()
    senior.run("flag", "remove", shared.crn, flag["id"], "--reason", "No children there.").expect(
        programs.DONE)
    later = date.today() + timedelta(days=90)
    khan.run("flag", "review", shared.crn, flag["id"], "Children", "seen.", "--next",
             f"{later:%d/%m/%Y}").expect(programs.DONE)
    office.start()
    reconcile(khan, senior)
    for laptop in (khan, senior):
        (row,) = [row for row in laptop.json("flag", "list", shared.crn) if row["code"] == code]
        assert row["isActive"] and row["nextReview"] == str(later)
    assert "flag-challenged" in alerts(senior, shared.crn)
    senior.run("flag", "remove", shared.crn, flag["id"], "--reason", "Visitors.").expect(
        programs.DONE)
    reconcile(senior, khan)
    (row,) = [row for row in khan.json("flag", "list", shared.crn) if row["code"] == code]
    assert not row["isActive"]
    khan.run("flag", "review", shared.crn, flag["id"], "Again").expect(
        programs.BAD_DATA, "flag raise")


def test_an_address_verified_at_the_door_beside_one_from_a_call(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    address = khan.case(shared.crn)["addresses"][0]["id"]
    office.stop()
    khan.run("address", shared.crn, "--verify", address).expect(programs.DONE)
    jones.run("address", shared.crn, "--line-1", "2 New Row", "--town", "Vexbridge",
              "--postcode", "ZZ1 1ZZ", "--by", "unverified").expect(programs.DONE)
    office.start()
    reconcile(khan, jones)
    for laptop in (khan, jones):
        rows = {row["id"]: row for row in laptop.case(shared.crn)["addresses"]}
        assert "door" in rows[address]["verified"].lower()
        new = [row for row in rows.values() if row["address"].startswith("2 New Row")]
        assert [row["verified"] for row in new] == ["Not verified"]


def test_a_case_that_becomes_restricted(
    office: Office, khan: Laptop, senior: Laptop, shared: Shared
) -> None:
    crn = shared.crn
    khan.note(crn, "Sunday: it turns out that I know the family.")
    refused = office.ctl("limit", crn)
    refused.expect(programs.USAGE, "--exclude")
    office.ctl("limit", "Z999999", "--exclude", "a.khan").expect(programs.BAD_DATA, "no case")
    office.ctl("limit", crn, "--restrict-to", "C.SPO", "b.jones", "--message",
               "Ask the senior.").expect(programs.DONE, "Kept out, though given the case: a.khan")
    office.ctl("limit", crn, "--restrict-to", "c.spo").expect(programs.DONE, "Already so")
    synced = khan.run("sync")
    synced.expect(programs.NEEDS_YOU, f"You are restricted from viewing {crn}. Its records have "
                  "been removed from this laptop. The office says: Ask the senior.")
    khan.run("case", crn).expect(programs.BAD_DATA, f"You are restricted from viewing {crn}.")
    khan.run("note", crn, "Another.").expect(programs.BAD_DATA, "restricted")
    assert crn not in khan.run("cases").out
    # Nothing of it is on the laptop any more, and nothing waits.
    assert khan.json("status")["unsent"] == 0
    senior.sync()
    assert "late-work" in alerts(senior, crn)
    assert "know the family" not in senior.run("case", crn).out
    office.ctl("grant", "a.khan", crn).expect(programs.BAD_DATA, "keeps a.khan out")
    office.ctl("limit", crn, "--restrict-to", "c.spo", "b.jones", "--end").expect(
        programs.DONE, "2 limits ended")
    khan.sync()
    assert khan.case(crn)["crn"] == crn


def test_a_deletion_beside_an_edit(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    day = f"{date.today() + timedelta(days=3):%d/%m/%Y}"
    plan = khan.json("visit", "plan", shared.crn, day, "10:00", "--with", "b.jones")["record"]
    reconcile(khan, jones)
    office.stop()
    khan.run("delete", plan, "--reason", "Entered twice.").expect(programs.DONE)
    jones.run("change", plan, "safe-call=Ring the duty desk").expect(programs.DONE)
    office.start()
    reconcile(khan, jones)
    for laptop in (khan, jones):
        assert plan in [row["id"] for row in laptop.json("records", shared.crn, "visit-plan")]
        assert "deletion" in alerts(laptop, shared.crn)


def test_a_note_of_who_held_the_case_before_reaches_who_holds_it_now(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    khan.note(shared.crn, "Sunday: safeguarding.")
    khan.run("concern", shared.crn, "Bruise on an arm.").expect(programs.DONE)
    office.ctl("grant", "a.khan", shared.crn, "--end").expect(programs.DONE)
    said = khan.sync()
    assert [row["verdict"] for row in said["sent"]] == ["late", "late"]
    assert shared.crn not in khan.crns()
    jones.sync()
    assert {"late-work", "risk-concern"} == set(alerts(jones, shared.crn))


def enter(office: Office, folder: Path, what: str, **row: str) -> None:
    """Enters one row at the office."""
    office.stop()
    file = folder / f"{what}.csv"
    file.write_bytes(as_csv([row]))
    office.d("import", what, file).expect(programs.DONE)
    office.start()


def test_risk_that_rises_while_an_officer_writes_under_the_old_level(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    before = khan.case(shared.crn)["risk"]
    assert "very high" not in before.lower()
    khan.json("visit", "start", shared.crn)
    enter(office, tmp_path, "rosh-summary", reference="A-1", crn=shared.crn, overall="very-high",
          assessed_on=TODAY)
    ended = khan.json("visit", "end", shared.crn, "seen", "Calm.")
    khan.sync()
    khan.sync()
    assert khan.case(shared.crn)["risk"].lower().startswith("very high")
    (visit,) = [row for row in khan.json("records", shared.crn, "visit-record")
                if row["id"] == ended["record"]]
    seen = {field["name"]: field["value"] for field in visit["fields"]}["risk-seen"]
    assert seen and "very high" not in str(seen).lower()
    assert "risk-changed" in alerts(khan, shared.crn)


def test_nothing_is_booked_enforced_or_sent_for_the_dead(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    person = khan.case(shared.crn)
    enter(office, tmp_path, "cases", crn=shared.crn, forename=person["name"].split()[0],
          surname=person["name"].split()[-1], deceased="yes")
    khan.sync()
    assert khan.case(shared.crn)["deceased"] is True
    for command in (
        ("add", "appointment", shared.crn, "type=COAP", f"when.date={TODAY}", "when.start=10:00"),
        ("visit", "plan", shared.crn, TODAY, "10:00"),
    ):
        khan.run(*command).expect(programs.BAD_DATA, "has died. Nothing can be booked")
    for day, status in ((date.today() + timedelta(days=7), programs.BAD_DATA),
                        (date.today() - timedelta(days=7), programs.DONE)):
        rows = tmp_path / "booked.csv"
        rows.write_bytes(as_csv([{"reference": f"B-{day}", "crn": shared.crn, "type": "COAP",
                                  "when.date": str(day), "when.start": "10:00"}]))
        office.stop()
        office.d("import", "appointment", rows).expect(status)
        office.start()
    # What is known of the person is still taken down.
    khan.note(shared.crn, "The family rang.")
    khan.run("concern", shared.crn, "His brother threatens the landlord.").expect(programs.DONE)
    assert khan.status()["unsent"] == 2


def test_a_number_that_somebody_had_before_finds_the_case(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.run("case", "X999998").expect(programs.BAD_DATA, "X999998 is not on this laptop")
    enter(office, tmp_path, "person-alias", reference="A-1", crn=shared.crn, kind="PCRN",
          number="X999998", stands_for=shared.crn)
    khan.sync()
    assert khan.case("X999998")["crn"] == shared.crn
    khan.note("x999998", "Written under the old number.")
    assert "Written under the old number." in {
        row["text"] for row in khan.notes(shared.crn).values()}


def test_what_was_told_to_a_person_and_what_is_said_of_the_dead(
    khan: Laptop, shared: Shared
) -> None:
    for when, day in (("1/3/2026", "Mondays"), ("1/4/2026", "Tuesdays")):
        khan.run("add", "officer-instruction", shared.crn, "about=reporting-day",
                 f"text=Report on {day}.", f"effective-from={when}").expect(programs.DONE)
    told = khan.case(shared.crn)["instructions"]
    assert len(told) == 1 and "Tuesdays" in told[0]
    khan.note(shared.crn, "Found in the old notebook.", "--date", "1/3/2026")
    (note,) = [row for row in khan.case(shared.crn)["contacts"]
               if row["text"] == "Found in the old notebook."]
    assert note["recordedLater"]
    assert khan.case(shared.crn)["deceased"] is False


def test_a_booking_is_warned_of_and_taken(khan: Laptop, shared: Shared) -> None:
    saturday = date.today() + timedelta(days=(5 - date.today().weekday()) % 7 + 7)
    booked = ["type=COAP", f"when.date={saturday:%d/%m/%Y}", "when.start=10:00"]
    first = khan.json("add", "appointment", shared.crn, *booked)
    assert [text for text in first["warnings"] if "Saturday" in text], first
    again = khan.json("add", "appointment", shared.crn, *booked[:2], "when.start=10:45")
    assert [text for text in again["warnings"] if "10:00 that day" in text], again
    far = khan.json("add", "appointment", shared.crn, *booked[:2], "when.start=14:00")
    assert not [text for text in far["warnings"] if "that day" in text], far
