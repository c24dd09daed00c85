"""A home visit step by step, what is due, and the totals that the office works out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office
from test_import import CASES, GRANTS, as_csv


def british(day: str) -> str:
    year, month, rest = day.split("-")
    return f"{rest}/{month}/{year}"


def the_one(laptop: Laptop, crn: str, kind: str) -> dict[str, str]:
    """The fields of the only record of a kind that was written today."""
    row = laptop.json("records", crn, kind)[-1]
    return {field["name"]: field["value"] for field in row["fields"]}


def test_a_visit_is_planned_begun_and_ended_without_a_network(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    office.stop()
    day = khan.json("today")["day"]
    khan.run("visit", "end", shared.crn, "seen").expect(programs.BAD_DATA, "No visit has begun")
    plan = khan.json("visit", "plan", shared.crn, british(day), "23:50", "--with", "b.jones")
    assert any("risk assessment" in warning for warning in plan["warnings"]), plan
    # The plan is of the home visit that is booked that day, where one is, and its time is shown.
    arranged = [row["crn"] for row in khan.json("today")["appointments"]
                if "23:50" in row["start"] + row["what"]]
    assert arranged == [shared.crn]
    visit = khan.json("visit", "start", shared.crn)["record"]
    khan.run("visit", "start", shared.crn).expect(programs.BAD_DATA, "has begun already")
    assert khan.json("today")["openVisits"] == 1
    khan.run("visit", "safe", shared.crn).expect(programs.DONE, "Check-in saved")
    khan.run("visit", "end", shared.crn, "indoors").expect(
        programs.BAD_DATA, "“indoors” is not valid", "not-in (Not in)", "access-refused")
    ended = khan.json(
        "visit", "end", shared.crn, "seen", "New dog in the flat.", "--child", "--concern",
        "Bruise on an arm")
    assert ended["record"] == visit
    assert khan.json("today")["openVisits"] == 0
    office.start()
    said = khan.sync()
    assert {receipt["verdict"] for receipt in said["sent"]} == {"applied"}
    jones.sync()
    seen = the_one(jones, shared.crn, "visit-record")
    assert seen["seen"] == "Seen" and seen["children-present"] == "yes"
    assert seen["observations"] == "New dog in the flat."
    assert "Level:" in seen["risk-seen"], "what the officer was shown stays with the visit"
    assert the_one(jones, shared.crn, "risk-concern")["text"] == "Bruise on an arm"
    assert the_one(jones, shared.crn, "safety-check-in")["state"] == "Safe"


def test_nobody_is_sent_alone_to_a_door_that_was_found_dangerous(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    address = khan.case(shared.crn)["addresses"][0]["id"]
    day = british(khan.json("today")["day"])
    for decision, remedy in (("doubled-up", "--with"), ("do-not-visit", "not to visit")):
        khan.run("add", "visit-risk-assessment", shared.crn, f"address={address}",
                 f"decision={decision}", f"valid-until={day}").expect(programs.DONE)
        khan.run("visit", "plan", shared.crn, day, "10:00").expect(programs.BAD_DATA, remedy)
        if decision == "doubled-up":
            khan.run("visit", "plan", shared.crn, day, "10:00", "--with", "b.jones").expect(
                programs.DONE, "GO IN TWOS")
    # The most restrictive that is valid counts, and every step says so.
    khan.run("visit", "start", shared.crn).expect(programs.DONE, "DO NOT VISIT")


def test_a_risk_to_staff_is_said_at_every_step(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    flag = {
        "crn": shared.crn, "reference": "F-1", "code": "risk-to-staff", "level": "high",
        "status": "active", "notes": "Threatened a colleague.", "next_review": "2030-01-01"}
    office.stop()
    columns = office.d("import", "risk-flag", "--columns", "--json").expect(programs.DONE).json
    file = tmp_path / "flags.csv"
    known = {name: value for name, value in flag.items() if name in columns["columns"]}
    file.write_bytes(as_csv([known]))
    office.d("import", "risk-flag", file).expect(programs.DONE)
    office.start()
    khan.sync()
    day = british(khan.json("today")["day"])
    steps = (
        ("visit", "plan", shared.crn, day, "23:40"), ("visit", "start", shared.crn),
        ("visit", "safe", shared.crn), ("visit", "end", shared.crn, "seen"),
        ("visit", shared.crn, "--observations", "All at once."),
        ("add", "appointment", shared.crn, "type=CHVS", "when.date=17/5/2030", "when.start=10:00"),
    )
    for step in steps:
        warnings = khan.json(*step)["warnings"]
        assert any("risk to staff" in warning for warning in warnings), (step, warnings)
    khan.run("case", shared.crn).expect(programs.DONE, "risk to staff")
    # Not at a step of no visit.
    assert khan.json("note", shared.crn, "A call.")["warnings"] == []


def test_a_laptop_that_was_long_away_says_that_its_risks_may_be_old(
    office: Office, khan: Laptop, shared: Shared, clock: Callable[[str], list[str]]
) -> None:
    khan.sync()
    assert not any("ago" in row for row in khan.json("visit", "start", shared.crn)["warnings"])
    later = khan.run(
        "visit", "end", shared.crn, "seen", "--json", wrapper=clock("+3d")).expect(
        programs.DONE).json
    assert any("Last synced 3 days ago" in row for row in later["warnings"]), later


def test_what_is_due_comes_by_date_and_risk(khan: Laptop, shared: Shared) -> None:
    rows = khan.json("due", "--within", "366")
    days = [row.get("daysLeft", -(10**9)) for row in rows]
    assert days == sorted(days) and rows
    visits = [row for row in rows if "visit" in row["what"] and "id" not in row]
    assert visits and {row["crn"] for row in visits} <= set(khan.crns())
    outcomes = {row["id"] for row in rows if row["what"].startswith("Outcome of")}
    assert shared.appointment in outcomes
    khan.run("outcome", shared.crn, "ATTC", "--appointment", shared.appointment).expect(
        programs.DONE)
    left = {row.get("id") for row in khan.json("due", "--within", "366")}
    assert shared.appointment not in left
    khan.run("due", "--within", "999").expect(programs.USAGE, "0 to 366")


def test_why_says_by_which_rule_and_who(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    for laptop, code in ((khan, "ATTC"), (jones, "UAAB")):
        laptop.run("outcome", shared.crn, code, "--appointment", shared.appointment).expect(
            programs.DONE)
    khan.sync()
    jones.run("sync")
    record = jones.conflicts()[0]["id"]
    row = next(row for row in jones.json("why", record) if row["field"] == "claim")
    assert row["status"] == "contested"
    assert "a.khan" in row["sentence"] and "b.jones" in row["sentence"]
    assert "Until somebody decides" in row["sentence"]
    jones.run("why", record, "appointment").expect(programs.DONE, "nobody has said otherwise")
    jones.run("why", record, "nothing").expect(programs.BAD_DATA, "claim")


def test_two_who_report_the_same_outcome_agree_whatever_each_adds(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    """One was at the door and says so; the other records what he was told."""
    record = khan.json(
        "outcome", shared.crn, "UAAB", "--appointment", shared.appointment)["record"]
    jones.run(
        "visit", shared.crn, "--seen", "not-in", "--outcome", "UAAB", "--appointment",
        shared.appointment).expect(programs.DONE)
    khan.sync()
    jones.sync()
    khan.sync()
    for laptop in (khan, jones):
        laptop.run("conflicts").expect(programs.DONE, "Nothing is in dispute")
    row = next(row for row in khan.json("why", record) if row["field"] == "claim")
    assert row["status"] == "settled-by-rule" and "They agree" in row["sentence"], row
    assert "a.khan" in row["sentence"] and "b.jones" in row["sentence"]


def test_a_concern_at_the_door_is_taken_whatever_becomes_of_the_visit(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    khan.run("visit", "start", shared.crn).expect(programs.DONE)
    ended = ("visit", "end", shared.crn, "seen")
    khan.run(*ended, "--outcome", "NONE", "--concern", "Bruise on an arm").expect(
        programs.BAD_DATA, "The concern is saved")
    assert the_one(khan, shared.crn, "risk-concern")["text"] == "Bruise on an arm"
    khan.run(*ended, "--concern", "And a cut").expect(programs.DONE)
    # Before it can be sent, the office keeps the officer out of the case.
    office.ctl("limit", shared.crn, "--exclude", "a.khan").expect(programs.DONE)
    said = khan.run("sync", "--json").json["sent"]
    assert [row["verdict"] for row in said] == ["refused", "late", "late", "refused"]


def test_a_plan_is_of_the_visit_booked_at_its_time(khan: Laptop, shared: Shared) -> None:
    day = british(str(date.today() + timedelta(days=40)))
    for start in ("10:00", "16:00"):
        khan.run("add", "appointment", shared.crn, "type=CHVS", f"when.date={day}",
                 f"when.start={start}").expect(programs.DONE)
    plan = khan.json("visit", "plan", shared.crn, day, "16:00", "--with", "b.jones")
    assert not any("not 16:00" in warning for warning in plan["warnings"]), plan
    late = khan.json("visit", "plan", shared.crn, day, "17:30")
    assert any("at 10:00, not 17:30" in warning for warning in late["warnings"]), late
    khan.run("visit", "plan", shared.crn, day, "16:00", "--with", "Bill Jones").expect(
        programs.BAD_DATA, "one word", "put - between words")


HOURS = {
    "event": {"crn": "X100001", "number": "1", "active": "yes"},
    "requirement": {
        "crn": "X100001", "number": "7", "version": "1", "event": "1",
        "effective_from": "17/5/2024", "main_category.code": "W",
        "main_category.description": "Unpaid work"},
    "upw-project": {
        "crn": "X100001", "reference": "P-1", "name": "Canal path", "type": "GROUP"},
    "upw-requirement": {
        "crn": "X100001", "number": "7", "requirement": "7 1", "required_minutes": "400"},
    "upw-session": {
        "crn": "X100001", "reference": "S-1", "project": "P-1", "requirement": "7",
        "when.date": f"{date.today() - timedelta(days=20):%d/%m/%Y}", "when.start": "9:00",
        "when.end": "16:00"},
    "upw-attendance": {
        "crn": "X100001", "session": "S-1", "claim.code": "ATTC",
        "claim.credited_minutes": "420"},
}


@pytest.fixture
def stopped(
    bare_template: Office, tmp_path: Path, offices: Callable[[Office], Office]
) -> Office:
    return offices(bare_template.copy(tmp_path / "here"))


def test_hours_reported_twice_count_once_and_by_the_lower(
    stopped: Office, tmp_path: Path
) -> None:
    def enter(kind: str, rows: list[dict[str, str]]) -> dict[str, object]:
        file = tmp_path / f"{kind}.csv"
        file.write_bytes(as_csv(rows))
        return stopped.d("import", kind, file, "--json").expect(programs.DONE).json

    enter("cases", CASES)
    enter("grants", GRANTS)
    for kind, row in HOURS.items():
        if kind != "upw-attendance":
            assert enter(kind, [row])["new"] == 1
    stopped.start()
    laptop = stopped.enrol("a.khan")
    laptop.sync()
    assert "Unpaid work: 0 of 400 minutes" in laptop.case("X100001")["totals"]
    session = laptop.json("records", "X100001", "upw-session")[0]["id"]
    laptop.run(
        "add", "upw-attendance", "X100001", f"session={session}", "claim.code=ATTC",
        "claim.start=9:00", "claim.end=16:00", "claim.penalty-minutes=30",
        "claim.credited-minutes=391").expect(programs.BAD_DATA, "less the minutes taken off")
    laptop.run(
        "add", "upw-attendance", "X100001", f"session={session}", "claim.code=ATTC",
        "claim.start=9:00", "claim.end=16:00", "claim.penalty-minutes=30",
        "claim.credited-minutes=390").expect(programs.DONE)
    totals = laptop.case("X100001")["totals"]
    assert any("390 of 400" in total and "provisional" in total for total in totals), totals
    # Meanwhile the office enters the paper sheet.
    stopped.stop()
    assert enter("upw-attendance", [HOURS["upw-attendance"]])["new"] == 1
    stopped.start()
    laptop.run("sync").expect(programs.NEEDS_YOU)
    assert "Unpaid work: 390 of 400 minutes" in laptop.case("X100001")["totals"]
    assert [row["field"] for row in laptop.conflicts()] == ["claim"]
    stopped.ctl("verify").expect(programs.DONE)
    # An officer does not decide about hours; the message says who does.
    record = laptop.conflicts()[0]["id"]
    laptop.run("resolve", record, "a", "--reason", "r").expect(programs.BAD_DATA)
