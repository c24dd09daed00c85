"""Figures for managers, and what another catalogue would read differently."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office

CATALOGUE = Path(__file__).parent.parent.parent / "Protocol" / "Catalogue"
NAMES = ["caseload", "visits", "outcomes", "enforcement", "unpaid-work", "disputes", "conflicts"]


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
    (example,) = changed["examples"]
    assert example["record"] == shared.appointment and example["after"] == "contested"
    # Asking changes nothing, and the server went on all the while.
    khan.sync()
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
