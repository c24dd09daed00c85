"""A laptop that syncs by itself: at once when there is a reason, and quietly otherwise."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import programs
import wire
from conftest import Shared
from laptop import Laptop
from office import Office


@contextmanager
def agent(laptop: Laptop) -> Iterator[subprocess.Popen[bytes]]:
    before = laptop.json("status")["lastSync"]
    process = laptop.start("agent", stderr=subprocess.STDOUT)
    try:
        programs.eventually(
            lambda: laptop.json("status")["lastSync"] != before, "its first sync is over")
        yield process
    finally:
        programs.end(process)


def sent(laptop: Laptop) -> bool:
    """Whether nothing waits. Meanwhile the agent may hold the store, which is no failure."""
    return laptop.json("status")["unsent"] == 0


def test_what_is_saved_leaves_at_once_and_what_others_save_comes(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    for laptop in (khan, jones):
        laptop.sync()
    with agent(khan) as process:
        khan.run("agent").expect(programs.TRY_AGAIN, "runs for this laptop already")
        khan.note(shared.crn, "From the bus.")
        programs.eventually(lambda: sent(khan), "the note is sent")
        jones.note(shared.crn, "From the office.")
        jones.sync()
        programs.eventually(
            lambda: "From the office." in {row["text"] for row in khan.notes(shared.crn).values()},
            "the colleague’s note arrives")
        # What an operator decides arrives as well.
        office.ctl("grant", "a.khan", shared.crn, "--end").expect(programs.DONE)
        programs.eventually(
            lambda: shared.crn not in {row["crn"] for row in khan.json("cases")}, "the case leaves")
        process.send_signal(signal.SIGTERM)
        said = programs.finish(process).expect(programs.DONE, "Stopped.")
        assert "no longer yours" in said.out


def test_an_office_that_is_away_is_found_again(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    khan.sync()
    with agent(khan) as process:
        port = office.port
        office.stop()
        khan.note(shared.crn, "Written while the office is away.")
        office.start(port=port)
        programs.eventually(lambda: sent(khan), "the note is sent")
        process.send_signal(signal.SIGINT)
        programs.finish(process).expect(programs.DONE, "Stopped.")


def test_a_laptop_that_is_not_let_in_stops_and_says_why(office: Office, khan: Laptop) -> None:
    khan.sync()
    office.ctl("revoke", khan.device).expect(programs.DONE)
    khan.run("agent").expect(programs.REFUSED, "withdrawn")


def test_a_service_file_is_printed(khan: Laptop) -> None:
    said = khan.run("agent", "--unit").expect(programs.DONE)
    assert f"agent --home {khan.home}" in said.out and "[Install]" in said.out
    khan.run("agent", "--every", 0).expect(programs.USAGE, "1 to 1440")


@pytest.mark.parametrize("seconds", [0, 301])
def test_a_wait_has_a_length(office: Office, khan: Laptop, seconds: int) -> None:
    answer = wire.post(office, khan, "/v1/wait", {"seconds": seconds})
    assert answer.status == 400
