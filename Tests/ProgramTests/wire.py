"""Doorstep's protocol by hand: HTTPS with a machine's certificate, JSON, and changes.

Written from Protocol/doorstep.proto, without any code of the programs.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import socket
import ssl
import tempfile
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import programs

if TYPE_CHECKING:
    from laptop import Laptop
    from office import Office

JSON = "application/vnd.doorstep.v1+json"
BINARY = "application/vnd.doorstep.v1+protobuf"


@dataclass(frozen=True)
class Reply:
    """An answer to one request."""

    status: int
    type: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def frames(self) -> list[dict[str, Any]]:
        """The frames of a sync, one a line."""
        assert self.body.endswith(b"\n")
        return [json.loads(line) for line in self.body.split(b"\n")[:-1]]

    def expect(self, status: int, code: str) -> Reply:
        """Checks that this is a problem with a sentence for people."""
        assert (self.status, self.json["code"]) == (status, code), self
        assert self.json["message"].endswith("."), self
        return self


def context(office: Office, machine: Laptop | None) -> ssl.SSLContext:
    """TLS that trusts this office's authority alone, with a machine's certificate or none."""
    made = ssl.create_default_context(cafile=str(office.data / "authority.pem"))
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    if machine:
        known = machine.settings
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(known["certificate"] + "\n" + known["key"])
            file.flush()
            made.load_cert_chain(file.name)
    return made


def plain(office: Office, receives: int | None = None) -> socket.socket:
    """A connection without TLS. With `receives`, the bytes that are kept for a slow reader."""
    made = socket.socket()
    made.settimeout(programs.PATIENCE)
    if receives:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    made.connect(("127.0.0.1", office.port))
    return made


def connect(office: Office, machine: Laptop | None, receives: int | None = None) -> ssl.SSLSocket:
    """A TLS connection."""
    return context(office, machine).wrap_socket(
        plain(office, receives), server_hostname="127.0.0.1")


def ask(
    office: Office, machine: Laptop | None, method: str, path: str,
    body: bytes | Iterable[bytes] | None = None, **headers: str,
) -> Reply:
    """One request. Header names have `_` for `-`. A body of pieces is sent in chunks."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPSConnection(
        "127.0.0.1", office.port, timeout=programs.PATIENCE, context=context(office, machine))
    try:
        # An office that has heard enough answers and closes while the rest is still being sent.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, path, body, named)
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers.get_content_type(), answer.read())
    finally:
        connection.close()


def post(office: Office, machine: Laptop | None, path: str, message: Any) -> Reply:
    """Posts a message as JSON and asks for JSON."""
    return ask(
        office, machine, "POST", path, json.dumps(message).encode(), Content_Type=JSON, Accept=JSON)


def text(data: bytes) -> str:
    """Bytes as proto3 JSON writes them."""
    return base64.b64encode(data).decode()


def case_id(crn: str) -> bytes:
    """The id of a case: a UUIDv8 of its natural key."""
    made = bytearray(hashlib.sha256(f"doorstep:case:{crn}".encode()).digest()[:16])
    made[6] = made[6] & 0x0F | 0x80
    made[8] = made[8] & 0x3F | 0x80
    return bytes(made)


def sync_request(replica: bytes, **more: Any) -> dict[str, Any]:
    """A sync request in JSON that sends nothing, unless `more` says otherwise."""
    return {
        "protocolVersion": 1, "requestId": "7", "replica": text(replica), "catalogueVersion": 1,
        "deviceTime": str(int(time.time() * 1000)),
    } | more


@dataclass
class Peer:
    """A laptop of a newer Doorstep: it makes changes of any type, and keeps their chain."""

    office: Office
    machine: Laptop
    replica: bytes = field(default_factory=lambda: uuid.uuid4().bytes)
    counter: int = 0
    head: bytes = b""

    def body(self, crn: str, type_: str, record: bytes, /, **fields: str) -> dict[str, Any]:
        """A change that makes a record, as `body` alone. Field names have `_` for `-`."""
        members = [
            {"name": name.replace("_", "-"), "value": {"text": value}}
            for name, value in sorted(fields.items())
        ]
        body = {
            "replica": text(self.replica), "counter": str(self.counter + 1),
            "record": text(record), "type": type_, "caseId": text(case_id(crn)), "set": members,
            "author": self.machine.settings["user"], "role": self.machine.settings["role"],
            "recordedAt": str(int(time.time() * 1000)),
        }
        return body | ({"previous": text(self.head)} if self.head else {})

    def push(self, *bodies: dict[str, Any]) -> Reply:
        """Sends changes whose bodies were made one after the other."""
        first = self.counter + 1
        for body in bodies:
            body["counter"] = str(self.counter + 1)
            if self.head:
                body["previous"] = text(self.head)
            self.counter += 1
            self.head = hashlib.sha256(encoded(body)).digest()
        return post(self.office, self.machine, "/v1/sync", sync_request(
            self.replica, head={"counter": str(self.counter), "hash": text(self.head)},
            firstCounter=str(first), changes=[{"body": body} for body in bodies],
            unsent=str(len(bodies))))


def encoded(body: dict[str, Any]) -> bytes:
    """The canonical form of a change that sets texts and numbers: fields ascending, defaults left
    out."""
    def bytes_of(name: str) -> bytes:
        return base64.b64decode(body.get(name, ""))

    parts = [
        _bytes(1, bytes_of("replica")), _number(2, int(body["counter"])),
        _bytes(3, bytes_of("previous")), _bytes(4, bytes_of("record")),
        _bytes(5, body["type"].encode()), _bytes(6, bytes_of("caseId")),
    ]
    parts += [
        _bytes(7, _bytes(1, base64.b64decode(dot["replica"])) + _number(2, int(dot["counter"])))
        for dot in body.get("context", [])
    ]
    for member in body["set"]:
        value = _value(member["value"])
        parts.append(_bytes(8, _bytes(1, member["name"].encode()) + _bytes(2, value, always=True)))
    parts += [
        _bytes(10, body["author"].encode()), _bytes(11, body["role"].encode()),
        _number(12, int(body["recordedAt"])),
    ]
    return b"".join(parts)


def _value(value: dict[str, str]) -> bytes:
    if "integer" in value:
        number = int(value["integer"])
        # Zigzag, and there even when it is 0.
        return b"\x10" + _varint(number << 1 if number >= 0 else ~(number << 1))
    return _bytes(1, value["text"].encode(), always=True)


def without(message: bytes, tag: int) -> bytes:
    """A message in binary without one of its fields."""
    kept, start = bytearray(), 0
    while start < len(message):
        key, end = _read(message, start)
        match key & 7:
            case 0: _, end = _read(message, end)
            case 1: end += 8
            case 2:
                length, end = _read(message, end)
                end += length
            case kind: raise AssertionError(f"a field of kind {kind}")
        if key >> 3 != tag:
            kept += message[start:end]
        start = end
    return bytes(kept)


def _read(message: bytes, start: int) -> tuple[int, int]:
    """A varint, and where it ends."""
    number = shift = 0
    while True:
        byte = message[start]
        number |= (byte & 0x7F) << shift
        start, shift = start + 1, shift + 7
        if byte < 0x80:
            return number, start


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(made + bytes([number]))


def _number(tag: int, number: int) -> bytes:
    return _varint(tag << 3) + _varint(number) if number else b""


def _bytes(tag: int, data: bytes, always: bool = False) -> bytes:
    return _varint(tag << 3 | 2) + _varint(len(data)) + data if data or always else b""
