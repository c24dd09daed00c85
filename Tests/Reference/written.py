"""Identifiers and the canonical written form: sections 2, 3 and 8.2 of Protocol/README.md.

Messages are dictionaries by the names of doorstep.proto, which is read here and not said again.
What is not canonical, or past a limit, is a `ValueError`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Message = dict[str, Any]
Dot = tuple[bytes, int]  # replica and counter: one change's name (1)
Place = tuple[int, int]  # epoch and sequence, in the order by which places compare (1)
Fields = dict[int, tuple[str, str, bool, bool]]  # name, type, repeated, one of several kinds
DELETED = "~deleted"  # the field that holds deletions (3.3)
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PROTO = Path(__file__).resolve().parents[2] / "Protocol" / "doorstep.proto"


def require(condition: object, why: str) -> None:
    if not condition:
        raise ValueError(why)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def stamped(data: bytes, version: int) -> bytes:
    """16 bytes with the version and the variant of a UUID (2)."""
    return data[:6] + bytes([data[6] & 15 | version << 4, data[7], data[8] & 63 | 128]) + data[9:]


def named(kind: str, key: str) -> bytes:
    """The UUIDv8 of a natural key, the same on every laptop (2)."""
    return stamped(sha256(f"doorstep:{kind}:{key}".encode())[:16], 8)


def fresh() -> bytes:
    """A UUIDv7, for a record or a group: milliseconds, then chance (2)."""
    return stamped(int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10), 7)


def read_invitation(code: str) -> tuple[bytes, bytes]:
    """The secret and the fingerprint of a code as somebody has typed it (8.2)."""
    letters = code.upper().translate(str.maketrans("OIL", "011", "- "))
    require(len(letters) == 55 and set(letters) <= set(CROCKFORD), "not an invitation")
    bits = sum(CROCKFORD.index(letter) << 5 * place for place, letter in enumerate(letters[::-1]))
    held = (bits >> 3).to_bytes(34, "big")
    require(bits % 8 == 0 and sha256(held[:32])[:2] == held[32:], "a typing mistake")
    return held[:16], held[16:32]


class Vector(dict[bytes, int]):
    """The highest counter seen of each replica (3.2), with pointwise maximum and minimum."""

    def holds(self, dot: Dot) -> bool:
        return dot[1] <= self.get(dot[0], 0)

    def join(self, other: Vector) -> Vector:
        return Vector({key: max(self.get(key, 0), other.get(key, 0)) for key in {**self, **other}})

    def meet(self, other: Vector) -> Vector:
        return Vector({key: min(self[key], other[key]) for key in self if key in other})


def schemas(proto: str) -> dict[str, Fields]:
    """A .proto's messages by their own names, or after whose they are; fields by number."""
    made: dict[str, Fields] = {}
    blocks: list[tuple[str, str]] = []
    pattern = r"(message|oneof|enum) (\w+) \{|(repeated )?([\w.]+\.)?(\w+) (\w+) = (\d+);|\}"
    for token in re.finditer(pattern, re.sub("//.*", "", proto)):
        block, title, repeated, _, type_, name, number = token.groups()
        around = [title for block, title in blocks if block == "message"][-1:]
        inner = ".".join([*around, title or type_ or ""])
        if block:
            blocks.append((block, inner if title in made else title))
            made |= {blocks[-1][1]: {}} if block == "message" else {}
        elif name:
            type_ = inner if inner in made else type_
            made[around[0]][int(number)] = name, type_, bool(repeated), blocks[-1][0] == "oneof"
        else:
            blocks.pop()
    return {title: dict(sorted(fields.items())) for title, fields in made.items()}


SCHEMAS = schemas(PROTO.read_text())
NUMBERS = ("bool", "uint32", "uint64", "int64", "sint64", "Verdict")
DEFAULTS: Message = dict.fromkeys(NUMBERS, 0) | {"bool": False, "string": "", "bytes": b""}
# What section 3 says beyond doorstep.proto: forms, limits, and what must be there.
FORMS = dict.fromkeys("replica record id case_id group origin_replica".split(), b".{16}")
FORMS |= dict.fromkeys(("previous", "hash", "origin_hash"), rb"(?!\0{32}).{32}")
FORMS |= dict.fromkeys(("type", "author", "role", "name", "field"), b"[!-~]{1,64}")
FORMS |= dict.fromkeys(("text", "bytes", "reason"), b".{0,65536}")
REQUIRED = {
    "Dot": "replica counter", "NamedValue": "name value", "Standing": "field value",
    "Head": "counter hash author role", "RecordBody": "id type case_id",
    "ChangeBody": "replica counter record type case_id author role"}
MOST = {"Dot": 1024, "NamedValue": 256, "Value": 256, "Standing": 1024}
# Repeated, these ascend by their first field and are dictionaries here.
PAIRS = {"Dot": ("replica", "counter", Vector), "NamedValue": ("name", "value", dict)}


def varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def put(tag: int, content: int | bytes) -> bytes:
    """One field: a number as a varint, all else behind its length (3)."""
    if isinstance(content, int):
        return varint(tag << 3) + varint(content % (1 << 64))
    return varint(tag << 3 | 2) + varint(len(content)) + content


VARINT = re.compile(rb"[\x80-\xff]{0,8}[\x00-\x7f]|[\x80-\xff]{9}[\x00\x01]")


def take(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message as they came. Only kinds of a value that are newer use 1 and 5."""
    at = 0

    def number() -> int:
        nonlocal at
        found = VARINT.match(data, at)
        require(found, "cut, or a varint that does not end")
        at = found.end()
        return sum((byte & 127) << 7 * place for place, byte in enumerate(found[0]))

    while at < len(data):
        key = number()
        content = number() if key & 7 in (0, 2) else {1: 8, 5: 4}.get(key & 7, len(data))
        content, at = (data[at:at + content], at + content) if key & 7 else (content, at)
        require(at <= len(data), "cut, or a wire type that is not used")
        yield key >> 3, content


def write(title: str, message: Message) -> bytes:
    """The canonical form: defaults are left out, but for messages and the kinds of a value (3)."""
    made = message.get("newer", b"")
    for tag, (name, type_, repeated, one_of) in SCHEMAS[title].items():
        items = message.get(name, []) if repeated else [message[name]] if name in message else []
        if repeated and type_ in PAIRS:
            key, value, _ = PAIRS[type_]
            items = [{key: one, value: items[one]} for one in sorted(items)]
        for item in items:
            content = (item.encode() if type_ == "string" else item << 1 ^ item >> 63
                       if type_ == "sint64" else item if type_ in DEFAULTS else write(type_, item))
            made += put(tag, content) if content or one_of or type_ not in DEFAULTS else b""
    return made


def blank(title: str) -> Message:
    """A message with every field at its default; messages and the kinds of a value are absent."""
    return {name: PAIRS[type_][2]() if type_ in PAIRS else [] if repeated else DEFAULTS[type_]
            for name, type_, repeated, one_of in SCHEMAS[title].values()
            if repeated or type_ in DEFAULTS and not one_of}


def read(title: str, data: bytes, depth: int = 0) -> Message:
    """A message. Here is checked what writing it again and comparing would not show (3)."""
    fields, depth, message = SCHEMAS[title], depth + (title in ("Composite", "List")), blank(title)
    require(depth <= 8, "too deep")
    for tag, content in take(data):
        if tag not in fields and title == "Value":
            require(len([*take(data)]) == 1 and len(data) <= 65_536 and 0 < tag < 2**29, "not one")
            return {"newer": data}
        if tag not in fields:
            continue
        name, type_, repeated, _ = fields[tag]
        form = FORMS.get(name) if type_ in ("string", "bytes") else None
        require(isinstance(content, int) == (type_ in NUMBERS), "of another wire type")
        require(not form or re.fullmatch(form, content, re.S), f"{name} is of a wrong form")
        match type_:
            case "string": content = content.decode()
            case "bool": content = bool(content)
            case "int64": content -= content >> 63 << 64
            case "sint64": content = content >> 1 ^ -(content & 1)
            case inner if inner in SCHEMAS: content = read(inner, content, depth)
        if repeated and type_ in PAIRS:
            key, value = (content[part] for part in PAIRS[type_][:2])
            message[name][key] = value
        else:
            message[name] = [*message[name], content] if repeated else content
        require(not repeated or len(message[name]) <= MOST.get(type_, 10_000), "too many")
    for name in REQUIRED.get(title, "").split():
        require(message.get(name) not in (None, 0, "", b""), f"{name} is absent")
    require(title != "Value" or len(message) <= 1, "a value of two kinds")
    return message


def read_change(data: bytes) -> Message:
    """A change; bytes that differ anywhere from its canonical form are unreadable (3, 3.3)."""
    made = read("ChangeBody", data)
    origin = {bool(made[f"origin_{part}"]) for part in ("replica", "counter", "hash")}
    under = made["written_under_epoch"] > 0 or made["written_under_sequence"] == 0
    require(len(data) <= 262_144 and len(origin) == 1 and bool(made["set"]) != made["delete"]
            and len(made["set"]) <= 64 and not made["set"].get(DELETED) and under, "against 3.3")
    require(write("ChangeBody", made) == data, "not canonical")
    return made
