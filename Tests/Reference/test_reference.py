"""The reference against itself, against the protocol's worked examples, and against the programs.

Chance is seeded, so that a failure can be had again.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

import programs
import records
import reference
import wire
from forms import from_json, invitation, to_json
from laptop import Laptop
from office import Office
from records import BY_RULE, CONTESTED, NOWHERE, SETTLED, Record, apply, case_digest, merge
from records import read_field, read_record, rule_of
from written import DELETED, PROTO, Message, Vector
from written import blank, fresh, named, put, read, read_change, read_invitation, sha256, write

CASE = named("case", "X123456")
RECORD = bytes(range(16, 32))
SEEDS = pytest.mark.parametrize("seed", range(60))


def text(content: str) -> Message:
    return {"text": content}


def composite(**members: Message) -> Message:
    return {"composite": {
        "members": {name.replace("_", "-"): value for name, value in members.items()}}}


def as_text(identifier: bytes) -> str:
    return str(uuid.UUID(bytes=identifier))


# Histories by chance: people edit their own copies, and hear of each other or not.


def any_value(chance: Random, depth: int = 0) -> Message:
    """A value of any kind, also of one that is newer than this text."""
    inner = [any_value(chance, depth + 1) for _ in range(chance.randrange(4))] if depth < 3 else []
    names = chance.sample("abcdefgh", len(inner))
    return chance.choice([
        {}, text(chance.choice(["", "a", "é", "e\u0301", "x" * 300])),
        {"integer": chance.choice([0, 1, -1, 2**63 - 1, -2**63])}, {"flag": chance.random() < 0.5},
        {"bytes": chance.randbytes(chance.randrange(3))},
        composite(**dict(zip(names, inner))), {"list": {"values": inner}},
        {"newer": put(chance.randrange(8, 99), chance.choice([chance.randrange(2**40), b"new"]))},
        {"seen": {"entries": Vector({chance.randbytes(16): chance.randrange(1, 2**64)})}}])


def any_change(chance: Random, replica: bytes, counter: int, context: Vector) -> Message:
    """A change of the one record of a history: an edit, a deletion, or a deletion withdrawn."""
    deletes = chance.random() < 0.15
    names = chance.sample(["a", "b", "c", "set/x", DELETED], chance.randrange(1, 4))
    return blank("ChangeBody") | {
        "replica": replica, "counter": counter, "record": RECORD, "type": "x-sample",
        "previous": chance.randbytes(32) if counter > 1 else b"", "case_id": CASE,
        "context": context, "author": f"user-{replica[0]}", "role": "officer",
        "set": {} if deletes else {
            name: {} if name == DELETED else any_value(chance, 2) for name in names},
        "delete": deletes, "recorded_at": chance.choice([0, -1, 1735689600000]),
        "group": chance.choice([b"", chance.randbytes(16)]), "reason": chance.choice(["", "why"])}


def history(chance: Random, size: int = 14) -> list[Message]:
    """Changes by four replicas, each made on a copy that had heard of some of the others."""
    replicas = [bytes([number]) * 16 for number in (7, 3, 9, 1)]
    copies: dict[bytes, Record | None] = dict.fromkeys(replicas)
    made: list[Message] = []
    while len(made) < size:
        mine, other = chance.sample(replicas, 2)
        one, two = copies[mine], copies[other]
        if one and two and chance.random() < 0.5:
            copies[mine] = merge(one, two)
        elif one or not made:
            counter = 1 + (one.version.get(mine, 0) if one else 0)
            change = any_change(chance, mine, counter, one.version if one else Vector())
            copies[mine] = apply(one, change)
            made.append(change)
        else:
            copies[mine] = two
    return made


def in_some_order(chance: Random, changes: list[Message]) -> list[Message]:
    """The changes in another order in which each comes after all that its author had seen."""
    waiting, made, seen = list(changes), [], Vector()
    while waiting:
        ready = [one for one in waiting if all(map(seen.holds, one["context"].items()))]
        change = chance.choice(ready)
        waiting.remove(change)
        made.append(change)
        seen = seen.join(Vector({change["replica"]: change["counter"]}))
    return made


def applied(changes: list[Message], places: Callable[[Message], Any] = lambda _: NOWHERE) -> Record:
    record: Record | None = None
    for change in changes:
        record = apply(record, change, places(change))
    assert record
    return record


def some_copies(chance: Random, number: int) -> list[Record]:
    """Copies of one record that differ in what they have heard, and in places."""
    changes = history(chance)
    copies = []
    for _ in range(number):
        heard = in_some_order(chance, changes)[:chance.randrange(1, len(changes) + 1)]
        copies.append(applied(heard, lambda change: (1, heard.index(change) + chance.randrange(9))))
    return copies


@SEEDS
def test_merging_asks_neither_for_order_nor_for_number(seed: int) -> None:
    a, b, c = some_copies(Random(seed), 3)
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, a) == a and merge(merge(a, b), b) == merge(a, b)
    assert merge(a, b).encoded == merge(b, a).encoded


@SEEDS
def test_any_order_that_keeps_cause_before_effect_makes_one_record(seed: int) -> None:
    chance = Random(seed)
    changes = history(chance)
    first, second = applied(changes), applied(in_some_order(chance, changes))
    assert first == second and first.encoded == second.encoded
    # Twice is as good as once.
    assert applied([*changes, *in_some_order(chance, changes)]) == first
    # With places, what stands where is settled by who came first, and the digest knows no places.
    numbered = applied(changes, lambda change: (1, changes.index(change) + 1))
    assert numbered.digest == first.digest and numbered.version == first.version


@SEEDS
def test_what_two_have_heard_apart_is_what_one_hears_of_both(seed: int) -> None:
    chance = Random(seed)
    changes = history(chance)
    here, there = (in_some_order(chance, changes)[:chance.randrange(1, 14)] for _ in range(2))
    both = [change for change in changes if change in here or change in there]
    assert merge(applied(here), applied(there)) == applied(both)


@SEEDS
def test_records_and_changes_come_back_from_their_written_form(seed: int) -> None:
    chance = Random(seed)
    for record in some_copies(chance, 3):
        assert read_record(record.encoded) == record
    for change in history(chance):
        encoded = write("ChangeBody", change)
        again = read_change(encoded)
        assert again == change and write("ChangeBody", again) == encoded
    for _ in range(20):
        value = any_value(chance)
        assert read("Value", write("Value", value)) == value


@SEEDS
def test_spoilt_bytes_are_unreadable_or_are_another_canonical_form(seed: int) -> None:
    chance = Random(seed)
    forms = [(write("ChangeBody", history(chance)[-1]), read_change),
             (some_copies(chance, 1)[0].encoded, read_record)]
    for encoded, reader in forms:
        for _ in range(60):
            spoilt = bytearray(encoded)
            spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
            at = chance.randrange(len(spoilt))
            spoilt = chance.choice([spoilt, spoilt[:at], spoilt + bytes([at % 256])])
            try:
                again = reader(bytes(spoilt))
            except ValueError:
                continue
            written = again.encoded if isinstance(again, Record) else write("ChangeBody", again)
            assert written == spoilt


@pytest.mark.parametrize(
    "spoil",
    [
        lambda change: change | {"delete": True}, lambda change: change | {"set": {}},
        lambda change: change | {"set": {"a b": {}}}, lambda change: change | {"author": ""},
        lambda change: change | {"set": {"a" * 65: {}}}, lambda change: change | {"counter": 0},
        lambda change: change | {"set": {"a": text("x" * 65_537)}},
        lambda change: change | {"set": {str(at): {} for at in range(65)}},
        lambda change: change | {"set": {DELETED: text("")}},
        lambda change: change | {"previous": bytes(32)}, lambda change: change | {"group": b"1"},
        lambda change: change | {"origin_replica": bytes(16)},
        lambda change: change | {"context": Vector({bytes(16): 0})},
    ])
def test_what_breaks_a_rule_of_changes_is_unreadable(
    spoil: Callable[[Message], Message]
) -> None:
    change = any_change(Random(0), bytes(16), 1, Vector()) | {"set": {"a": {}}, "delete": False}
    assert read_change(write("ChangeBody", change)) == change
    with pytest.raises(ValueError):
        read_change(write("ChangeBody", spoil(change)))


@pytest.mark.parametrize(
    "spoilt",
    [
        put(1, b"a") + put(2, 1), put(1, b"a") + put(1, b"b"), put(3, 2), put(1, b"\xed\xa0\x80"),
        put(9, b"") + put(10, b""), b"\x0a\x81\x00a", put(2**29, 0), put(5, put(2, 1)),
        put(9, bytes(65_533)), put(6, put(1, b"") * 257), put(1, bytes(65_537)),
    ],
    ids=["two kinds", "twice", "flag", "surrogate", "two newer", "length", "number", "unknown",
         "newer and long", "long list", "long text"])
def test_what_breaks_a_rule_of_values_is_unreadable(spoilt: bytes) -> None:
    change = any_change(Random(0), bytes(16), 1, Vector()) | {"set": {"a": {}}, "delete": False}
    encoded = write("ChangeBody", change)
    empty, filled = (put(8, put(1, b"a") + put(2, value)) for value in (b"", spoilt))
    assert encoded.count(empty) == 1 and read_change(encoded) == change
    with pytest.raises(ValueError):
        read_change(encoded.replace(empty, filled))


@pytest.mark.parametrize(
    "newer", [b"\x50\x85\x00", b"\xd0\x80\x00\x05", b"\x52\x81\x00a", b"\x55abcd", b"\x51abcdefgh"],
    ids=["varint", "tag", "length", "four bytes", "eight bytes"])
def test_a_value_of_a_newer_kind_is_carried_as_it_came(newer: bytes) -> None:
    change = any_change(Random(0), bytes(16), 1, Vector()) | {"set": {"a": {"newer": newer}}}
    change["delete"] = False
    assert read_change(write("ChangeBody", change)) == change


# Rules, places and deletions, by hand.


def edits(*values: Message) -> list[records.Edit]:
    """Standing edits of one field, in the order in which the office took them."""
    return [records.Edit("f", (bytes([99 - at]) * 16, 1), value, bytes([at]) * 32, "u", "r", 0,
                         (1, at + 1)) for at, value in enumerate(values)]


LOW, HIGH, NEW = text("low"), text("high"), text("new")
RATCHET = {"rule": "ratchet", "order": ["low", "high"]}
RANKED = {"rule": "field-merge", "prefer": "ranked", "by": "v", "order": ["low", "high"]}
CLAIMS = {"rule": "claims", "holding": "?", "agree-on": "c", "show-first": "p"}
YES, NO = {"flag": True}, {"flag": False}


@pytest.mark.parametrize(
    ("rule", "values", "shown", "status"),
    [
        (RATCHET, [HIGH, HIGH], HIGH, SETTLED), (RATCHET, [LOW, HIGH, LOW], HIGH, BY_RULE),
        (RATCHET, [HIGH, NEW], NEW, BY_RULE), (RATCHET, [{}, LOW], LOW, BY_RULE),
        ({"rule": "signed", "stages": ["low", "high"]}, [HIGH, LOW], HIGH, BY_RULE),
        ({"rule": "union"}, [NO, YES], YES, BY_RULE), ({"rule": "union"}, [LOW, NEW], LOW, BY_RULE),
        ({"rule": "server-owned"}, [LOW, NEW], NEW, BY_RULE),
        ({"rule": "derived"}, [LOW, {}], {}, BY_RULE),
        (rule_of({}, "x", "y"), [LOW, NEW], LOW, CONTESTED),
        ({"rule": "field-merge", "prefer": "last"}, [LOW, NEW], NEW, CONTESTED),
        (RANKED, [composite(v=HIGH, a=LOW), composite(v=HIGH), composite(v=NEW)],
         composite(v=HIGH), CONTESTED),
        (RANKED, [{}, composite(v=NEW)], composite(v=NEW), CONTESTED),
        (CLAIMS, [composite(c=LOW), composite(c=HIGH)], text("?"), CONTESTED),
        (CLAIMS, [composite(c=LOW), {}], text("?"), CONTESTED),
        (CLAIMS, [composite(c=LOW), composite(c=LOW, p=YES)], composite(c=LOW, p=YES), BY_RULE),
        (CLAIMS, [composite(c=LOW), composite(c=LOW, x=NEW)], composite(c=LOW), BY_RULE),
    ])
def test_each_rule_reads_as_the_table_says(
    rule: Message, values: list[Message], shown: Message, status: str
) -> None:
    assert read_field(rule, edits(*values)) == (shown, status)
    assert read_field(rule, reversed(edits(*values))) == (shown, status)


def test_doubles_count_as_one_where_the_last_counts() -> None:
    low, high = edits(LOW, HIGH)
    again = replace(low, dot=(b"z" * 16, 1), place=(1, 9))
    assert read_field({"rule": "server-owned"}, [low, high, again]) == (HIGH, BY_RULE)


def change_by(replica: bytes, counter: int, context: Vector, **values: Message) -> Message:
    return any_change(Random(1), replica, counter, context) | {"set": values, "delete": False}


def test_an_edit_takes_the_place_of_the_earliest_that_it_displaces() -> None:
    made = apply(None, change_by(b"a" * 16, 1, Vector(), a=LOW), (1, 5))
    edit = change_by(b"b" * 16, 1, made.version, a=HIGH, b=HIGH)
    places = [one.place for one in apply(made, edit, (1, 9)).standing()]
    assert places == [(1, 5), (1, 9)]
    assert [one.place for one in apply(made, edit).standing()] == [NOWHERE, NOWHERE]
    # One change has then two heads, and a copy that knows no place gives way to one that does.
    assert len(read("RecordBody", apply(made, edit, (1, 9)).encoded)["heads"]) == 2
    assert merge(apply(made, edit), apply(made, edit, (1, 9))) == apply(made, edit, (1, 9))
    assert merge(apply(made, edit, (1, 9)), apply(made, edit, (1, 3))) == apply(made, edit, (1, 3))


def test_a_concurrent_edit_keeps_a_deleted_record() -> None:
    made = change_by(b"a" * 16, 1, Vector(), a=LOW)
    seen = applied([made]).version
    gone = change_by(b"b" * 16, 1, seen) | {"delete": True}
    edit = change_by(b"c" * 16, 1, seen, a=HIGH)
    assert applied([made, gone]).deleted
    assert not applied([made, gone, edit]).deleted and not applied([made, edit, gone]).deleted
    withdrawn = change_by(b"a" * 16, 2, applied([made, gone]).version, **{DELETED: {}})
    assert not applied([made, gone, withdrawn]).deleted


def test_another_issue_of_a_change_counts_as_the_same() -> None:
    made = change_by(b"a" * 16, 1, Vector(), a=LOW)
    again = made | {
        "replica": b"b" * 16, "origin_replica": made["replica"], "origin_counter": 1,
        "origin_hash": sha256(write("ChangeBody", made))}
    both = applied([made, again])
    assert len(both.standing("a")) == 2 and applied([again, made]).digest == both.digest
    assert read_field(RATCHET, both.standing("a")) == (LOW, SETTLED)
    # Who has seen either has seen the edit.
    for seen in (made, again):
        other = change_by(b"c" * 16, 1, Vector({seen["replica"]: 1}), a=HIGH)
        (left,) = apply(both, other).standing("a")
        assert left.value == HIGH
        # An issue that was superseded elsewhere takes its doubles with it.
        elsewhere = applied([seen, other])
        copy = replace(elsewhere, edits=elsewhere.edits | both.edits,
                       version=elsewhere.version.join(both.version))
        copy.edits.pop(("a", (seen["replica"], 1)))
        assert [one.value for one in apply(copy, seen).standing("a")] == [HIGH]


# Section 10: the worked examples, taken from the text itself.

EXAMPLES = (PROTO.parent / "README.md").read_text().partition("## 10. Worked examples")[2]


def test_the_names_of_section_10() -> None:
    assert f"`{as_text(CASE)}`" in EXAMPLES
    assert f"`{as_text(named('case-header', 'X123456'))}`" in EXAMPLES


def test_the_change_of_section_10() -> None:
    change = blank("ChangeBody") | {
        "replica": bytes(range(16)), "counter": 1, "record": RECORD, "type": "contact-entry",
        "case_id": CASE, "set": {"kind": text("CTOB"), "text": text("Rang; no answer.")},
        "author": "a.khan", "role": "officer", "recorded_at": 1735689600000}
    encoded = write("ChangeBody", change)
    shown = re.sub(r"\s", "", EXAMPLES.split("```")[1])
    assert (encoded.hex(), len(encoded)) == (shown, 139)
    assert f"`{sha256(encoded).hex()}`" in EXAMPLES
    assert read_change(encoded) == change


def test_the_invitation_of_section_10() -> None:
    code = invitation(bytes(range(16)), RECORD)
    assert f"`{code}`" in EXAMPLES
    for typed in (code, code.lower().replace("-", " "), code.replace("0", "o").replace("1", "L")):
        assert read_invitation(typed) == (bytes(range(16)), RECORD)
    with pytest.raises(ValueError):
        read_invitation(code.replace("R", "S", 1))


def test_the_first_sync_of_section_10(tmp_path: Path) -> None:
    lines = [line for line in EXAMPLES.splitlines() if line.startswith("{")]
    laptop = reference.Laptop(tmp_path, "https://office", bytes(range(16)))
    request = laptop.request(7, now=0)
    assert json.dumps(to_json("SyncRequest", request), separators=(",", ":")) == lines[0]
    # The example leaves out most of the checkpoint.
    frames = [from_json("Frame", json.loads(line.replace("CAEQA…", "CAEQAQ==")))
              for line in lines[1:]]
    for frame, line in zip(frames, lines[1:], strict=True):
        said = json.dumps(to_json("Frame", frame), separators=(",", ":"))
        assert said.replace("CAEQAQ==", "CAEQA…") == line
    laptop.take(request, frames)
    assert laptop.cases == {CASE: True} and laptop.base == {} and laptop.epoch == 1
    assert laptop.checkpoint == b"\x08\x01\x10\x01"
    for spoilt in (frames[:-1], frames[1:], [*frames, frames[-1]], frames[:1] + frames[2:]):
        with pytest.raises(ValueError):
            laptop.take(request, spoilt)


# The real programs, with the reference as one laptop more.


@pytest.fixture
def join(office: Office, khan: Laptop, tmp_path: Path) -> Callable[..., reference.Laptop]:
    """Joins the office with the reference, as somebody who holds all cases of a.khan."""
    def joined(user: str, role: str = "officer") -> reference.Laptop:
        folder = tmp_path / f"reference-{user}"
        folder.mkdir()
        laptop = reference.Laptop(folder, office.url)
        laptop.enrol(office.code(user, "--role", role))
        assert (laptop.user, laptop.role) == (user, role)
        office.ctl("grant", user, *khan.crns()).expect(programs.DONE)
        laptop.fetch_catalogue()
        agreed(laptop)
        return laptop

    return joined


def own_digests(laptop: reference.Laptop) -> dict[bytes, tuple[int, bytes]]:
    return {case: case_digest(one for one in laptop.base.values() if one.case_id == case)
            for case in laptop.cases}


def agreed(laptop: reference.Laptop) -> None:
    """Syncs, and proves that the base is what the office says that it is (6.10)."""
    assert laptop.sync(wants_digests=True)
    assert all(laptop.cases.values()) and laptop.digests == own_digests(laptop)
    assert laptop.outbox == [] == laptop.overlay


def pulled_anew(laptop: reference.Laptop) -> dict[bytes, bytes]:
    """Every record as the office sends it to somebody who has nothing."""
    anew = reference.Laptop(laptop.folder, f"https://{laptop.address}", laptop.replica)
    anew.counter, anew.head = laptop.counter, laptop.head
    agreed(anew)
    return {key: record.encoded for key, record in anew.base.items()}


def base(laptop: reference.Laptop) -> dict[bytes, bytes]:
    return {key: record.encoded for key, record in laptop.base.items()}


def test_the_reference_holds_what_the_office_and_its_laptops_hold(
    office: Office, khan: Laptop, join: Callable[..., reference.Laptop]
) -> None:
    laptop = join("c.third")
    assert set(laptop.cases) == {named("case", crn) for crn in khan.crns()}
    office_says, khan_says = office.asked("verify"), khan.json("verify")
    sums = {as_text(case): digest.hex() for case, (_, digest) in own_digests(laptop).items()}
    assert office_says["problems"] == [] and sums.items() <= office_says["digests"].items()
    assert khan_says["agrees"] and khan_says["digests"] == sums
    # Nothing new: the checkpoint says so, and nothing is sent again.
    before = base(laptop)
    laptop.base = {}
    assert laptop.sync() and laptop.base == {}
    assert pulled_anew(laptop) == before


def test_the_json_form_tells_the_same(office: Office, khan: Laptop) -> None:
    machine = office.enrol("c.json")
    office.ctl("grant", "c.json", khan.crns()[0]).expect(programs.DONE)
    reply = wire.post(office, machine, "/v1/sync", wire.sync_request(fresh()))
    found = [one for frame in reply.frames for one in frame.get("page", {}).get("records", [])]
    assert len(found) > 10
    for said in found:
        encoded = base64.b64decode(said["encoded"])
        assert write("RecordBody", from_json("RecordBody", said["body"])) == encoded
        assert to_json("RecordBody", read("RecordBody", encoded)) == said["body"]


def test_a_note_of_the_reference_is_shown_by_the_others_and_theirs_by_it(
    office: Office, khan: Laptop, jones: Laptop, shared: Any, join: Callable[..., reference.Laptop]
) -> None:
    laptop, case = join("c.third"), named("case", shared.crn)
    words = {"kind": text("CTOB"), "text": text("Löwe 🦁, written by hand.")}
    note = laptop.edit("contact-entry", case, words)
    assert laptop.shown(note) and note not in laptop.base
    sent = [{"encoded": write("ChangeBody", laptop.outbox[0])}]
    agreed(laptop)
    receipt = laptop.receipts[1]
    assert receipt["verdict"] == reference.APPLIED and receipt["settles_base"]
    theirs = khan.note(shared.crn, "Written by the program.")
    for other in (khan, jones):
        other.sync()
        shown = other.notes(shared.crn)[as_text(note)]
        assert (shown["text"], shown["author"]) == ("Löwe 🦁, written by hand.", "c.third")
    agreed(laptop)
    (found,) = laptop.base[uuid.UUID(theirs).bytes].standing("text")
    assert (found.value, found.author) == (text("Written by the program."), "a.khan")
    # What receipts settled is what pages would have brought, places included.
    assert pulled_anew(laptop) == base(laptop)
    # The same again is known, and changes nothing.
    request = laptop.request(1, now=0) | {"first_counter": 1, "changes": sent, "unsent": 1}
    frames = reference.read_frames(laptop.ask("/v1/sync", write("SyncRequest", request)))
    (again,) = frames[1]["receipts"]["receipts"]
    assert again["again"] and again["place"] == receipt["place"]
    assert office.asked("verify")["problems"] == []


def test_a_code_of_another_office_is_noticed_before_anything_is_said(
    office: Office, tmp_path: Path
) -> None:
    code = office.code("c.third")
    secret, fingerprint = read_invitation(code)
    laptop = reference.Laptop(tmp_path, office.url)
    with pytest.raises(ValueError, match="not the office"):
        laptop.enrol(invitation(secret, fingerprint[::-1]))
    laptop.enrol(code)
    (tmp_path / "other").mkdir()
    with pytest.raises(reference.Refused) as refused:
        reference.Laptop(tmp_path / "other", office.url).enrol(code)
    assert refused.value.args[:2] == (403, "code-used")


# Reading.


def displayed(kind: Message, value: Message) -> str | None:
    """A value as `doorstep` shows it; none for the kinds whose words are the program's own."""
    if value == {}:
        return "(emptied)"
    if "composite" in value:
        members = value["composite"]["members"]
        said = [(kind["members"][name], displayed(kind["members"][name], member))
                for name, member in sorted(members.items())]
        known = all(words is not None for _, words in said)
        return "; ".join(f"{one['label']}: {words}" for one, words in said) if known else None
    if "flag" in value:
        return "yes" if value["flag"] else "no"
    return kind.get("codes", {}).get(value["text"], value["text"]) if "text" in value else None


def assert_reads_the_same(laptop: reference.Laptop, program: Laptop, record: bytes) -> set[str]:
    """Every field of a record has the same value and status in both; returns the statuses."""
    shown, statuses = laptop.base[record], set()
    rows = {row["field"]: row for row in program.json("why", as_text(record))}
    assert set(rows) == {edit.field for edit in shown.standing()} - {DELETED}
    for name, row in rows.items():
        value, status = read_field(
            rule_of(laptop.catalogue, shown.type, name), shown.standing(name))
        assert row["status"].replace("-", " ") == status, (shown.type, name)
        known = laptop.catalogue.get(shown.type, {}).get("fields", {})
        kind = known.get(name.partition("/")[0], {})
        assert displayed(kind, value) in (None, row["value"]), (shown.type, name)
        statuses.add(status)
    return statuses


def test_a_contested_outcome_reads_as_doorstep_reads_it(
    khan: Laptop, jones: Laptop, shared: Any, join: Callable[..., reference.Laptop]
) -> None:
    laptop = join("c.third")
    khan.json("outcome", shared.crn, "ATTC", "--appointment", shared.appointment)
    jones.json("outcome", shared.crn, "UAAB", "--appointment", shared.appointment)
    khan.sync()
    assert jones.sync()["conflicts"] == 1 == khan.sync()["conflicts"]
    agreed(laptop)
    record = named("outcome-claim", shared.appointment)
    claims = laptop.base[record].standing("claim")
    rule = rule_of(laptop.catalogue, "outcome-claim", "claim")
    assert read_field(rule, claims) == (text("disputed"), CONTESTED)
    assert [edit.author for edit in sorted(claims, key=records.in_server_order)] == [
        "a.khan", "b.jones"]
    assert CONTESTED in assert_reads_the_same(laptop, khan, record)
    # The reference decides, having seen both, and that settles it everywhere.
    laptop.edit("outcome-claim", named("case", shared.crn), {"claim": claims[0].value}, record,
                reason="I have asked.")
    agreed(laptop)
    assert khan.sync()["conflicts"] == 0
    assert assert_reads_the_same(laptop, khan, record) == {SETTLED}


def test_every_rule_reads_as_doorstep_reads_it(
    khan: Laptop, shared: Any, join: Callable[..., reference.Laptop]
) -> None:
    case = named("case", shared.crn)
    people = [join("c.one"), join("c.two"), join("c.senior", "senior")]

    def at_once(record: bytes, type_: str, *sets: Message, **more: Any) -> None:
        """Each sets something, and none has seen what the others did."""
        for person in people:
            agreed(person)
        for person, values in zip(people, sets):
            person.edit(type_, case, values, record, **more)
        for person in [*people, *people]:
            agreed(person)
            assert all(receipt["code"] == "" for receipt in person.receipts.values())

    def new(type_: str, **values: Message) -> bytes:
        record = people[2].edit(type_, case, values)
        agreed(people[2])
        return record

    def meeting(day: int) -> Message:
        return composite(date=text(str(date.today() + timedelta(days=day))), start=text("10:00"))

    visit = new("visit-plan", when=meeting(1))
    at_once(
        visit, "visit-plan",
        {"when": meeting(2), "safe-call": text("1"), "purpose": text("compliance"),
         "more-purposes/compliance": YES, "equipment/torch": NO, "newer": text("1"),
         "purpose/odd": NO, "more-purposes": NO},
        {"when": meeting(3), "safe-call": text("2"), "purpose": text("compliance"),
         "more-purposes/compliance": NO, "equipment/torch": {}, "newer": text("2"),
         "purpose/odd": YES, "more-purposes": YES},
        {"safe-call": {}, "more-purposes/compliance": {}})
    flag = new("risk-flag", code=text("MAPP"), status=text("active"), level=text("low"))
    at_once(flag, "risk-flag", {"level": text("high")}, {"level": text("medium")},
            {"level": text("information-only"), "status": text("removed")}, reason="Reviewed.")
    line = {"kind": text("main"), "line_1": text("1 Low Road"), "postcode": text("ZZ1 1ZZ")}
    address = new("address", address=composite(
        **line, verified=text("unverified"), town=text("Ashbeck")))
    at_once(address, "address", *(
        {"address": composite(**line, verified=text(how), town=text(town))}
        for how, town in (("door", "A"), ("unverified", "B"), ("door", "C"))))
    claim = named("outcome-claim", shared.appointment)
    at_once(claim, "outcome-claim", *(
        {"appointment": text(shared.appointment), "claim": composite(code=text("ATTC"), **more)}
        for more in ({"evidence": text("a")}, {"present": YES}, {"present": YES, "evidence": LOW})))
    appointment = uuid.UUID(shared.appointment).bytes
    at_once(appointment, "appointment", {"external-reference": text("1"), "sensitive": text("no")},
            {"external-reference": text("2"), "sensitive": text("yes")}, {"place": text("Here")})
    khan.sync()
    assert base(people[0]) == base(people[1]) == base(people[2]) == pulled_anew(people[0])
    statuses = set()
    for record in (visit, flag, address, claim, appointment):
        statuses |= assert_reads_the_same(people[0], khan, record)
    assert statuses == {SETTLED, BY_RULE, CONTESTED}
    # And everything else of the case, which `doorstep` tells in one answer.
    rows = khan.json("records", shared.crn)
    assert len(rows) > 30
    for row in rows:
        shown = people[0].base[uuid.UUID(row["id"]).bytes]
        contested = {edit.field for edit in shown.standing() if read_field(
            rule_of(people[0].catalogue, shown.type, edit.field),
            shown.standing(edit.field))[1] == CONTESTED}
        assert {field["name"] for field in row["fields"] if field["isContested"]} == contested


def test_a_change_that_is_issued_again_stands_beside_its_first_issue(
    office: Office, khan: Laptop, shared: Any, join: Callable[..., reference.Laptop]
) -> None:
    laptop, case = join("c.third"), named("case", shared.crn)
    note = laptop.edit("x-sample", case, {"a": text("1"), "b": text("1")})
    first = laptop.outbox[0]
    agreed(laptop)
    # The same device under a new replica, as after a fork (6.3).
    other = reference.Laptop(laptop.folder, office.url)
    other.user, other.role = laptop.user, laptop.role
    agreed(other)
    again = first | {
        "replica": other.replica, "origin_replica": first["replica"], "origin_counter": 1,
        "origin_hash": sha256(write("ChangeBody", first))}
    other.outbox, other.counter, other.head = [again], 1, sha256(write("ChangeBody", again))
    before = other.base[note]
    agreed(other)
    receipt = other.receipts[1]
    assert receipt["again"] and receipt["verdict"] == reference.APPLIED
    expected = apply(before, again, tuple(receipt["place"].values()))
    assert other.base[note].encoded == expected.encoded
    assert [edit.dot[0] for edit in expected.standing("a")] == sorted(
        [laptop.replica, other.replica])
    khan.sync()
    assert khan.json("verify")["agrees"]
    assert assert_reads_the_same(other, khan, note) == {SETTLED}
