"""A wrong command line is refused with status 64 before anything is touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from office import Office

WRONG = {
    "doorstep": [
        ["frobnicate"],
        ["note"],
        ["note", "X123456", "text", "--colour", "red"],
        ["case", "X123456", "--contacts", "-1"],
        ["case", "X123456", "--contacts", "many"],
        ["sync", "--attempts", "0"],
        ["sync", "--patience", "601"],
        ["sync", "--wait", "-1"],
        ["visit", "X123456", "--minutes", "0"],
        ["address", "X123456", "--town", "Leeds"],
        ["resolve", "abcd1234", "a"],
        ["enrol", "https://127.0.0.1:1"],
        ["status", "and", "more"],
    ],
    "doorstepd": [
        ["frobnicate"],
        ["serve", "--port", "70000"],
        ["serve", "--port", "many"],
        ["serve", "--certificate-days", "0"],
        ["serve", "--log", "loud"],
        ["operator-code"],
        ["operator-code", "somebody", "--minutes", "0"],
        ["init", "--office"],
    ],
    "doorstepctl": [
        ["frobnicate"],
        ["enrol-code"],
        ["enrol-code", "somebody", "--minutes", "10081"],
        ["resync"],
        ["revoke"],
        ["grant", "a.khan"],
        ["devices", "--all"],
    ],
}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [(name, line) for name, lines in WRONG.items() for line in lines],
    ids=lambda part: part if isinstance(part, str) else "-".join(part))
def test_a_wrong_command_line_shows_how_it_is_used_and_touches_nothing(
    name: str, arguments: list[str], tmp_path: Path
) -> None:
    answer = programs.run(name, *arguments, env={"HOME": str(tmp_path)})
    answer.expect(programs.USAGE, "error:", f"usage: {name}", "--help")
    assert answer.out == ""
    assert programs.files(tmp_path) == {}


@pytest.mark.parametrize("name", WRONG)
def test_help_tells_every_exit_status(name: str) -> None:
    answer = programs.run(name, "--help").expect(programs.DONE, "exit status")
    for status in ("0 done", "64", "65", "70", "73", "75", "78"):
        assert status in answer.out


@pytest.mark.parametrize("name", WRONG)
def test_a_program_without_a_command_shows_its_help(name: str) -> None:
    assert programs.run(name).expect(programs.DONE).out.startswith("OVERVIEW:")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("doorstep", ["cases"]), ("doorstep", ["note", "X123456", "text"]), ("doorstep", ["sync"]),
        ("doorstep", ["verify"]), ("doorstepctl", ["devices"]),
        ("doorstepctl", ["grant", "a.khan", "X123456"]),
    ],
    ids=lambda part: part if isinstance(part, str) else part[0])
def test_a_machine_that_is_not_enrolled_is_told_how_to_enrol(
    name: str, arguments: list[str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    answer = programs.run(name, *arguments, "--home", home)
    answer.expect(programs.NOT_SET_UP, "not enrolled", "code", "enrol")
    assert not home.exists()


@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["operator-code", "somebody"]])
def test_a_server_that_is_not_set_up_is_told_how_to_set_it_up(
    arguments: list[str], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    answer = programs.run("doorstepd", *arguments, "--data", data)
    answer.expect(programs.NOT_SET_UP, "doorstepd init")
    assert not data.exists()


@pytest.mark.parametrize("name", ["o", "./o", "o/", "o//", "./deep/o"])
def test_folders_are_named_as_people_name_them(
    name: str, tmp_path: Path, offices: Callable[[Office], Office]
) -> None:
    def office_program(*arguments: object) -> programs.Answer:
        return programs.run("doorstepd", *arguments, folder=tmp_path)

    made = office_program("init", "--data", name, "--office", "Leeds", "--json")
    code = made.expect(programs.DONE).json["operatorCode"]
    office_program("init", "--data", name).expect(programs.CANNOT_CREATE, "already")
    (tmp_path / "c").write_text("crn\n")
    office_program("import", "grants", "c", "--data", name).expect(programs.BAD_DATA)
    assert [path.name for path in tmp_path.glob("**/*.new-*")] == []
    office = offices(Office(tmp_path))
    office.data = tmp_path / name
    office.start()
    enrolled = programs.run("doorstepctl", "enrol", office.url, code, "--home", "h", folder=tmp_path)
    enrolled.expect(programs.DONE)
    programs.run("doorstepctl", "devices", "--home", "h/", folder=tmp_path).expect(programs.DONE)


@pytest.mark.parametrize("arguments", [
    ("doorstepd", "serve", "--data", ""), ("doorstep", "status", "--home", ""),
    ("doorstepctl", "devices", "--home", ""),
])
def test_an_empty_folder_name_is_no_folder(arguments: tuple[str, ...]) -> None:
    programs.run(*arguments).expect(programs.USAGE, "must name a folder")
