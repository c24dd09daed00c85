"""A laptop's key can be sealed under a passphrase, which is then needed to reach the office."""

from __future__ import annotations

from pathlib import Path

import pytest

import programs
from laptop import Laptop
from office import Office


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """A passphrase file."""
    file = tmp_path / "words"
    file.write_text("correct horse battery staple\n")
    return file


@pytest.fixture
def laptop(bare_office: Office, words: Path) -> Laptop:
    """A laptop that was enrolled with a passphrase."""
    laptop = Laptop(bare_office.folder / "sealed")
    code = bare_office.code("a.khan")
    laptop.run("enrol", bare_office.url, code, "--passphrase-file", words).expect(programs.DONE)
    return laptop


def test_a_sealed_key_is_opened_by_its_passphrase(laptop: Laptop, words: Path) -> None:
    assert "PRIVATE KEY" not in (laptop.home / "office.json").read_text()
    laptop.sync("--passphrase-file", words)
    # The end of the line and the way the file is named do not matter.
    words.write_text("correct horse battery staple\r\n")
    answer = laptop.run("sync", env={"DOORSTEP_PASSPHRASE_FILE": str(words)})
    answer.expect(programs.DONE)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, ["cannot be read", "check its name"]),
        ("", ["is empty"]),
        ("\n", ["is empty"]),
        ("wrong horse\n", ["not the one", "enrolled with"]),
    ],
    ids=["missing", "empty", "blank", "wrong"])
def test_a_passphrase_that_does_not_open_the_key_is_refused(
    bare_office: Office, laptop: Laptop, tmp_path: Path, content: str | None, said: list[str]
) -> None:
    file = tmp_path / "given"
    if content is not None:
        file.write_text(content)
    before = (programs.files(laptop.home), laptop.facts(), bare_office.facts())
    laptop.run("sync", "--passphrase-file", file).expect(programs.NOT_SET_UP, *said)
    assert (programs.files(laptop.home), laptop.facts(), bare_office.facts()) == before


def test_a_sealed_key_without_its_passphrase_asks_for_it(
    bare_office: Office, laptop: Laptop
) -> None:
    before = (programs.files(laptop.home), laptop.facts(), bare_office.facts())
    answer = laptop.run("sync", "--json").expect(programs.NOT_SET_UP, "--passphrase-file")
    assert answer.json["error"] == "passphrase-needed"
    assert (programs.files(laptop.home), laptop.facts(), bare_office.facts()) == before
    # What is on the laptop can be read and written meanwhile.
    laptop.run("cases").expect(programs.DONE)


def test_a_missing_passphrase_file_does_not_spend_the_code(
    bare_office: Office, tmp_path: Path, words: Path
) -> None:
    laptop = Laptop(tmp_path / "laptop")
    code = bare_office.code("a.khan")
    for file in (tmp_path / "nowhere", tmp_path):
        answer = laptop.run("enrol", bare_office.url, code, "--passphrase-file", file)
        answer.expect(programs.NOT_SET_UP, "cannot be read")
    assert not laptop.home.exists()
    laptop.run("enrol", bare_office.url, code, "--passphrase-file", words).expect(programs.DONE)


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-20], lambda text: text.replace("32768", "999999999")],
    ids=["cut", "costly"])
def test_a_damaged_sealed_key_is_said_to_be_so(laptop: Laptop, words: Path, spoil) -> None:
    laptop.change(key=spoil(laptop.settings["key"]))
    answer = laptop.run("sync", "--passphrase-file", words)
    assert answer.status in (programs.DISK, programs.NOT_SET_UP), answer
    assert "damaged" in answer.err or "not the one" in answer.err
