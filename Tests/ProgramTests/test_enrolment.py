"""A code lets one machine in, once, in time, at its own office; a refused one changes nothing."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from laptop import Laptop
from office import Office


@pytest.fixture
def stranger(tmp_path: Path) -> Laptop:
    """A laptop that nobody has enrolled."""
    return Laptop(tmp_path / "stranger")


def mistyped(code: str) -> str:
    """The code with one character changed for another that codes may hold."""
    return ("1" if code[0] != "1" else "2") + code[1:]


def assert_refused(
    office: Office, laptop: Laptop, code: str, status: int, error: str, *words: str
) -> None:
    """A code that is refused, in words and in JSON, leaves nothing on either side."""
    before = office.facts()
    laptop.run("enrol", office.url, code).expect(status, *words)
    answer = laptop.run("enrol", office.url, code, "--json").expect(status, *words)
    assert answer.json["error"] == error
    assert not laptop.home.exists() or programs.files(laptop.home) == {}
    assert office.facts() == before


def test_a_code_enrols_one_laptop_whose_secrets_only_its_owner_may_read(
    bare_office: Office, stranger: Laptop
) -> None:
    code = bare_office.code("a.khan", "--role", "senior", "--label", "Laptop 7")
    answer = stranger.json("enrol", bare_office.url, code)
    assert (answer["user"], answer["role"]) == ("a.khan", "senior")
    assert answer["office"] == "Test office"
    row = bare_office.device(stranger)
    assert (row["user"], row["label"], row["state"]) == ("a.khan", "Laptop 7", "active")
    assert row.get("lastContact") is None
    for folder in (stranger.home, bare_office.data):
        for path in (folder, *folder.iterdir()):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_code_may_be_typed_in_small_letters_without_dashes_and_with_lookalikes(
    bare_office: Office, stranger: Laptop
) -> None:
    code = bare_office.code("a.khan").replace("-", " ").replace("0", "o").replace("1", "l").lower()
    stranger.run("enrol", bare_office.url, code).expect(programs.DONE, "a.khan", "doorstep sync")


def test_an_address_may_leave_out_its_scheme(bare_office: Office, stranger: Laptop) -> None:
    address = bare_office.url.removeprefix("https://")
    stranger.run("enrol", address, bare_office.code("a.khan")).expect(programs.DONE)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda code: "hello", ["not complete", "copy all"]),
        (lambda code: code[:-3], ["not complete", "copy all"]),
        (lambda code: code.replace("-", "!", 1), ["“!”", "check it"]),
        (lambda code: code[:-1] + "é", ["check it"]),
        (mistyped, ["typing mistake", "check it"]),
        (lambda code: "", ["not complete"]),
    ],
    ids=["short", "cut", "strange sign", "strange letter", "mistyped", "empty"])
def test_a_mistyped_code_is_noticed_before_the_office_is_asked(
    bare_office: Office, stranger: Laptop, spoil: Callable[[str], str], words: list[str]
) -> None:
    code = bare_office.code("a.khan")
    assert_refused(bare_office, stranger, spoil(code), programs.BAD_DATA, "bad-code", *words)
    # The code itself is still good.
    stranger.run("enrol", bare_office.url, code).expect(programs.DONE)


def test_a_code_works_once(bare_office: Office, stranger: Laptop) -> None:
    code = bare_office.code("a.khan")
    Laptop(bare_office.folder / "first").run("enrol", bare_office.url, code).expect(programs.DONE)
    assert_refused(
        bare_office, stranger, code, programs.BAD_DATA, "code-used", "used already", "new one")


def test_a_code_that_the_office_has_forgotten_is_refused(
    bare_template: Office, offices: Callable[[Office], Office], tmp_path: Path, stranger: Laptop
) -> None:
    office = offices(bare_template.copy(tmp_path / "office")).start()
    code = office.code("a.khan")
    # The same authority, but a store from before the code was issued.
    office.stop()
    restored = offices(bare_template.copy(tmp_path / "restored")).start()
    assert_refused(
        restored, stranger, code, programs.BAD_DATA, "code-unknown", "does not know", "new one")


def test_a_code_that_is_too_old_is_refused(
    bare_office: Office, stranger: Laptop, clock: Callable[[str], list[str]]
) -> None:
    code = bare_office.code("a.khan", "--minutes", 1)
    bare_office.stop()
    bare_office.start(wrapper=clock("+2h"))
    assert_refused(
        bare_office, stranger, code, programs.BAD_DATA, "code-expired", "too old", "new one")
    fresh = bare_office.code("a.khan", "--minutes", 1)
    stranger.run("enrol", bare_office.url, fresh).expect(programs.DONE)


def test_an_operators_first_code_works_once(bare_office: Office, stranger: Laptop) -> None:
    bare_office.stop()
    code = bare_office.d("operator-code", "second", "--json").expect(programs.DONE).json["code"]
    bare_office.start()
    second = Laptop(bare_office.folder / "second", "doorstepctl")
    second.run("enrol", bare_office.url, code).expect(programs.DONE, "operator of", "enrol-code")
    assert bare_office.device(second)["isOperator"]
    third = Laptop(bare_office.folder / "third", "doorstepctl")
    assert_refused(bare_office, third, code, programs.BAD_DATA, "code-used", "new one")


def test_a_folder_that_is_enrolled_already_is_left_as_it_is(bare_office: Office) -> None:
    laptop = bare_office.enrol("a.khan")
    before = programs.files(laptop.home)
    code = bare_office.code("b.jones")
    answer = laptop.run("enrol", bare_office.url, code, "--json")
    answer.expect(programs.CANNOT_CREATE, "already", "--home")
    assert programs.files(laptop.home) == before
    Laptop(bare_office.folder / "other").run("enrol", bare_office.url, code).expect(programs.DONE)


def test_an_enrolment_that_ended_before_its_last_step_can_be_made_again(
    bare_office: Office
) -> None:
    laptop = bare_office.enrol("a.khan")
    (laptop.home / "office.json").unlink()
    (laptop.home / "replica.sqlite.new").write_bytes(b"half a store")
    laptop.run("status").expect(programs.NOT_SET_UP)
    laptop.run("enrol", bare_office.url, bare_office.code("b.jones")).expect(programs.DONE)
    laptop.sync()
    assert laptop.status()["user"] == "b.jones"
    assert not list(laptop.home.glob("*.new*"))


def test_a_store_that_holds_anything_is_never_replaced(office: Office, khan: Laptop) -> None:
    before, known = khan.facts(), khan.home / "office.json"
    hidden = known.rename(khan.home / "hidden")
    code = office.code("a.khan")
    khan.run("enrol", office.url, code).expect(programs.CANNOT_CREATE, "already", "--home")
    hidden.rename(known)
    assert khan.facts() == before
    Laptop(office.folder / "other").run("enrol", office.url, code).expect(programs.DONE)


def test_an_operators_folder_that_is_enrolled_already_is_left_as_it_is(bare_office: Office) -> None:
    before = programs.files(bare_office.operator.home)
    code = bare_office.code("second", "--operator")
    answer = bare_office.ctl("enrol", bare_office.url, code)
    answer.expect(programs.CANNOT_CREATE, "already", "nothing was changed")
    assert programs.files(bare_office.operator.home) == before


def test_another_office_at_the_same_address_is_noticed_before_the_code_is_shown_to_it(
    bare_office: Office, tmp_path: Path, offices: Callable[[Office], Office], stranger: Laptop
) -> None:
    code = bare_office.code("a.khan")
    other = offices(Office.make(tmp_path / "other", "Another office"))
    assert_refused(
        other, stranger, code, programs.REFUSED, "wrong-authority", "not the office", "address")
    stranger.run("enrol", bare_office.url, code).expect(programs.DONE)


def test_an_enrolled_laptop_sends_nothing_to_another_office_at_the_same_address(
    bare_office: Office, tmp_path: Path, offices: Callable[[Office], Office]
) -> None:
    laptop = bare_office.enrol("a.khan")
    other = offices(Office.make(tmp_path / "other", "Another office"))
    before = (laptop.facts(), other.facts())
    laptop.move_to(other.url)
    laptop.run("sync").expect(programs.REFUSED, "not your office", "nothing was sent")
    assert (laptop.facts(), other.facts()) == before


def test_enrolling_without_a_way_to_the_office_does_not_spend_the_code(
    bare_office: Office, stranger: Laptop
) -> None:
    code = bare_office.code("a.khan")
    url, port = bare_office.url, bare_office.port
    bare_office.stop()
    stranger.run("enrol", url, code).expect(programs.OFFLINE, "cannot be reached")
    assert programs.files(stranger.home) == {}
    bare_office.start(port=port)
    stranger.run("enrol", url, code).expect(programs.DONE)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "ftp://office", "https://", "not a host"])
def test_an_address_that_cannot_be_one_is_refused_with_a_remedy(
    bare_office: Office, stranger: Laptop, address: str
) -> None:
    code = bare_office.code("a.khan")
    answer = stranger.run("enrol", address, code)
    assert answer.status in (programs.REFUSED, programs.OFFLINE), answer
    assert "https://" in answer.err or "cannot be found" in answer.err
    stranger.run("enrol", bare_office.url, code).expect(programs.DONE)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.khan", "--role", "king"], ["role", "officer"]),
        (["two words"], ["user name"]),
        ([""], ["user name"]),
        (["x" * 65], ["user name"]),
        (["na\nme"], ["user name"]),
    ],
    ids=["role", "space", "empty", "long", "line"])
def test_a_code_for_nobody_in_particular_is_not_issued(
    bare_office: Office, arguments: list[str], words: list[str]
) -> None:
    answer = bare_office.ctl("enrol-code", *arguments, "--json")
    answer.expect(programs.BAD_DATA, *words)
    assert json.loads(answer.out)["error"] == "bad-request"


def test_a_server_folder_that_is_there_already_is_left_as_it_is(bare_office: Office) -> None:
    bare_office.stop()
    before = programs.files(bare_office.data)
    answer = bare_office.d("init", "--json")
    answer.expect(programs.CANNOT_CREATE, "already", "serve", "operator-code")
    assert answer.json["error"] == "already-there"
    assert programs.files(bare_office.data) == before


def test_one_server_at_a_time_uses_a_data_folder(bare_office: Office) -> None:
    bare_office.d("serve", "--port", 0).expect(programs.TRY_AGAIN, "another doorstepd", "stop it")
    bare_office.d("operator-code", "second").expect(programs.TRY_AGAIN, "another doorstepd")
    bare_office.ctl("devices").expect(programs.DONE)


def test_a_port_that_is_taken_is_named(
    bare_office: Office, tmp_path: Path, bare_template: Office
) -> None:
    other = bare_template.copy(tmp_path / "other")
    answer = other.d("serve", "--port", bare_office.port)
    answer.expect(programs.CANNOT_CREATE, "cannot listen", str(bare_office.port), "--port")


def test_a_host_that_does_not_exist_is_named(bare_template: Office) -> None:
    answer = bare_template.d("serve", "--host", "300.1.1.1", "--port", 0)
    answer.expect(programs.CANNOT_CREATE, "300.1.1.1", "--host")
