"""Cases that move, and refused work that waits for somebody: nothing is silent, nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta

import programs
from conftest import Shared
from laptop import Laptop
from office import Office


def test_a_case_moves_with_what_was_written_and_both_are_told(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    for laptop in (khan, jones):
        laptop.sync()
    before = office.asked("transfer", "a.khan", "b.jones", "--all", "--dry-run")
    assert before["isPreview"] and before["moved"] == 4 and before["left"] == []
    assert {row["user"] for row in before["machines"]} == {"a.khan", "b.jones"}
    assert len(khan.json("cases")) == 4

    khan.note(shared.crn, "Children seen at the address.")
    said = office.ctl("transfer", "a.khan", "b.jones", shared.crn, "--reason", "Khan moves on")
    said.expect(programs.DONE, "1 case moved from a.khan to b.jones", "last contact")
    sent = khan.run("sync").expect(programs.DONE)
    assert f"{shared.crn} is with b.jones now. 1 change of yours went with it." in sent.out
    assert "The records have been removed from this laptop" in sent.out
    jones.run("sync")
    assert "Children seen at the address." in {
        row["text"] for row in jones.notes(shared.crn).values()}
    assert "late-work" in {row["kind"] for row in jones.json("alerts")}

    again = office.ctl("transfer", "a.khan", "b.jones", shared.crn, "X999999")
    again.expect(programs.NEEDS_YOU, "a.khan does not hold it", "no such case")
    office.ctl("transfer", "a.khan", "b.jones").expect(programs.USAGE, "--all")
    office.ctl("transfer", "a.khan", "a.khan", "--all").expect(programs.BAD_DATA, "two users")


def test_refused_work_waits_until_somebody_decides_and_its_author_hears(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    for laptop in (khan, jones):
        laptop.sync()
    for text in ("Said on the stairs.", "Said at the gate.", "Said in the yard."):
        khan.note(shared.crn, text)
    office.ctl("limit", shared.crn, "--exclude", "a.khan").expect(programs.DONE)
    khan.run("sync").expect(programs.NEEDS_YOU, "restricted")
    waiting = office.asked("quarantine", "list")
    assert [row["code"] for row in waiting] == ["restricted"] * 3
    assert {row["author"] for row in waiting} == {"a.khan"} and waiting[0]["crn"] == shared.crn
    shown = office.ctl("quarantine", "show", waiting[0]["id"]).expect(programs.DONE, "a.khan")
    assert "stairs" not in shown.out
    office.ctl("quarantine", "show", "nonsense").expect(programs.BAD_DATA, "quarantine list")

    other = next(row["crn"] for row in jones.json("cases") if row["crn"] != shared.crn) \
        if len(jones.json("cases")) > 1 else None
    first, second, third = (row["id"] for row in waiting)
    office.ctl("quarantine", "release", first, "--reason", "Jones asked").expect(programs.DONE)
    office.ctl("quarantine", "release", first).expect(programs.BAD_DATA, "released")
    office.ctl("quarantine", "return", second, "--reason", "Tell Jones").expect(programs.DONE)
    office.ctl("quarantine", "redirect", third, "X999999").expect(programs.BAD_DATA, "no such case")
    if other:
        office.ctl("quarantine", "redirect", third, other).expect(programs.DONE)
    jones.run("sync")
    texts = {row["text"] for row in jones.notes(shared.crn).values()}
    assert "Said on the stairs." in texts and "Said at the gate." not in texts
    told = khan.run("sync")
    assert "has now been taken" in told.out and "The office says: Tell Jones" in told.out
    assert "has now been taken" not in khan.run("sync").out
    assert len(office.asked("quarantine", "list", "--all")) == 3


def test_cover_begins_and_ends_with_days(office: Office, khan: Laptop, jones: Laptop) -> None:
    jones.sync()
    held = {row["crn"] for row in jones.json("cases")}
    crn = next(row["crn"] for row in khan.json("cases") if row["crn"] not in held)
    tomorrow = date.today() + timedelta(days=1)
    grant = ("grant", "b.jones", crn, "--kind", "cover")
    office.ctl(*grant, "--from", f"{tomorrow:%d/%m/%Y}").expect(programs.DONE, "1 case given")
    jones.sync()
    assert {row["crn"] for row in jones.json("cases")} == held
    # It may as well begin now, and end tomorrow.
    office.ctl(*grant, "--until", f"{tomorrow:%d/%m/%Y}").expect(programs.DONE, "1 case given")
    jones.sync()
    assert {row["crn"] for row in jones.json("cases")} == held | {crn}
    office.ctl(*grant, "--until", "nonsense").expect(programs.BAD_DATA, "17/5/2027")
    office.ctl("grant", "b.jones", crn, "--kind", "friend").expect(programs.BAD_DATA, "visit")
