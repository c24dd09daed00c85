"""Whatever answers in the office's place, the laptop says what it is and keeps everything."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

import pytest

import programs
import wire
from conftest import Shared
from impostor import Habit, Impostor, answer, cut, relayed
from laptop import Laptop
from office import Office

TEXT = "Saved before something strange answered."
PAGE = b"<!DOCTYPE html><title>Sign in</title><form>Accept our terms</form>"


@pytest.fixture
def note(office: Office, khan: Laptop, jones: Laptop, shared: Shared) -> Iterator[str]:
    """A note that waits. After whatever happened, it reaches the office once."""
    record = khan.note(shared.crn, TEXT)
    before = office.asked("report")["changes"]
    yield record
    khan.move_to(office.url)
    khan.sync()
    jones.sync()
    for laptop in (khan, jones):
        assert laptop.notes(shared.crn)[record]["text"] == TEXT
        assert len(laptop.json("search", TEXT)) == 1
        assert laptop.json("verify")["agrees"]
    assert office.asked("report")["changes"] == before + 1
    assert office.asked("verify")["problems"] == []


def assert_sync_fails(
    office: Office, laptop: Laptop, habit: Habit, status: int, *words: str
) -> None:
    """A sync with an impostor ends so, and the laptop keeps all that it had."""
    before = laptop.facts()
    with Impostor(office, habit) as impostor:
        laptop.move_to(impostor.url)
        said = laptop.run("sync", "--json").expect(status, *words)
        assert said.json["message"] and impostor.requests
    assert laptop.facts() == before


@pytest.mark.parametrize(
    "status", ["200 OK", "403 Forbidden", "511 Network Authentication Required"])
def test_a_sign_in_page_is_named_as_one(
    office: Office, khan: Laptop, note: str, status: str
) -> None:
    assert_sync_fails(
        office, khan, lambda _: answer(status, "text/html; charset=utf-8", PAGE),
        programs.REFUSED, "not the office", "sign in", "browser")


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect", "301 Moved Permanently"])
def test_being_sent_elsewhere_is_not_followed_and_named(
    office: Office, khan: Laptop, note: str, status: str
) -> None:
    page = answer(status, "text/html", PAGE, f"Location: {office.url}/v1/sync")
    assert_sync_fails(office, khan, lambda _: page, programs.REFUSED, "sign", "browser")


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
def test_frames_that_are_none_are_refused(
    office: Office, khan: Laptop, note: str, body: bytes
) -> None:
    before = khan.facts()
    with Impostor(office, lambda _: answer("200 OK", wire.BINARY, body)) as impostor:
        khan.move_to(impostor.url)
        said = khan.run("sync", "--json")
    assert said.status in (programs.REFUSED, programs.OFFLINE), said
    assert any(words in said.err for words in ("not the office", "cut")), said
    assert khan.facts() == before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"error":"no"}'), ("text/plain", b"no"), (wire.JSON, b""),
        ("", b"no"), ("application/octet-stream", bytes(100)),
    ],
    ids=["json", "text", "our json", "nothing", "bytes"])
@pytest.mark.parametrize("status", ["200 OK", "500 Internal Server Error"])
def test_an_answer_of_another_kind_is_refused(
    office: Office, khan: Laptop, note: str, kind: str, body: bytes, status: str
) -> None:
    assert_sync_fails(
        office, khan, lambda _: answer(status, kind, body), programs.REFUSED, "not the office")


def test_an_office_that_is_busy_is_said_to_be_so(office: Office, khan: Laptop, note: str) -> None:
    busy = answer("503 Service Unavailable", "text/html", PAGE, "Retry-After: 5")
    assert_sync_fails(office, khan, lambda _: busy, programs.TRY_AGAIN, "busy", "try again")


def test_an_answer_that_is_not_http_is_refused(office: Office, khan: Laptop, note: str) -> None:
    before = khan.facts()
    with Impostor(office, lambda _: b"220 smtp.example ESMTP ready\r\n") as impostor:
        khan.move_to(impostor.url)
        khan.run("sync").expect(programs.REFUSED, "not the office")
    assert khan.facts() == before


def test_a_connection_that_is_closed_without_a_word_is_no_way_to_the_office(
    office: Office, khan: Laptop, note: str
) -> None:
    assert_sync_fails(office, khan, lambda _: b"", programs.OFFLINE, "cut", "saved on this laptop")


@pytest.mark.parametrize("ends", ["cut", "whole"])
@pytest.mark.parametrize("part", [0.0, 0.02, 0.5, 0.98])
def test_an_answer_that_was_cut_costs_nothing(
    office: Office, khan: Laptop, shared: Shared, note: str, part: float, ends: str
) -> None:
    """The office has taken the note; the laptop learns of it, or not, and says so or asks again.

    `whole`: something on the way shortened the answer, and HTTP itself is in order.
    """
    def habit(request: bytes) -> bytes:
        frames = relayed(office, khan, request)
        some = frames[: int(len(frames) * part)]
        return cut(wire.BINARY, some) if ends == "cut" else answer("200 OK", wire.BINARY, some)

    with Impostor(office, habit) as impostor:
        khan.move_to(impostor.url)
        khan.run("sync").expect(programs.OFFLINE, "cut", "saved on this laptop")
    assert not khan.status()["synced"]
    assert khan.notes(shared.crn)[note]["text"] == TEXT


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


def test_an_answer_to_an_earlier_request_is_not_taken(
    office: Office, khan: Laptop, note: str
) -> None:
    old: list[bytes] = []

    def habit(request: bytes) -> bytes:
        old[:] = old or [relayed(office, khan, request)]
        return answer("200 OK", wire.BINARY, old[0])

    with Impostor(office, habit) as impostor:
        khan.move_to(impostor.url)
        khan.sync()
        before = khan.facts()
        khan.run("sync").expect(programs.REFUSED, "not in order")
        assert khan.facts() == before
