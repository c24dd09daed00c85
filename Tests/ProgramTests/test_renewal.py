"""A laptop whose certificate has run out is enrolled again in place, and loses nothing by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office
from test_interruption import writing


def renew(office: Office, laptop: Laptop, code: str, *more: object) -> programs.Answer:
    return laptop.run("enrol", office.url, code, "--again", *more)


def test_a_renewed_laptop_sends_what_waited_and_holds_what_it_held(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    note = khan.note(shared.crn, "Written before the renewal.")
    before, device, crns = khan.facts(), khan.device, khan.crns()
    renew(office, khan, office.code("a.khan")).expect(programs.DONE, "a.khan", "doorstep sync")
    assert khan.device != device
    assert khan.facts() == before
    assert [receipt["verdict"] for receipt in khan.sync()["sent"]] == ["applied"]
    assert khan.crns() == crns and khan.json("verify")["agrees"]
    jones.sync()
    assert jones.notes(shared.crn)[note]["text"] == "Written before the renewal."
    assert office.device(khan)["received"] == 1
    assert office.asked("verify")["problems"] == []


def test_a_revoked_laptop_may_be_enrolled_again(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    khan.note(shared.crn, "Written before it was found again.")
    office.ctl("revoke", khan.device).expect(programs.DONE)
    khan.run("sync").expect(programs.REFUSED, "withdrawn")
    renew(office, khan, office.code("a.khan")).expect(programs.DONE)
    assert len(khan.sync()["sent"]) == 1


def test_a_code_for_somebody_else_changes_nothing_on_the_laptop(
    office: Office, khan: Laptop
) -> None:
    before = (programs.files(khan.home), khan.facts())
    answer = renew(office, khan, office.code("b.jones"), "--json")
    answer.expect(programs.BAD_DATA, "another user", "nothing was changed")
    assert (programs.files(khan.home), khan.facts()) == before
    khan.sync()


def test_a_code_for_somebody_else_is_not_spent(office: Office, khan: Laptop) -> None:
    code, before = office.code("b.jones"), office.facts()
    renew(office, khan, code).expect(programs.BAD_DATA, "nothing was changed")
    assert office.facts() == before
    Laptop(office.folder / "right").run("enrol", office.url, code).expect(programs.DONE)


def test_a_code_of_another_office_does_not_carry_a_laptops_work_there(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path,
    offices: Callable[[Office], Office]
) -> None:
    khan.note(shared.crn, "For this office's eyes.")
    other = offices(Office.make(tmp_path / "other", "Another office"))
    before = khan.facts()
    answer = renew(other, khan, other.code("a.khan"))
    assert answer.status in (programs.REFUSED, programs.BAD_DATA, programs.CANNOT_CREATE), answer
    khan.move_to(office.url)
    assert khan.facts() == before
    khan.sync()


def test_a_laptop_that_was_never_enrolled_cannot_be_enrolled_again(
    bare_office: Office, tmp_path: Path
) -> None:
    laptop, code = Laptop(tmp_path / "new"), bare_office.code("a.khan")
    answer = renew(bare_office, laptop, code)
    assert answer.status != programs.DONE
    # It is told to enrol, and then it can.
    laptop.run("enrol", bare_office.url, code).expect(programs.DONE)
    laptop.sync()


def test_a_laptop_is_renewed_while_somebody_writes_on_it(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    with writing(khan, shared.crn, "In the middle of it.") as finish:
        renew(office, khan, office.code("a.khan")).expect(programs.DONE)
        finish().expect(programs.DONE)
    assert len(khan.sync()["sent"]) == 1
    assert khan.json("verify")["agrees"]
