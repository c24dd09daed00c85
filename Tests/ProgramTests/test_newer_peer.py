"""What a newer Doorstep records is carried whole by older ones: types and fields that they do not
know."""

from __future__ import annotations

import base64
import shutil
import uuid
from pathlib import Path

import pytest

import programs
import wire
from conftest import Shared
from laptop import Laptop
from office import Office


@pytest.fixture
def peer(office: Office) -> wire.Peer:
    """A laptop of b.jones with a newer Doorstep."""
    return wire.Peer(office, office.enrol("b.jones", "newer"))


def verdicts(reply: wire.Reply) -> list[str]:
    assert reply.status == 200, reply
    return [receipt["verdict"] for receipt in reply.frames[1]["receipts"]["receipts"]]


def standing(laptop: Laptop, record: uuid.UUID) -> dict[str, str]:
    """What stands in the fields of a record."""
    edits = laptop.json("history", str(record))["standing"]
    return {edit["field"]: edit["value"] for edit in edits}


def test_a_record_of_an_unknown_type_reaches_the_other_laptop_whole(
    office: Office, peer: wire.Peer, khan: Laptop, shared: Shared
) -> None:
    record = uuid.uuid4()
    body = peer.body(
        shared.crn, "curfew-check", record.bytes, at_door="Löwe 🦁", result="in", zone="")
    assert verdicts(peer.push(body)) == ["APPLIED"]
    khan.sync()
    history = khan.json("history", str(record))
    assert history["type"] == "curfew-check"
    assert standing(khan, record) == {"at-door": "Löwe 🦁", "result": "in", "zone": ""}
    assert {edit["author"] for edit in history["standing"]} == {"b.jones"}
    khan.run("history", str(record)[-8:]).expect(programs.DONE, "curfew-check", "Löwe 🦁")
    # What knows nothing of it works as before.
    khan.run("case", shared.crn).expect(programs.DONE)
    assert len(khan.json("search", "löwe")) == 1
    assert khan.json("verify")["agrees"]
    assert office.asked("report")["types"]["curfew-check"] == 1
    assert office.asked("verify")["problems"] == []
    # A resync carries it too.
    khan.json("resync")
    assert khan.json("history", str(record))["standing"] == history["standing"]


def test_an_unknown_field_of_a_known_type_is_carried(
    office: Office, peer: wire.Peer, khan: Laptop, shared: Shared
) -> None:
    record = uuid.uuid4()
    body = peer.body(
        shared.crn, "contact-entry", record.bytes, kind="CHVS", mood="calm", text="Newer.")
    assert verdicts(peer.push(body)) == ["APPLIED"]
    khan.sync()
    assert khan.notes(shared.crn)[str(record)]["text"] == "Newer."
    fields = standing(khan, record)
    assert fields["mood"] == "calm"
    # An edit of the older laptop leaves it standing.
    khan.json("sensitive", str(record))
    khan.sync()
    fields = standing(khan, record)
    assert (fields["mood"], fields["sensitive"]) == ("calm", "Yes")


def test_one_change_that_is_refused_holds_up_no_other(
    office: Office, peer: wire.Peer, khan: Laptop, shared: Shared
) -> None:
    bodies = [
        peer.body(shared.crn, "risk-concern", uuid.uuid4().bytes, text="The first."),
        peer.body(shared.crn, "case-header", wire.case_id(shared.crn), crn="X999999"),
        peer.body(shared.crn, "risk-flag", uuid.uuid4().bytes, code="no-such", status="active"),
        peer.body("Z000000", "contact-entry", uuid.uuid4().bytes, kind="CHVS", text="Zebras."),
        peer.body(shared.crn, "contact-entry", uuid.uuid4().bytes, kind="CHVS"),
        peer.body(shared.crn, "risk-concern", uuid.uuid4().bytes, text="The last."),
    ]
    bodies[3]["author"] = "a.khan"
    assert verdicts(peer.push(*bodies)) == [
        "APPLIED", "REFUSED", "REFUSED", "REFUSED", "REFUSED", "APPLIED"]
    khan.sync()
    assert len(khan.json("search", "The first.")) == len(khan.json("search", "The last.")) == 1
    assert khan.json("search", "zebras") == []
    assert khan.json("verify")["agrees"]
    assert office.asked("report")["refused"] == 4
    assert office.asked("verify")["problems"] == []


def test_a_refused_note_can_be_read_by_its_author(
    stopped_office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    # The office has a newer catalogue without a kind of contact that this laptop still offers.
    newer = Path(shutil.copytree(
        programs.REPOSITORY / "Protocol" / "Catalogue", tmp_path / "Catalogue"))
    entry = newer / "contact-entry.yaml"
    entry.write_text(entry.read_text().replace("      CTOA: Phone contact from the person\n", ""))
    stopped_office.start("--catalogue", newer)
    note = khan.note(shared.crn, "Words that the office refuses.", "--kind", "CTOA")
    said = khan.run("sync").expect(programs.NEEDS_YOU, "refused", "your text is kept")
    assert f"doorstep history {note[-8:]}" in said.out
    assert khan.status()["refused"] == 1
    shown = khan.run("history", note[-8:]).expect(programs.DONE, "refused")
    assert "Words that the office refuses." in shown.out


def test_a_change_that_is_sent_again_is_taken_once(
    office: Office, peer: wire.Peer, shared: Shared
) -> None:
    body = peer.body(shared.crn, "risk-concern", uuid.uuid4().bytes, text="Said once.")
    peer.push(body)
    before = office.facts()
    peer.counter, peer.head = 0, b""
    (receipt,) = peer.push(body).frames[1]["receipts"]["receipts"]
    assert (receipt["verdict"], receipt["again"]) == ("APPLIED", True)
    assert office.facts() == before


def test_another_change_under_a_known_dot_is_a_fork_and_not_taken(
    office: Office, peer: wire.Peer, shared: Shared
) -> None:
    peer.push(peer.body(shared.crn, "risk-concern", uuid.uuid4().bytes, text="The first."))
    before = office.facts()
    first = {"counter": "1", "hash": wire.text(peer.head)}
    peer.counter, peer.head = 0, b""
    other = peer.body(shared.crn, "risk-concern", uuid.uuid4().bytes, text="Another first.")
    kinds = [frame for frame in peer.push(other).frames if "order" in frame]
    assert kinds == [{"order": {"forked": {"head": first}}}]
    after = office.facts()
    forks = [row.pop("forks") for row in after["devices"]["devices"] if "forks" in row]
    assert forks == ["1"] and after == before


def test_a_change_that_is_no_change_is_refused_and_the_chain_goes_on(
    office: Office, peer: wire.Peer, shared: Shared
) -> None:
    noise = b"no change at all"
    peer.counter, peer.head = 1, wire.hashlib.sha256(noise).digest()
    request = wire.sync_request(
        peer.replica, head={"counter": "1", "hash": wire.text(peer.head)}, firstCounter="1",
        changes=[{"encoded": base64.b64encode(noise).decode()}], unsent="1")
    reply = wire.post(office, peer.machine, "/v1/sync", request)
    (receipt,) = reply.frames[1]["receipts"]["receipts"]
    assert (receipt["verdict"], receipt["code"]) == ("REFUSED", "unreadable")
    body = peer.body(shared.crn, "risk-concern", uuid.uuid4().bytes, text="What comes after.")
    assert verdicts(peer.push(body)) == ["APPLIED"]
    assert office.asked("verify")["problems"] == []
