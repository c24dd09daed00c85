"""Whatever answers in the office's place, the laptop says what it is and keeps everything."""

from __future__ import annotations

import gzip
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import programs
import wire
from conftest import Shared
from impostor import Impostor, answer, cut, relayed
from laptop import Laptop
from office import Office

TEXT = "Saved before something strange answered."
PAGE = b"<!DOCTYPE html><title>Sign in</title><form>Accept our terms</form>"


@dataclass(frozen=True)
class Waiting:
    """A running office, and a laptop with a note that waits to be sent."""

    office: Office
    khan: Laptop
    jones: Laptop
    crn: str
    note: str
    held: dict[str, Any]
    """What the laptop holds with that note."""

    @classmethod
    def begin(cls, office: Office, crn: str) -> Waiting:
        khan = office.laptop("a.khan")
        note = khan.note(crn, TEXT)
        return cls(office, khan, office.laptop("b.jones"), crn, note, khan.facts())

    def finish(self) -> None:
        """The network is well again: the note reaches the office and its other reader, once."""
        self.khan.move_to(self.office.url)
        self.khan.sync()
        self.jones.sync()
        for laptop in (self.khan, self.jones):
            assert laptop.notes(self.crn)[self.note]["text"] == TEXT
            assert len(laptop.json("search", TEXT)) == 1
            assert laptop.json("verify")["agrees"]
        assert self.office.device(self.khan)["received"] == 1
        assert self.office.asked("verify")["problems"] == []


@pytest.fixture(scope="module")
def waiting(
    template: tuple[Office, Shared], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Waiting]:
    """For all tests in which nothing reaches the office, so that they leave all as it was."""
    office = template[0].copy(tmp_path_factory.mktemp("office")).start()
    try:
        waiting = Waiting.begin(office, template[1].crn)
        yield waiting
        waiting.finish()
    finally:
        office.stop()


@pytest.fixture
def reached(office: Office, shared: Shared) -> Iterator[Waiting]:
    """For one test in which something reaches the office."""
    reached = Waiting.begin(office, shared.crn)
    yield reached
    reached.finish()


def assert_sync_fails(waiting: Waiting, said: bytes, status: int, *words: str) -> None:
    """A sync with an impostor ends so, and the laptop keeps all that it had."""
    khan = waiting.khan
    with Impostor(waiting.office, lambda _: said) as impostor:
        khan.move_to(impostor.url)
        answered = khan.run("sync", "--json").expect(status, *words)
        assert answered.json["message"] and impostor.requests
    assert khan.facts() == waiting.held


@pytest.mark.parametrize(
    "status", ["200 OK", "403 Forbidden", "511 Network Authentication Required"])
def test_a_sign_in_page_is_named_as_one(waiting: Waiting, status: str) -> None:
    page = answer(status, "text/html; charset=utf-8", PAGE)
    assert_sync_fails(waiting, page, programs.REFUSED, "not the office", "sign in", "browser")


@pytest.mark.parametrize(
    "status", ["302 Found", "307 Temporary Redirect", "301 Moved Permanently"])
def test_being_sent_elsewhere_is_not_followed_and_named(waiting: Waiting, status: str) -> None:
    page = answer(status, "text/html", PAGE, f"Location: {waiting.office.url}/v1/sync")
    assert_sync_fails(waiting, page, programs.REFUSED, "sign", "browser")


BINARY_NONSENSE = {
    "nothing": b"",
    "noise": os.urandom(2000),
    "zeros": bytes(64),
    "a frame without end": struct.pack(">I", 0xFFFFFFFF) + bytes(1000),
    "a large frame": struct.pack(">I", (8 << 20) + 1) + bytes(1000),
    "a frame of noise": struct.pack(">I", 8) + b"\xff" * 8,
    "a frame cut": struct.pack(">I", 100) + bytes(10),
    "an empty frame": struct.pack(">I", 0),
    # An opening that answers request 0, then an end.
    "another answer": struct.pack(">I", 6) + b"\x0a\x04\x08\x01\x18\x01",
    "json": b'{"opening":{"protocolVersion":1}}\n',
}


@pytest.mark.parametrize("body", BINARY_NONSENSE.values(), ids=BINARY_NONSENSE.keys())
def test_frames_that_are_none_are_refused(waiting: Waiting, body: bytes) -> None:
    khan = waiting.khan
    with Impostor(waiting.office, lambda _: answer("200 OK", wire.BINARY, body)) as impostor:
        khan.move_to(impostor.url)
        said = khan.run("sync", "--json")
    assert said.status in (programs.REFUSED, programs.OFFLINE), said
    assert any(words in said.err for words in ("not the office", "cut")), said
    assert khan.facts() == waiting.held


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"error":"no"}'), ("text/plain", b"no"), (wire.JSON, b""),
        ("", b"no"), ("application/octet-stream", bytes(100)),
    ],
    ids=["json", "text", "our json", "nothing", "bytes"])
@pytest.mark.parametrize("status", ["200 OK", "500 Internal Server Error"])
def test_an_answer_of_another_kind_is_refused(
    waiting: Waiting, kind: str, body: bytes, status: str
) -> None:
    assert_sync_fails(waiting, answer(status, kind, body), programs.REFUSED, "not the office")


PACKED = {
    "a bomb": gzip.compress(bytes(256 << 20), 1),
    "cut": gzip.compress(os.urandom(10_000))[:5_000],
    "damaged": gzip.compress(bytes(10_000))[:20] + os.urandom(40),
    "not packed": b"no gzip at all",
}


@pytest.mark.parametrize("body", PACKED.values(), ids=PACKED.keys())
def test_a_packed_answer_that_is_no_answer_is_refused(waiting: Waiting, body: bytes) -> None:
    khan = waiting.khan
    said = answer("200 OK", wire.BINARY, body, "Content-Encoding: gzip")
    with Impostor(waiting.office, lambda _: said) as impostor:
        khan.move_to(impostor.url)
        answered = khan.run("sync")
    assert answered.status in (programs.REFUSED, programs.OFFLINE), answered
    assert khan.facts() == waiting.held


def test_an_office_that_is_busy_is_said_to_be_so(waiting: Waiting) -> None:
    busy = answer("503 Service Unavailable", "text/html", PAGE, "Retry-After: 5")
    assert_sync_fails(waiting, busy, programs.TRY_AGAIN, "busy", "try again")


def test_an_answer_that_is_not_http_is_refused(waiting: Waiting) -> None:
    mail = b"220 smtp.example ESMTP ready\r\n"
    assert_sync_fails(waiting, mail, programs.REFUSED, "not the office")


def test_a_connection_that_is_closed_without_a_word_is_no_way_to_the_office(
    waiting: Waiting
) -> None:
    assert_sync_fails(waiting, b"", programs.OFFLINE, "cut", "go on working")


@pytest.mark.parametrize("ends", ["cut", "whole"])
@pytest.mark.parametrize("part", [0.0, 0.02, 0.5, 0.98])
def test_an_answer_that_was_cut_costs_nothing(reached: Waiting, part: float, ends: str) -> None:
    """The office has taken the note; the laptop learns of it, or not, and says so or asks again.

    `whole`: something on the way shortened the answer, and HTTP itself is in order.
    """
    khan = reached.khan

    def habit(request: bytes) -> bytes:
        frames = relayed(reached.office, khan, request)
        some = frames[: int(len(frames) * part)]
        return cut(wire.BINARY, some) if ends == "cut" else answer("200 OK", wire.BINARY, some)

    with Impostor(reached.office, habit) as impostor:
        khan.move_to(impostor.url)
        khan.run("sync").expect(programs.OFFLINE, "cut", "go on")
    assert not khan.status()["synced"]
    assert khan.notes(reached.crn)[reached.note]["text"] == TEXT


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_first_sync_that_was_cut_goes_on_where_it_was(
    office: Office, khan: Laptop, part: float
) -> None:
    laptop = office.enrol("a.khan", "fresh")

    def habit(request: bytes) -> bytes:
        frames = relayed(office, laptop, request)
        return cut(wire.BINARY, frames[: int(len(frames) * part)])

    with Impostor(office, habit) as impostor:
        laptop.move_to(impostor.url)
        laptop.run("sync").expect(programs.OFFLINE, "cut")
    # A case shows only when it is whole.
    assert set(laptop.crns()) < set(khan.crns())
    laptop.move_to(office.url)
    laptop.sync()
    assert laptop.crns() == khan.crns()
    assert laptop.json("verify")["digests"] == khan.json("verify")["digests"]


def test_an_answer_to_an_earlier_request_is_not_taken(reached: Waiting) -> None:
    khan = reached.khan
    old: list[bytes] = []

    def habit(request: bytes) -> bytes:
        old[:] = old or [relayed(reached.office, khan, request)]
        return answer("200 OK", wire.BINARY, old[0])

    with Impostor(reached.office, habit) as impostor:
        khan.move_to(impostor.url)
        khan.sync()
        before = khan.facts()
        khan.run("sync").expect(programs.REFUSED, "not in order")
        assert khan.facts() == before
