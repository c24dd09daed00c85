"""A catalogue that is wrong keeps the server from starting, with file, line and remedy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the standard catalogue."""
    return Path(shutil.copytree(
        programs.REPOSITORY / "Protocol" / "Catalogue", tmp_path / "Catalogue"))


def assert_refused(office: Office, folder: Path, *words: str) -> None:
    before = programs.files(office.data)
    answer = office.d("serve", "--port", 0, "--catalogue", folder, "--json")
    answer.expect(programs.BAD_DATA, "to mend it", *words)
    assert answer.json["error"] == "bad-catalogue"
    assert programs.files(office.data) == before


def change(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_standard_catalogue_may_be_given_as_a_folder(
    bare_template: Office, folder: Path, tmp_path: Path, offices: Callable[[Office], Office]
) -> None:
    office = offices(bare_template.copy(tmp_path / "office"))
    office.start("--catalogue", folder)
    office.ctl("devices").expect(programs.DONE)


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("address.yaml", "rule: field-merge", "rule: newest", ["address.yaml:", "newest"]),
        ("address.yaml", "kind: composite", "kind: picture", ["address.yaml:", "picture"]),
        ("contact-entry.yaml", "bytes: 48000", "bytes: many", ["contact-entry.yaml:", "many"]),
        ("contact-entry.yaml", "bytes: 48000", "bytes: 48000000", ["contact-entry.yaml:"]),
        ("risk-flag.yaml", "label: Level", "  label: Level", ["risk-flag.yaml:"]),
        ("risk-flag.yaml", "order: [removed, active]", "order: [gone]", ["risk-flag.yaml:"]),
        ("risk-flag.yaml", "priority: 1", "priorty: 1", ["risk-flag.yaml:", "priority"]),
        ("visit-plan.yaml", "to: address", "to: nowhere", ["visit-plan.yaml:", "nowhere"]),
        ("outcome-claim.yaml", "holding: disputed", "", ["outcome-claim.yaml"]),
        ("catalogue.yaml", "version:", "version: one", ["catalogue.yaml:"]),
    ],
    ids=lambda part: part if isinstance(part, str) and ".yaml" in part else "")
def test_a_mistake_in_a_file_is_named_with_its_place_and_remedy(
    bare_template: Office, folder: Path, name: str, old: str, new: str, words: list[str]
) -> None:
    change(folder, name, old, new)
    assert_refused(bare_template, folder, *words)


def test_a_damaged_file_is_named_and_shown_without_its_control_characters(
    bare_template: Office, folder: Path
) -> None:
    (folder / "address.yaml").write_bytes(b"label: \x1b[31mRed\xff\n")
    answer = bare_template.d("serve", "--port", 0, "--catalogue", folder)
    answer.expect(programs.BAD_DATA, "address.yaml:1", "utf-8")
    assert "\x1b" not in answer.err


@pytest.mark.parametrize("make", [lambda folder: None, lambda folder: folder.mkdir()])
def test_a_folder_without_a_catalogue_is_refused(
    bare_template: Office, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    folder = tmp_path / "nothing"
    make(folder)
    assert_refused(bare_template, folder, "nothing")


def test_a_file_with_the_wrong_ending_is_not_passed_over(
    bare_template: Office, folder: Path
) -> None:
    (folder / "address.yaml").rename(folder / "address.yml")
    assert_refused(bare_template, folder, "address.yml", "rename it")


def test_a_file_that_refers_to_itself_without_end_is_refused(
    bare_template: Office, folder: Path
) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    (folder / "address.yaml").write_text(bomb)
    assert_refused(bare_template, folder, "address.yaml")


def newer(folder: Path, version: int = 900) -> None:
    """Makes a catalogue a later one, with a kind of contact that nobody has yet."""
    text = (folder / "catalogue.yaml").read_text()
    (folder / "catalogue.yaml").write_text(
        re.sub(r"^version: \d+", f"version: {version}", text, flags=re.M))
    change(folder, "contact-entry.yaml", "      COPT: Planned telephone contact",
           "      COPT: Planned telephone contact\n      CHOL: Hologram contact")


def test_a_newer_catalogue_reaches_each_laptop_with_its_sync(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, folder: Path
) -> None:
    newer(folder)
    unsent = khan.note(shared.crn, "Written under the old forms.", "--kind", "COPT")
    office.stop()
    office.start("--catalogue", folder)
    khan.run("note", shared.crn, "Too early.", "--kind", "CHOL").expect(programs.BAD_DATA)
    khan.run("sync").expect(programs.DONE, "Forms and rules are now the office’s version 900")
    new = khan.note(shared.crn, "She waved.", "--kind", "CHOL")
    khan.run("sync").expect(programs.DONE)
    # A laptop with the old forms carries what it does not know, before it has the new ones too.
    jones.note(shared.crn, "Old forms, new office.", "--kind", "COPT")
    jones.run("sync").expect(programs.DONE, "version 900")
    contacts = {row["text"] for row in jones.case(shared.crn)["contacts"]}
    assert {"Written under the old forms.", "She waved.", "Old forms, new office."} <= contacts
    khan.run("sync").expect(programs.DONE)
    khans, joneses = (laptop.json("verify")["digests"] for laptop in (khan, jones))
    both = khans.keys() & joneses.keys()
    assert both and all(khans[case] == joneses[case] for case in both)
    jones.run("history", new).expect(programs.DONE, "Hologram contact")
    jones.run("history", unsent).expect(programs.DONE, "Planned telephone contact")
    # An office that goes back to its old forms takes all but what it never heard of, and loses
    # nothing.
    office.stop()
    office.start()
    khan.note(shared.crn, "New forms, old office.", "--kind", "COPT")
    khan.note(shared.crn, "She waved again.", "--kind", "CHOL")
    khan.run("sync").expect(programs.NEEDS_YOU, "1 received", "1 refused", "Your text is kept")
    jones.run("sync").expect(programs.DONE)
    contacts = {row["text"] for row in jones.case(shared.crn)["contacts"]}
    assert "New forms, old office." in contacts and "She waved." in contacts


def test_a_damaged_copy_of_the_newer_catalogue_is_fetched_again(
    office: Office, khan: Laptop, folder: Path
) -> None:
    newer(folder)
    office.stop()
    office.start("--catalogue", folder)
    khan.run("sync").expect(programs.DONE, "version 900")
    kept = khan.home / "catalogue"
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    khan.run("today").expect(programs.DONE)
    khan.run("sync").expect(programs.DONE, "version 900")
    assert "version 900" not in khan.run("sync").out


def test_a_catalogue_that_lacks_what_records_were_made_under_is_refused(
    office: Office, khan: Laptop, folder: Path
) -> None:
    newer(folder)
    change(folder, "contact-entry.yaml", "      COPT: Planned telephone contact\n", "")
    office.stop()
    assert_refused(office, folder, "contact-entry", "copt", "leave in")
    rules = office.d("rules", folder, "--json").expect(programs.DONE).json
    assert any(name.endswith(" COPT") for name in rules["lacks"])
