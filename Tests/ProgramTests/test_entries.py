"""Entries that are wrong are refused with what to do, and nothing that somebody wrote is lost."""

from __future__ import annotations

import signal
import subprocess
from datetime import date

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office


@pytest.fixture(autouse=True)
def laptop(stopped_office: Office, khan: Laptop) -> Laptop:
    return khan


def assert_refused(laptop: Laptop, command: list[object], error: str, *words: str, **more) -> None:
    before = laptop.facts()
    answer = laptop.run(*command, "--json", **more).expect(programs.BAD_DATA, *words)
    assert answer.json["error"] == error
    assert laptop.facts() == before


@pytest.mark.parametrize(
    ("command", "error", "words"),
    [
        (["note", "nonsense", "text"], "bad-crn", ["is not a crn", "for instance"]),
        (["note", "X12345", "text"], "bad-crn", ["is not a crn"]),
        (["case", "Z999999"], "unknown-case", ["not on this laptop", "doorstep cases"]),
        (["note", "CRN", "text", "--date", "31/2/2024"], "bad-date", ["17/5/2024"]),
        (["note", "CRN", "text", "--date", "soon"], "bad-date", ["17/5/2024"]),
        (["note", "CRN", "text", "--time", "25:00"], "bad-time", ["14:10"]),
        (["note", "CRN", "text", "--corrects", "ffffffff"], "unknown-record", ["nothing"]),
        (["note", "CRN", "text", "--corrects", "no"], "bad-id", ["last four"]),
        (["outcome", "CRN", "XXXX"], "bad-outcome", ["ATTC Attended, complied", "UAAB"]),
        (["outcome", "CRN", "ATTC", "--appointment", "ffffffff"], "unknown-record", ["nothing"]),
        (["visit", "CRN", "--seen", "maybe"], "invalid", ["seen", "not valid"]),
        (["visit", "CRN", "--outcome", "XXXX"], "bad-outcome", ["choose one of"]),
        (["address", "CRN", "--verify", "ffffffff"], "unknown-record", ["nothing"]),
        (
            ["address", "CRN", "--line-1", "1 High St", "--town", "Leeds", "--postcode",
             "LS1 1AA AAAA"], "invalid", ["Postcode", "8 fit", "shorten it"]),
        (["sensitive", "ffffffff"], "unknown-record", ["nothing"]),
        (["history", "ffffffff"], "unknown-record", ["nothing"]),
        (["resolve", "ffffffff", "a", "--reason", "why"], "unknown-record", ["nothing"]),
        (["drafts", "--discard", "ffffffff"], "unknown-record", ["no single draft"]),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) and "CRN" in part else "")
def test_a_wrong_entry_is_refused_with_a_remedy_and_saves_nothing(
    laptop: Laptop, shared: Shared, command: list[str], error: str, words: list[str]
) -> None:
    assert_refused(
        laptop, [shared.crn if part == "CRN" else part for part in command], error, *words)


def test_a_note_of_an_unknown_kind_is_kept_as_a_draft(laptop: Laptop, shared: Shared) -> None:
    before = laptop.facts()
    answer = laptop.run("note", shared.crn, "An hour's work.", "--kind", "NOPE", "--json")
    answer.expect(programs.BAD_DATA, "kind", "not valid", "kept as a draft", "doorstep drafts")
    (draft,) = laptop.json("drafts")
    assert draft["text"] == "An hour's work."
    assert laptop.facts() == before | {"drafts": 1}
    laptop.run("drafts", "--discard", draft["id"].replace("-", "")[-8:]).expect(programs.DONE)
    assert laptop.facts() == before


@pytest.mark.parametrize(
    ("option", "word"), [(["--about", "everybody"], "about"), (["--level", "huge"], "level")],
    ids=["about", "level"])
def test_a_concern_that_is_wrong_in_one_part_is_kept_as_a_draft(
    laptop: Laptop, shared: Shared, option: list[str], word: str
) -> None:
    before = laptop.facts()
    answer = laptop.run("concern", shared.crn, *option, "--json", given="Bruises.")
    answer.expect(programs.BAD_DATA, word, "not valid", "kept as a draft", "doorstep drafts")
    assert answer.json["error"] == "invalid"
    (draft,) = laptop.json("drafts")
    assert (draft["type"], draft["text"]) == ("risk-concern", "Bruises.")
    assert laptop.facts() == before | {"drafts": 1}


@pytest.mark.parametrize("command", ["note", "concern"])
@pytest.mark.parametrize("option", [["--date", "soon"], ["--time", "25:00"]], ids=["date", "time"])
def test_a_wrong_day_is_noticed_before_anybody_types(
    laptop: Laptop, shared: Shared, command: str, option: list[str]
) -> None:
    process = laptop.start(command, shared.crn, *option, stdin=-1, stderr=-1)
    try:
        # Nothing was typed, and nothing said that there will be no more.
        assert process.wait(programs.PATIENCE) == programs.BAD_DATA
    finally:
        programs.end(process)


@pytest.mark.parametrize(("size", "says"), [
    (12_001, "12001 characters long, and the service takes 12000"), (70_000, "64 KiB")])
def test_a_note_that_is_too_long_is_kept_as_a_draft(
    laptop: Laptop, shared: Shared, size: int, says: str
) -> None:
    answer = laptop.run("note", shared.crn, given="x" * size)
    answer.expect(programs.BAD_DATA, "not saved", says, "draft")
    (draft,) = laptop.json("drafts")
    assert draft["text"] == "x" * size
    assert laptop.status()["unsent"] == 0


def test_a_text_is_kept_line_by_line_while_it_is_typed(laptop: Laptop, shared: Shared) -> None:
    process = laptop.start("note", shared.crn, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(b"She says the flat is damp.\n")
    process.stdin.flush()
    programs.eventually(lambda: laptop.json("drafts") or None, "the line is kept")
    # Nobody else has to wait for who is typing.
    laptop.note(shared.crn, "Another one.")
    programs.tell(process, signal.SIGKILL)
    programs.end(process)
    (draft,) = laptop.json("drafts")
    assert draft["text"] == "She says the flat is damp.\n"
    end = draft["id"].replace("-", "")[-8:]
    laptop.run("note", "X999999", "--draft", end, given="").expect(programs.BAD_DATA)
    note = laptop.note(shared.crn, "The landlord knows.", "--draft", end)
    assert laptop.notes(shared.crn)[note]["text"] == (
        "She says the flat is damp.\nThe landlord knows.")
    assert laptop.json("drafts") == []


def test_two_main_addresses_are_both_marked_until_one_is_past(
    laptop: Laptop, shared: Shared
) -> None:
    (old,) = [row for row in laptop.case(shared.crn)["addresses"] if row["kind"] == "main"]
    words = ["--line-1", "7 New Row", "--town", "Leeds", "--postcode", "LS1 1AA"]
    said = laptop.json("address", shared.crn, *words)
    (warning,) = [text for text in said["warnings"] if "is the main address too" in text]
    # Seen at the door, it is better known than what the office had.
    first, second = laptop.case(shared.crn)["addresses"][:2]
    assert [row["kind"] for row in (first, second)] == ["main-disputed"] * 2
    assert (first["id"], second["id"]) == (said["record"], old["id"])
    assert "several main addresses" in laptop.run("case", shared.crn).out
    laptop.run(*warning.split("doorstep ")[1].split()).expect(programs.DONE)
    kinds = {row["id"]: row["kind"] for row in laptop.case(shared.crn)["addresses"]}
    assert (kinds[said["record"]], kinds[old["id"]]) == ("main", "previous")


def test_a_note_keeps_what_was_known_of_the_risk(laptop: Laptop, shared: Shared) -> None:
    note = laptop.note(shared.crn, "Asks for a new time.", "--alert")
    (entry,) = [
        row for row in laptop.json("records", shared.crn, "contact-entry") if row["id"] == note]
    fields = {field["name"]: field["value"] for field in entry["fields"]}
    risk = laptop.case(shared.crn)["risk"] or "No completed assessment"
    assert risk in fields["risk-seen"] and fields["alert"] == "yes"


def test_a_text_that_is_far_too_long_is_refused(laptop: Laptop, shared: Shared) -> None:
    assert_refused(
        laptop, ["note", shared.crn], "too-large", "longer than 256 KiB", "split it",
        given="x" * 300_000)


@pytest.mark.parametrize("text", ["", "   ", "\n\t\n"])
def test_an_empty_note_is_refused(laptop: Laptop, shared: Shared, text: str) -> None:
    assert_refused(laptop, ["note", shared.crn], "no-text", "nothing to save", given=text)
    assert_refused(laptop, ["concern", shared.crn], "no-text", "nothing to save", given=text)


def test_a_note_of_blanks_among_the_arguments_is_refused(laptop: Laptop, shared: Shared) -> None:
    assert_refused(laptop, ["note", shared.crn, "  "], "no-text", "nothing to save")


def test_a_text_that_is_not_utf_8_is_refused(laptop: Laptop, shared: Shared) -> None:
    assert_refused(
        laptop, ["note", shared.crn], "bad-text", "not valid UTF-8", "save the file as UTF-8",
        given=b"caf\xe9")


def test_the_longest_note_in_many_scripts_arrives_unchanged(
    laptop: Laptop, shared: Shared
) -> None:
    text = ("Łódź, ὄνομα, 名前, اسم, 🏠 e\u0301\n" * 2000)[:11_000].strip()
    note = laptop.run("note", shared.crn, "--json", given=text).expect(programs.DONE).json
    assert laptop.notes(shared.crn)[note["record"]]["text"] == text


def test_an_outcome_that_is_recorded_is_changed_only_on_purpose_and_with_a_reason(
    laptop: Laptop, shared: Shared
) -> None:
    named = ["--appointment", shared.appointment]
    laptop.json("outcome", shared.crn, "ATTC", *named)
    outcome = ["outcome", shared.crn, "AFTC", *named]
    assert_refused(laptop, outcome, "recorded-already", "a.khan", "--replace --reason")
    assert_refused(laptop, [*outcome, "--replace"], "no-reason", "--reason")
    laptop.json(*outcome, "--replace", "--reason", "Left early.")
    appointment = laptop.appointment(shared.crn, shared.appointment)
    assert appointment["outcome"] == "Attended, failed to comply"


def test_an_appointment_that_is_still_to_come_has_no_outcome_yet(
    laptop: Laptop, shared: Shared
) -> None:
    today = str(date.today())
    coming = [
        (crn, row["id"]) for crn in laptop.crns()
        for row in laptop.case(crn)["appointments"] if row["date"] > today]
    crn, appointment = coming[0]
    assert_refused(
        laptop, ["outcome", crn, "ATTC", "--appointment", appointment], "no-appointment",
        "until the appointment has passed")
    # That somebody will be at hospital is known before.
    laptop.json("outcome", crn, "aame", "--appointment", appointment)
    assert laptop.appointment(crn, appointment)["outcome"] == "Acceptable absence, medical"


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (["--note", "x" * 48_001], "text"), (["--note", "Calm.", "--seen", "maybe"], "seen"),
        (["--note", "Calm.", "--outcome", "XXXX"], "choose one of"),
        (["--note", "Calm.", "--appointment", "ffffffff"], "nothing on this laptop"),
    ],
    ids=["note", "seen", "outcome", "appointment"])
def test_a_visit_that_is_wrong_in_one_part_is_not_saved_in_any_and_its_texts_are_kept(
    laptop: Laptop, shared: Shared, wrong: list[str], word: str
) -> None:
    before = laptop.facts()
    named = ["--appointment", shared.appointment, "--outcome", "ATTC"]
    visit = ["visit", shared.crn, *named, "--observations", "Two dogs.", *wrong]
    answer = laptop.run(*visit, "--json").expect(programs.BAD_DATA, word, "kept as drafts")
    assert answer.json["error"] in ("invalid", "bad-outcome", "unknown-record")
    kept = {draft["type"]: draft["text"] for draft in laptop.json("drafts")}
    assert kept == {"visit-record": "Two dogs.", "contact-entry": wrong[1]}
    assert laptop.facts() == before | {"drafts": 2}


def test_a_sensitive_mark_is_set_once(laptop: Laptop, shared: Shared) -> None:
    note = next(iter(laptop.notes(shared.crn)))
    if not laptop.notes(shared.crn)[note]["sensitive"]:
        laptop.json("sensitive", note)
    before = laptop.facts()
    laptop.run("sensitive", note[-8:]).expect(programs.DONE, "already told")
    assert laptop.facts() == before


def test_nothing_is_in_dispute_where_nobody_differs(laptop: Laptop, shared: Shared) -> None:
    note = next(iter(laptop.notes(shared.crn)))
    assert_refused(
        laptop, ["resolve", note, "a", "--reason", "why"], "no-conflict", "doorstep conflicts")
    assert_refused(laptop, ["resolve", note, "a", "--reason", " "], "no-reason", "--reason")
