"""Figures for managers, and what another catalogue would read differently."""

from __future__ import annotations

import csv
import io
import shutil
import uuid
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office
from test_import import as_csv

CATALOGUE = Path(__file__).parent.parent.parent / "Protocol" / "Catalogue"
NAMES = [
    "caseload", "visits", "outcomes", "enforcement", "unpaid-work", "alerts", "disputes",
    "conflicts", "references", "verdicts", "freshness",
]


def rows(office: Office, name: str) -> list[dict[str, object]]:
    return office.d("report", name, "--json").expect(programs.DONE).json


@pytest.mark.parametrize("name", NAMES)
def test_a_report_names_officers_and_nobody_on_probation(
    office: Office, khan: Laptop, name: str
) -> None:
    report = rows(office, name)
    people = {row["name"] for row in khan.json("cases")} | set(khan.crns())
    said = str(report) + office.d("report", name).out
    assert not any(person in said for person in people)
    text = office.d("report", name, "--csv").expect(programs.DONE).out
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [{key: str(value) for key, value in row.items()} for row in report] == lines


def test_a_reference_that_leads_to_no_record_or_to_another_kind_is_reported(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    assert rows(office, "references") == []
    note = khan.note(shared.crn, "No answer at the door.")
    khan.sync()
    office.stop()
    letters = tmp_path / "letters.csv"
    letters.write_bytes(as_csv([
        {"crn": shared.crn, "reference": name, "outcome": outcome, "action": "EA05",
         "on.date": "17/5/2024"}
        for name, outcome in (("L-1", note), ("L-2", str(uuid.uuid4())))]))
    office.d("import", "enforcement-act", letters).expect(programs.DONE)
    assert rows(office, "references") == [
        {"type": "enforcement-act", "field": "outcome", "to_no_record": 1, "to_another_kind": 1}]


def test_reports_follow_what_was_received_while_the_server_runs(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    before = {row["officer"]: row for row in rows(office, "outcomes")}
    assert sum(row["cases"] for row in rows(office, "caseload")) == 8
    assert rows(office, "conflicts") == []
    for laptop, code in ((khan, "ATTC"), (jones, "UAAB")):
        laptop.run("outcome", shared.crn, code, "--appointment", shared.appointment).expect(
            programs.DONE)
    khan.sync()
    jones.run("sync")
    after = {row["officer"]: row for row in rows(office, "outcomes")}
    changed = [name for name in after if after[name] != before[name]]
    assert len(changed) == 1
    (officer,) = changed
    assert after[officer]["without_outcome"] == before[officer]["without_outcome"] - 1
    assert after[officer]["in_dispute"] == 1
    waiting = {row["officer"]: row for row in rows(office, "disputes")}[officer]
    assert waiting["in_dispute"] == 1 and waiting["for_the_senior"] == 0
    (inbox,) = jones.conflicts()
    assert inbox["owner"] == officer and inbox["deciders"] == ["officer", "senior"]
    dispute = rows(office, "conflicts")
    assert [(row["type"], row["field"], row["in_dispute"]) for row in dispute] == [
        ("outcome-claim", "claim", 1)]


def test_a_list_of_staff_gathers_officers_to_teams_and_sets_cases_beside_capacity(
    office: Office, khan: Laptop, jones: Laptop, tmp_path: Path
) -> None:
    by_officer = {row["officer"]: row["cases"] for row in rows(office, "caseload")}
    staff = tmp_path / "staff.csv"
    members = sorted(by_officer)
    first = members[0]
    lines = [f"{name.upper()},{'North' if name == first else 'South'},Wales,4" for name in members]
    staff.write_text("\n".join(["user,team,region,capacity", *lines, "new.start,East,Wales,10"]))

    def report(name: str, level: str) -> dict[str, dict[str, object]]:
        said = office.d("report", name, "--by", level, "--staff", staff, "--json")
        return {row[level]: row for row in said.expect(programs.DONE).json}

    teams = report("caseload", "team")
    assert (teams["North"]["cases"], teams["North"]["capacity"]) == (by_officer[first], 4)
    assert teams["North"]["per_cent"] == round(by_officer[first] * 100 / 4)
    assert (teams["East"]["cases"], teams["East"]["capacity"]) == (0, 10)
    (region,) = report("caseload", "region").values()
    assert region["cases"] == sum(by_officer.values())
    assert region["capacity"] == 4 * len(members) + 10
    (seniors,) = report("visits", "senior").values()
    assert seniors["overdue"] == sum(row["overdue"] for row in rows(office, "visits"))
    khan.sync()
    fresh = {row["officer"]: row for row in rows(office, "freshness")}
    assert fresh["a.khan"]["laptops"] == 1 and fresh["a.khan"]["oldest_contact_hours"] == 0
    verdicts = {row["verdict"]: row["changes"] for row in rows(office, "verdicts")}
    assert verdicts["applied"] > 100

    office.d("report", "caseload", "--by", "team").expect(programs.USAGE, "--staff FILE")
    office.d("report", "conflicts", "--by", "senior").expect(programs.USAGE, "leave out --by")
    staff.write_text("user,capacity\na.khan,forty\n")
    office.d("report", "caseload", "--staff", staff).expect(
        programs.BAD_DATA, "line 2, capacity", "no number of cases")
    office.d("report", "caseload", "--staff", tmp_path / "none.csv").expect(
        programs.BAD_DATA, "cannot be read")


def test_a_senior_sees_to_alerts_at_the_office(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    """A concern by the officer of the case goes to the senior, who holds no case."""
    senior = office.d("report", "caseload", "--by", "senior", "--json").json[0]["senior"]
    khan.run("concern", shared.crn, "He had a knife.").expect(programs.DONE)
    khan.sync()
    assert "risk-concern" not in [row["kind"] for row in khan.json("alerts", shared.crn)]
    rows_before = office.d("alerts", "--for", senior, "--json").expect(programs.NEEDS_YOU).json
    (alert,) = [row for row in rows_before if row["kind"] == "risk-concern"]
    assert alert["crn"] == shared.crn and senior in alert["waitingFor"]
    short = alert["id"].replace("-", "")[-8:]
    office.d("alerts").expect(programs.NEEDS_YOU, "Risk concern", senior, f"doorstepd clear {short}")
    office.d("alerts", "--for", "nobody").expect(programs.DONE, "No alert is open for nobody")
    counted = rows(office, "alerts")
    assert sum(row["for_the_senior"] for row in counted) >= 1

    words = ("clear", short, "--author", senior, "--note", "Rang the officer.")
    office.d(*words).expect(programs.TRY_AGAIN)
    office.stop()
    office.d(*words, "--role", "office").expect(programs.USAGE, "officer, senior")
    office.d("clear", shared.appointment, *words[2:]).expect(programs.BAD_DATA, "no alert")
    office.d(*words).expect(programs.DONE, "for everybody")
    office.d(*words).expect(programs.BAD_DATA, "cleared this alert already")
    office.start()
    assert alert["id"] not in [row["id"] for row in office.d("alerts", "--json").json]


def test_a_report_that_there_is_not_is_told_which_there_are(stopped_office: Office) -> None:
    stopped_office.d("report", "people").expect(programs.USAGE, "caseload, visits")
    stopped_office.d("report", "visits", "--csv", "--json").expect(programs.USAGE, "not both")


def test_a_changed_rule_says_what_it_would_read_differently(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    for laptop, place in ((khan, "At home"), (jones, "At the office")):
        laptop.run("change", shared.appointment, f"place={place}").expect(programs.DONE)
    khan.sync()
    jones.run("sync")
    other = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE, other)
    same = office.d("rules", other, "--json").expect(programs.DONE).json
    assert same["differences"] == {} and same["concurrent"] == 1 and same["fields"] > 1_000
    file = other / "appointment.yaml"
    text = file.read_text()
    start = text.index("  place:")
    file.write_text(text[:start] + text[start:].replace("prefer: first", "prefer: last", 1))
    version = other / "catalogue.yaml"
    version.write_text(version.read_text().replace(f"version: {same['version']}", "version: 99"))
    changed = office.d("rules", other, "--json").expect(programs.DONE).json
    assert changed["differences"] == {"appointment place": 1} and changed["version"] == 99
    assert (changed["pastConcurrent"], changed["pastDifferences"]) == (0, {})
    (example,) = changed["examples"]
    assert example["record"] == shared.appointment and example["after"] == "contested"
    # Asking changes nothing, and the server went on all the while.
    khan.sync()
    # What people have settled since is read under the other rules, too.
    record = khan.conflicts()[0]["id"]
    khan.run("resolve", record, "a", "--reason", "They said so.").expect(programs.DONE)
    khan.sync()
    settled = office.d("rules", other, "--json").expect(programs.DONE).json
    assert settled["differences"] == {} and settled["concurrent"] == 0
    assert settled["pastDifferences"] == {"appointment place": 1}
    file.write_text("nothing")
    office.d("rules", other).expect(programs.BAD_DATA, "appointment.yaml")


def test_the_office_sees_what_is_in_dispute_and_decides(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    """A senior who holds none of the cases reads both sides and settles them, with a reason."""
    office.d("conflicts").expect(programs.DONE, "Nothing is in dispute")
    for laptop, code in ((khan, "ATTC"), (jones, "UAAB")):
        laptop.run("outcome", shared.crn, code, "--appointment", shared.appointment).expect(
            programs.DONE)
        laptop.run("sync")
    (row,) = office.d("conflicts", "--json").expect(programs.NEEDS_YOU).json
    assert (row["crn"], row["field"], row["readsAs"]) == (shared.crn, "claim", "disputed")
    assert [choice["authors"] for choice in row["choices"]] == [["a.khan"], ["b.jones"]]
    assert row["deciders"] == ["officer", "senior"] and row["workingDays"] == 0
    short = row["id"].replace("-", "")[-8:]
    office.d("conflicts").expect(
        programs.NEEDS_YOU, "by a.khan", "by b.jones", f"doorstepd resolve {short} a")
    office.d("conflicts", "--officer", "nobody").expect(programs.DONE)

    words = ("resolve", short, "b", "--reason", "The usher rang.", "--author", "c.senior")
    office.d(*words).expect(programs.TRY_AGAIN)
    office.stop()
    office.d(*words, "--role", "administrator").expect(programs.BAD_DATA, "officer or senior")
    office.d("resolve", short, "c", *words[3:]).expect(programs.BAD_DATA, "not one of a, b")
    office.d(*words).expect(programs.DONE, "Decided")
    office.d(*words).expect(programs.BAD_DATA, "Nothing is in dispute there")
    office.start()
    for laptop in (khan, jones):
        laptop.sync()
        assert laptop.json("conflicts") == []
    last = office.d("history", row["id"], "--json").json["changes"][-1]
    assert (last["author"], last["role"], last["reason"]) == (
        "c.senior", "senior", "The usher rang.")
