"""Bad networks, by number: wherever a connection is cut, held, spoiled or taken over, nothing is
lost, nothing is there twice, and the officer is told what to do.

The numbers N1 to N14 are of the project's list of faults. N9's long runs are in
test_partitions.py, N13 (requests that are no HTTP) in test_requests.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import json
import os
import queue
import random
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import programs
import wire
from conftest import Shared
from fault_log import counted
from fault_proxy import Flow, Plan, Proxy, Then, black_hole, nobody
from impostor import Impostor, answer, cut, relayed
from laptop import Laptop
from office import Office

WORKERS = 2
CLOSE_NOTIFY = 24
"""Bytes of a TLS 1.3 record that says goodbye."""
WOBBLE = 24
"""Bytes by which two like requests may differ: lengths of signatures and of random numbers."""
TEXT = "Written before the network went bad. " * 12 + "All of it."
PAGE = b"<!DOCTYPE html><title>Sign in</title><form>Accept our terms</form>"


@dataclass
class Line:
    """A laptop that reaches the office through a proxy of its own, and what it has written."""

    office: Office
    laptop: Laptop
    proxy: Proxy
    crn: str
    notes: dict[str, str]

    def write(self) -> None:
        """Saves a note of a length that is always the same."""
        text = f"{len(self.notes):06} {self.laptop.home.name:8} {TEXT}"
        self.notes[self.laptop.note(self.crn, text)] = text

    def sync(self, plan: Plan) -> programs.Answer:
        self.proxy.plan = plan
        return self.laptop.run("sync", "--json")

    @property
    def received(self) -> int:
        """How many of its changes the office has; asked past the proxy."""
        rows = wire.ask(
            self.office, self.office.operator, "GET", "/v1/operator/devices", Accept=wire.JSON)
        device = wire.text(bytes.fromhex(self.laptop.device.replace("-", "")))
        row = next(row for row in rows.json["devices"] if row["device"] == device)
        return int(row.get("known", 0))

    @property
    def unsent(self) -> int:
        return self.laptop.status()["unsent"]

    def finish(self) -> None:
        """The network is well again: everything is at the office once, and both sides agree."""
        self.proxy.plan = Plan()
        self.laptop.sync()
        found = self.laptop.notes(self.crn)
        assert {id: found[id]["text"] for id in self.notes} == self.notes
        assert self.received == len(self.notes) and self.unsent == 0
        assert self.laptop.json("verify")["agrees"]


@pytest.fixture(scope="module")
def lines(
    template: tuple[Office, Shared], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Line]]:
    """Laptops of one officer, each behind its own proxy, that have synced."""
    shared = template[1]
    with contextlib.ExitStack() as stack:
        office = template[0].copy(tmp_path_factory.mktemp("lines")).start()
        stack.callback(office.stop)
        made = []
        for number in range(WORKERS):
            laptop = office.enrol("a.khan", f"line-{number}")
            proxy = stack.enter_context(Proxy(office.port))
            laptop.move_to(proxy.url)
            laptop.sync()
            made.append(Line(office, laptop, proxy, shared.crn, {}))
        yield made


def spread(lines: list[Line], work: Callable[[Line, Any], None], items: Iterable[Any]) -> int:
    """Does `work` with every item, each by a line that is free. Returns how many there were."""
    free: queue.SimpleQueue[Line] = queue.SimpleQueue()
    for line in lines:
        free.put(line)

    def one(item: Any) -> None:
        line = free.get()
        try:
            work(line, item)
        finally:
            free.put(line)

    with ThreadPoolExecutor(len(lines)) as pool:
        return len(list(pool.map(one, items)))


def faults(lines: list[Line]) -> int:
    return sum(line.proxy.faults for line in lines)


def assert_offline(said: programs.Answer) -> None:
    said.expect(programs.OFFLINE, "go on")
    assert said.json["error"] == "offline" and said.json["message"], said


def clean_sync(line: Line) -> tuple[int, int]:
    """Bytes up and down of a sync that sends one note."""
    line.write()
    assert line.sync(Plan()).status == programs.DONE
    passed = line.proxy.passed[-1]
    return passed.up, passed.down


# Things that take the laptop half a minute to give up run beside all the other tests.


SILENCES: dict[str, Plan] = {
    "no byte passes": Plan(up=Flow(limit=0, then="stall")),
    "silent in the handshake": Plan(down=Flow(limit=400, then="stall")),
    "requests pass, answers vanish": Plan(down=Flow(limit=1200, then="stall")),
    "requests vanish, silence": Plan(up=Flow(limit=1500, then="stall")),
    "silent within the answer": Plan(down=Flow(limit=12_000, then="stall")),
    "two bytes a second": Plan(down=Flow(rate=2, free=1_000)),
    "a byte in five seconds": Plan(down=Flow(rate=0.2, free=1_000)),
    "bytes vanish, the rest comes": Plan(down=Flow(gap=(9_000, 12_000))),
}


@dataclass
class Silence:
    line: Line
    process: Any
    began: float


@pytest.fixture(scope="module", autouse=True)
def silences(
    template: tuple[Office, Shared], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Silence]]:
    """First syncs that wait for an office that is silent in one way or another."""
    with contextlib.ExitStack() as stack:
        office = template[0].copy(tmp_path_factory.mktemp("silent")).start()
        stack.callback(office.stop)
        running = {}
        for number, (name, plan) in enumerate([*SILENCES.items(), ("a black hole", Plan())]):
            laptop = office.enrol("a.khan", f"silent-{number}")
            proxy = stack.enter_context(Proxy(office.port, plan))
            url = stack.enter_context(black_hole()) if name == "a black hole" else proxy.url
            laptop.move_to(url)
            began = time.monotonic()
            process = laptop.start("sync", "--json", stderr=-1)
            stack.callback(programs.end, process)
            line = Line(office, laptop, proxy, template[1].crn, {})
            running[name] = Silence(line, process, began)
        yield running


# N1 and N2: a cut at every place.


def test_n1_a_cut_before_the_whole_request_is_there_has_no_effect(lines: list[Line]) -> None:
    with counted("N1") as count:
        up, _ = clean_sync(lines[0])
        for line in lines[1:]:
            clean_sync(line)
        for line in lines:
            line.write()
        last = up - CLOSE_NOTIFY - WOBBLE
        ways: tuple[Then, ...] = ("fin", "rst", "half")
        places = list(zip((last * part // 60 for part in range(60)), itertools.cycle(ways)))

        def work(line: Line, place: tuple[int, Then]) -> None:
            assert_offline(line.sync(Plan(up=Flow(limit=place[0], then=place[1]))))
            assert line.received == len(line.notes) - 1, place

        before = faults(lines)
        count.injected = spread(lines, work, places)
        assert faults(lines) - before == count.injected
        for line in lines:
            # What was never judged is judged for the first time.
            line.proxy.plan = Plan()
            (receipt,) = line.laptop.sync()["sent"]
            assert (receipt["verdict"], receipt["again"]) == ("applied", False)
            line.finish()
        assert lines[0].office.asked("verify")["problems"] == []


def test_n1_a_request_that_ends_half_way_is_not_the_offices_fault(
    office: Office, khan: Laptop
) -> None:
    """Each would stand in the office's log as an error, and be counted as one, on a bad network."""
    with counted("N1", "half a request") as count:
        count.injected = 2
        assert_not_the_offices_fault(office, khan)


def assert_not_the_offices_fault(office: Office, khan: Laptop) -> None:
    head = f"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Type: {wire.BINARY}\r\n"
    for goodbye in (True, False):
        tls = wire.connect(office, khan)
        try:
            tls.sendall(f"{head}Content-Length: 1000\r\n\r\nhalf".encode())
            if goodbye:
                # Whatever the office still has to say is not heard.
                with contextlib.suppress(OSError):
                    tls.unwrap()
        finally:
            tls.close()
    # Asked until it has noticed both.
    for _ in range(20):
        numbers = wire.ask(office, office.operator, "GET", "/metrics", Accept="text/plain").body
        assert b'status="500"' not in numbers, numbers
    assert "request failed" not in office.log.read_text()


def test_n2_a_cut_after_the_office_has_taken_it_gives_the_same_verdict_again(
    lines: list[Line]
) -> None:
    with counted("N2") as count:
        for line in lines:
            _, down = clean_sync(line)
        ways: tuple[Then, ...] = ("fin", "rst", "half")
        # From the office's part of the handshake to the end of the answer.
        last = down - CLOSE_NOTIFY - WOBBLE
        # Asked for the verdict after three of every four, so that some work is cut twice.
        places = [(last * part // 44, way, part % 4 != 3)
                  for part, way in zip(range(45), itertools.cycle(ways))]
        verdicts: list[bool] = []

        def work(line: Line, place: tuple[int, Then, bool]) -> None:
            limit, then, asks = place
            if line.unsent == 0:
                line.write()
            said = line.sync(Plan(down=Flow(limit=limit, then=then)))
            if said.status != programs.DONE:
                assert_offline(said)
            else:
                # Nothing was missing but TLS's goodbye.
                assert said.json["synced"] and limit > down - 500, (place, said)
            assert len(line.notes) - 1 <= line.received <= len(line.notes)
            if asks:
                waiting, known = line.unsent, line.received == len(line.notes)
                line.proxy.plan = Plan()
                again = [receipt["again"] for receipt in line.laptop.sync()["sent"]]
                assert again == [known] * waiting, place
                verdicts.extend(again)

        before = faults(lines)
        count.injected = spread(lines, work, places)
        assert faults(lines) - before >= count.injected - 2
        for line in lines:
            line.finish()
        assert True in verdicts, "no cut fell between the office's commit and the laptop's hearing"
        assert lines[0].office.asked("verify")["problems"] == []


@pytest.mark.parametrize("way", ["up", "down"])
def test_n2_an_enrolment_that_was_cut_can_be_made_again_in_the_same_folder(
    bare_office: Office, way: str
) -> None:
    """With the same code where the office never took it, with a fresh one where it did."""
    with counted("N2", f"enrolment, {way}") as count:
        office = bare_office
        with Proxy(office.port) as proxy:
            Laptop(office.folder / "measured").run(
                "enrol", proxy.url, office.code("a.khan")).expect(programs.DONE)
            length = getattr(proxy.passed[1], way) - CLOSE_NOTIFY - WOBBLE
        outcomes = set()
        for place in range(200, length, length // 8):
            flow = Flow(limit=place, then="rst" if place % 2 else "fin")
            plan = Plan(up=flow) if way == "up" else Plan(down=flow)
            laptop, code = Laptop(office.folder / f"{way}-{place}"), office.code("a.khan")
            with Proxy(office.port, lambda number: plan if number else Plan()) as proxy:
                assert_offline(laptop.run("enrol", proxy.url, code, "--json"))
            count.injected += 1
            again = laptop.run("enrol", office.url, code)
            if again.status != programs.DONE:
                again.expect(programs.BAD_DATA, "used already")
                laptop.run("enrol", office.url, office.code("a.khan")).expect(programs.DONE)
            outcomes.add(again.status)
            laptop.sync()
        assert programs.DONE in outcomes
        assert way == "down" or outcomes == {programs.DONE}


# N3: replies that belong to something else.


def frames_of(body: bytes) -> list[bytes]:
    """The frames of a binary answer, each with its length."""
    found, start = [], 0
    while start < len(body):
        end = start + 4 + struct.unpack_from(">I", body, start)[0]
        found.append(body[start:end])
        start = end
    return found


# The field of a sync request that shows how far the office had come.
WITNESS = 17


def whole(body: bytes) -> bytes:
    return answer("200 OK", wire.BINARY, body)


def test_n3_two_laptops_replies_that_were_swapped_are_taken_by_neither(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    with counted("N3", "swapped") as count, contextlib.ExitStack() as stack:
        replies: dict[str, queue.SimpleQueue[bytes]] = {}
        pairs = ((khan, "b.jones"), (jones, "a.khan"))
        notes = {}
        for laptop, other in pairs:
            name = laptop.home.name
            replies[name] = queue.SimpleQueue()
            notes[name] = laptop.note(shared.crn, f"Of {name}, swapped on its way.")

            def habit(request: bytes, laptop: Laptop = laptop, other: str = other) -> bytes:
                replies[other].put(relayed(office, laptop, request))
                return whole(replies[laptop.home.name].get(timeout=programs.PATIENCE))

            impostor = stack.enter_context(Impostor(office, habit))
            laptop.move_to(impostor.url)
        running = [laptop.start("sync", "--json", stderr=-1) for laptop, _ in pairs]
        for process in running:
            said = programs.finish(process).expect(programs.REFUSED, "not in order")
            assert said.json["error"]
            count.injected += 1
        for laptop, _ in pairs:
            assert laptop.status()["unsent"] == 1
            laptop.move_to(office.url)
            (receipt,) = laptop.sync()["sent"]
            assert (receipt["verdict"], receipt["again"]) == ("applied", True)
        khan.sync()
        for laptop, _ in pairs:
            found = laptop.notes(shared.crn)
            assert all(found[id]["text"] == f"Of {name}, swapped on its way."
                       for name, id in notes.items())
            assert laptop.json("verify")["agrees"]


def large_outbox(laptop: Laptop, crn: str, notes: int = 31) -> list[str]:
    """Notes of which two fill a page, and 31 do not fit one request of 1,048,576 bytes."""
    return [
        laptop.json("note", crn, given=f"Large note {number:02}. " + "€" * 11_900)["record"]
        for number in range(notes)
    ]


def test_n3_the_reply_to_the_first_of_two_requests_does_not_answer_the_second(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    with counted("N3", "stale within a round") as count:
        large_outbox(khan, shared.crn)
        before = khan.status()["unsent"]
        old: list[bytes] = []

        def habit(request: bytes) -> bytes:
            reply = relayed(office, khan, request)
            old.append(reply)
            return whole(old[0])

        with Impostor(office, habit) as impostor:
            khan.move_to(impostor.url)
            khan.run("sync").expect(programs.REFUSED, "not in order")
        count.injected = 1
        assert len(old) == 2 and 0 < khan.status()["unsent"] < before
        khan.move_to(office.url)
        said = khan.sync()
        assert said["sent"] and all(receipt["again"] for receipt in said["sent"])
        assert khan.json("verify")["agrees"] and office.device(khan)["received"] == before


def test_n3_a_reply_that_comes_twice_is_taken_once(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    with counted("N3", "twice") as count:
        note = khan.note(shared.crn, "Answered twice.")
        with Impostor(
            office, lambda request: whole(relayed(office, khan, request)) * 2
        ) as impostor:
            khan.move_to(impostor.url)
            (receipt,) = khan.sync()["sent"]
        count.injected = 1
        assert (receipt["verdict"], receipt["again"]) == ("applied", False)
        khan.move_to(office.url)
        assert khan.sync()["sent"] == [] and khan.verdicts(note) == ["applied"]
        assert khan.json("verify")["agrees"]


def disorders(frames: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Every answer that differs by one frame that is missing, doubled or out of its place."""
    for index in range(len(frames)):
        yield f"{index} missing", frames[:index] + frames[index + 1 :]
        yield f"{index} twice", frames[: index + 1] + frames[index:]
        if index:
            swapped = [*frames[: index - 1], frames[index], frames[index - 1], *frames[index + 1 :]]
            yield f"{index} before {index - 1}", swapped
    yield "from behind", frames[::-1]
    yield "something after the end", [*frames, frames[-1]]


def test_n3_frames_that_are_missing_doubled_or_disordered_are_noticed(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    with counted("N3", "frames") as count:
        notes = {khan.note(shared.crn, f"Note {n} among frames."): n for n in range(3)}
        jones.note(shared.crn, "Something to fetch.")
        jones.sync()
        names = [name for name, _ in disorders([b""] * 5)]
        taken = []

        def habit(request: bytes) -> bytes:
            frames = frames_of(relayed(office, khan, request))
            assert len(frames) in (4, 5), "with receipts, or without"
            return whole(b"".join(dict(disorders(frames)).get(name, [b""])))

        for name in names:
            with Impostor(office, habit) as impostor:
                khan.move_to(impostor.url)
                said = khan.run("sync", "--json")
            count.injected += 1
            if said.status == programs.DONE:
                taken.append(name)
            else:
                assert said.status in (programs.OFFLINE, programs.REFUSED), (name, said)
        # After its end an answer is not read any more.
        assert set(taken) <= {"something after the end", "4 twice", "3 twice"}, taken
        khan.move_to(office.url)
        khan.sync()
        assert set(notes) <= set(khan.notes(shared.crn))
        assert len(khan.json("search", "Something to fetch")) == 1
        assert khan.json("verify")["agrees"] and office.device(khan)["received"] == 3


# N4: requests that come late, twice, or the later first.


def test_n4_requests_that_overtake_or_repeat_each_other_take_effect_once(
    stopped_office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path,
    offices: Callable[[Office], Office],
) -> None:
    with counted("N4") as count:
        # A twin answers the laptop, so that its two requests are known before either is delivered.
        twin = offices(stopped_office.copy(tmp_path / "twin")).start()
        office = stopped_office.start()
        notes = large_outbox(khan, shared.crn)
        requests: list[bytes] = []

        def habit(request: bytes) -> bytes:
            requests.append(request)
            return whole(relayed(twin, khan, request)) if len(requests) == 1 else b""

        with Impostor(office, habit) as impostor:
            khan.move_to(impostor.url)
            assert_offline(khan.run("sync", "--json"))
        first, second = requests
        # The twin's word is not this office's: it would show that the office had been put back.
        second = wire.without(second, WITNESS)

        def deliver(body: bytes) -> list[bytes]:
            count.injected += 1
            # The office serves few of one machine at once, and asks the others to come again.
            while True:
                reply = wire.ask(
                    office, khan, "POST", "/v1/sync", body, Content_Type=wire.BINARY,
                    Accept=wire.BINARY)
                if reply.status != 503:
                    assert reply.status == 200, reply
                    return frames_of(reply.body)
                time.sleep(0.1)

        # The second overtakes: the office asks for what is missing and takes nothing.
        assert len(deliver(second)) == 3, "an opening, an order to send again, an end"
        assert office.device(khan)["received"] == 0
        # Both on many connections at once.
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(deliver, [first, second] * 4))
        deliver(first)
        deliver(second)
        assert office.device(khan)["received"] == len(notes)
        before = office.facts()
        for body in (second, first, first, second):
            deliver(body)
        assert office.facts() == before
        khan.move_to(office.url)
        said = khan.sync()
        assert said["sent"] and all(receipt["again"] for receipt in said["sent"])
        jones.sync()
        for laptop in (khan, jones):
            assert set(notes) <= set(laptop.notes(shared.crn))
            assert laptop.json("verify")["agrees"]
        assert office.asked("verify")["problems"] == []


# N5: bodies that are shorter than they should be.


def by_length(body: bytes, some: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {wire.BINARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + some


def by_close(body: bytes, some: bytes) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {wire.BINARY}\r\n\r\n".encode() + some


def by_chunks(body: bytes, some: bytes) -> bytes:
    return cut(wire.BINARY, some)


def shortened(body: bytes, some: bytes) -> bytes:
    return whole(some)


def packed(body: bytes, some: bytes) -> bytes:
    both = gzip.compress(body)
    # Without its last bytes, or all frames could be read.
    part = both[: (len(both) - 24) * len(some) // len(body)]
    return answer("200 OK", wire.BINARY, part, "Content-Encoding: gzip")


@pytest.mark.parametrize("form", [by_length, by_close, by_chunks, shortened, packed])
def test_n5_pages_that_came_whole_are_taken_and_no_part_of_one(
    office: Office, khan: Laptop, shared: Shared, form: Callable[[bytes, bytes], bytes]
) -> None:
    with counted("N5", form.__name__) as count:
        large_outbox(khan, shared.crn, notes=4)
        khan.sync()
        digests = khan.json("verify")["digests"]
        enrolled = office.enrol("a.khan", "fresh")
        told: list[dict[str, Any]] = []
        places: list[int] = []
        """Of the newest answer; its numbers take more or fewer bytes each time."""

        def habit(request: bytes) -> bytes:
            body = relayed(office, enrolled, request)
            ends = list(itertools.accumulate(len(frame) for frame in frames_of(body)))
            # In and after each frame; the last is never whole.
            middles = [(start + end) // 2 for start, end in zip([0, *ends], ends)]
            places[:] = sorted([*middles, *ends[:-1], ends[-1] - 1])
            said = form(body, body[: places[count.injected]])
            read = read_of(form, said)
            again = wire.ask(
                office, enrolled, "POST", "/v1/sync", request, Content_Type=wire.BINARY,
                Accept=wire.JSON)
            told[:] = [frame for end, frame in zip(ends, again.frames) if end <= read]
            return said

        pages = 0
        with Impostor(office, habit) as impostor:
            while not places or count.injected < len(places):
                laptop = Laptop(office.folder / f"fresh-{count.injected}")
                shutil.copytree(enrolled.home, laptop.home)
                laptop.move_to(impostor.url)
                said = laptop.run("sync", "--json")
                count.injected += 1
                # A body whose end only a close tells is refused from the start.
                assert said.status in (programs.OFFLINE, programs.REFUSED), said
                assert said.status == programs.OFFLINE or form in (by_close, packed), said
                came = [frame["page"] for frame in told if "page" in frame]
                pages = max(pages, len(came))
                status = laptop.status()
                assert not status["synced"]
                assert status["records"] == sum(len(page.get("records", [])) for page in came)
                shown = status["cases"] - status["casesNotWhole"]
                assert shown == len({case for page in came for case in page.get("completed", [])})
                laptop.move_to(office.url)
                laptop.sync()
                assert laptop.json("verify")["digests"] == digests
        assert pages > 1 or form is by_close


def read_of(form: Callable[[bytes, bytes], bytes], said: bytes) -> int:
    """How many bytes of an answer's body a client can read, packed or not."""
    body = said.split(b"\r\n\r\n", 1)[1]
    if form is by_close:
        return 0
    if form is by_chunks:
        return len(body.split(b"\r\n", 1)[1])
    return len(zlib.decompressobj(31).decompress(body)) if form is packed else len(body)


# N6: bits that turned on the way.


def test_n6_no_bit_that_turned_under_tls_reaches_anybody(lines: list[Line]) -> None:
    with counted("N6", "under TLS") as count:
        for line in lines:
            up, down = clean_sync(line)
            line.write()
        up -= CLOSE_NOTIFY + WOBBLE
        down -= CLOSE_NOTIFY + WOBBLE + 500
        flips = [Plan(up=Flow(flips=(k,))) for k in range(7, up, up // 30)]
        flips += [Plan(down=Flow(flips=(k,))) for k in range(7, down, down // 30)]
        # A length that turned makes either side wait for bytes that never come.
        # Bytes that come twice, or never.
        flips += [Plan(up=Flow(again=(k, k + 400))) for k in (0, 600, 1300)]
        flips += [Plan(down=Flow(again=(k, k + 400))) for k in (0, 1000, 2000)]
        flips += [Plan(up=Flow(gap=(k, k + 9), limit=None)) for k in (3, 700, 1400)]

        def work(line: Line, plan: Plan) -> None:
            said = line.sync(replace(plan, forgets=1.0))
            assert said.status in (programs.OFFLINE, programs.REFUSED), (plan, said)
            assert said.json["message"], said
            assert line.unsent in (0, 1)

        before = faults(lines)
        count.injected = spread(lines, work, flips)
        assert faults(lines) - before >= count.injected
        for line in lines:
            line.finish()
        assert lines[0].office.asked("verify")["problems"] == []


@pytest.fixture
def spoiled(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> Callable[[Callable[[bytes, bytes], bytes]], str]:
    """Lets khan's laptop fetch a note of jones's from an answer that was altered above TLS, where
    only the two programs' own checks can help. The function is told the answer and the note's id.
    """
    def fetch(spoil: Callable[[bytes, bytes], bytes]) -> str:
        note = jones.note(shared.crn, SPOILED)
        jones.sync()
        identity = bytes.fromhex(note.replace("-", ""))

        def habit(request: bytes) -> bytes:
            body = relayed(office, khan, request)
            assert SPOILED.encode() in body and identity in body
            return whole(spoil(body, identity))

        with Impostor(office, habit) as impostor:
            khan.move_to(impostor.url)
            khan.run("sync").expect(programs.DONE)
        khan.move_to(office.url)
        return note

    return fetch


SPOILED = "Spoiled on its way."


def other_id(body: bytes, identity: bytes) -> bytes:
    return body.replace(identity, bytes([identity[0] ^ 1]) + identity[1:])


def other_text(body: bytes, identity: bytes) -> bytes:
    return body.replace(SPOILED.encode(), SPOILED.swapcase().encode())


def test_n6_a_record_with_another_id_is_found_by_verify_and_mended_by_resync(
    spoiled: Callable[..., str], khan: Laptop, shared: Shared
) -> None:
    with counted("N6", "above TLS") as count:
        note = spoiled(other_id)
        count.injected = 1
        said = khan.run("verify", "--json").expect(programs.NEEDS_YOU)
        assert not said.json["agrees"] and len(said.json["differences"]) == 1
        khan.json("resync")
        assert khan.notes(shared.crn)[note]["text"] == SPOILED
        assert khan.json("verify")["agrees"]


def test_n6_a_text_that_was_spoiled_above_tls_is_mended_by_resync(
    spoiled: Callable[..., str], khan: Laptop, shared: Shared
) -> None:
    with counted("N6", "above TLS") as count:
        note = spoiled(other_text)
        count.injected = 1
        assert khan.notes(shared.crn)[note]["text"] == SPOILED.swapcase()
        khan.json("resync")
        assert khan.notes(shared.crn)[note]["text"] == SPOILED


@pytest.mark.xfail(
    raises=AssertionError,
    reason="digests are made of the hashes of changes and not of the values that a record holds "
    "(Protocol/README.md section 3.5), so verify calls a text the same that is another")
def test_n6_a_text_that_was_spoiled_above_tls_is_found_by_verify(
    spoiled: Callable[..., str], khan: Laptop
) -> None:
    with counted("N6", "known: verify compares no values") as count:
        spoiled(other_text)
        count.injected = 1
        assert not khan.run("verify", "--json").json["agrees"]


# N7: portals and proxies that answer in the office's place.


def plain_page(status: str, *lines: str, body: bytes = PAGE) -> bytes:
    return answer(status, "text/html", body, *lines)


PORTALS = {
    "407": (answer("407 Proxy Authentication Required", "text/html", PAGE), programs.REFUSED),
    "511": (plain_page("511 Network Authentication Required"), programs.REFUSED),
    "302 to plain http": (
        plain_page("302 Found", "Location: http://portal.example/login"), programs.REFUSED),
    "303": (plain_page("303 See Other", "Location: http://127.0.0.1:1/"), programs.REFUSED),
    "200 packed twice": (
        plain_page(
            "200 OK", "Content-Encoding: gzip, gzip", body=gzip.compress(gzip.compress(PAGE))),
        programs.REFUSED),
    "200 without end": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE * 2000, programs.REFUSED),
    "200 with our type": (answer("200 OK", wire.BINARY, PAGE), programs.REFUSED),
    "200 with our type, packed twice": (
        answer("200 OK", wire.BINARY, gzip.compress(gzip.compress(PAGE)),
               "Content-Encoding: gzip"), programs.REFUSED),
    "502": (plain_page("502 Bad Gateway"), programs.REFUSED),
    "504 with our type": (answer("504 Gateway Timeout", wire.BINARY, b""), programs.REFUSED),
}


@pytest.fixture(scope="module")
def portal_office(
    template: tuple[Office, Shared], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An office for tests in which nothing reaches it."""
    office = template[0].copy(tmp_path_factory.mktemp("portal")).start()
    yield office
    office.stop()


@dataclass(frozen=True)
class Unreached:
    """A laptop with a note that waits, and what it holds."""

    office: Office
    laptop: Laptop
    held: dict[str, Any]

    def fails(self, url: str, status: int, *words: str, options: tuple[str, ...] = ()) -> None:
        """A sync with that address ends so, and the laptop keeps all that it had."""
        self.laptop.move_to(url)
        said = self.laptop.run("sync", "--json", *options).expect(status, *words)
        assert said.json["message"].endswith("."), said
        assert self.laptop.facts() == self.held


@pytest.fixture(scope="module")
def unreached(portal_office: Office, template: tuple[Office, Shared]) -> Iterator[Unreached]:
    khan = portal_office.laptop("a.khan")
    note = khan.note(template[1].crn, "Held while others answered.")
    yield Unreached(portal_office, khan, khan.facts())
    khan.move_to(portal_office.url)
    assert [receipt["again"] for receipt in khan.sync()["sent"]] == [False]
    assert khan.verdicts(note) == ["applied"]


@pytest.mark.parametrize("said", PORTALS.values(), ids=PORTALS.keys())
def test_n7_a_page_with_the_offices_own_key_is_not_taken_for_it(
    unreached: Unreached, said: tuple[bytes, int]
) -> None:
    with counted("N7", "above TLS") as count:
        with Impostor(unreached.office, lambda _: said[0]) as impostor:
            unreached.fails(impostor.url, said[1], "not the office")
            assert len(impostor.requests) == 1, "nothing is followed"
        count.injected = 1


def test_n7_a_page_without_tls_is_not_taken_for_the_office(unreached: Unreached) -> None:
    with counted("N7", "plain HTTP") as count:
        for status in ("200 OK", "302 Found", "511 Network Authentication Required"):
            page = plain_page(status, "Location: http://portal.example/")
            with Proxy(unreached.office.port, Plan(answer=page)) as portal:
                unreached.fails(portal.url, programs.REFUSED, "not the office", "browser")
            count.injected += portal.faults
        for noise in (b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00" * 100, b"\x15\x03\x01\x00\x02\x02\x28"):
            with Proxy(unreached.office.port, Plan(answer=noise)) as portal:
                unreached.fails(portal.url, programs.REFUSED, "not")
            count.injected += portal.faults


def test_n7_a_portal_with_a_certificate_of_its_own_is_sent_nothing(
    unreached: Unreached, tmp_path: Path
) -> None:
    with counted("N7", "another authority") as count:
        stranger = strange_office(unreached.office, tmp_path)
        with Impostor(stranger, lambda _: plain_page("200 OK")) as portal:
            unreached.fails(portal.url, programs.REFUSED, "not your office", "nothing was sent")
            assert portal.requests == []
        count.injected = 1


def strange_office(office: Office, folder: Path) -> Office:
    """Looks like an office on disk, with a key and an authority of its own."""
    data = Office(folder).data
    data.mkdir()
    programs.openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", 30,
        "-keyout", data / "server.key", "-out", data / "server.pem")
    shutil.copy(data / "server.pem", data / "authority.pem")
    return Office(folder)


def test_n7_a_proxy_that_wants_something_first_is_named(unreached: Unreached) -> None:
    with counted("N7", "CONNECT") as count:
        for status, words in {
            "407 Proxy Authentication Required": "user name and password",
            "302 Found": "proxy", "511 Network Authentication Required": "proxy",
            "503 Service Unavailable": "proxy",
        }.items():
            page = plain_page(status, "Proxy-Authenticate: Basic realm=x")
            with Proxy(unreached.office.port, Plan(answer=page)) as proxy:
                unreached.fails(
                    unreached.office.url, programs.REFUSED, words,
                    options=("--proxy", proxy.url.replace("https", "http")))
            count.injected += proxy.faults


def test_n7_a_portal_that_takes_over_in_the_middle_of_a_round_costs_nothing(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    with counted("N7", "within a round") as count:
        notes = large_outbox(khan, shared.crn)
        heard: list[bytes] = []

        def habit(request: bytes) -> bytes:
            heard.append(request)
            if len(heard) > 1:
                return plain_page("200 OK")
            return whole(relayed(office, khan, request))

        with Impostor(office, habit) as impostor:
            khan.move_to(impostor.url)
            khan.run("sync").expect(programs.REFUSED, "not the office", "sign in")
        count.injected = 1
        assert 0 < khan.status()["unsent"] < len(notes)
        khan.move_to(office.url)
        assert not any(receipt["again"] for receipt in khan.sync()["sent"])
        assert office.device(khan)["received"] == len(notes)
        assert khan.json("verify")["agrees"]


# N8: slow and half-dead connections. The silences are at the end of this file.


def test_n8_a_slow_and_distant_network_is_only_slow(lines: list[Line]) -> None:
    """256 kbit/s each way, and a quarter of a second to the office and back."""
    with counted("N8", "slow") as count:
        slow = Flow(rate=32_000, delay=0.06)
        for line in lines:
            line.write()
            said = line.sync(Plan(up=slow, down=slow)).expect(programs.DONE)
            assert said.json["synced"]
            count.injected += 1
            line.finish()


def test_n8_an_office_that_closes_or_refuses_at_once_is_no_way_to_it(unreached: Unreached) -> None:
    with counted("N8", "refused") as count:
        with nobody() as url:
            unreached.fails(url, programs.OFFLINE, "cannot be reached", "go on")
        for then in ("fin", "rst"):
            with Proxy(unreached.office.port, Plan(up=Flow(limit=0, then=then))) as proxy:
                unreached.fails(proxy.url, programs.OFFLINE, "cut", "go on")
        with Proxy(unreached.office.port, Plan(refuses=True)) as proxy:
            unreached.fails(proxy.url, programs.OFFLINE, "go on")
        count.injected = 4


def test_n8_laptops_that_stand_still_or_crawl_hold_up_nobody(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    """Half of a request and then silence, a byte now and then, and readers who do not read."""
    with counted("N8", "slow clients") as count, contextlib.ExitStack() as stack:
        head = f"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Type: {wire.BINARY}\r\n"
        for number in range(120):
            plain = stack.enter_context(contextlib.closing(wire.plain(office)))
            if number % 3:
                # Half a handshake.
                plain.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
                continue
            tls = wire.context(office, khan).wrap_socket(plain, server_hostname="127.0.0.1")
            stack.callback(tls.close)
            tls.sendall(f"{head}Content-Length: 1000\r\n\r\n{'x' * number}".encode())
        count.injected = 120
        note = khan.note(shared.crn, "Sent past those who crawl.")
        began = time.monotonic()
        khan.sync()
        assert time.monotonic() - began < 20
        assert khan.verdicts(note) == ["applied"]


# N9: one way only, and flapping. The long runs are in test_partitions.py.


def test_n9_a_network_that_comes_and_goes_loses_nothing(lines: list[Line]) -> None:
    with counted("N9", "flapping") as count:
        chance = random.Random(9)

        def work(line: Line, _: int) -> None:
            line.write()
            process = line.laptop.start("sync", "--json", stderr=-1)
            try:
                while process.poll() is None:
                    way = chance.choice(["up", "down"])
                    line.proxy.becomes(**{way: False})
                    healed = threading.Event()
                    threading.Timer(chance.uniform(0, 0.4), healed.set).start()
                    assert healed.wait(programs.PATIENCE)
                    if chance.random() < 0.3:
                        line.proxy.drop()
                    line.proxy.heal()
                    count.injected += 1
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(chance.uniform(0, 0.1))
                said = programs.finish(process)
                assert said.status in (programs.DONE, programs.OFFLINE), said
            finally:
                programs.end(process)

        spread(lines, work, range(10))
        for line in lines:
            line.finish()


# N10: names, addresses and certificates.


def test_n10_a_name_that_nobody_knows_is_no_way_to_the_office(unreached: Unreached) -> None:
    with counted("N10", "DNS") as count:
        unreached.fails("https://office.invalid:8443", programs.OFFLINE, "cannot be found", "go on")
        count.injected = 1


def test_n10_a_server_with_a_certificate_that_is_not_good_is_sent_nothing(
    unreached: Unreached, tmp_path: Path, clock: Callable[[str], list[str]]
) -> None:
    with counted("N10", "certificates") as count:
        for name, of, wrapper, words in (
            ("other", "DNS:other.example", [], "another name"),
            ("old", "IP:127.0.0.1", clock("-9y"), "out of date"),
            ("future", "IP:127.0.0.1", clock("+9y"), "out of date"),
        ):
            twin = certified_twin(unreached.office, tmp_path / name, of, wrapper)
            with Impostor(twin, lambda _: plain_page("200 OK")) as impostor:
                unreached.fails(impostor.url, programs.REFUSED, words, "nothing was sent")
                assert not any(impostor.requests)
            count.injected += 1


def certified_twin(office: Office, folder: Path, name: str, wrapper: list[str]) -> Office:
    """Looks like the office on disk, with a certificate of 30 days that its authority signed."""
    twin = Office(folder)
    twin.data.mkdir(parents=True)
    shutil.copy(office.data / "authority.pem", twin.data)
    shutil.copy(office.data / "server.key", twin.data)
    extension = folder / "name.cnf"
    extension.write_text(f"subjectAltName={name}\n")
    request = folder / "request.csr"
    programs.openssl(
        "req", "-new", "-key", twin.data / "server.key", "-subj", "/CN=x", "-out", request)
    subprocess.run(
        [
            *wrapper, "openssl", "x509", "-req", "-in", request, "-CA", twin.data / "authority.pem",
            "-CAkey", office.data / "authority.key", "-set_serial", "4712", "-days", "30",
            "-extfile", extension, "-out", twin.data / "server.pem"],
        check=True, capture_output=True, timeout=programs.PATIENCE)
    return twin


def test_n10_a_server_of_an_older_tls_is_sent_nothing(unreached: Unreached) -> None:
    with counted("N10", "TLS 1.2") as count:
        with Impostor(unreached.office, lambda _: plain_page("200 OK")) as impostor:
            impostor.context.maximum_version = ssl.TLSVersion.TLSv1_2
            unreached.fails(impostor.url, programs.REFUSED, "TLS 1.3", "nothing was sent")
            assert impostor.requests == []
        count.injected = 1


def test_n10_an_office_that_moved_is_found_again_at_its_new_address(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    with counted("N10", "moved") as count:
        note = khan.note(shared.crn, "Written before the office moved.")
        old = office.url
        office.stop()
        office.start()
        count.injected = 1
        if old != office.url:
            khan.move_to(old)
            assert_offline(khan.run("sync", "--json"))
            khan.move_to(office.url)
        khan.sync()
        assert khan.verdicts(note) == ["applied"]


def test_n10_an_office_that_only_ipv6_reaches_is_reached(
    stopped_office: Office, khan: Laptop, shared: Shared
) -> None:
    try:
        found = socket.getaddrinfo("localhost", 0, socket.AF_INET6, socket.SOCK_STREAM)
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6, or does not know localhost by it")
    assert found
    with counted("N10", "IPv6") as count:
        process = programs.start(
            "doorstepd", "serve", "--data", stopped_office.data, "--port", 0, "--host", "::1",
            "--json")
        stopped_office.process = process
        stopped_office.url = json.loads(stopped_office._first_line())["ready"]
        khan.move_to(f"https://localhost:{stopped_office.port}")
        note = khan.note(shared.crn, "By IPv6 alone.")
        khan.sync()
        assert khan.verdicts(note) == ["applied"]
        count.injected = 1


# N11: everybody comes back at once.


def test_n11_a_storm_of_reconnects_after_an_outage_is_weathered(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    """As many as a small machine's tests allow: more connections than the office serves at once,
    each with its own handshake and sync, beside real laptops."""
    size = int(os.environ.get("DOORSTEP_STORM", "600"))
    with counted("N11") as count, contextlib.ExitStack() as stack:
        laptops = [office.enrol("a.khan", f"storm-{number}") for number in range(4)]
        for laptop in laptops:
            laptop.sync()
            laptop.note(shared.crn, f"Of {laptop.home.name}, after the outage.")
        before = office.asked("report")
        port = office.port
        office.kill()
        running = []
        for laptop in laptops:
            process = laptop.start("sync", "--json", "--attempts", 30, stderr=-1)
            stack.callback(programs.end, process)
            running.append(process)
        office.start(port=port)
        took, answers = asyncio.run(storm(office, khan, size))
        count.injected = size + len(laptops)
        for process in running:
            said = programs.finish(process).expect(programs.DONE)
            assert said.json["synced"] and len(said.json["sent"]) == 1
        took.sort()
        count.more = {
            "connections": size, "median_seconds": round(took[size // 2], 3),
            "p99_seconds": round(took[int(size * 0.99)], 3), "retries": answers.get("retry", 0)}
        assert answers["200"] == size, answers
        assert took[int(size * 0.99)] < 30
        after = office.asked("report")
        assert after["changes"] == before["changes"] + len(laptops)
        assert office.asked("verify")["problems"] == []
        khan.sync()
        assert len(khan.json("search", "after the outage")) == len(laptops)


async def storm(office: Office, machine: Laptop, size: int) -> tuple[list[float], dict[str, int]]:
    """Syncs by hand, all at once. Returns how long each took with its retries, and what came."""
    context = wire.context(office, machine)
    request = wire.sync_request(b"a replica's name"[:16])
    first = wire.post(office, machine, "/v1/sync", request).frames
    *_, last = [frame["page"] for frame in first if "page" in frame]
    body = json.dumps(request | {"checkpoint": last["checkpoint"]}).encode()
    head = (
        f"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Type: {wire.JSON}\r\n"
        f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n")
    began = time.monotonic()
    answers: dict[str, int] = {}

    async def one() -> float:
        for attempt in range(20):
            try:
                reader, writer = await asyncio.open_connection(
                    "127.0.0.1", office.port, ssl=context, server_hostname="127.0.0.1",
                    ssl_handshake_timeout=programs.PATIENCE)
                try:
                    writer.write(head.encode() + body)
                    said = await asyncio.wait_for(reader.read(), programs.PATIENCE)
                finally:
                    writer.transport.abort()
                status = said.split(b" ", 2)[1].decode() if said else ""
                if status == "200" and said.endswith(b"0\r\n\r\n"):
                    answers["200"] = answers.get("200", 0) + 1
                    return time.monotonic() - began
                assert status in ("", "200", "503"), said[:200]
            except OSError:
                pass
            answers["retry"] = answers.get("retry", 0) + 1
            await asyncio.sleep(random.uniform(0, min(4, 0.2 * 2**attempt)))
        raise AssertionError(f"no answer in twenty attempts: {answers}")

    return list(await asyncio.gather(*(one() for _ in range(size)))), answers


# N12: a long first sync that is cut again and again.

GOAL = 1.2
"""Bytes of a first sync that was cut, over those of one that was not; without handshakes."""


@pytest.fixture(scope="module")
def large_office(
    bare_template: Office, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Office, int, int]]:
    """An office whose officer's first sync takes several pages; its bytes and its records."""
    office = bare_template.copy(tmp_path_factory.mktemp("large"))
    done = office.d(
        "seed", "--people", 10, "--seed", 1, "--officers", 1, "--user", "a.khan",
        "--contacts-per-year", 1000)
    done.expect(programs.DONE)
    try:
        office.start()
        laptop = office.enrol("a.khan", "whole")
        with Proxy(office.port) as proxy:
            laptop.move_to(proxy.url)
            records = laptop.sync()["records"]
            yield office, proxy.passed[-1].down, records
    finally:
        office.stop()


HANDSHAKE = 3_800
"""Bytes that the office sends where it has nothing to say, certificates included, about."""
LARGEST_PAGE = 23_000
"""Bytes of a packed page of these made-up cases, at most."""
UNREAD = 2 * 16_384
"""Bytes that passed and that no program can read: a TLS record that is not whole, and what a reset
takes from the receiver's kernel."""


def test_n12_a_first_sync_goes_on_after_every_cut_with_the_page_that_was_cut(
    large_office: tuple[Office, int, int]
) -> None:
    office, clean, records = large_office
    with counted("N12", "a cut every few pages") as count:
        chance = random.Random(12)

        def plan(_: int) -> Plan:
            place = int(chance.uniform(0.8, 6) * LARGEST_PAGE)
            return Plan(down=Flow(limit=place, then=chance.choice(["fin", "rst"])))

        def first_sync(laptop: Laptop) -> float:
            with Proxy(office.port, plan) as proxy:
                laptop.move_to(proxy.url)
                while (said := laptop.run("sync", "--json")).status == programs.OFFLINE:
                    assert len(proxy.passed) < 100, "it does not come to its end"
                said.expect(programs.DONE)
                passed = sum(passed.down for passed in proxy.passed)
                cuts = len(proxy.passed) - 1
            count.injected += cuts
            lost = cuts * (LARGEST_PAGE + HANDSHAKE + UNREAD)
            assert passed <= clean + lost, (passed, clean, cuts)
            assert laptop.status()["records"] == records
            laptop.move_to(office.url)
            assert laptop.json("verify")["agrees"]
            return passed / clean

        with ThreadPoolExecutor(WORKERS) as pool:
            laptops = [office.enrol("a.khan", f"cut-{number}") for number in range(WORKERS)]
            ratios = list(pool.map(first_sync, laptops))
        count.more = {"bytes_over_clean": [round(ratio, 2) for ratio in ratios]}


def test_n12_a_first_sync_that_is_cut_every_64_kib_costs_a_fifth_more_at_most(
    large_office: tuple[Office, int, int]
) -> None:
    office, clean, records = large_office
    with counted("N12", "a cut every 64 KiB") as count:
        laptop = office.enrol("a.khan", "cut-often")
        with Proxy(office.port, Plan(down=Flow(limit=65_536 + HANDSHAKE))) as proxy:
            laptop.move_to(proxy.url)
            while laptop.run("sync", "--json").status != programs.DONE:
                count.injected += 1
                assert count.injected < 8 or laptop.status()["records"], "nothing arrives at all"
                assert count.injected < 100
            passed = sum(passed.down for passed in proxy.passed)
            handshakes = len(proxy.passed) * HANDSHAKE
            assert laptop.status()["records"] == records
            assert passed <= clean * GOAL + handshakes


# N14: something on the way that tries again by itself.


def test_n14_a_middlebox_that_sends_a_request_again_does_no_harm(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    with counted("N14") as count:
        notes = [khan.note(shared.crn, f"Sent several times, {n}.") for n in range(3)]

        def habit(request: bytes) -> bytes:
            with ThreadPoolExecutor(3) as pool:
                replies = list(pool.map(lambda _: relayed(office, khan, request), range(3)))
            count.injected += 2
            return whole(replies[-1])

        with Impostor(office, habit) as impostor:
            khan.move_to(impostor.url)
            said = khan.sync()
        assert [receipt["verdict"] for receipt in said["sent"]] == ["applied"] * 3
        khan.move_to(office.url)
        khan.sync()
        jones.sync()
        for laptop in (khan, jones):
            assert set(notes) <= set(laptop.notes(shared.crn))
            assert len(laptop.json("search", "Sent several times")) == 3
            assert laptop.json("verify")["agrees"]
        assert office.device(khan)["received"] == 3


def test_n14_no_answer_of_the_office_may_be_kept_by_a_cache(office: Office, khan: Laptop) -> None:
    with counted("N14", "caches") as count:
        body = json.dumps(wire.sync_request(b"0" * 16)).encode()
        for method, path, sent in (
            ("POST", "/v1/sync", body), ("POST", "/v1/sync", b"nonsense"), ("GET", "/v1/sync", b""),
            ("GET", "/v1/operator/devices", b""), ("GET", "/v1/authority", b""),
            ("POST", "/v1/enrol", b"{}"), ("GET", "/nothing", b""),
        ):
            with wire.connect(office, khan) as tls:
                head = [
                    f"{method} {path} HTTP/1.1", "Host: office", f"Content-Type: {wire.JSON}",
                    "Connection: close", f"Content-Length: {len(sent)}", "", ""]
                tls.sendall("\r\n".join(head).encode() + sent)
                with tls.makefile("rb") as reader:
                    said = reader.read().split(b"\r\n\r\n")[0].lower()
            assert b"cache-control: no-store" in said, (path, said)
            count.injected += 1


# N8 again: what began before the first test of this file has ended by now, or does so soon.


@pytest.mark.parametrize("name", [*SILENCES, "a black hole"])
def test_n8_an_office_that_is_silent_is_given_up_and_nothing_is_lost(
    silences: dict[str, Silence], name: str
) -> None:
    with counted("N8", name) as count:
        silence = silences[name]
        line = silence.line
        said = programs.finish(silence.process)
        assert_offline(said)
        assert any(words in said.json["message"] for words in ("too long", "was cut")), said
        count.injected = 1
        line.proxy.plan = Plan()
        line.laptop.move_to(line.proxy.url)
        line.laptop.sync()
        line.write()
        line.finish()


def test_n8_a_note_can_be_saved_while_a_sync_waits_for_a_silent_office(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    with (
        counted("N8", "a note meanwhile") as count,
        Proxy(office.port, Plan(down=Flow(limit=0, then="stall"))) as proxy,
    ):
        count.injected = 1
        khan.move_to(proxy.url)
        process = khan.start("sync", stderr=subprocess.PIPE)
        try:
            programs.eventually(lambda: proxy.passed and proxy.passed[0].up, "it waits")
            khan.run("note", shared.crn, "At the door, in a black hole.").expect(programs.DONE)
        finally:
            process.kill()
            programs.end(process)
