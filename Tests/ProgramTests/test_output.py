"""Answers for programs are one JSON value each; answers for people hold nothing that could drive
their terminal."""

from __future__ import annotations

import json
import os
import pty
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office

Commands = Callable[[Shared, str], list[object]]

LAPTOP_COMMANDS: dict[str, Commands] = {
    "cases": lambda case, note: ["cases"],
    "case": lambda case, note: ["case", case.crn],
    "search": lambda case, note: ["search", "the"],
    "search in vain": lambda case, note: ["search", "xyzzyx"],
    "history": lambda case, note: ["history", note],
    "visit": lambda case, note: [
        "visit", case.crn, "--outcome", "ATTC", "--appointment", case.appointment, "--note", "x"],
    "note": lambda case, note: ["note", case.crn, "A note."],
    "outcome": lambda case, note: [
        "outcome", case.crn, "ATTC", "--appointment", case.appointment],
    "concern": lambda case, note: ["concern", case.crn, "A concern."],
    "address": lambda case, note: [
        "address", case.crn, "--line-1", "1 High St", "--town", "Leeds", "--postcode", "LS1 1AA"],
    "sensitive": lambda case, note: ["sensitive", note],
    "drafts": lambda case, note: ["drafts"],
    "conflicts": lambda case, note: ["conflicts"],
    "status": lambda case, note: ["status"],
    "sync": lambda case, note: ["sync"],
    "verify": lambda case, note: ["verify"],
    "resync": lambda case, note: ["resync"],
}

OPERATOR_COMMANDS: dict[str, list[object]] = {
    "enrol-code": ["enrol-code", "c.new"],
    "devices": ["devices"],
    "resync": ["resync", "--all"],
    "verify": ["verify"],
    "report": ["report"],
}

HOSTILE = "\x1b[31mRED\x1b]0;title\x07 \u009b2J \u202egnirts \u2066x\r\x00"
"""Colours, a window's title, a bell, a C1 control, turned text, a carriage return."""


def assert_plain(answer: programs.Answer) -> None:
    """No control character but the ends of lines, and nothing that turns text."""
    controls = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
    found = re.search(controls, answer.out + answer.err)
    assert not found, (found, answer)


def assert_one_value(answer: programs.Answer) -> None:
    """One JSON value on one line, its control characters written as JSON writes them."""
    assert answer.out.endswith("\n") and answer.out.count("\n") == 1, answer
    json.loads(answer.out)
    assert not re.search("[\x00-\x09\x0b-\x1f]", answer.out), answer


@pytest.mark.parametrize("command", LAPTOP_COMMANDS.values(), ids=LAPTOP_COMMANDS.keys())
def test_every_laptop_command_answers_with_one_json_value(
    office: Office, khan: Laptop, shared: Shared, command: Commands
) -> None:
    note = khan.note(shared.crn, "The note of this test.")
    answer = khan.run(*command(shared, note), "--json").expect(programs.DONE)
    assert_one_value(answer)
    assert answer.err == ""


@pytest.mark.parametrize("command", LAPTOP_COMMANDS.values(), ids=LAPTOP_COMMANDS.keys())
def test_every_laptop_command_answers_people_without_escapes(
    office: Office, khan: Laptop, shared: Shared, command: Commands
) -> None:
    note = khan.note(shared.crn, "The note of this test.")
    answer = khan.run(*command(shared, note)).expect(programs.DONE)
    assert answer.out and not answer.out.startswith("{")
    assert_plain(answer)


@pytest.mark.parametrize("command", LAPTOP_COMMANDS.values(), ids=LAPTOP_COMMANDS.keys())
def test_every_failure_of_a_laptop_command_is_one_json_value(
    tmp_path: Path, command: Commands
) -> None:
    case = Shared("X123456", "0" * 32)
    answer = Laptop(tmp_path / "none").run(*command(case, "0" * 32), "--json")
    assert_one_value(answer.expect(programs.NOT_SET_UP, "not enrolled"))
    assert set(answer.json) == {"error", "message"}
    assert answer.json["message"] in answer.err


def test_discarding_a_draft_answers_with_one_json_value(
    stopped_office: Office, khan: Laptop, shared: Shared
) -> None:
    khan.run("note", shared.crn, "A draft.", "--kind", "NOPE").expect(programs.BAD_DATA)
    (draft,) = khan.json("drafts")
    answer = khan.run("drafts", "--discard", draft["id"].replace("-", "")[-8:], "--json")
    assert_one_value(answer.expect(programs.DONE))


def test_a_dispute_and_its_end_are_one_json_value_each(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    for laptop, code in ((khan, "ATTC"), (jones, "UAAB")):
        laptop.json("outcome", shared.crn, code, "--appointment", shared.appointment)
        laptop.sync()
    answer = jones.run("conflicts", "--json").expect(programs.NEEDS_YOU)
    assert_one_value(answer)
    shown = jones.run("conflicts").expect(programs.NEEDS_YOU, "by a.khan", "by b.jones", "decide:")
    assert_plain(shown)
    record = answer.json[0]["id"]
    refused = jones.run("resolve", record, "z", "--reason", "why", "--json")
    assert_one_value(refused.expect(programs.BAD_DATA))
    assert_one_value(jones.run("resolve", record, "a", "--reason", "why", "--json").expect(0))


@pytest.mark.parametrize("command", OPERATOR_COMMANDS.values(), ids=OPERATOR_COMMANDS.keys())
def test_every_operator_command_answers_with_one_json_value_or_in_plain_words(
    office: Office, command: list[object]
) -> None:
    assert_one_value(office.ctl(*command, "--json").expect(programs.DONE))
    assert_plain(office.ctl(*command))
    office.stop()
    failed = office.ctl(*command, "--json").expect(programs.OFFLINE, "cannot be reached")
    assert_one_value(failed)
    assert failed.json["error"] == "offline"


def test_grants_and_revocations_answer_with_one_json_value(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    for expected, *command in (
        (0, "grant", "c.new", shared.crn), (0, "grant", "c.new", shared.crn, "--end"),
        (65, "grant", "c.new", "Z999999"), (65, "grant", "c.new", "nonsense"),
        (0, "revoke", khan.device), (0, "revoke", khan.device), (65, "revoke", "nonsense"),
    ):
        assert_one_value(office.ctl(*command, "--json").expect(expected))


def test_every_server_command_answers_with_one_json_value(tmp_path: Path) -> None:
    def d(*command: object) -> programs.Answer:
        return programs.run("doorstepd", *command, "--data", tmp_path / "data", "--json")

    assert_one_value(d("init").expect(programs.DONE))
    assert_one_value(d("init").expect(programs.CANNOT_CREATE))
    assert_one_value(d("operator-code", "somebody").expect(programs.DONE))
    assert_one_value(d("seed", "--people", 2).expect(programs.DONE))
    assert_one_value(d("serve", "--catalogue", tmp_path, "--port", 0).expect(programs.BAD_DATA))


def test_text_that_would_drive_a_terminal_is_shown_without_its_controls(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    text = HOSTILE.strip("\x00\r")
    record = khan.run("note", shared.crn, "--json", given=text).expect(0).json["record"]
    khan.run("visit", shared.crn, "--observations", text).expect(programs.DONE)
    khan.run("concern", shared.crn, text).expect(programs.DONE)
    for code, laptop in (("ATTC", khan), ("UAAB", jones)):
        laptop.run(
            "outcome", shared.crn, code, "--appointment", shared.appointment, "--evidence", text
        ).expect(programs.DONE)
        laptop.sync()
    khan.run("note", shared.crn, text, "--kind", "NOPE").expect(programs.BAD_DATA)
    jones.sync()
    for laptop in (khan, jones):
        # Nothing of it is lost.
        assert laptop.notes(shared.crn)[record]["text"] == text
        for command in (
            ["case", shared.crn], ["history", record], ["search", "red"], ["conflicts"], ["drafts"],
        ):
            shown = laptop.run(*command)
            assert_plain(shown)
            assert_one_value(laptop.run(*command, "--json"))
    assert "·[31mRED·" in jones.run("case", shared.crn).out


def test_a_label_that_would_drive_a_terminal_is_shown_to_operators_without_its_controls(
    bare_office: Office
) -> None:
    label = HOSTILE.replace("\x00", "")
    laptop = Laptop(bare_office.folder / "hostile")
    code = bare_office.code("a.khan", "--label", label)
    laptop.run("enrol", bare_office.url, code, "--label", label).expect(programs.DONE)
    shown = bare_office.ctl("devices").expect(programs.DONE)
    assert_plain(shown)
    assert bare_office.device(laptop)["label"] == label


def test_nothing_of_a_note_is_in_the_servers_log(
    stopped_office: Office, khan: Laptop, shared: Shared
) -> None:
    stopped_office.start("--log", "trace")
    khan.note(shared.crn, "Nobody else's business.")
    khan.sync()
    stopped_office.stop()
    log = stopped_office.log.read_text()
    assert "business" not in log and shared.crn not in log


def test_progress_is_drawn_on_terminals_alone(office: Office, khan: Laptop) -> None:
    laptop = office.enrol("a.khan", "fresh")
    answer = laptop.run("sync").expect(programs.DONE)
    assert "\x1b" not in answer.err and "\r" not in answer.err
    # On a terminal, `--json` keeps it quiet as well.
    here, there = pty.openpty()
    try:
        process = khan.start("resync", "--json", stdout=there, stderr=there)
        os.close(there)
        said = b""
        while chunk := read(here):
            said += chunk
        programs.end(process)
    finally:
        os.close(here)
    assert json.loads(said)["resynced"]


def read(terminal: int) -> bytes:
    """What came; nothing once the other side has closed."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
