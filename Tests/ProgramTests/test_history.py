"""Who set what, when, and on what knowledge: the office's history of a record, read back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import programs
from conftest import Shared
from laptop import Laptop
from office import Office
from test_reports import CATALOGUE
from test_worked_cases import reconcile


def told(office: Office, record: str, *arguments: object) -> dict[str, Any]:
    return office.d("history", record, "--json", *arguments).expect(programs.DONE).json


def value(shown: dict[str, Any], field: str) -> str:
    return next(row["value"] for row in shown["fields"] if row["field"] == field)


def strict(folder: Path) -> Path:
    """A catalogue in which officers may no longer write appointments."""
    shutil.copytree(CATALOGUE, folder)
    file = folder / "appointment.yaml"
    file.write_text(file.read_text().replace("writers: [officer, senior, ", "writers: [", 1))
    return folder


def test_a_dispute_its_decision_and_a_refusal_are_read_back(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    record = shared.appointment
    before = told(office, record)
    assert before["isWhole"] and before["lost"] == []
    office.stop()
    for laptop, place in ((khan, "At home"), (jones, "At the office")):
        laptop.run("change", record, f"place={place}").expect(programs.DONE)
    office.start()
    reconcile(khan, jones)
    khan.run("resolve", record, "b", "--field", "place", "--reason", "Rang and asked.").expect(
        programs.DONE)
    reconcile(khan, jones)
    office.stop()
    office.start("--catalogue", strict(tmp_path / "catalogue"))
    jones.run("change", record, "place=At the library").expect(programs.DONE)
    jones.sync()

    history = told(office, record)
    assert history["isWhole"] and len(history["changes"]) == len(before["changes"]) + 4
    home, work, decision, refused = history["changes"][-4:]
    assert [row["author"] for row in (home, work, decision, refused)] == [
        "a.khan", "b.jones", "a.khan", "b.jones"]
    assert [row["verdict"] for row in (work, decision, refused)] == [
        "contested", "applied", "refused"]
    assert home["sets"] == [{"field": "place", "value": "At home"}]
    # Neither had seen the other; whoever decided had seen both.
    assert work["atOnceWith"] == [{"number": home["number"], "fields": ["place"]}]
    assert home["atOnceWith"] == [{"number": work["number"], "fields": ["place"]}]
    assert decision["atOnceWith"] == [] and decision["reason"] == "Rang and asked."
    assert {row["number"] for row in decision["supersedes"]} == {home["number"], work["number"]}
    # What was refused is there with its text, and displaced nothing.
    assert refused["refusal"] == "role-may-not-write" and refused["supersedes"] == []
    assert refused["sets"] == [{"field": "place", "value": "At the library"}]
    for row in (home, work, decision, refused):
        assert abs(row["clockOffset"]) < 60_000 and 0 <= row["sentAfter"]
        assert row["recordedAt"] <= row["receivedAt"] + 60_000

    # Khan decided on both; Jones knew of the decision.
    seen = told(office, record, "--as-of", decision["number"])
    (place,) = [row for row in seen["fields"] if row["field"] == "place"]
    assert place["status"] == "contested"
    assert {row["value"] for row in place["standing"]} == {"At home", "At the office"}
    assert seen == told(office, record, "--as-of", decision["change"]) and not seen["uncertain"]
    knew = told(office, record, "--as-of", refused["number"])
    assert value(knew, "place") == "At the office"
    now = told(office, record, "--at", refused["number"])
    assert now["fields"] == knew["fields"]
    old = told(office, record, "--as-of", home["number"])
    assert old["fields"] == told(office, record, "--at", home["number"] - 1)["fields"]
    assert not told(office, record, "--at", 0)["exists"]

    said = office.d("history", record[-8:]).expect(programs.DONE, "Rang and asked.").out
    assert "At the library" in said and "at once with" in said and "superseded place" in said
    office.d("history", record, "--as-of", decision["number"]).expect(
        programs.DONE, "contested", "At the office, by b.jones")


def test_what_the_office_entered_is_as_of_all_that_it_held(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    """Its own changes name no place up to which it had heard of itself: it had taken them all."""
    def enter(**more: str) -> None:
        office.stop()
        row = {"crn": shared.crn, "reference": "H-1", "type": "CHVS", "place": "At the library"}
        day = {"when.date": "2030-05-17", "when.start": "14:10"}
        file = tmp_path / "appointments.jsonl"
        file.write_text(json.dumps(row | day | more) + "\n")
        office.d("import", "appointment", file).expect(programs.DONE)
        office.start()

    enter()
    khan.sync()
    jones.sync()
    record = next(
        row["id"] for row in told(office, shared.crn, "--type", "appointment")
        if told(office, row["id"])["changes"][0]["author"] == "office")
    for laptop, place in ((jones, "At the office"), (khan, "At home")):
        laptop.run("change", record, f"place={place}").expect(programs.DONE)
    khan.sync()
    jones.run("sync", "--json")
    enter(description="Asked for")
    last = told(office, record)["changes"][-1]
    assert last["author"] == "office" and "clockOffset" not in last
    seen = told(office, record, "--as-of", last["number"])
    (place,) = [row for row in seen["fields"] if row["field"] == "place"]
    assert place["status"] == "contested" and len(place["standing"]) == 2
    assert seen["fields"] == told(office, record, "--at", last["number"] - 1)["fields"]
    assert seen["isWhole"]


def test_the_records_of_a_case_are_listed_with_how_often_they_changed(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    khan.run("change", shared.appointment, "place=At home").expect(programs.DONE)
    khan.sync()
    rows = told(office, shared.crn)
    (row,) = [row for row in rows if row["id"] == shared.appointment]
    assert row["changes"] == len(told(office, shared.appointment)["changes"])
    assert rows[-1]["last"] == max(row["last"] for row in rows)
    booked = told(office, shared.crn, "--type", "appointment")
    assert row in booked and {row["type"] for row in booked} == {"appointment"}
    office.d("history", shared.crn, "--type", "appointment").expect(
        programs.DONE, shared.appointment)


def test_what_has_no_history_is_told_with_what_to_do_next(
    stopped_office: Office, shared: Shared
) -> None:
    office = stopped_office
    office.d("history", "ffffffffffff").expect(programs.BAD_DATA, "its CRN")
    office.d("history", "Z999999").expect(programs.BAD_DATA, "neither a CRN")
    office.d("history", "a").expect(programs.BAD_DATA, "last four")
    office.d("history", shared.crn, "--at", 1).expect(programs.USAGE, "one record")
    office.d("history", shared.appointment, "--as-of", "999999").expect(
        programs.BAD_DATA, "doorstepd history")
    office.d("history", shared.appointment, "--at", 1, "--as-of", 1).expect(
        programs.USAGE, "not both")
    office.d("history", shared.appointment, "--type", "note").expect(programs.USAGE, "CRN")
