"""Laptop clocks that are years off order nothing and hold up nothing; the office records by how
much."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office

YEAR = 365.25 * 86_400_000
CLOCKS = {
    "2038": "@2038-01-20 12:00:00",
    "2106": "@2106-02-08 12:00:00",
    "1970": "@1970-01-02 12:00:00",
    "nine years ago": "-9y",
    "nine years from now": "+9y",
    "yesterday": "-1d",
}


def offset(moment: str) -> float:
    """Milliseconds between such a clock and ours, about."""
    if moment.startswith("@"):
        then = datetime.fromisoformat(moment[1:]).replace(tzinfo=timezone.utc)
        return (then - datetime.now(timezone.utc)).total_seconds() * 1000
    return float(moment[:-1]) * (YEAR if moment.endswith("y") else 86_400_000)


@pytest.mark.parametrize("moment", CLOCKS.values(), ids=CLOCKS.keys())
def test_a_clock_that_is_far_off_does_not_keep_a_laptop_from_syncing(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, moment: str,
    clock: Callable[[str], list[str]]
) -> None:
    wrong = clock(moment)
    note = khan.json("note", shared.crn, "By a wrong clock.", wrapper=wrong)["record"]
    answer = khan.run("sync", wrapper=wrong)
    answer.expect(programs.DONE, "sent 1 change", "clock is", "please have it set")
    assert "ahead" in answer.out if offset(moment) > 0 else "behind" in answer.out
    jones.sync()
    assert jones.notes(shared.crn)[note]["text"] == "By a wrong clock."
    recorded = office.device(khan)["clockOffset"]
    assert abs(recorded - offset(moment)) < 3 * 86_400_000
    assert abs(khan.status()["clockOffset"] - recorded) < 60_000
    assert khan.json("verify", wrapper=wrong)["agrees"]
    # Once it is set right, the office knows that too.
    khan.sync()
    assert abs(office.device(khan)["clockOffset"]) < 60_000


def test_the_latest_clock_wins_nothing(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared,
    clock: Callable[[str], list[str]]
) -> None:
    khan.json("outcome", shared.crn, "ATTC", "--appointment", shared.appointment)
    jones.run("sync", wrapper=clock(CLOCKS["2038"])).expect(programs.DONE)
    jones.json(
        "outcome", shared.crn, "UAAB", "--appointment", shared.appointment,
        wrapper=clock(CLOCKS["2038"]))
    khan.sync()
    assert jones.sync()["conflicts"] == 1
    khan.sync()
    for laptop in (khan, jones):
        (dispute,) = laptop.conflicts()
        assert dispute["readsAs"] == "disputed"
        assert [choice["authors"] for choice in dispute["choices"]] == [["a.khan"], ["b.jones"]]


def test_a_laptop_may_enrol_whatever_its_clock_says(
    bare_office: Office, clock: Callable[[str], list[str]]
) -> None:
    for name, moment in CLOCKS.items():
        laptop = Laptop(bare_office.folder / name.replace(" ", "-"))
        code = bare_office.code("a.khan")
        laptop.run("enrol", bare_office.url, code, wrapper=clock(moment)).expect(programs.DONE)
        laptop.sync()


def test_an_office_whose_own_clock_is_off_by_hours_still_serves(
    stopped_office: Office, khan: Laptop, shared: Shared, clock: Callable[[str], list[str]]
) -> None:
    stopped_office.start(wrapper=clock("+5h"))
    khan.note(shared.crn, "The office is ahead.")
    answer = khan.run("sync").expect(programs.DONE, "clock is")
    assert "5 hours behind" in answer.out or "4 hours 59 minutes behind" in answer.out
