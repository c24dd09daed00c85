"""Servers and laptops that stop at the worst moment, and two programs at once: nothing is lost and
nothing is there twice."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

import programs
import wire
from conftest import Shared
from impostor import Impostor, cut, relayed
from laptop import Laptop
from office import Office
from strace import Fault


@contextmanager
def writing(laptop: Laptop, crn: str, text: str) -> Iterator[Callable[[], programs.Answer]]:
    """Another program that holds the store, and then saves a note.

    Gives a function that lets the store go, saves, and returns what the program answered.
    """
    with (laptop.home / "replica.sqlite.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate()
        lock.write(f"process {os.getpid()}, another")
        lock.flush()

        def save() -> programs.Answer:
            fcntl.flock(lock, fcntl.LOCK_UN)
            return laptop.run("note", crn, text)

        yield save


def test_work_is_saved_while_nothing_listens_and_sent_later(
    stopped_office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    office = stopped_office
    note = khan.note(shared.crn, "Nobody listens.")
    before = khan.facts()
    answer = khan.run("sync", "--json").expect(programs.OFFLINE, "cannot be reached", "go on")
    assert answer.json["error"] == "offline"
    khan.run("verify").expect(programs.OFFLINE)
    assert khan.facts() == before and before["unsent"] == 1
    office.start()
    khan.sync()
    jones.sync()
    assert jones.notes(shared.crn)[note]["text"] == "Nobody listens."


def test_a_sync_that_may_try_again_waits_for_the_office(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    khan.note(shared.crn, "The office restarts.")
    port = office.port
    office.stop()
    process = khan.start("sync", "--attempts", 30, stderr=-1)
    try:
        assert process.stderr
        # What it says after the first try has failed: progress is shown only after a second.
        assert b"\xe2\x80\xa6" in process.stderr.readline()
        office.start(port=port)
        programs.finish(process).expect(programs.DONE, "sent 1 change")
    finally:
        programs.end(process)


def test_a_server_that_is_killed_while_idle_has_kept_everything(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    note = khan.note(shared.crn, "Receipted before the kill.")
    khan.sync()
    before = office.facts()
    port = office.port
    office.kill()
    khan.note(shared.crn, "Written after the kill.")
    khan.run("sync").expect(programs.OFFLINE)
    office.start(port=port)
    assert office.facts() == before
    assert len(khan.sync()["sent"]) == 1
    jones.sync()
    assert jones.notes(shared.crn)[note]["text"] == "Receipted before the kill."
    assert len(jones.json("search", "Written after the kill.")) == 1
    assert jones.json("verify")["agrees"] and khan.json("verify")["agrees"]


@pytest.mark.parametrize("heard", [True, False], ids=["heard of it", "was about to hear"])
def test_a_server_that_is_killed_during_a_sync_takes_everything_once(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, heard: bool
) -> None:
    notes = [khan.note(shared.crn, f"Sent into a kill, {number}.") for number in range(20)]

    def habit(request: bytes) -> bytes:
        if heard:
            frames = relayed(office, khan, request)
            office.kill()
            return cut(wire.BINARY, frames[: len(frames) // 2])
        with wire.connect(office, khan) as tls:
            head = f"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Length: {len(request)}\r\n"
            tls.sendall(f"{head}Content-Type: {wire.BINARY}\r\n\r\n".encode() + request)
            office.kill()
        return b""

    port = office.port
    with Impostor(office, habit) as impostor:
        khan.move_to(impostor.url)
        khan.run("sync").expect(programs.OFFLINE, "cut", "go on working")
    office.start(port=port)
    khan.sync()
    jones.sync()
    for laptop in (khan, jones):
        found = laptop.notes(shared.crn)
        assert all(note in found for note in notes)
        assert len(laptop.json("search", "Sent into a kill")) == 20
        assert laptop.json("verify")["agrees"]
    assert khan.verdicts(notes[0]) == ["applied"]
    assert office.asked("verify")["problems"] == []
    assert office.device(khan)["received"] == 20


def test_a_laptop_that_is_killed_during_a_sync_goes_on_with_it(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    note = khan.note(shared.crn, "The battery is empty.")
    asked, answered = threading.Event(), threading.Event()

    def habit(request: bytes) -> bytes:
        frames = relayed(office, khan, request)
        asked.set()
        assert answered.wait(programs.PATIENCE)
        return cut(wire.BINARY, frames)

    with Impostor(office, habit) as impostor, ExitStack() as stack:
        stack.callback(answered.set)
        khan.move_to(impostor.url)
        process = khan.start("sync", stderr=-1)
        stack.callback(programs.end, process)
        assert asked.wait(programs.PATIENCE)
        process.send_signal(signal.SIGKILL)
        process.wait(programs.PATIENCE)
    assert khan.status()["unsent"] == 1
    khan.move_to(office.url)
    (receipt,) = khan.sync()["sent"]
    assert (receipt["verdict"], receipt["again"]) == ("applied", True)
    jones.sync()
    assert jones.notes(shared.crn)[note]["text"] == "The battery is empty."
    assert len(jones.json("search", "The battery is empty.")) == 1


def test_a_program_that_is_killed_while_it_holds_the_store_leaves_it_free(
    injection: None, stopped_office: Office, khan: Laptop, shared: Shared
) -> None:
    before = khan.facts()
    lock = khan.home / "replica.sqlite.lock"
    seen = lock.read_text()
    # It waits for the disk, with the store in its hands.
    slow = Fault("fdatasync", 1, "delay_enter=15000000")
    process = khan.start("note", shared.crn, "Never saved.", wrapper=slow.wrapper(0))
    programs.eventually(lambda: lock.read_text() not in ("", seen), "it has the store")
    khan.run("note", shared.crn, "Too early.", "--wait", 0).expect(programs.TRY_AGAIN)
    programs.tell(process, signal.SIGKILL)
    programs.end(process)
    assert khan.facts() == before
    khan.note(shared.crn, "The store is free.")


def test_a_second_writer_is_told_who_writes_and_a_reader_is_let_in(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    before = khan.facts()
    with writing(khan, shared.crn, "The first.") as finish:
        holder = (khan.home / "replica.sqlite.lock").read_text().split(",")[0]
        now = ["--wait", 0]
        for command in (["note", shared.crn, "The second."], ["sync"], ["resync"], ["verify"]):
            khan.run(*command, *now).expect(programs.TRY_AGAIN, holder, "--wait")
        answer = khan.run("concern", shared.crn, "The third.", "--json", *now)
        answer.expect(programs.TRY_AGAIN)
        assert answer.json["error"] == "held"
        # Reading works meanwhile.
        assert khan.facts() == before
        finish().expect(programs.DONE, "saved")
    assert khan.status()["unsent"] == 1
    khan.note(shared.crn, "The fourth.")


def test_a_second_writer_may_wait(stopped_office: Office, khan: Laptop, shared: Shared) -> None:
    with writing(khan, shared.crn, "The first.") as finish:
        second = khan.start("note", shared.crn, "The second.", "--wait", 60, stderr=-1)
        try:
            answer = khan.run("note", shared.crn, "The third.", "--wait", 0.2)
            answer.expect(programs.TRY_AGAIN)
            finish().expect(programs.DONE, "saved")
            programs.finish(second).expect(programs.DONE, "saved")
        finally:
            programs.end(second)
    texts = [note["text"] for note in khan.notes(shared.crn).values()]
    assert [text for text in texts if text.startswith("The ")].count("The third.") == 0
    assert {"The first.", "The second."} <= set(texts)
    assert khan.status()["unsent"] == 2


def test_a_second_writer_waits_a_little_without_being_told_to(
    stopped_office: Office, khan: Laptop, shared: Shared
) -> None:
    with writing(khan, shared.crn, "The first.") as finish:
        second = khan.start("note", shared.crn, "The second.", stderr=-1)
        try:
            finish().expect(programs.DONE, "saved")
            programs.finish(second).expect(programs.DONE, "saved")
        finally:
            programs.end(second)


def test_a_second_sync_waits_for_the_first_and_then_gives_up(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    answered = threading.Event()

    def habit(request: bytes) -> bytes:
        assert answered.wait(programs.PATIENCE)
        return cut(wire.BINARY, relayed(office, khan, request))

    with Impostor(office, habit) as impostor, ExitStack() as stack:
        stack.callback(answered.set)
        khan.move_to(impostor.url)
        first = khan.start("sync", stderr=-1)
        stack.callback(programs.end, first)
        programs.eventually(lambda: impostor.requests, "it waits for the office")
        khan.run("sync", "--wait", 0.2).expect(programs.TRY_AGAIN, f"process {first.pid}")
        khan.note(shared.crn, "Written while it waits.")
    khan.move_to(office.url)
    khan.sync()


def test_many_writers_who_wait_all_get_their_turn(
    stopped_office: Office, khan: Laptop, shared: Shared
) -> None:
    running = [
        khan.start("note", shared.crn, f"Note {number}.", "--wait", 60, stderr=-1)
        for number in range(8)
    ]
    for process in running:
        programs.finish(process).expect(programs.DONE, "saved")
    assert khan.status()["unsent"] == 8


def test_many_laptops_may_sync_at_once(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    more = [office.enrol("a.khan", f"more-{number}") for number in range(4)]
    khan.note(shared.crn, "From one of many.")
    running = [laptop.start("sync", stderr=-1) for laptop in [khan, jones, *more]]
    for process in running:
        programs.finish(process).expect(programs.DONE)
    for laptop in [jones, *more]:
        laptop.sync()
        assert len(laptop.json("search", "From one of many.")) == 1
        assert laptop.json("verify")["agrees"]
