"""How long a laptop can be used that does not reach its office: its lease, and what ends it."""

from __future__ import annotations

from collections.abc import Callable

import programs
from conftest import Shared
from laptop import Laptop
from office import Office


def test_a_laptop_locks_after_a_fortnight_and_the_next_sync_unlocks_it(
    office: Office, khan: Laptop, shared: Shared, clock: Callable[[str], list[str]]
) -> None:
    ready = khan.json("prepare")
    assert ready["ready"] and ready["cases"] == 4 and ready["missing"] == []
    assert ready["leaseEnds"] > ready["officeTime"] and ready.get("limitedLeaseEnds") is None
    khan.run("prepare").expect(programs.DONE, "Ready: 4 cases", "without the office until")
    khan.note(shared.crn, "Before the holidays.")
    almost = clock("+13d")
    khan.run("case", shared.crn, wrapper=almost).expect(programs.DONE)
    late = clock("+15d")
    for command in (["cases"], ["case", shared.crn], ["search", "holidays"], ["today"]):
        answer = khan.run(*command, wrapper=late).expect(programs.REFUSED, "locked", "doorstep sync")
        assert shared.crn not in answer.out + answer.err
    # Whoever stands at a door can write down what they see, and is shown nothing for it.
    blind = khan.run("note", shared.crn, "Zebra.", wrapper=late).expect(programs.DONE, "saved")
    assert "!" not in blind.out and "Before" not in blind.out
    khan.run("concern", shared.crn, "A knife.", wrapper=late).expect(programs.DONE, "saved")
    # Nothing is more urgent than to say that one is safe, or is not.
    safe = khan.run("visit", "safe", shared.crn, wrapper=late).expect(programs.DONE, "saved")
    assert "Before" not in safe.out
    khan.run("visit", "safe", shared.crn, "--distress", wrapper=late).expect(programs.DONE, "999")
    khan.run("note", "X999999", "Nobody.", wrapper=late).expect(programs.BAD_DATA)
    told = khan.run("status", "--json", wrapper=late).expect(programs.DONE).json
    assert told["locked"] and told["unsent"] == 5
    khan.run("sync", wrapper=late).expect(programs.DONE, "5 received")
    khan.run("cases", wrapper=late).expect(programs.DONE, shared.crn)
    assert len(khan.json("search", "Zebra", wrapper=late)) == 1


def test_a_clock_that_is_set_back_makes_no_lease_longer(
    office: Office, khan: Laptop, shared: Shared, clock: Callable[[str], list[str]]
) -> None:
    khan.sync()
    khan.run("cases", wrapper=clock("-5m")).expect(programs.DONE)
    khan.run("cases", wrapper=clock("-1h")).expect(programs.REFUSED, "earlier time", "Set the clock")
    # What is saved says how late it was, too.
    khan.run("note", shared.crn, "Two days on.", wrapper=clock("+2d")).expect(programs.DONE)
    khan.run("cases", wrapper=clock("+1d")).expect(programs.REFUSED, "earlier time")
    khan.run("cases", wrapper=clock("+49h")).expect(programs.DONE)
    khan.run("sync").expect(programs.DONE)
    khan.run("cases").expect(programs.DONE)


def test_limited_cases_close_after_a_day_and_nothing_else_does(
    office: Office, khan: Laptop, shared: Shared, clock: Callable[[str], list[str]]
) -> None:
    khan.sync()
    office.ctl("limit", shared.crn, "--exclude", "c.other").expect(programs.DONE)
    ready = khan.json("prepare")
    assert ready["limitedLeaseEnds"] < ready["leaseEnds"]
    next_day = clock("+25h")
    listed = khan.run("cases", "--json", wrapper=next_day).expect(
        programs.DONE, "1 case with limited access")
    assert len(listed.json) == 3 and shared.crn not in listed.out
    khan.run("case", shared.crn, wrapper=next_day).expect(programs.REFUSED, "doorstep sync")
    khan.run("note", shared.crn, "Seen.", wrapper=next_day).expect(programs.DONE, "saved")
    other = next(row["crn"] for row in listed.json)
    khan.run("note", other, "Yes.", wrapper=next_day).expect(programs.DONE)
    assert all(shared.crn not in row for row in map(str, khan.json("due", wrapper=next_day)))
    office.ctl("limit", shared.crn, "--exclude", "c.other", "--end").expect(programs.DONE)
    khan.run("sync", wrapper=next_day)
    khan.run("case", shared.crn, wrapper=next_day).expect(programs.DONE)
