"""What the tests share: offices made ready once and copied for each test, and their laptops."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

import programs
from laptop import Laptop
from office import Office

# Fixtures of the tests that inject faults, and the summary of what was injected.
pytest_plugins = ["strace", "power", "faults"]

NOBODY = 65534


@pytest.fixture(scope="session")
def bare_template(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with an operator and nothing else, stopped."""
    office = Office.make(tmp_path_factory.mktemp("bare"))
    office.stop()
    return office


@dataclass(frozen=True)
class Shared:
    """A case that two officers hold."""

    crn: str
    appointment: str
    """One that is over and has no outcome yet."""


@pytest.fixture(scope="session")
def template(
    tmp_path_factory: pytest.TempPathFactory, bare_template: Office
) -> tuple[Office, Shared]:
    """An office of eight people whose two officers share some cases and have synced, stopped."""
    office = bare_template.copy(tmp_path_factory.mktemp("full"))
    seed(office, people=8, contacts=10)
    try:
        office.start()
        khan, jones = office.enrol("a.khan"), office.enrol("b.jones")
        khan.sync()
        shared = open_cases(khan)
        office.ctl("grant", "b.jones", *[case.crn for case in shared[:3]]).expect(programs.DONE)
        jones.sync()
    finally:
        office.stop()
    return office, shared[0]


def seed(office: Office, people: int, contacts: int) -> None:
    """Gives an office whose server does not run people, half of them to a.khan.

    They are of two weeks ago, so that each has appointments that are over without an outcome.

    - contacts: how many a year each has.
    """
    then = date.today() - timedelta(weeks=2)
    done = office.d(
        "seed", "--people", people, "--seed", 1, "--officers", 2, "--user", "a.khan", "--user",
        "b.jones", "--contacts-per-year", contacts, "--today", f"{then:%d/%m/%Y}")
    done.expect(programs.DONE)


def open_cases(laptop: Laptop) -> list[Shared]:
    """Cases with an appointment that is over and has no outcome, one appointment each."""
    yesterday = str(date.today() - timedelta(days=1))
    found = []
    for crn in laptop.crns():
        past = [row for row in laptop.case(crn)["appointments"] if row["date"] < yesterday]
        waiting = [row["id"] for row in past if row.get("outcome") is None]
        found += [Shared(crn, waiting[-1])] if waiting else []
    return found


@pytest.fixture
def offices() -> Iterator[Callable[[Office], Office]]:
    """Remembers offices that a test starts, and stops each at the test's end."""
    known: list[Office] = []

    def remember(office: Office) -> Office:
        known.append(office)
        return office

    yield remember
    for office in known:
        office.stop()


@pytest.fixture
def bare_office(
    bare_template: Office, tmp_path: Path, offices: Callable[[Office], Office]
) -> Office:
    """A running office without cases, with its operator."""
    return offices(bare_template.copy(tmp_path / "here")).start()


@pytest.fixture
def stopped_office(
    template: tuple[Office, Shared], tmp_path: Path, offices: Callable[[Office], Office]
) -> Office:
    """An office of eight people with two synced officers, whose server does not run."""
    return offices(template[0].copy(tmp_path / "here"))


@pytest.fixture
def office(stopped_office: Office) -> Office:
    """A running office of eight people with two synced officers."""
    return stopped_office.start()


@pytest.fixture
def shared(template: tuple[Office, Shared]) -> Shared:
    """A case that both officers hold."""
    return template[1]


@pytest.fixture
def khan(stopped_office: Office) -> Laptop:
    """The laptop of a.khan, an officer."""
    return stopped_office.laptop("a.khan")


@pytest.fixture
def jones(stopped_office: Office) -> Laptop:
    """The laptop of b.jones, an officer."""
    return stopped_office.laptop("b.jones")


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder outside pytest's own, which only its owner may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def ordinary_user() -> list[str]:
    """A wrapper that runs a program as somebody whom permissions bind."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root is not bound by permissions, and setpriv is not installed")
    wrapper = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if programs.run("doorstep", "--version", wrapper=wrapper).status != programs.DONE:
        pytest.skip("an ordinary user cannot run the programs in this folder")
    return wrapper


def give_away(folder: Path) -> None:
    """Gives a folder to the ordinary user."""
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Makes disks of so many KiB."""
    made: list[Path] = []

    def make(kibibytes: int) -> Path:
        folder = tmp_path / f"disk-{len(made)}"
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", folder],
            capture_output=True, timeout=programs.PATIENCE, check=False)
        if done.returncode != 0:
            pytest.skip("a small disk cannot be mounted here: it needs root")
        made.append(folder)
        return folder

    yield make
    for folder in reversed(made):
        # Lazily: a server that failed a test may still be using it.
        subprocess.run(["umount", "--lazy", folder], timeout=programs.PATIENCE, check=True)


@pytest.fixture(scope="session")
def clock() -> Callable[[str], list[str]]:
    """A wrapper that shows a program another wall clock."""
    if not shutil.which("faketime"):
        pytest.skip("faketime is not installed")
    programs.sweep_faketime()
    return programs.faketime
