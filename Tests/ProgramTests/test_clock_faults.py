"""Clocks that are wrong, jump, stand still or race, on laptops and at the office, by number: C1 to
C4 of the project's list of faults. The order of edits never depends on a clock, both clocks are
on record, and people are told in words that they can act on.

What any laptop with a wrong clock can do is in test_clocks.py.
"""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

import programs
from conftest import Shared
from fault_log import counted
from fault_proxy import Flow, Plan, Proxy
from laptop import Laptop
from office import Office
from test_clocks import CLOCKS, offset

Clock = Callable[[str], list[str]]


def verify_address(laptop: Laptop, crn: str, record: str, by: str, wrapper: list[str]) -> None:
    # The clock has been wrong for long: one that jumps locks the laptop until it syncs.
    laptop.run("sync", wrapper=wrapper)
    laptop.json("address", crn, "--verify", record, "--by", by, wrapper=wrapper)


@pytest.fixture
def address(khan: Laptop, shared: Shared) -> str:
    """An address of the case that both officers hold."""
    return khan.case(shared.crn)["addresses"][0]["id"]


# C1: clocks that are far off.


@pytest.mark.parametrize(
    ("first", "second"), [("2106", "1970"), ("nine years ago", "2038")])
def test_c1_who_has_seen_an_edit_replaces_it_whatever_the_clocks_say(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, address: str, clock: Clock,
    first: str, second: str,
) -> None:
    with counted("C1", "causal") as count:
        verify_address(khan, shared.crn, address, "door", clock(CLOCKS[first]))
        khan.run("sync", wrapper=clock(CLOCKS[first])).expect(programs.DONE)
        jones.sync()
        # Later by cause, and years earlier or later by the clock; and of a lower rank.
        verify_address(jones, shared.crn, address, "unverified", clock(CLOCKS[second]))
        jones.run("sync", wrapper=clock(CLOCKS[second])).expect(programs.DONE)
        for laptop in (khan, jones):
            laptop.sync()
        count.injected = 4
        for laptop in (khan, jones):
            assert laptop.conflicts() == []
            (standing,) = laptop.json("history", address)["standing"]
            assert standing["author"] == "b.jones"
            now = datetime.now(timezone.utc).timestamp() * 1000
            assert abs(standing["recordedAt"] - now - offset(CLOCKS[second])) < 3 * 86_400_000
            row = next(row for row in laptop.case(shared.crn)["addresses"] if row["id"] == address)
            assert row["verified"] == "Not verified"
            assert laptop.json("verify")["agrees"]


@pytest.mark.parametrize("first", ["khan", "jones"])
def test_c1_edits_side_by_side_read_by_the_offices_order_whatever_the_clocks_say(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, address: str, clock: Clock,
    first: str,
) -> None:
    with counted("C1", "concurrent") as count:
        future, past = clock(CLOCKS["2106"]), clock(CLOCKS["1970"])
        verify_address(khan, shared.crn, address, "document", future)
        verify_address(jones, shared.crn, address, "document", past)
        order = [khan, jones] if first == "khan" else [jones, khan]
        order[0].sync()
        assert order[1].sync()["conflicts"] == 1
        order[0].sync()
        count.injected = 2
        shown = [laptop.json("history", address)["standing"] for laptop in (khan, jones)]
        assert shown[0] == shown[1]
        by_place = sorted(shown[0], key=lambda row: row["sequence"])
        authors = [laptop.settings["user"] for laptop in order]
        assert [row["author"] for row in by_place] == authors
        for laptop in (khan, jones):
            (dispute,) = laptop.conflicts()
            # Of equal ranks the last in the office's order is shown.
            year = {"a.khan": "2106", "b.jones": "1970"}[authors[1]]
            assert f"Verified on: {year}" in dispute["readsAs"]
            assert laptop.json("verify")["agrees"]


@pytest.mark.parametrize("moment", CLOCKS.values(), ids=CLOCKS.keys())
def test_c1_both_times_are_on_record(
    office: Office, khan: Laptop, shared: Shared, clock: Clock, moment: str
) -> None:
    with counted("C1", "records") as count:
        note = khan.json("note", shared.crn, "At what time?", wrapper=clock(moment))["record"]
        khan.run("sync", wrapper=clock(moment)).expect(programs.DONE)
        count.injected = 1
        khan.sync()
        (claimed,) = {row["recordedAt"] for row in khan.json("history", note)["standing"]}
        office.stop()
        store = f"file:{office.data / 'office.sqlite'}?mode=ro"
        with contextlib.closing(sqlite3.connect(store, uri=True)) as read:
            (received,) = read.execute(
                "SELECT received_at FROM changes WHERE record_id = ?",
                [bytes.fromhex(note.replace("-", ""))]).fetchone()
        now = time.time() * 1000
        assert abs(received - now) < 60_000
        assert abs(claimed - now - offset(moment)) < 3 * 86_400_000


WORDS = {
    "+90s": "", "-100s": "", "+3m": "minutes ahead", "-30m": "minutes", "+61m": "1 hour",
    "-1441m": "1 day", "+40d": "ahead", "-9y": "years", "+9y": "ahead",
}


@pytest.mark.parametrize(("moment", "words"), WORDS.items(), ids=WORDS.keys())
def test_c1_the_officer_is_told_how_wrong_the_clock_is(
    portal: Office, clock: Clock, moment: str, words: str
) -> None:
    with counted("C1", "words") as count:
        said = portal.laptop("a.khan").run("sync", wrapper=clock(moment)).expect(programs.DONE)
        count.injected = 1
        # Two minutes are nobody's business.
        assert ("clock is" in said.out) == bool(words), said
        assert words in said.out, said


@pytest.fixture(scope="module")
def portal(
    template: tuple[Office, Shared], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """A running office for tests that change nothing."""
    office = template[0].copy(tmp_path_factory.mktemp("words")).start()
    yield office
    office.stop()


# C2: clocks that jump, race or stand still, and time zones.


@pytest.fixture
def moving(tmp_path: Path) -> Callable[[str], list[str]]:
    """A wrapper whose clock is what a file says, at every look; and the file's path."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("libfaketime is not installed where Debian has it")

    def set(moment: str) -> list[str]:
        (tmp_path / "clock").write_text(f"{moment}\n")
        # As a child: see programs.faketime.
        return [
            "env", f"LD_PRELOAD={found[0]}", f"FAKETIME_TIMESTAMP_FILE={tmp_path / 'clock'}",
            "FAKETIME_NO_CACHE=1", "DONT_FAKE_MONOTONIC=1", "sh", "-c", '"$@"; exit $?', "sh"]

    return set


@pytest.mark.parametrize(("before", "after"), [("+2d", "-2d"), ("+9y", "-9y"), ("-1h", "+1h")])
def test_c2_a_clock_that_jumps_during_a_sync_does_not_disturb_it(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, moving: Callable[[str], list[str]],
    before: str, after: str,
) -> None:
    with counted("C2", "jump") as count:
        note = khan.json("note", shared.crn, "Before the jump.", wrapper=moving(before))["record"]
        with Proxy(office.port, Plan(down=Flow(limit=None))) as proxy:
            proxy.becomes(down=False)
            khan.move_to(proxy.url)
            process = khan.start("sync", "--json", wrapper=moving(before), stderr=subprocess.PIPE)
            try:
                programs.eventually(
                    lambda: proxy.passed and proxy.passed[0].up > 100, "it has begun to speak")
                # Now, in the middle of it.
                moving(after)
                proxy.heal()
                said = programs.finish(process).expect(programs.DONE)
            finally:
                programs.end(process)
        count.injected = 1
        assert said.json["synced"] and len(said.json["sent"]) == 1
        khan.move_to(office.url)
        later = khan.json("note", shared.crn, "After the jump.", wrapper=moving(after))["record"]
        khan.run("sync", wrapper=moving(after)).expect(programs.DONE)
        jones.sync()
        assert {note, later} <= set(jones.notes(shared.crn))
        khan.sync()
        # The chain goes by counters: what was written later follows, whatever the clock said.
        places = [khan.json("history", id)["standing"][0]["sequence"] for id in (note, later)]
        assert places == sorted(places)
        assert khan.json("verify")["agrees"] and office.asked("verify")["problems"] == []


@pytest.mark.parametrize(
    "rate", ["+0 x100000", "2030-01-01 00:00:00"], ids=["racing", "standing still"])
def test_c2_patience_goes_by_a_clock_that_nobody_sets(
    stopped_office: Office, khan: Laptop, jones: Laptop, shared: Shared, clock: Clock, rate: str
) -> None:
    """A slow network is given its time though the wall clock runs through days meanwhile.

    Waiting between attempts cannot be tried so: libfaketime also bends the clock that Swift's
    `Task.sleep` goes by, which nobody can set on a real machine.
    """
    with counted("C2", "rate") as count:
        note = khan.json("note", shared.crn, "By a strange clock.", wrapper=clock(rate))["record"]
        khan.run("sync", wrapper=clock(rate)).expect(programs.OFFLINE)
        office = stopped_office.start()
        with Proxy(office.port, Plan(down=Flow(delay=0.3))) as slow:
            khan.move_to(slow.url)
            khan.run("sync", wrapper=clock(rate)).expect(programs.DONE, "sent 1 change")
        count.injected = 3
        jones.sync()
        assert jones.notes(shared.crn)[note]["text"] == "By a strange clock."


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Adak", "Europe/London", "Nowhere"])
def test_c2_a_time_zone_is_no_wrong_clock(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, zone: str
) -> None:
    with counted("C2", "zone") as count:
        env = {"TZ": zone}
        note = khan.json("note", shared.crn, "Far from home.", env=env)["record"]
        said = khan.run("sync", env=env).expect(programs.DONE)
        count.injected = 1
        assert "clock is" not in said.out
        jones.sync()
        assert jones.notes(shared.crn)[note]["text"] == "Far from home."
        assert abs(office.device(khan)["clockOffset"]) < 60_000


def test_c2_the_hours_when_summer_time_begins_and_ends_are_like_any_others(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, clock: Clock
) -> None:
    with counted("C2", "summer time") as count:
        env = {"TZ": "Europe/London"}
        notes = []
        # 01:30 comes twice at the end of summer time; and a leap second's minute.
        for moment in (
            "@2027-03-28 00:59:59", "@2027-10-31 00:30:00", "@2027-10-31 01:30:00",
            "@2016-12-31 23:59:59",
        ):
            notes.append(khan.json(
                "note", shared.crn, f"At {moment}.", wrapper=clock(moment), env=env)["record"])
            count.injected += 1
        khan.sync()
        jones.sync()
        assert set(notes) <= set(jones.notes(shared.crn))
        places = [khan.json("history", id)["standing"][0]["sequence"] for id in notes]
        assert places == sorted(places)


# C3: the office's own clock.


@pytest.mark.parametrize("moment", ["+20d", "+80d"])
def test_c3_an_office_whose_clock_is_weeks_ahead_serves_and_stays_sound_when_it_is_set_back(
    stopped_office: Office, khan: Laptop, jones: Laptop, shared: Shared, clock: Clock, moment: str
) -> None:
    with counted("C3", "set back") as count:
        office = stopped_office.start(wrapper=clock(moment))
        first = khan.note(shared.crn, "While the office was ahead.")
        khan.run("sync").expect(programs.DONE, "clock is", "behind", "please have it set")
        before = office.asked("report")["sequence"]
        office.restart()
        count.injected = 1
        second = jones.note(shared.crn, "After it was set back.")
        jones.sync()
        assert "clock is" not in khan.run("sync").expect(programs.DONE).out
        assert office.asked("report")["sequence"] > before
        for laptop in (khan, jones):
            places = [
                laptop.json("history", id)["standing"][0]["sequence"] for id in (first, second)]
            assert places == sorted(places)
            assert laptop.json("verify")["agrees"]
        assert office.asked("verify")["problems"] == []


@pytest.mark.parametrize("moment", ["+9y", "-9y", "@2106-02-08 12:00:00"])
def test_c3_an_office_whose_clock_is_years_off_keeps_everybody_out_and_takes_nothing_from_them(
    stopped_office: Office, khan: Laptop, shared: Shared, clock: Clock, moment: str
) -> None:
    """It takes every laptop's certificate for out of date. All go on once its clock is right."""
    with counted("C3", "years") as count:
        office = stopped_office.start(wrapper=clock(moment))
        note = khan.note(shared.crn, "The office is lost in time.")
        before = khan.facts()
        said = khan.run("sync", "--json").expect(programs.REFUSED, "certificate")
        count.injected = 1
        assert said.json["message"].endswith(".")
        assert khan.facts() == before
        # Recording goes on.
        khan.note(shared.crn, "Written meanwhile.")
        office.restart()
        assert len(khan.sync()["sent"]) == 2 and khan.verdicts(note) == ["applied"]
        assert khan.json("verify")["agrees"]


def test_c3_a_code_that_a_fast_office_gave_out_does_not_outlive_its_day_for_years(
    stopped_office: Office, clock: Clock
) -> None:
    """Set back, the office still takes the code: its end is in the future. It works once all the
    same."""
    with counted("C3", "codes") as count:
        office = stopped_office.start(wrapper=clock("+2d"))
        code = office.code("c.new")
        office.restart()
        count.injected = 1
        new = Laptop(office.folder / "new")
        new.run("enrol", office.url, code).expect(programs.DONE)
        again = Laptop(office.folder / "again")
        again.run("enrol", office.url, code).expect(programs.BAD_DATA, "used")


# C4: certificates.


@pytest.mark.parametrize(
    ("days", "works"), [(89, True), (91, False)], ids=["a day before", "a day after"])
def test_c4_a_certificate_ends_by_the_offices_clock_and_the_officer_is_told_what_to_do(
    stopped_office: Office, khan: Laptop, shared: Shared, clock: Clock, days: int, works: bool
) -> None:
    with counted("C4", "end") as count:
        office = stopped_office.start(wrapper=clock(f"+{days}d"))
        khan.note(shared.crn, "Near the end.")
        count.injected = 1
        # Whatever the laptop's own clock says.
        for moment in ("+0d", "-9y", f"+{days}d"):
            said = khan.run("sync", wrapper=clock(moment))
            if works:
                said.expect(programs.DONE)
            else:
                said.expect(programs.REFUSED, "certificate has expired", "--again", "code")
        assert (khan.status()["unsent"] == 0) == works
        assert office.process
