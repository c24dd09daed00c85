"""Folders that cannot be read or written, and disks that are full: said in words, nothing half
done, and all is well once there is room."""

from __future__ import annotations

import os
import resource
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from conftest import Shared, give_away
from laptop import Laptop
from office import Office


def fill(folder: Path) -> Path:
    """Fills a disk to its last byte; returns what to remove to make room again."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass
    return ballast


def no_room() -> None:
    """In a new process: no file may grow any more, as with a quota that is used up."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def moved(laptop: Laptop, folder: Path) -> Laptop:
    """A laptop's home in another folder."""
    return Laptop(Path(shutil.copytree(laptop.home, folder / "home")))


@pytest.fixture
def his(khan: Laptop, public_folder: Path) -> Laptop:
    """A laptop whose home belongs to an ordinary user."""
    laptop = moved(khan, public_folder)
    give_away(laptop.home)
    return laptop


def test_a_home_that_may_not_be_read_is_said_to_be_so(
    stopped_office: Office, his: Laptop, ordinary_user: list[str]
) -> None:
    for command in (["cases"], ["status"], ["sync"]):
        his.home.chmod(0o000)
        answer = his.run(*command, wrapper=ordinary_user)
        his.home.chmod(0o700)
        answer.expect(programs.CANNOT_CREATE, "permissions")


def test_a_store_that_may_not_be_read_is_said_to_be_so(
    stopped_office: Office, his: Laptop, ordinary_user: list[str], shared: Shared
) -> None:
    before = his.facts()
    (his.home / "replica.sqlite").chmod(0o000)
    his.run("cases", wrapper=ordinary_user).expect(programs.CANNOT_CREATE, "permissions")
    answer = his.run("note", shared.crn, "Nowhere to put it.", wrapper=ordinary_user)
    answer.expect(programs.CANNOT_CREATE, "permissions")
    (his.home / "replica.sqlite").chmod(0o600)
    assert his.facts() == before


def test_a_home_that_may_not_be_written_can_be_read_and_keeps_all(
    stopped_office: Office, his: Laptop, ordinary_user: list[str], shared: Shared
) -> None:
    before = his.facts()
    for path in [*his.home.iterdir(), his.home]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    answer = his.run("note", shared.crn, "Nowhere to put it.", wrapper=ordinary_user)
    answer.expect(programs.CANNOT_CREATE, "permissions")
    his.home.chmod(0o700)
    for path in his.home.iterdir():
        path.chmod(0o600)
    assert his.facts() == before
    his.run("note", shared.crn, "Somewhere again.", wrapper=ordinary_user).expect(programs.DONE)


def test_enrolling_into_a_folder_that_may_not_be_written_does_not_spend_the_code(
    bare_office: Office, public_folder: Path, ordinary_user: list[str]
) -> None:
    code = bare_office.code("a.khan")
    public_folder.chmod(0o555)
    laptop = Laptop(public_folder / "home")
    answer = laptop.run("enrol", bare_office.url, code, wrapper=ordinary_user)
    answer.expect(programs.CANNOT_CREATE, "cannot be written", "--home")
    assert not laptop.home.exists()
    Laptop(bare_office.folder / "elsewhere").run("enrol", bare_office.url, code).expect(0)


def test_a_server_folder_that_may_not_be_made_or_read_is_said_to_be_so(
    bare_template: Office, public_folder: Path, ordinary_user: list[str]
) -> None:
    public_folder.chmod(0o555)
    made = programs.run(
        "doorstepd", "init", "--data", public_folder / "office", wrapper=ordinary_user)
    made.expect(programs.CANNOT_CREATE, "cannot be made")
    assert list(public_folder.iterdir()) == []
    public_folder.chmod(0o755)
    data = Path(shutil.copytree(bare_template.data, public_folder / "office"))
    give_away(data)
    (data / "authority.key").chmod(0o000)
    served = programs.run(
        "doorstepd", "serve", "--port", 0, "--data", data, wrapper=ordinary_user)
    served.expect(programs.CANNOT_CREATE, "authority.key", "permissions")


def test_a_note_that_finds_no_room_is_not_saved_by_half(
    office: Office, khan: Laptop, shared: Shared, small_disk: Callable[[int], Path]
) -> None:
    size = sum(path.stat().st_size for path in khan.home.iterdir()) // 1024
    laptop = moved(khan, small_disk(size + 256))
    before = laptop.facts()
    ballast = fill(laptop.home)
    text = "€" * 11_900
    answer = laptop.run("note", shared.crn, "--json", given=text)
    answer.expect(programs.DISK, "disk is full", "nothing was saved", "free some space")
    assert answer.json["error"] == "disk-full"
    ballast.unlink()
    assert laptop.facts() == before
    note = laptop.run("note", shared.crn, "--json", given=text).expect(programs.DONE).json
    laptop.sync()
    assert laptop.verdicts(note["record"]) == ["applied"]


def test_a_note_that_may_not_make_its_file_grow_is_not_saved_by_half(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    before = khan.facts()
    answer = khan.run("note", shared.crn, "No room for this.", "--json", limit=no_room)
    answer.expect(programs.DISK, "disk", "nothing was saved")
    assert khan.facts() == before
    khan.note(shared.crn, "There is room again.")
    khan.sync()


def test_a_sync_that_finds_no_room_keeps_what_it_had_and_goes_on_later(
    office: Office, khan: Laptop, shared: Shared, small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(2048)
    laptop = Laptop(disk / "home")
    laptop.run("enrol", office.url, office.code("a.khan")).expect(programs.DONE)
    ballast = fill(disk)
    laptop.run("sync").expect(programs.DISK, "disk is full", "free some space")
    ballast.unlink()
    roomy = moved(laptop, office.folder)
    roomy.sync()
    assert roomy.crns() == khan.crns()
    assert roomy.json("verify")["agrees"]


def test_enrolling_onto_a_full_disk_says_so(
    bare_office: Office, small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(64)
    fill(disk)
    laptop = Laptop(disk / "home")
    answer = laptop.run("enrol", bare_office.url, bare_office.code("a.khan"))
    assert answer.status in (programs.DISK, programs.CANNOT_CREATE), answer
    assert "cannot be written" in answer.err or "full" in answer.err
    assert not (laptop.home / "office.json").exists()


def test_enrolling_onto_a_full_disk_does_not_spend_the_code(
    bare_office: Office, small_disk: Callable[[int], Path]
) -> None:
    code = bare_office.code("a.khan")
    disk = small_disk(64)
    fill(disk)
    assert Laptop(disk / "home").run("enrol", bare_office.url, code).status != programs.DONE
    Laptop(bare_office.folder / "roomy").run("enrol", bare_office.url, code).expect(programs.DONE)


def test_an_enrolment_that_found_no_room_for_the_store_can_be_made_again(
    bare_office: Office, small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(512)
    ballast = fill(disk)
    with ballast.open("ab") as file:
        # Room for the certificates, and not for a store.
        file.truncate(ballast.stat().st_size - (32 << 10))
    laptop = Laptop(disk / "home")
    laptop.run("enrol", bare_office.url, bare_office.code("a.khan")).expect(programs.DISK, "full")
    ballast.unlink()
    laptop.run("enrol", bare_office.url, bare_office.code("a.khan")).expect(programs.DONE)
    laptop.sync()


def test_an_office_whose_disk_is_full_says_so_and_the_note_stays_on_the_laptop(
    stopped_office: Office, khan: Laptop, jones: Laptop, shared: Shared,
    small_disk: Callable[[int], Path]
) -> None:
    office = stopped_office
    size = sum(path.stat().st_size for path in office.data.iterdir()) // 1024
    disk = small_disk(size + 512)
    office.data = Path(shutil.move(office.data, disk / "office"))
    office.start()
    note = khan.note(shared.crn, "€" * 11_900)
    before = (khan.facts(), office.facts())
    ballast = fill(disk)
    answer = khan.run("sync", "--json")
    answer.expect(programs.TRY_AGAIN, "office's disk is full", "stays on the laptop")
    assert answer.json["error"] == "disk-full"
    assert khan.facts() == before[0]
    ballast.unlink()
    assert office.facts() == before[1]
    khan.sync()
    jones.sync()
    assert note in jones.notes(shared.crn)
    office.stop()
    shutil.move(office.data, office.folder / "office")


def test_a_server_that_cannot_make_its_folder_for_want_of_room_leaves_none(
    small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(64)
    ballast = fill(disk)
    answer = programs.run("doorstepd", "init", "--data", disk / "office")
    assert answer.status in (programs.DISK, programs.CANNOT_CREATE), answer
    assert os.listdir(disk) == ["ballast"]
    ballast.unlink()
