"""Records and what becomes of them: sections 3.4, 3.5 and 5 of Protocol/README.md."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from written import DELETED, SCHEMAS, Dot, Message, Place, Vector
from written import put, read, require, sha256, write

NOWHERE = (0, 0)  # the place of what the office has not placed
HEAD = [name for name, *_ in SCHEMAS["Head"].values()]
SETTLED, BY_RULE, CONTESTED = "settled", "settled by rule", "contested"


@dataclass(frozen=True)
class Edit:
    """A standing edit: one field's value as one change set it."""

    field: str
    dot: Dot
    value: Message
    hash: bytes
    author: str
    role: str
    recorded_at: int
    place: Place = NOWHERE

    @property
    def head(self) -> tuple[Any, ...]:
        """What edits share that one head stands for, in the order of heads (3.4)."""
        return self.dot, self.hash, *self.place, self.author, self.role, self.recorded_at


def in_server_order(edit: Edit) -> tuple[bool, Place, Dot]:
    """Those with a place before those without; by place; then by dot (5.2)."""
    return edit.place == NOWHERE, edit.place, edit.dot


@dataclass(frozen=True)
class Record:
    """One copy of a record: its version, and what stands in it."""

    id: bytes
    type: str
    case_id: bytes
    version: Vector = field(default_factory=Vector)
    edits: dict[tuple[str, Dot], Edit] = field(default_factory=dict)

    def standing(self, name: str | None = None) -> list[Edit]:
        """The standing edits, of one field or of all, in the order in which they are written."""
        return [self.edits[key] for key in sorted(self.edits) if name in (None, key[0])]

    @property
    def encoded(self) -> bytes:
        """The canonical form (3.4)."""
        replicas, heads = sorted(self.version), sorted({edit.head for edit in self.standing()})
        return write("RecordBody", vars(self) | {
            "heads": [dict(zip(HEAD, (replicas.index(dot[0]), dot[1], *rest)))
                      for dot, *rest in heads],
            "edits": [dict(field=edit.field, value=edit.value, head=heads.index(edit.head))
                      for edit in self.standing()]})

    @property
    def digest(self) -> bytes:
        """Of the version and of which edits stand; not of values, nor of places (3.5)."""
        return sha256(write("RecordBody", vars(self) | {"edits": []}) + b"".join(
            put(5, edit.field.encode()) + put(6, edit.dot[0]) + put(7, edit.dot[1])
            + put(8, edit.hash) for edit in self.standing()))

    @property
    def deleted(self) -> bool:
        """Whether the deletions together saw all else that stands, or a double of it (5.2)."""
        deletions = [one for one in self.standing(DELETED) if "seen" in one.value]
        saw = reduce(Vector.join, (one.value["seen"]["entries"] for one in deletions), Vector())
        others = [one for one in self.standing() if one not in deletions]
        seen = {(one.field, one.hash) for one in others if saw.holds(one.dot)}
        return deletions != [] and all((one.field, one.hash) in seen for one in others)


def read_record(data: bytes) -> Record:
    """A record; one that breaks a rule of 3.4 is refused."""
    found = read("RecordBody", data)
    version, heads, edits = found["version"], [], {}
    for head in found["heads"]:
        require(head["replica_index"] < len(version), "a head of no replica")
        require(head["epoch"] or not head["sequence"], "a sequence without an epoch")
        dot = sorted(version)[head["replica_index"]], head["counter"]
        heads.append(Edit("", dot, {}, head["hash"], head["author"], head["role"],
                          head["recorded_at"], (head["epoch"], head["sequence"])))
    for one in found["edits"]:
        require(one["head"] < len(heads), "an edit without its head")
        edit = replace(heads[one["head"]], field=one["field"], value=one["value"])
        saw = one["value"].get("seen", {"entries": {}})["entries"] if edit.field == DELETED else {}
        require(all(map(version.holds, [edit.dot, *saw.items()])), "beyond the version")
        edits[edit.field, edit.dot] = edit
    made = Record(found["id"], found["type"], found["case_id"], version, edits)
    require(made.encoded == data and len(data) <= 4_194_304, "a record that is not canonical")
    return made


def case_digest(records: Iterable[Record]) -> tuple[int, bytes]:
    """The number of a case's records, deleted ones too, and the sum of their digests (3.5)."""
    digests = [int.from_bytes(record.digest, "big") for record in records]
    return len(digests), (sum(digests) % (1 << 256)).to_bytes(32, "big")


def apply(record: Record | None, change: Message, place: Place = NOWHERE, again=False) -> Record:
    """The record with a change, at its place or at none; `again` says an office's log (5.1)."""
    record = record or Record(change["record"], change["type"], change["case_id"])
    edits, dot = dict(record.edits), (change["replica"], change["counter"])
    first, known = change["origin_hash"] or sha256(write("ChangeBody", change)), record.version
    issues = sorted((edit for edit in edits.values() if edit.hash == first), key=in_server_order)
    if (issues or again) and known.holds(dot):  # its doubles go where it was superseded
        edits = {key: one for key, one in edits.items()
                 if one.hash != first or (one.field, dot) in edits}
    elif issues or again:  # another issue of a change that the record has had: a double
        edits |= {(one.field, dot): replace(one, dot=dot) for one in reversed(issues)}
    elif not known.holds(dot):
        seen = change["context"].meet(known)
        values = {DELETED: {"seen": {"entries": seen}}} if change["delete"] else change["set"]
        for name, value in values.items():
            standing = record.standing(name)
            hashes = {edit.hash for edit in standing if seen.holds(edit.dot)}
            dropped = [edits.pop((name, one.dot)) for one in standing if one.hash in hashes]
            earlier = [one.place for one in dropped if NOWHERE not in (one.place, place)]
            edits[name, dot] = Edit(name, dot, value, first, change["author"], change["role"],
                                    change["recorded_at"], min([place, *earlier]))
    return replace(record, version=known.join(Vector([dot])), edits=edits)


def merge(one: Record, other: Record) -> Record:
    """Two copies of one record made one, asking no rule (5.2)."""
    edits = {}
    for key in {**one.edits, **other.edits}:
        copies = [copy.edits[key] for copy in (one, other) if key in copy.edits]
        if len(copies) == 2 or not (one.version.holds(key[1]) and other.version.holds(key[1])):
            edits[key] = min(copies, key=in_server_order)
    return replace(one, version=one.version.join(other.version), edits=edits)


def rule_of(catalogue: dict[str, Any], type_: str, name: str) -> dict[str, Any]:
    """A field's rule with its settings; an element of a set is the field `name/element` (5.3)."""
    title, slash, _ = name.partition("/")
    found = catalogue.get(type_, {}).get("fields", {}).get(title, {})
    known = found and (found.get("set") == "yes") == bool(slash)
    return found if known else {"rule": "field-merge", "prefer": "first"}


def read_field(rule: dict[str, Any], edits: Iterable[Edit]) -> tuple[Message, str]:
    """What a field shows in which at least one edit stands, and how sure that is (5.3)."""
    firsts: dict[bytes, Message] = {}  # doubles count as one (5.1)
    for edit in sorted(edits, key=in_server_order):
        firsts.setdefault(edit.hash, edit.value)
    values = list(firsts.values())
    shown, status = values[0], BY_RULE
    levels = [{}, *({"text": code} for code in rule.get("order", rule.get("stages", [])))]

    def member(value: Message, key: str) -> Message:
        """A member that the rule names, of a composite; none where it is not there."""
        return value.get("composite", {"members": {}})["members"].get(rule.get(key), {})

    def level(value: Message, unknown: int) -> int:
        """How high a code stands, nothing below all. A composite is signed by its stage."""
        value = member(value, "stage") if "stages" in rule and "composite" in value else value
        return levels.index(value) if value in levels else unknown

    match (rule := rule | {"stage": "stage"})["rule"]:
        case _ if all(value == shown for value in values):
            status = SETTLED
        case "union":
            shown = {"flag": True} if {"flag": True} in values else shown
        case "ratchet" | "signed":
            shown = max(values, key=lambda value: level(value, len(levels)))  # of equals the first
        case "derived" | "server-owned":
            shown = values[-1]
        case "claims" if member(shown, "agree-on") and all(
                member(value, "agree-on") == member(shown, "agree-on") for value in values):
            present = [one for one in values if member(one, "show-first") == {"flag": True}]
            shown = (present or values)[0]
        case "claims":
            shown, status = {"text": rule["holding"]}, CONTESTED
        case _:
            best = max(reversed(values), key=lambda value: level(member(value, "by"), 0))
            preferred = {"first": shown, "last": values[-1], "ranked": best}
            shown, status = preferred[rule["prefer"]], CONTESTED
    return shown, status
