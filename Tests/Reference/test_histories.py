"""Random histories: the reference and the Swift core take the same steps and agree after each.

The same histories at every run; DOORSTEP_HISTORIES=20000 tries so many, and others each time.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import programs
from records import NOWHERE, Record, apply, case_digest, merge, read_field, read_record
from written import DELETED, Message, Vector
from written import blank, named, put, read_change, sha256, varint, write

WANTED = os.environ.get("DOORSTEP_HISTORIES")
ASKING = settings(max_examples=int(WANTED or 400), derandomize=not WANTED, deadline=None,
                  database=None, print_blob=True)
CASE, RECORD = named("case", "X123456"), bytes(range(16, 32))
REPLICAS = [bytes([number]) * 16 for number in (7, 3, 9, 1)]
WHO = st.integers(0, len(REPLICAS) - 1)
CODES = ["low", "medium", "high"]
RULES = [
    {"rule": "union"}, {"rule": "ratchet", "order": CODES}, {"rule": "derived"},
    {"rule": "server-owned"}, {"rule": "field-merge", "prefer": "first"},
    {"rule": "field-merge", "prefer": "last"},
    {"rule": "field-merge", "prefer": "ranked", "by": "how", "order": CODES},
    {"rule": "signed", "stages": CODES}, {"rule": "claims", "holding": "disputed"},
    {"rule": "claims", "holding": "disputed", "agree-on": "code", "show-first": "present"}]

Ask = Callable[..., Message]


@pytest.fixture(scope="module")
def core() -> Iterator[Ask]:
    """Asks the Swift core, one line a question; a refusal is a `ValueError`, as the reference's."""
    program = programs.program("doorstep-sim")
    with subprocess.Popen([program, "core"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin and run.stdout

        def ask(deed: str, **given: Any) -> Message:
            run.stdin.write(json.dumps({"do": deed} | given).encode() + b"\n")
            run.stdin.flush()
            answer = json.loads(run.stdout.readline())
            if "refused" in answer:
                raise ValueError(answer["refused"])
            return answer

        yield ask
        run.stdin.close()
        assert run.wait(10) == 0


# Values of every kind, and such as the rules look at.

NEWER = st.builds(
    lambda tag, content: varint(tag << 3 | content[0]) + content[1],
    st.one_of(st.integers(8, 20), st.integers(8, 2**29 - 1)),
    st.one_of(
        st.tuples(st.just(0), st.builds(varint, st.integers(0, 2**64 - 1))),
        st.tuples(st.just(0), st.just(b"\x85\x00")),
        st.tuples(st.just(1), st.binary(min_size=8, max_size=8)),
        st.tuples(st.just(2), st.builds(lambda said: varint(len(said)) + said, st.binary())),
        st.tuples(st.just(5), st.binary(min_size=4, max_size=4))))
VECTORS = st.dictionaries(
    st.one_of(st.sampled_from(REPLICAS), st.binary(min_size=16, max_size=16)),
    st.one_of(st.integers(1, 4), st.integers(1, 2**64 - 1)), max_size=3).map(Vector)
CODE = st.sampled_from([*CODES, "odd"]).map(lambda code: {"text": code})
FLAG = st.booleans().map(lambda flag: {"flag": flag})
PLAIN = st.one_of(
    st.just({}), CODE, FLAG, st.text(max_size=6).map(lambda said: {"text": said}),
    st.integers(-2**63, 2**63 - 1).map(lambda number: {"integer": number}),
    st.binary(max_size=4).map(lambda said: {"bytes": said}),
    NEWER.map(lambda said: {"newer": said}), VECTORS.map(lambda seen: {"seen": {"entries": seen}}))


def composite(members: Message) -> Message:
    return {"composite": {"members": members}}


MEMBERS = st.fixed_dictionaries({}, optional={
    "how": CODE, "stage": CODE, "code": st.one_of(st.just({}), CODE), "present": FLAG, "by": PLAIN})
VALUES = st.recursive(
    st.one_of(PLAIN, MEMBERS.map(composite)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda values: {"list": {"values": values}}),
        st.dictionaries(st.sampled_from("abc!~"), inner, max_size=3).map(composite)),
    max_leaves=4)
PLACES = st.one_of(st.just(NOWHERE), st.tuples(st.integers(1, 2), st.integers(0, 12)))


# Steps of a history.


@dataclass(frozen=True)
class Step:
    """What one of the people does: all numbers are taken modulo what there is."""

    deed: str
    who: int
    place: tuple[int, int] = NOWHERE
    set: Message = field(default_factory=dict)
    is_old: bool = False  # on a form that was opened earlier
    claims: Vector = field(default_factory=Vector)  # to have seen, beyond what was shown
    other: int = 0  # whose copy, or which change
    again: bool = False  # known by the office's log


FIELDS = st.dictionaries(
    st.sampled_from(["a", "b", "set/x"]), VALUES, min_size=1, max_size=3)
CLAIMS = st.one_of(st.just(Vector()), st.just(Vector()), VECTORS)
ANY = st.integers(0, 30)
STEPS = st.lists(st.one_of(
    st.builds(Step, st.just("edit"), WHO, PLACES, FIELDS, st.booleans(), CLAIMS),
    st.builds(Step, st.just("edit"), WHO, PLACES, FIELDS),
    st.builds(Step, st.sampled_from(["delete", "withdraw"]), WHO, PLACES, is_old=st.booleans(),
              claims=CLAIMS),
    st.builds(Step, st.just("open"), WHO),
    st.builds(Step, st.just("hear"), WHO, PLACES, other=ANY, again=st.booleans()),
    st.builds(Step, st.just("issue"), WHO, PLACES, other=ANY),
    st.builds(Step, st.just("merge"), WHO, other=WHO)), min_size=1, max_size=16)


class History:
    """Copies of one record in several hands; each step is taken by both implementations."""

    def __init__(self, core: Ask) -> None:
        self.core = core
        self.copies: list[Record | None] = [None] * len(REPLICAS)
        self.forms = [Vector() for _ in REPLICAS]
        self.counters = [0 for _ in REPLICAS]
        self.heads = [b"" for _ in REPLICAS]
        self.changes: list[Message] = []

    def take(self, step: Step) -> None:
        note(str(step))
        who, copy = step.who, self.copies[step.who]
        shown = copy.version if copy else Vector()
        match step.deed:
            case "open":
                self.forms[who] = shown
            case "merge":
                other = self.copies[step.other]
                if copy and other:
                    told = self.core("merge", record=copy.encoded.hex(),
                                     other=other.encoded.hex(), rules=RULES)
                    self.keep(who, merge(copy, other), told)
            case "hear" | "issue":
                if self.changes:
                    change = self.changes[step.other % len(self.changes)]
                    change = self.issued_again(who, change) if step.deed == "issue" else change
                    self.apply(step, change)
            case _:
                seen = (self.forms[who] if step.is_old else shown).join(step.claims)
                set_ = {DELETED: {}} if step.deed == "withdraw" else step.set
                self.apply(step, self.made(who, context=seen, set=set_, delete=not set_))

    def made(self, who: int, **said: Any) -> Message:
        """A change of the next dot of a replica's chain."""
        self.counters[who] += 1
        change = blank("ChangeBody") | {
            "replica": REPLICAS[who], "counter": self.counters[who], "previous": self.heads[who],
            "record": RECORD, "type": "x-sample", "case_id": CASE, "author": f"user-{who}",
            "role": "officer", "recorded_at": -who} | said
        encoded = write("ChangeBody", change)
        self.heads[who] = sha256(encoded)
        told = self.core("change", change=encoded.hex())
        assert told == {"bytes": encoded.hex(), "digest": self.heads[who].hex()}
        assert read_change(encoded) == change
        self.changes.append(change)
        return change

    def issued_again(self, who: int, change: Message) -> Message:
        parts = ("replica", "counter", "hash")
        first = {"origin_" + part: change["origin_" + part] for part in parts}
        if not change["origin_hash"]:
            hash_ = sha256(write("ChangeBody", change))
            first = dict(zip(first, (change["replica"], change["counter"], hash_)))
        return self.made(who, **first, **{key: change[key] for key in (
            "context", "set", "delete", "author", "recorded_at")})

    def apply(self, step: Step, change: Message) -> None:
        copy = self.copies[step.who]
        told = self.core(
            "apply", change=write("ChangeBody", change).hex(), rules=RULES, again=step.again,
            place=None if step.place == NOWHERE else step.place,
            record=copy.encoded.hex() if copy else None)
        self.keep(step.who, apply(copy, change, step.place, step.again), told)

    def keep(self, who: int, record: Record, told: Message) -> None:
        """Holds what the reference made of a step against what the core made of it."""
        assert told["bytes"] == record.encoded.hex()
        assert told["digest"] == record.digest.hex()
        assert told["version"] == {key.hex(): value for key, value in record.version.items()}
        assert told["deleted"] == record.deleted
        assert told["readings"] == {
            name: [[write("Value", shown).hex(), status] for shown, status in (
                read_field(rule, record.standing(name)) for rule in RULES)]
            for name in {edit.field for edit in record.standing()} - {DELETED}}
        assert read_record(record.encoded) == record
        self.copies[who] = record


@ASKING
@given(steps=STEPS, order=st.permutations(range(len(REPLICAS))))
def test_both_make_the_same_of_every_history(
    core: Ask, steps: list[Step], order: list[int]
) -> None:
    history = History(core)
    for step in steps:
        history.take(step)
    held = [copy for copy in history.copies if copy]
    told = core("case", records=[copy.encoded.hex() for copy in held])
    assert (told["count"], bytes.fromhex(told["digest"])) == case_digest(held)
    # Whoever hears of all the others last, and in whatever order, holds the same. But a deletion
    # that was taken before what it saw is two edits under one dot: no office takes one so (6.2).
    values: dict[Any, Message] = {}
    cut_alike = all(values.setdefault(key, edit.value) == edit.value
                    for copy in held for key, edit in copy.edits.items())
    ends = set()
    for one in (order, order[::-1]):
        whole = [history.copies[who] for who in one if history.copies[who]]
        for copy in whole[1:]:
            bytes_ = core("merge", record=whole[0].encoded.hex(), other=copy.encoded.hex())["bytes"]
            whole[0] = merge(whole[0], copy)
            assert bytes_ == whole[0].encoded.hex()
        ends |= {whole[0].encoded} if whole else set()
    assert len(ends) < 2 or not cut_alike


# Bytes that are nearly right.

SPOILS = st.lists(st.tuples(
    st.sampled_from(["flip", "cut", "put", "drop", "copy"]), st.integers(0, 2**16),
    st.integers(1, 255)), min_size=1, max_size=3)


def spoilt(encoded: bytes, spoils: list[tuple[str, int, int]]) -> bytes:
    for deed, where, what in spoils:
        at = where % max(len(encoded), 1)
        before, after = encoded[:at], encoded[at:]
        match deed:
            case "flip": encoded = before + bytes([after[0] ^ what]) + after[1:] if after else b""
            case "cut": encoded = before
            case "put": encoded = before + bytes([what]) + after
            case "drop": encoded = before + after[1:]
            case _: encoded = before + after[:what % 40] + after
    return encoded


@ASKING
@given(steps=STEPS, spoils=SPOILS)
def test_both_refuse_the_same_bytes(
    core: Ask, steps: list[Step], spoils: list[tuple[str, int, int]]
) -> None:
    history = History(core)
    for step in steps:
        history.take(step)
    forms: list[tuple[str, bytes, Callable[[bytes], Any]]] = [
        ("change", write("ChangeBody", one), read_change) for one in history.changes[-2:]]
    forms += [("record", one.encoded, read_record) for one in history.copies if one]
    for kind, encoded, reader in forms:
        made = spoilt(encoded, spoils)
        note(f"{kind} {made.hex()}")
        assert is_taken(lambda: reader(made)) == is_taken(lambda: core(kind, **{kind: made.hex()}))


def is_taken(reading: Callable[[], Any]) -> bool:
    try:
        reading()
    except ValueError:
        return False
    return True
