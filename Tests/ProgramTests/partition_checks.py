"""What a run on a bad network must come to, judged from what the programs printed and from the
office's records by the protocol (`wire.py`). Nothing of the Swift code is used."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import programs
import wire
from laptop import Laptop
from office import Office
from partition_run import KEPT, Edit, Officer, Run, SeenEdit

Found = TypeVar("Found")

SYNCS = 5
"""Of each laptop, after everything has healed."""

Dot = tuple[bytes, int]


@dataclass(frozen=True)
class Standing:
    """An edit that stands in the office's copy of a record."""

    field: str
    dot: Dot
    hash: bytes
    author: str
    recorded_at: int
    sequence: int
    value: Any


@dataclass
class Record:
    """A record as the office sends it, read from JSON by Protocol/README.md section 3.4."""

    id: bytes
    type: str
    case_id: bytes
    version: dict[bytes, int]
    standing: list[Standing]

    @classmethod
    def read(cls, body: dict[str, Any]) -> Record:
        vector = [
            (data(entry["replica"]), int(entry["counter"])) for entry in body.get("version", [])]
        heads = body.get("heads", [])
        standing = []
        for edit in body.get("edits", []):
            head = heads[int(edit.get("head", 0))]
            replica = vector[int(head.get("replicaIndex", 0))][0]
            standing.append(Standing(
                edit["field"], (replica, int(head["counter"])), data(head["hash"]),
                head.get("author", ""), int(head.get("recordedAt", 0)),
                int(head.get("sequence", 0)), edit.get("value")))
        return cls(
            data(body["id"]), body["type"], data(body["caseId"]), dict(vector), standing)

    def contains(self, dot: Dot) -> bool:
        return self.version.get(dot[0], 0) >= dot[1]

    @property
    def digest(self) -> bytes:
        """Protocol/README.md section 3.5."""
        parts = [part(1, self.id), part(2, self.type.encode()), part(3, self.case_id)]
        for replica, counter in sorted(self.version.items()):
            parts.append(part(4, part(1, replica) + number(2, counter)))
        for edit in self.standing:
            parts += [
                part(5, edit.field.encode()), part(6, edit.dot[0]), number(7, edit.dot[1]),
                part(8, edit.hash)]
        return hashlib.sha256(b"".join(parts)).digest()


def data(text: str) -> bytes:
    return base64.b64decode(text)


def number(tag: int, value: int) -> bytes:
    return varint(tag << 3) + varint(value)


def part(tag: int, content: bytes) -> bytes:
    return varint(tag << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])


@dataclass
class Truth:
    """What the office holds at the end: asked by hand, by a machine of somebody who holds all."""

    records: dict[bytes, Record]
    digests: dict[str, str]
    """Of each case, computed here."""
    replicas: dict[str, bytes]
    """Of each device."""
    known: dict[str, int]
    standing: dict[Dot, list[tuple[Record, Standing]]] = field(default_factory=dict)

    @classmethod
    def ask(cls, office: Office, observer: Laptop) -> Truth:
        reply = wire.post(office, observer, "/v1/sync", wire.sync_request(uuid.uuid4().bytes))
        assert reply.status == 200, reply
        frames = reply.frames
        assert "end" in frames[-1], "the answer was cut"
        records = {}
        for page in (frame["page"] for frame in frames if "page" in frame):
            for entry in page.get("records", []):
                record = Record.read(entry["body"])
                records[record.id] = record
        sums: dict[bytes, int] = defaultdict(int)
        for record in records.values():
            sums[record.case_id] += int.from_bytes(record.digest, "big")
        digests = {
            str(uuid.UUID(bytes=case)): (total % 2**256).to_bytes(32, "big").hex()
            for case, total in sums.items()
        }
        rows = wire.ask(
            office, office.operator, "GET", "/v1/operator/devices", Accept=wire.JSON).json
        devices = {str(uuid.UUID(bytes=data(row["device"]))): row for row in rows["devices"]}
        truth = cls(
            records, digests,
            {name: data(row["replica"]) for name, row in devices.items() if "replica" in row},
            {name: int(row.get("known", 0)) for name, row in devices.items()})
        for record in records.values():
            for edit in record.standing:
                truth.standing.setdefault(edit.dot, []).append((record, edit))
        return truth


def settle(run: Run) -> Iterator[str]:
    """After everything has healed: each laptop comes to its end within a few syncs."""
    for turn in range(SYNCS):

        def one(officer: Officer, proves: bool = turn >= 2) -> str | None:
            # Later ones also prove what they hold; that is a sync too.
            said = officer.laptop.run("verify" if proves else "sync", "--json")
            if said.status not in (programs.DONE, programs.NEEDS_YOU):
                return f"{officer.user}: {said}"
            if proves:
                return None if said.json["agrees"] else f"{officer.user} differs: {said}"
            return None if officer.take(said) else f"{officer.user} is not synced: {said}"

        waiting = [wrong for wrong in at_once(one, run) if wrong]
        if turn >= 2 and not waiting:
            return
    yield from waiting


def at_once(work: Callable[[Officer], Found], run: Run) -> list[Found]:
    """Does something for every officer, some at a time, and gives what came of it in order."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(work, run.officers))


def convergence(run: Run, truth: Truth) -> Iterator[str]:
    """Each laptop holds what the office holds, and shows what every other laptop shows."""
    checked = run.office.asked("verify")
    if run.office.asked("report")["epoch"] != 1:
        yield "the office lost something, and what laptops handed back may hide it"
    if checked["problems"]:
        yield f"the office's own check finds {checked['problems']}"
    for case, digest in truth.digests.items():
        if checked["digests"].get(case) != digest:
            yield f"the digest of {case} is {checked['digests'].get(case)}, computed {digest}"
    cases: dict[str, tuple[str, Any]] = {}
    for officer, (said, status, all_shown) in zip(run.officers, at_once(held, run)):
        proven = said.json["digests"] if said.status == programs.DONE else {}
        expected = {
            case: truth.digests[case] for case in map(case_name, officer.crns)}
        if proven != expected:
            yield f"{officer.user} holds other digests than the office: {said}"
        if not status["synced"] or status["unsent"] or status["casesNotWhole"]:
            yield f"{officer.user} is left with {status}"
        for crn in officer.crns:
            shown = all_shown[crn]
            for row in shown["contacts"]:
                if row.pop("unsent"):
                    yield f"{officer.user} shows {row['id']} as not sent"
            user, first = cases.setdefault(crn, (officer.user, shown))
            if shown != first:
                yield f"{officer.user} shows {crn} otherwise than {user}"


def held(officer: Officer) -> tuple[programs.Answer, dict[str, Any], dict[str, Any]]:
    """What a laptop holds: its digests, its status and its cases as it shows them."""
    laptop = officer.laptop
    said = laptop.run("verify", "--json")
    return said, laptop.status(), {crn: laptop.case(crn) for crn in officer.crns}


def case_name(crn: str) -> str:
    return str(uuid.UUID(bytes=wire.case_id(crn)))


def accounts(run: Run, truth: Truth) -> Iterator[str]:
    """Every edit that was saved is live, stands beside another, was superseded by one that saw it,
    or was refused with its text shown to its author; and no edit came back from the dead."""
    own = {mine.user: mine for mine in at_once(lambda officer: Own.of(officer, truth), run)}
    taken: dict[tuple[str, str], list[Edit]] = defaultdict(list)
    """Edits of a field of a record that the office took, but those that nothing supersedes."""
    for edit in run.edits:
        if edit.field != KEPT and edit.record and own[edit.user].state(edit) != "refused":
            taken[edit.record, edit.field].append(edit)
    for edit in run.edits:
        mine = own[edit.user]
        dot = (mine.replica, edit.counter)
        found = truth.standing.get(dot, [])
        state = mine.state(edit)
        name = f"{edit.user}'s {edit.kind} {edit.token}"
        if state == "refused":
            if found:
                yield f"{name} was refused and stands"
            if edit.kind in ("note", "visit", "concern") and edit.token not in mine.text(edit):
                yield f"{name} was refused and its text is not shown to its author"
            continue
        if edit.field == KEPT:
            if not any(edit.token in str(standing.value) for _, standing in found):
                yield f"{name} was saved and is not at the office"
            continue
        record = truth.records.get(uuid.UUID(edit.record).bytes) if edit.record else None
        if edit.record and (record is None or not record.contains(dot)):
            yield f"{name} was saved and the office's record does not know it"
            continue
        stands = any(standing.field == edit.field for _, standing in found)
        if not edit.record:
            # A visit's outcome: which record, only the office's copy tells.
            continue
        rivals = taken[edit.record, edit.field]
        key = mine.key(edit)
        heirs = [rival for rival in rivals if key in rival.seen]
        if stands and heirs:
            yield f"{name} stands although {heirs[0].user}'s {heirs[0].token} saw and replaced it"
        if not stands and not heirs:
            yield f"{name} stands no more although nobody who saw it set the field"


@dataclass
class Own:
    """What became of a laptop's own edits, as it tells its author."""

    replica: bytes
    user: str
    laptop: Laptop
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, officer: Officer, truth: Truth) -> Own:
        made = cls(truth.replicas[officer.laptop.device], officer.user, officer.laptop)
        records = {edit.record for edit in officer.edits if edit.record and edit.field != KEPT}
        for record in sorted(records):
            for row in officer.laptop.json("history", record)["ownChanges"]:
                made.rows[row["counter"]] = row
        for counter, verdict in officer.verdicts.items():
            made.rows.setdefault(counter, {"state": verdict, "recordedAt": 0, "text": ""})
        return made

    def state(self, edit: Edit) -> str:
        state = self.rows.get(edit.counter, {}).get("state", "")
        return "refused" if state.startswith("refused") else state

    def text(self, edit: Edit) -> str:
        found = self.laptop.run("search", edit.token, "--json")
        told = self.laptop.run("history", edit.record or "", "--json")
        return found.out + told.out

    def key(self, edit: Edit) -> SeenEdit:
        return self.user, self.rows.get(edit.counter, {}).get("recordedAt", 0)


def whole_acts(run: Run, truth: Truth) -> Iterator[str]:
    """Acts of several changes are at the office whole or not at all."""
    acts: dict[tuple[str, int], list[Edit]] = defaultdict(list)
    replicas = {officer.user: truth.replicas[officer.laptop.device] for officer in run.officers}
    for edit in run.edits:
        acts[edit.user, edit.act].append(edit)
    for (user, _), edits in acts.items():
        kept = [edit for edit in edits if edit.field == KEPT]
        there = [edit for edit in kept if (replicas[user], edit.counter) in truth.standing]
        if len(there) not in (0, len(kept)):
            yield f"{user}'s {edits[0].kind} {edits[0].token} is at the office by half"


def sequences(run: Run, truth: Truth) -> Iterator[str]:
    """Counters have no gaps and none is used twice; what was receipted is known."""
    for officer in run.officers:
        counters = [edit.counter for edit in officer.edits]
        if counters != list(range(1, len(counters) + 1)):
            yield f"{officer.user}'s counters are {counters}"
        known = truth.known[officer.laptop.device]
        if known != len(counters):
            yield f"the office knows {known} of {len(counters)} changes of {officer.user}"
        if missing := set(counters) - set(officer.verdicts):
            # A laptop that was killed after it had stored receipts has not printed them.
            told = officer.syncs["killed"] + officer.syncs["given up"] + officer.syncs[
                "without a way"]
            if not told:
                yield f"{officer.user} was never told of {sorted(missing)}"
    dots = [dot for dot, found in truth.standing.items() if len({r.id for r, _ in found}) > 1]
    if dots:
        yield f"{len(dots)} changes stand in two records"


def histories(run: Run, truth: Truth, sample: list[str]) -> Iterator[str]:
    """What laptops show as standing is what the office has, edit by edit."""

    def one(officer: Officer) -> list[str]:
        wrongs = []
        cases = {wire.case_id(crn) for crn in officer.crns}
        for record in sample:
            ours = truth.records[uuid.UUID(record).bytes]
            if ours.case_id not in cases:
                continue
            said = officer.laptop.json("history", record)["standing"]
            shown = sorted((row["field"], row["author"], row["recordedAt"]) for row in said)
            there = sorted((edit.field, edit.author, edit.recorded_at) for edit in ours.standing)
            if shown != there:
                wrongs.append(f"{officer.user} shows {record} as {shown}, the office has {there}")
        return wrongs

    for wrongs in at_once(one, run):
        yield from wrongs


def judge(run: Run, observer: Laptop) -> list[str]:
    """Everything that is wrong with a run that has healed."""
    wrongs = [wrong for officer in run.officers for wrong in officer.wrongs] + run.nemesis.wrongs
    wrongs += settle(run)
    truth = Truth.ask(run.office, observer)
    wrongs += convergence(run, truth)
    wrongs += accounts(run, truth)
    wrongs += whole_acts(run, truth)
    wrongs += sequences(run, truth)
    fought = sorted(
        {edit.record for edit in run.edits if edit.record and edit.field != KEPT and edit.seen})
    wrongs += histories(run, truth, fought[:10])
    return wrongs
