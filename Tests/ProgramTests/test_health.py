"""What monitoring asks, how the server ends, and the protocol as a person would speak it."""

from __future__ import annotations

import gzip
import json
import signal
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import programs
import wire
from conftest import Shared, seed
from laptop import Laptop
from office import Office

DRAIN_SECONDS = 10
"""What running requests are given once the server is asked to stop: `Limits.drainSeconds`."""


@pytest.mark.parametrize(("path", "body"), [("/healthz", b"ok\n"), ("/readyz", b"ready\n")])
def test_health_is_told_without_a_certificate(
    bare_office: Office, path: str, body: bytes
) -> None:
    assert wire.ask(bare_office, None, "GET", path) == wire.Reply(200, "text/plain", body)


def test_numbers_are_told_to_operators_alone(office: Office, khan: Laptop) -> None:
    wire.ask(office, None, "GET", "/metrics").expect(401, "not-enrolled")
    wire.ask(office, khan, "GET", "/metrics").expect(403, "wrong-role")
    khan.sync()
    reply = wire.ask(office, office.operator, "GET", "/metrics")
    assert (reply.status, reply.type) == (200, "text/plain")
    lines = reply.body.decode().splitlines()
    assert 'doorstep_requests_total{path="/v1/sync",status="200"} 1' in lines
    assert 'doorstep_requests_total{path="/metrics",status="401"} 1' in lines
    assert "doorstep_devices 3" in lines
    # Numbers only: nobody's name, and no case.
    assert "khan" not in reply.body.decode() and khan.crns()[0] not in reply.body.decode()


def test_paths_that_do_not_exist_do_not_make_the_numbers_grow(bare_office: Office) -> None:
    for number in range(20):
        wire.ask(bare_office, None, "GET", f"/nothing-{number}")
    lines = wire.ask(bare_office, bare_office.operator, "GET", "/metrics").body.decode()
    assert "nothing" not in lines
    assert 'doorstep_requests_total{path="other",status="404"} 20' in lines


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_only_tls_1_3_is_spoken(bare_office: Office, version: ssl.TLSVersion) -> None:
    context = wire.context(bare_office, None)
    context.minimum_version = context.maximum_version = version
    with wire.plain(bare_office) as plain:
        if version == ssl.TLSVersion.TLSv1_3:
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                assert tls.version() == "TLSv1.3"
        else:
            with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
                context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_an_idle_server_ends_at_once_and_well(bare_office: Office) -> None:
    idle = wire.connect(bare_office, bare_office.operator)
    started = time.monotonic()
    assert bare_office.stop() == programs.DONE
    assert time.monotonic() - started < 5
    idle.close()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_both_signals_that_ask_to_end_are_heeded(bare_office: Office, name: str) -> None:
    assert bare_office.process
    bare_office.process.send_signal(signal.Signals[name])
    assert bare_office.process.wait(programs.PATIENCE) == programs.DONE


def slow_sync(office: Office, laptop: Laptop) -> ssl.SSLSocket:
    """Asks for everything over a connection whose reader takes little, and reads the first line."""
    peer = wire.Peer(office, laptop)
    body = json.dumps(wire.sync_request(peer.replica)).encode()
    tls = wire.connect(office, laptop, receives=4096)
    head = f"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Length: {len(body)}\r\n"
    tls.sendall(f"{head}Content-Type: {wire.JSON}\r\nAccept: {wire.JSON}\r\n\r\n".encode() + body)
    assert tls.recv(12) == b"HTTP/1.1 200"
    return tls


@pytest.fixture
def large_office(
    bare_template: Office, tmp_path: Path, offices: Callable[[Office], Office]
) -> Office:
    """A running office whose answers are larger than what a connection holds on its way."""
    office = offices(bare_template.copy(tmp_path / "large"))
    seed(office, people=40, contacts=100)
    return office.start()


def test_a_request_that_runs_is_finished_before_the_server_ends(large_office: Office) -> None:
    office = large_office
    laptop = office.enrol("a.khan", "fresh")
    with slow_sync(office, laptop) as tls:
        assert office.process and office.process.poll() is None
        office.process.send_signal(signal.SIGTERM)
        answer = bytearray()
        while not answer.endswith(b"0\r\n\r\n"):
            chunk = tls.recv(1 << 16)
            assert chunk, "the answer was cut"
            answer += chunk
    assert b'"end":{"frames"' in answer
    assert office.process.wait(programs.PATIENCE) == programs.DONE


def test_peers_that_stand_still_do_not_keep_the_server_from_ending(
    large_office: Office
) -> None:
    office = large_office
    laptop = office.enrol("a.khan", "fresh")
    with slow_sync(office, laptop), wire.connect(office, laptop) as half:
        half.sendall(b"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Length: 9\r\n\r\nhalf")
        started = time.monotonic()
        office.stop()
        assert time.monotonic() - started < DRAIN_SECONDS + 8
    # What was cut is fetched another time.
    office.start()
    assert laptop.sync()["records"] > 0


def test_an_answer_is_packed_for_whoever_asks_for_it(office: Office) -> None:
    laptop = office.enrol("a.khan", "packed")
    request = json.dumps(wire.sync_request(bytes(range(16)))).encode()

    def ask(encoding: str) -> wire.Reply:
        return wire.ask(
            office, laptop, "POST", "/v1/sync", request, Content_Type=wire.JSON, Accept=wire.JSON,
            Accept_Encoding=encoding)

    plain, packed = ask("identity"), ask("gzip")
    assert len(packed.body) < len(plain.body) / 2
    opened = wire.Reply(packed.status, packed.type, gzip.decompress(packed.body))
    assert opened.frames[1:] == plain.frames[1:]
    # Whoever refuses gzip gets none.
    assert ask("gzip;q=0").frames[1:] == plain.frames[1:]


def test_a_whole_sync_can_be_spoken_by_hand_in_json(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    laptop = office.enrol("a.khan", "by-hand")
    peer = wire.Peer(office, laptop)
    request = wire.sync_request(peer.replica, wantsDigests=True)
    reply = wire.post(office, laptop, "/v1/sync", request)
    assert (reply.status, reply.type) == (200, wire.JSON)
    kinds = [next(iter(frame)) for frame in reply.frames]
    assert kinds[:2] == ["opening", "scope"] and kinds[-2:] == ["digests", "end"]
    assert set(kinds[2:-2]) == {"page"}
    opening, scope, end = reply.frames[0]["opening"], reply.frames[1]["scope"], reply.frames[-1]
    assert (opening["protocolVersion"], opening["requestId"]) == (1, "7")
    lease = {"seconds": str(14 * 86_400), "limitedSeconds": "86400"}
    assert end == {"end": {"frames": str(len(kinds) - 1), "lease": lease}}
    pages = [frame["page"] for frame in reply.frames[2:-2]]
    records = [record["body"] for page in pages for record in page.get("records", [])]
    assert len(scope["entries"]) == len(khan.crns())
    assert all(entry["sentWhole"] for entry in scope["entries"])
    crns = {
        edit["value"]["text"]
        for record in records if record["type"] == "case-header"
        for edit in record["edits"] if edit["field"] == "crn"
    }
    assert sorted(crns) == khan.crns()
    # From here on: only what is new, by the checkpoint.
    again = wire.post(office, laptop, "/v1/sync", request | {
        "checkpoint": pages[-1]["checkpoint"], "epoch": opening["epoch"], "wantsDigests": False})
    assert not any("records" in frame.get("page", {}) for frame in again.frames)
    pushed = peer.push(peer.body(
        shared.crn, "risk-concern", bytes(range(16)), text="Written by hand."))
    receipt = pushed.frames[1]["receipts"]["receipts"][0]
    assert (receipt["counter"], receipt["verdict"]) == ("1", "APPLIED")
    khan.sync()
    (hit,) = khan.json("search", "written by hand")
    assert hit["excerpt"] == "Written by hand."
