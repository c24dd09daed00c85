"""Every vector of Protocol/Vectors, reproduced by the reference alone."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

import reference
from forms import examine, from_json, invitation, read_identifier
from records import NOWHERE, Record, apply, case_digest, merge, read_field, read_record
from written import PROTO, Message, named, read, read_change, read_invitation, sha256, stamped
from written import write

FOLDER = PROTO.parent / "Vectors"


def vectors(kind: str) -> Any:
    """The cases of one file, each a test by its name."""
    file = json.loads((FOLDER / f"{kind}.json").read_text())
    assert file["kind"] == kind
    return pytest.mark.parametrize("case", file["cases"], ids=lambda case: case["name"])


def raw(text: str) -> bytes:
    return bytes.fromhex(text)


def test_no_file_is_left_out() -> None:
    held = {file.stem for file in FOLDER.glob("*.json")}
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert held <= tested and (FOLDER / "README.md").exists()


@vectors("identifiers")
def test_identifiers(case: Message) -> None:
    match case:
        case {"kind": kind, "key": key, "id": told}:
            assert named(kind, key) == read_identifier(told)
        case {"type": type_, "fields": fields, "case": case_, "id": told}:
            key = " ".join(str(one["value"]) for one in fields)
            own = any(one["reference"] or one["field"] == "crn" for one in fields)
            assert named(type_, key if own else f"{case_} {key}") == read_identifier(told)
        case {"milliseconds": moment, "chance": chance, "id": told}:
            assert stamped(moment.to_bytes(6, "big") + raw(chance), 7) == read_identifier(told)
        case {"text": text, "id": None}:
            with pytest.raises(ValueError):
                read_identifier(text)
        case {"text": text, "id": told}:
            assert str(uuid.UUID(bytes=read_identifier(text))) == told
        case _:
            pytest.fail("a case of an unknown form")


def without_newer(message: Any) -> bool:
    """Whether JSON can carry it: values of a newer kind are not in it (4)."""
    inner = message.values() if isinstance(message, dict) else message
    return not (isinstance(message, dict) and "newer" in message) and all(
        without_newer(one) for one in inner if isinstance(one, (dict, list)))


@vectors("changes")
def test_changes(case: Message) -> None:
    encoded = raw(case["bytes"])
    if "refused" in case:
        with pytest.raises(ValueError):
            read_change(encoded)
        return
    change = read_change(encoded)
    assert write("ChangeBody", change) == encoded and sha256(encoded).hex() == case["hash"]
    assert ("body" in case) == without_newer(change)
    if "body" in case:
        assert write("ChangeBody", from_json("ChangeBody", case["body"])) == encoded


@vectors("records")
def test_records(case: Message) -> None:
    encoded = raw(case["bytes"])
    if "refused" in case:
        with pytest.raises(ValueError):
            read_record(encoded)
        return
    record = read_record(encoded)
    assert record.encoded == encoded and record.digest.hex() == case["digest"]
    assert ("body" in case) == without_newer(read("RecordBody", encoded))
    if "body" in case:
        assert write("RecordBody", from_json("RecordBody", case["body"])) == encoded


@vectors("chains")
def test_chains(case: Message) -> None:
    found = examine(
        [raw(one) for one in case["known"]], raw(case["replica"]),
        (case["head"][0], raw(case["head"][1])), case["first_counter"],
        [raw(one) for one in case["changes"]], case["has_more"])
    if "head" in found:
        found["head"] = [found["head"][0], found["head"][1].hex()]
    assert found == case["finding"]


@vectors("applying")
def test_applying(case: Message) -> None:
    record: Record | None = read_record(raw(case["start"])) if "start" in case else None
    for step in case["steps"]:
        place = tuple(step["place"]) if step["place"] else NOWHERE
        record = apply(record, read_change(raw(step["change"])), place, "again" in step)
        assert record.encoded.hex() == step["record"]
        assert (record.digest.hex(), record.deleted) == (step["digest"], step["deleted"])


@vectors("merging")
def test_merging(case: Message) -> None:
    one, other = read_record(raw(case["one"])), read_record(raw(case["other"]))
    for merged in (merge(one, other), merge(other, one)):
        assert merged.encoded.hex() == case["merged"]
        assert (merged.digest.hex(), merged.deleted) == (case["digest"], case["deleted"])


@vectors("readings")
def test_readings(case: Message) -> None:
    record = read_record(raw(case["record"]))
    shown, status = read_field(case["rule"], record.standing(case["field"]))
    assert (write("Value", shown).hex(), status) == (case["shown"], case["status"])
    assert record.deleted == case["deleted"]


@vectors("digests")
def test_digests(case: Message) -> None:
    count, total = case_digest(read_record(raw(one)) for one in case["records"])
    assert (count, total.hex()) == (case["count"], case["sum"])


@vectors("invitations")
def test_invitations(case: Message) -> None:
    if "refused" in case:
        with pytest.raises(ValueError):
            read_invitation(case["code"])
        return
    held = raw(case["secret"]), raw(case["fingerprint"])
    assert invitation(*held) == case["code"]
    assert [read_invitation(typed) for typed in case["typed"]] == [held] * len(case["typed"])


def bare(title: str, said: Message, kind: str) -> Message:
    """A message from its JSON form without what is there for people alone (4)."""
    message = from_json(title, said)
    for one in message.get(kind, []):
        body = one.pop("body")
        assert write("ChangeBody" if kind == "changes" else "RecordBody", body) == one["encoded"]
    return message


@vectors("rounds")
def test_rounds(case: Message, tmp_path: Path) -> None:
    laptop = reference.Laptop(tmp_path, "https://office", raw(case["replica"]))
    for exchange in case.get("exchanges", [case]):
        for change in (read_change(raw(one)) for one in exchange["edits"]):
            laptop.outbox.append(change)
            laptop.counter, laptop.head = change["counter"], sha256(write("ChangeBody", change))
        asked = read("SyncRequest", raw(exchange["request"]["binary"]))
        request = laptop.request(asked["request_id"], asked["device_time"], asked["wants_digests"])
        assert write("SyncRequest", request).hex() == exchange["request"]["binary"]
        said = bare("SyncRequest", exchange["request"]["json"], "changes")
        assert write("SyncRequest", said).hex() == exchange["request"]["binary"]
        frames = reference.read_frames(raw(exchange["answer"]["binary"]))
        for frame, line in zip(frames, exchange["answer"]["json"], strict=True):
            pages = [bare("Page", line.pop("page"), "records")] if "page" in line else []
            said = from_json("Frame", line) | {"page": page for page in pages}
            assert write("Frame", said) == write("Frame", frame)
        if "refused" in exchange:
            with pytest.raises(ValueError):
                laptop.take(request, frames)
            return
        if exchange["orders"]:
            with pytest.raises(reference.Refused):
                laptop.take(request, frames)
        else:
            laptop.take(request, frames)
        assert (laptop.known, len(laptop.outbox)) == (exchange["known"], exchange["unsent"])
        assert laptop.checkpoint.hex() == exchange["checkpoint"]
        assert [laptop.base[key].encoded.hex() for key in sorted(laptop.base)] == exchange["base"]
        if laptop.digests:
            assert laptop.digests == {key: case_digest(laptop.base.values())
                                      for key in laptop.cases}
