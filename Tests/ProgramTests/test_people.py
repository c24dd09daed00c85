"""Whose laptop it is: two officers on one machine, one officer with two, and a machine that goes
from one officer to another. Nobody reads what is another's, and nothing unsent is lost."""

from __future__ import annotations

from pathlib import Path

import programs
from conftest import Shared, give_away
from laptop import Laptop
from office import Office
from test_wipe import left, state

SECRET = "Under the third stair."


def test_two_officers_on_one_machine_have_a_folder_each_and_see_their_own(
    bare_office: Office, public_folder: Path, ordinary_user: list[str]
) -> None:
    """Two accounts of one machine. The one can neither read nor use the other's folder."""
    public_folder.chmod(0o777)
    mine = Laptop(public_folder / "khan")
    mine.run("enrol", bare_office.url, bare_office.code("a.khan")).expect(programs.DONE)
    theirs = Laptop(public_folder / "jones")
    theirs.run(
        "enrol", bare_office.url, bare_office.code("b.jones"), wrapper=ordinary_user
    ).expect(programs.DONE)
    if not ordinary_user:
        give_away(theirs.home)
    mine.sync()
    theirs.run("sync", wrapper=ordinary_user).expect(programs.DONE)
    for command in (["status"], ["cases"], ["sync"], ["doctor"]):
        answer = mine.run(*command, wrapper=ordinary_user)
        if ordinary_user:
            assert answer.status != programs.DONE, answer
            assert "a.khan" not in answer.out + answer.err
    users = {row["user"] for row in bare_office.asked("devices") if not row["isOperator"]}
    assert users == {"a.khan", "b.jones"}
    assert mine.status()["user"] == "a.khan"


def test_two_folders_of_one_account_are_two_laptops(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    """DOORSTEP_HOME or --home says whose. What the one may not see is not in the other's."""
    def as_(laptop: Laptop, *words: object) -> programs.Answer:
        return programs.run("doorstep", *words, env={"DOORSTEP_HOME": str(laptop.home)})

    for laptop in (khan, jones):
        laptop.sync()
    hers = next(crn for crn in khan.crns() if crn not in jones.crns())
    as_(khan, "note", hers, SECRET).expect(programs.DONE)
    as_(khan, "sync").expect(programs.DONE)
    as_(jones, "sync").expect(programs.DONE)
    as_(jones, "case", hers).expect(programs.BAD_DATA, "is not on this laptop")
    assert as_(jones, "search", "stair", "--json").json == []
    assert SECRET.encode() not in left(jones.home) and hers.encode() not in left(jones.home)
    assert len(as_(khan, "search", "stair", "--json").json) == 1


def test_one_officer_with_two_laptops_has_the_same_on_both(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    khan.sync()
    second = office.enrol("a.khan", "second")
    second.sync()
    assert second.crns() == khan.crns()
    # Both without a network, and both in the same case.
    notes = [khan.note(shared.crn, "On the first."), second.note(shared.crn, "On the second.")]
    khan.run("outcome", shared.crn, "ATTC", "--appointment", shared.appointment).expect(
        programs.DONE)
    second.run("outcome", shared.crn, "UAAB", "--appointment", shared.appointment).expect(
        programs.DONE)
    khan.sync()
    said = second.run("sync", "--json").json
    assert said["synced"] and said["forks"] == 0
    khan.run("sync")
    for laptop in (khan, second):
        assert set(notes) <= set(laptop.notes(shared.crn))
        assert laptop.json("verify")["agrees"]
    # Neither displaces the other: both outcomes stand until the officer decides, on either.
    assert len(khan.conflicts()) == len(second.conflicts()) == 1
    assert khan.device != second.device
    # One is lost: the other goes on.
    office.ctl("revoke", second.device).expect(programs.DONE)
    second.run("sync").expect(programs.REFUSED, "withdrawn")
    khan.note(shared.crn, "I still have this one.")
    khan.run("sync", "--json").json
    assert khan.status()["unsent"] == 0


def test_a_laptop_of_somebody_else_is_not_taken_over_and_what_waits_is_named(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    khan.sync()
    note = khan.note(shared.crn, SECRET)
    code, before = office.code("b.jones"), (programs.files(khan.home), khan.facts())
    told = khan.run("enrol", office.url, code)
    told.expect(
        programs.CANNOT_CREATE, "already", "a.khan", "1 change of a.khan's", "doorstep sync",
        "doorstep rescue --to", "doorstepctl wipe", "--home")
    assert SECRET not in told.out + told.err and shared.crn not in told.out + told.err
    said = khan.run("enrol", office.url, code, "--json").expect(programs.CANNOT_CREATE).json
    assert said["error"] == "already-enrolled"
    khan.run("enrol", office.url, code, "--again").expect(
        programs.BAD_DATA, "another user", "nothing was changed")
    assert (programs.files(khan.home), khan.facts()) == before
    # The code is not spent, and nothing that waited is lost.
    khan.sync()
    assert khan.verdicts(note) == ["applied"]
    Laptop(office.folder / "own").run("enrol", office.url, code).expect(programs.DONE, "b.jones")


def test_a_laptop_goes_to_another_officer_once_all_is_sent_and_destroyed(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    khan.sync()
    device = khan.device
    hers = next(crn for crn in khan.crns() if crn not in jones.crns())
    note = khan.note(shared.crn, SECRET)
    office.ctl("wipe", device).expect(programs.DONE)
    # Not before it has sent what waits.
    khan.run("enrol", office.url, office.code("b.jones")).expect(
        programs.CANNOT_CREATE, "1 change of a.khan's")
    khan.run("sync").expect(programs.NOT_SET_UP, "destroyed")
    assert state(office, device) == "wiped"
    assert SECRET.encode() not in left(khan.home) and hers.encode() not in left(khan.home)
    heir = Laptop(khan.home)
    heir.run("enrol", office.url, office.code("b.jones")).expect(programs.DONE, "b.jones's")
    heir.sync()
    assert heir.status()["user"] == "b.jones" and heir.device != device
    heir.run("case", hers).expect(programs.BAD_DATA, "is not on this laptop")
    assert hers.encode() not in left(heir.home)
    assert heir.notes(shared.crn)[note]["text"] == SECRET
    assert office.asked("verify")["problems"] == []


def test_a_wiped_laptops_unfinished_enrolment_shows_nothing_of_before(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    """The new officer's code is refused: the folder is as empty as the wipe left it."""
    khan.sync()
    khan.note(shared.crn, SECRET)
    office.ctl("wipe", khan.device).expect(programs.DONE)
    khan.run("sync").expect(programs.NOT_SET_UP, "destroyed")
    before = programs.files(khan.home)
    code = office.code("b.jones")
    changed = ("1" if code[0] != "1" else "2") + code[1:]
    khan.run("enrol", office.url, changed).expect(programs.BAD_DATA)
    assert programs.files(khan.home) == before
    khan.run("cases").expect(programs.NOT_SET_UP)
    assert SECRET.encode() not in left(khan.home)


def test_a_machine_that_the_office_does_not_know_is_not_found(office: Office) -> None:
    unknown = "00000000-0000-0000-0000-00000000beef"
    for command in (
        ["revoke", unknown], ["wipe", unknown], ["devices", "lost", unknown],
        ["devices", "holdings", unknown],
    ):
        office.ctl(*command).expect(programs.BAD_DATA, "no such device", "doorstepctl devices")
        said = office.ctl(*command, "--json").expect(programs.BAD_DATA).json
        assert said["error"] == "not-found"
