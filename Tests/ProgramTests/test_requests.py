"""Requests that no Doorstep laptop would send are answered clearly, change nothing, and hold up
nobody else."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator

import pytest

import wire
from laptop import Laptop
from office import Office

REQUEST_LIMIT = 6 << 20
"""Bytes of a request's body: `Limits.requestBytes`."""


@pytest.fixture(scope="module")
def bare_office(
    bare_template: Office, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """One office for all tests here: each proves that it left the office as it was."""
    office = bare_template.copy(tmp_path_factory.mktemp("office")).start()
    yield office
    office.stop()


@pytest.fixture(scope="module")
def laptop(bare_office: Office) -> Laptop:
    """An enrolled laptop that has synced."""
    laptop = bare_office.enrol("a.khan")
    laptop.sync()
    return laptop


@pytest.fixture(scope="module")
def other(bare_office: Office) -> Laptop:
    """Another one, that has not synced yet."""
    return bare_office.enrol("b.jones")


@pytest.fixture(autouse=True)
def untouched(bare_office: Office, laptop: Laptop, other: Laptop) -> Iterator[None]:
    """Whatever a test here sends: the office keeps what it has, and serves on."""
    before = bare_office.facts()
    yield
    assert bare_office.facts() == before


def sync(
    office: Office, laptop: Laptop, body: bytes | Iterable[bytes], kind: str = wire.BINARY
) -> wire.Reply:
    return wire.ask(office, laptop, "POST", "/v1/sync", body, Content_Type=kind, Accept=wire.JSON)


@pytest.mark.parametrize("size", [REQUEST_LIMIT + 1, 1 << 40])
def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(
    bare_office: Office, laptop: Laptop, size: int
) -> None:
    with wire.connect(bare_office, laptop) as tls:
        head = f"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Length: {size}\r\n"
        tls.sendall(f"{head}Content-Type: {wire.BINARY}\r\nAccept: {wire.JSON}\r\n\r\n".encode())
        with tls.makefile("rb") as reader:
            assert reader.readline().startswith(b"HTTP/1.1 413 ")
            line = reader.readline()
            while line.strip():
                line = reader.readline()
            assert reader.read(20).startswith(b'{"code":"too-large"')


def test_a_body_that_turns_out_too_large_is_refused(bare_office: Office, laptop: Laptop) -> None:
    sync(bare_office, laptop, bytes(REQUEST_LIMIT + 1)).expect(413, "too-large")
    pieces = (bytes(1 << 16) for _ in range((REQUEST_LIMIT >> 16) + 1))
    sync(bare_office, laptop, pieces).expect(413, "too-large")


def test_a_body_whose_chunks_are_wrong_is_the_senders_fault(
    bare_office: Office, laptop: Laptop
) -> None:
    reply = wire.ask(
        bare_office, laptop, "POST", "/v1/sync", b"these are no chunks", Content_Type=wire.BINARY,
        Accept=wire.JSON, Transfer_Encoding="chunked")
    reply.expect(400, "bad-request")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff" * 64, os.urandom(4096), b"\x08", b"\x1a\x10short", b"\x0a\xff\xff\xff\xff\x0f",
        b"<html></html>", b"{}", b"\x00" * REQUEST_LIMIT,
    ],
    ids=["empty", "ones", "noise", "cut", "cut bytes", "long", "page", "json", "zeros"])
def test_a_binary_body_that_is_no_message_is_refused(
    bare_office: Office, laptop: Laptop, body: bytes
) -> None:
    reply = sync(bare_office, laptop, body)
    # Nothing at all is a message of version 0.
    assert reply.status in ((400, 426) if body in (b"", b"\x08") else (400,))
    assert reply.json["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"null", b'{"protocolVersion":"one"}', b'{"nosuch":1}', b"\xff\xfe",
        b'{"a":' * 5000, b'{"protocolVersion":1e99}', b'{"protocolVersion":1,"replica":"AA=="}',
        b'{"protocolVersion":1,"replica":"*"}', b'{"protocolVersion":1}',
    ],
    ids=[
        "cut", "list", "null", "wrong kind", "unknown", "not UTF-8", "deep", "huge", "short id",
        "not base 64", "no replica"])
def test_a_json_body_that_is_no_message_is_refused(
    bare_office: Office, laptop: Laptop, body: bytes
) -> None:
    sync(bare_office, laptop, body, wire.JSON).expect(400, "bad-request")


def test_a_truncated_message_is_refused(bare_office: Office, laptop: Laptop) -> None:
    whole = struct.pack("<BBBB", 8, 1, 0x1A, 16) + bytes(16)
    assert sync(bare_office, laptop, whole).status == 200
    for length in (3, 8, len(whole) - 1):
        sync(bare_office, laptop, whole[:length]).expect(400, "bad-request")


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_version_of_the_protocol_is_told_to_update(
    bare_office: Office, laptop: Laptop, version: int
) -> None:
    request = wire.sync_request(bytes(range(16)), protocolVersion=version)
    reply = wire.post(bare_office, laptop, "/v1/sync", request).expect(426, "unsupported-version")
    assert "Update" in reply.json["message"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", ""])
def test_another_media_type_is_refused_with_those_that_are_spoken(
    bare_office: Office, laptop: Laptop, kind: str
) -> None:
    reply = sync(bare_office, laptop, b"{}", kind).expect(415, "unsupported-media")
    assert wire.JSON in reply.json["message"] and wire.BINARY in reply.json["message"]


def test_a_checkpoint_that_the_office_did_not_make_is_refused(
    bare_office: Office, laptop: Laptop
) -> None:
    request = wire.sync_request(bytes(range(16)), checkpoint=wire.text(b"made up"))
    reply = wire.post(bare_office, laptop, "/v1/sync", request).expect(409, "foreign-checkpoint")
    assert "doorstep resync" in reply.json["message"]


@pytest.mark.parametrize(
    "more",
    [
        {"firstCounter": "1", "changes": [{"encoded": "AAAA"}]},
        {"firstCounter": "18446744073709551615", "changes": [{}, {}], "head": {"counter": "1"}},
        {"changes": [{}]},
        {"firstCounter": "1", "changes": [{}] * 501},
        {"obeyed": ["1"] * 501},
        {"head": {"counter": "1", "hash": "AAAA"}},
        {"checkpoint": wire.text(bytes(300_000))},
    ],
    ids=["head behind", "overflow", "no first", "too many", "obeys much", "hash", "checkpoint"])
def test_a_request_that_contradicts_itself_or_passes_a_limit_is_refused(
    bare_office: Office, laptop: Laptop, more: dict
) -> None:
    request = wire.sync_request(bytes(range(16)), **more)
    wire.post(bare_office, laptop, "/v1/sync", request).expect(400, "bad-request")


@pytest.mark.parametrize(
    "path",
    ["/", "/v1", "/v1/sync/", "/v1/nothing", "/v2/sync", "/../etc/passwd", "/%00", "/v1//sync"])
def test_an_unknown_path_is_not_found(bare_office: Office, laptop: Laptop, path: str) -> None:
    reply = wire.ask(bare_office, laptop, "GET", path)
    assert reply.status == 404 and reply.json["code"] == "not-found"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/sync"), ("DELETE", "/v1/sync"), ("POST", "/healthz"), ("PUT", "/v1/enrol")])
def test_a_wrong_method_is_said_to_be_one(
    bare_office: Office, laptop: Laptop, method: str, path: str
) -> None:
    wire.ask(bare_office, laptop, method, path).expect(405, "method-not-allowed")


def test_a_wrong_method_does_nothing(bare_office: Office, laptop: Laptop) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert wire.ask(bare_office, laptop, method, "/v1/sync").status in (404, 405)


@pytest.mark.parametrize(
    "headers",
    [{"X-Long": "x" * 20_000}, {f"X-{number}": "y" for number in range(100)}],
    ids=["one long", "many"])
def test_headers_beyond_the_limit_are_refused(
    bare_office: Office, laptop: Laptop, headers: dict[str, str]
) -> None:
    assert wire.ask(bare_office, laptop, "GET", "/healthz", **headers).status in (400, 431)


@pytest.mark.parametrize(
    "said",
    [
        b"hello\r\n\r\n", b"\x00" * 100, b"GET /healthz HTTP/9.9\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=["words", "zeros", "version", "two lengths", "negative", "smuggling", "http/2"])
def test_what_is_not_http_is_refused(bare_office: Office, laptop: Laptop, said: bytes) -> None:
    with wire.connect(bare_office, laptop) as tls:
        tls.sendall(said)
        answer = tls.recv(65536)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 505")


def test_what_is_not_tls_is_refused(bare_office: Office) -> None:
    with wire.plain(bare_office) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: office\r\n\r\n")
        assert b"200" not in plain.recv(65536)


def test_requests_cut_half_way_hold_up_nobody(bare_office: Office, laptop: Laptop) -> None:
    head = f"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Type: {wire.BINARY}\r\n"
    halves = [
        "", "POST /v1", head, f"{head}Content-Length: 1000\r\n\r\n",
        f"{head}Content-Length: 1000\r\n\r\nhalf",
        f"{head}Transfer-Encoding: chunked\r\n\r\n400\r\nhalf"]
    for half in halves:
        for _ in range(5):
            tls = wire.connect(bare_office, laptop)
            tls.sendall(half.encode())
            # Closed without a word of TLS.
            tls.close()
    laptop.sync()


def test_connections_that_say_nothing_hold_up_nobody(bare_office: Office, laptop: Laptop) -> None:
    silent = [wire.plain(bare_office) for _ in range(50)]
    waiting = [wire.connect(bare_office, laptop) for _ in range(50)]
    try:
        laptop.sync()
    finally:
        for connection in [*silent, *waiting]:
            connection.close()


def test_a_replica_belongs_to_one_device(
    bare_office: Office, other: Laptop, laptop: Laptop
) -> None:
    request = wire.sync_request(bytes(range(16)))
    assert wire.post(bare_office, other, "/v1/sync", request).status == 200
    wire.post(bare_office, laptop, "/v1/sync", request).expect(403, "replica-of-another-device")
