"""Files that belong to a case: what they hold goes to the office and back a piece at a time, to
whoever holds the case and to nobody else."""

from __future__ import annotations

import contextlib
import hashlib
import random
import sqlite3
from pathlib import Path

import pytest

import programs
import wire
from conftest import Shared
from fault_log import counted
from fault_proxy import Flow, Plan, Proxy
from laptop import Laptop
from office import Office

PIECE = 256 << 10
PHOTO = b"\xff\xd8\xff" + random.Random(5).randbytes(3 * PIECE)


def file(folder: Path, content: bytes, name: str = "Letter.jpg") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def attach(laptop: Laptop, crn: str, path: Path, *arguments: object) -> str:
    return laptop.json("attach", crn, path, *arguments)["record"]


def row(laptop: Laptop, crn: str, record: str) -> dict:
    (found,) = [row for row in laptop.json("attachments", crn) if row["id"] == record]
    return found


def cut_once(office: Office, behind: int, up: bool = True) -> Proxy:
    """Resets a connection behind so many bytes, and lets none pass from then on."""
    flow = Flow(limit=behind, then="rst")
    whole = Plan(up=flow) if up else Plan(down=flow)
    proxy = Proxy(office.port)
    # A sync and what follows it may take a connection each.
    proxy.plan = lambda _: Plan(refuses=True) if proxy.faults else whole
    return proxy


def at_office(office: Office, laptop: Laptop, record: str) -> tuple[int, int]:
    """How much of it the office holds, and how much it is; nothing where it does not know it."""
    asked = {"record": wire.text(bytes.fromhex(record.replace("-", "")))}
    said = wire.post(office, laptop, "/v1/attachment/send", asked).json
    return int(said.get("held", 0)), int(said.get("size", 0))


def test_a_photograph_is_attached_sent_and_saved_by_another_officer(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    note = khan.note(shared.crn, "The letter is on the photograph.")
    photo = file(tmp_path, PHOTO)
    record = attach(khan, shared.crn, photo, "--about", note)
    photo.unlink()
    khan.run("status").expect(programs.DONE, "1 attachment waits to be sent")
    waiting = row(khan, shared.crn, record)
    assert waiting["waits"] and waiting["kind"] == "jpeg" and waiting["about"] == note
    assert waiting["held"] == waiting["size"] == len(PHOTO)
    khan.run("case", shared.crn).expect(programs.DONE, "Attached: Letter.jpg (768 KiB)")
    assert {one["id"]: one["about"] for one in khan.case(shared.crn)["attachments"]} == {record: note}
    khan.run("attachments").expect(programs.DONE, "Letter.jpg", "waits to be sent", "768 KiB")
    khan.run("sync").expect(programs.DONE, "Sent: 1 attachment.")
    assert at_office(office, khan, record) == (len(PHOTO), len(PHOTO))
    assert not row(khan, shared.crn, record)["waits"]
    khan.run("attachments").expect(programs.DONE, "No attachment waits")

    jones.sync()
    there = row(jones, shared.crn, record)
    assert there["held"] == 0 and there["digest"] == hashlib.sha256(PHOTO).hexdigest()
    saved = tmp_path / "saved.jpg"
    jones.run("save-attachment", record, saved).expect(programs.DONE, "Letter.jpg")
    assert saved.read_bytes() == PHOTO and saved.stat().st_mode & 0o777 == 0o600
    # From then on it is on the laptop, also without an office.
    office.stop()
    again = tmp_path / "again.jpg"
    jones.run("save-attachment", record[-8:], again).expect(programs.DONE)
    assert again.read_bytes() == PHOTO
    jones.run("save-attachment", record, again).expect(programs.CANNOT_CREATE, "there already")


def test_what_cannot_be_attached_is_said_and_nothing_is_saved(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    crn = shared.crn
    for path, words in (
        (tmp_path / "none", "no file"), (tmp_path, "is a folder"), (file(tmp_path, b"", "e"), "is empty"),
        (file(tmp_path, bytes((5 << 20) + 1), "big"), "larger than 5 MiB"),
    ):
        khan.run("attach", crn, path).expect(programs.BAD_DATA, words)
    assert khan.json("attachments", crn) == [] and khan.status()["unsent"] == 0
    whole = attach(khan, crn, file(tmp_path, bytes(5 << 20), "as large as may be"))
    for number in range(19):
        attach(khan, crn, file(tmp_path, b"%d" % number))
    khan.run("attach", crn, file(tmp_path, b"one more")).expect(programs.BAD_DATA, "which is the most")
    note = khan.note(crn, "With one of its own.")
    attach(khan, crn, file(tmp_path, b"one more"), "--about", note)
    khan.run("sync").expect(programs.DONE, "Sent: 21 attachments.")
    assert at_office(office, khan, whole) == (5 << 20, 5 << 20)


def test_sending_and_fetching_go_on_where_they_were_cut(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    record = attach(khan, shared.crn, file(tmp_path, PHOTO))
    with counted("N2", "attachments") as count:
        # Enough for the sync and about two pieces of four.
        with cut_once(office, 2 * PIECE + PIECE // 2) as proxy:
            khan.move_to(proxy.url)
            khan.run("sync").expect(programs.DONE, "the next sync goes on with them")
        khan.move_to(office.url)
        held, size = at_office(office, khan, record)
        assert size == len(PHOTO) and held in (PIECE, 2 * PIECE)
        with Proxy(office.port) as proxy:
            khan.move_to(proxy.url)
            khan.run("sync").expect(programs.DONE, "Sent: 1 attachment.")
            up = sum(passed.up for passed in proxy.passed)
        assert up < len(PHOTO) - held + PIECE // 2
        khan.move_to(office.url)
        assert at_office(office, khan, record) == (size, size)

        jones.sync()
        saved = tmp_path / "saved"
        with cut_once(office, 2 * PIECE + PIECE // 2, up=False) as proxy:
            jones.move_to(proxy.url)
            jones.run("save-attachment", record, saved).expect(programs.OFFLINE)
        assert not saved.exists() and row(jones, shared.crn, record)["held"] in (PIECE, 2 * PIECE)
        jones.move_to(office.url)
        jones.run("save-attachment", record, saved).expect(programs.DONE)
        assert saved.read_bytes() == PHOTO
        count.injected = 2


def test_a_laptop_or_an_office_that_is_killed_goes_on(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    records = [attach(khan, shared.crn, file(tmp_path, PHOTO + b"%d" % n)) for n in range(4)]
    # A network that lets through less than is to be sent, so that it is killed in the middle.
    with Proxy(office.port, Plan(up=Flow(limit=5 * PIECE, then="stall"))) as proxy:
        khan.move_to(proxy.url)
        process = khan.start("sync", stderr=-1)
        try:
            programs.eventually(
                lambda: at_office(office, khan, records[0])[0] > PIECE, "some of it arrived")
            process.kill()
        finally:
            programs.end(process)
        office.kill()
    office.start()
    khan.move_to(office.url)
    khan.run("sync").expect(programs.DONE, "Sent: ")
    for n, record in enumerate(records):
        assert at_office(office, khan, record)[0] == len(PHOTO) + 1
        saved = tmp_path / f"saved-{n}"
        khan.run("save-attachment", record, saved).expect(programs.DONE)
        assert saved.read_bytes() == PHOTO + b"%d" % n


def test_knowing_a_digest_is_no_way_to_a_content(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    """Somebody who has its record's id but not the case, and somebody who names the same digest in
    a case of their own, get nothing."""
    khan.sync()
    jones.sync()
    mine = next(crn for crn in khan.crns() if crn not in jones.crns())
    record = attach(khan, mine, file(tmp_path, PHOTO))
    khan.sync()
    asked = {"record": wire.text(bytes.fromhex(record.replace("-", "")))}
    for path in ("send", "fetch"):
        wire.post(office, jones, f"/v1/attachment/{path}", asked).expect(404, "not-found")
    peer = wire.Peer(office, office.enrol("b.jones", "thief"))
    theirs = bytes(range(16))
    body = peer.body(
        next(iter(jones.crns())), "attachment", theirs, name="x", kind="other",
        digest=hashlib.sha256(PHOTO).hexdigest())
    body["set"].append({"name": "size", "value": {"integer": str(len(PHOTO))}})
    body["set"].sort(key=lambda member: member["name"])
    peer.push(body)
    said = wire.post(office, peer.machine, "/v1/attachment/fetch", {"record": wire.text(theirs)})
    assert said.status == 200 and "piece" not in said.json and "held" not in said.json
    # Nor is what they send taken for it.
    for offset in range(0, len(PHOTO), PIECE):
        piece = bytes(min(PIECE, len(PHOTO) - offset))
        said = wire.post(office, peer.machine, "/v1/attachment/send", {
            "record": wire.text(theirs), "offset": str(offset), "piece": wire.text(piece)})
    said.expect(400, "bad-request")
    assert "not what its record says" in said.json["message"]
    # A transfer takes reading with it.
    office.ctl("transfer", "a.khan", "b.jones", mine, "--reason", "Moved.").expect(programs.DONE)
    khan.sync()
    wire.post(office, khan, "/v1/attachment/fetch", asked).expect(404, "not-found")


@pytest.mark.parametrize("message", [
    {}, {"record": "AAAA"}, {"record": wire.text(bytes(16))},
    {"record": wire.text(bytes(16)), "offset": str(2**64 - 1)},
])
def test_m6_requests_that_cannot_be_are_refused(
    office: Office, khan: Laptop, message: dict[str, str]
) -> None:
    for path in ("send", "fetch"):
        assert wire.post(office, khan, f"/v1/attachment/{path}", message).status in (400, 404)


def test_m6_pieces_and_names_that_cannot_be_do_no_harm(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    # A name is shown, and is the name of no file.
    name = "../../etc/passwd\x1b[2J.jpg"
    record = attach(khan, shared.crn, file(tmp_path, PHOTO), "--name", name)
    shown = khan.run("attachments", shared.crn).expect(programs.DONE)
    assert "\x1b" not in shown.out
    asked = {"record": wire.text(bytes.fromhex(record.replace("-", "")))}
    khan.run("sync", "--patience", 0).expect(programs.DONE)
    held = at_office(office, khan, record)
    for offset, piece in ((0, bytes(PIECE)), (2**63, b"x"), (len(PHOTO), b"behind its end")):
        said = wire.post(office, khan, "/v1/attachment/send", asked | {
            "offset": str(offset), "piece": wire.text(piece)})
        # It has all of it: nothing is taken, and how it stands is said.
        assert said.status == 200 and at_office(office, khan, record) == held
    wire.post(office, khan, "/v1/attachment/send", asked | {
        "piece": wire.text(bytes(3 * PIECE))}).expect(413, "too-large")
    said = wire.post(
        office, khan, "/v1/attachment/fetch", asked | {"offset": str(2**64 - 1)})
    assert said.status == 200 and "piece" not in said.json


def test_what_is_deleted_leaves_office_and_laptops(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    record = attach(khan, shared.crn, file(tmp_path, PHOTO))
    khan.sync()
    jones.sync()
    jones.run("save-attachment", record, tmp_path / "saved").expect(programs.DONE)
    clerk = office.enrol("c.clerk", "clerk", "--role", "administrator")
    office.ctl("grant", "c.clerk", shared.crn).expect(programs.DONE)
    clerk.sync()
    clerk.run("delete", record, "--reason", "Of somebody else.").expect(programs.DONE)
    clerk.sync()
    jones.sync()
    assert jones.json("attachments", shared.crn) == []
    pieces = "SELECT count(*) FROM content_pieces"
    with contextlib.closing(sqlite3.connect(jones.home / "replica.sqlite")) as store:
        assert store.execute(pieces).fetchone() == (0,)
    asked = {"record": wire.text(bytes.fromhex(record.replace("-", "")))}
    wire.post(office, jones, "/v1/attachment/fetch", asked).expect(404, "not-found")


def test_a_case_that_leaves_takes_its_contents_along(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    """But for what the office has yet to get, which is taken in from its author still."""
    khan.sync()
    sent = attach(khan, shared.crn, file(tmp_path, PHOTO))
    khan.sync()
    late = attach(khan, shared.crn, file(tmp_path, b"A statement, signed at the door."))
    office.ctl("grant", "a.khan", shared.crn, "--end").expect(programs.DONE)
    khan.sync()
    with contextlib.closing(sqlite3.connect(khan.home / "replica.sqlite")) as store:
        assert store.execute("SELECT count(*) FROM content_pieces").fetchone() == (0,)
    jones.sync()
    assert {row["id"] for row in jones.json("attachments", shared.crn)} == {sent, late}
    jones.run("save-attachment", late, tmp_path / "late").expect(programs.DONE)
    assert (tmp_path / "late").read_bytes() == b"A statement, signed at the door."


def test_a_laptop_that_is_given_back_is_not_wiped_before_the_office_has_all(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    record = attach(khan, shared.crn, file(tmp_path, PHOTO))
    device = khan.device
    office.ctl("wipe", device).expect(programs.DONE)
    with cut_once(office, 2 * PIECE) as proxy:
        khan.move_to(proxy.url)
        khan.run("sync").expect(programs.REFUSED, "1 attachment has not gone")
    khan.move_to(office.url)
    assert row(khan, shared.crn, record)["waits"]
    khan.run("sync")
    states = {row["device"]: row["state"] for row in office.asked("devices")}
    assert states[device] == "wiped"


def test_what_is_refused_waits_without_a_word_and_goes_when_it_is_released(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    record = attach(khan, shared.crn, file(tmp_path, PHOTO))
    office.ctl("limit", shared.crn, "--exclude", "a.khan").expect(programs.DONE)
    said = khan.run("sync")
    assert "attachment" not in said.out + said.err
    assert khan.status()["attachments"] == 0 and at_office(office, khan, record) == (0, 0)
    (waiting,) = office.asked("quarantine", "list")
    office.ctl("quarantine", "release", waiting["id"], "--reason", "Seen.").expect(programs.DONE)
    khan.run("sync").expect(programs.DONE, "Sent: 1 attachment.")
    jones.sync()
    jones.run("save-attachment", record, tmp_path / "saved").expect(programs.DONE)
    assert (tmp_path / "saved").read_bytes() == PHOTO


def test_a_damaged_store_keeps_what_waits(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    record = attach(khan, shared.crn, file(tmp_path, PHOTO))
    with open(khan.home / "replica.sqlite", "r+b") as store:
        # The root of the table of records, as a failing disk would.
        with contextlib.closing(sqlite3.connect(khan.home / "replica.sqlite")) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (root,) = db.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'records'").fetchone()
            (size,) = db.execute("PRAGMA page_size").fetchone()
        store.seek((root - 1) * size)
        store.write(b"\xff" * size)
    khan.run("rescue").expect(programs.DONE, "1 attachment")
    khan.run("sync").expect(programs.DONE, "Sent: 1 attachment.")
    assert at_office(office, khan, record) == (len(PHOTO), len(PHOTO))


def test_a_sealed_file_says_that_attachments_are_not_in_it(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    attach(khan, shared.crn, file(tmp_path, PHOTO))
    khan.run("rescue", "--to", tmp_path / "work").expect(
        programs.DONE, "1 attachment", "is not in the file")


def test_an_office_that_was_put_back_gets_contents_again(
    office: Office, khan: Laptop, shared: Shared, tmp_path: Path
) -> None:
    khan.sync()
    before = attach(khan, shared.crn, file(tmp_path, PHOTO))
    khan.sync()
    backup, secret = tmp_path / "office.backup", tmp_path / "words"
    secret.write_text("correct horse battery staple")
    words = ("--passphrase-file", str(secret))
    office.d("backup", backup, *words).expect(programs.DONE)
    after = attach(khan, shared.crn, file(tmp_path, PHOTO[::-1]))
    khan.sync()
    port = office.port
    office.stop()
    lost = office.data.rename(tmp_path / "lost")
    office.d(
        "restore", backup, *words, "--access-log", lost / "office.sqlite.access.log"
    ).expect(programs.DONE)
    office.start(port=port)
    size = len(PHOTO)
    assert at_office(office, khan, before) == (size, size)
    assert at_office(office, khan, after) == (0, 0)
    khan.run("sync").expect(programs.DONE, "brought back", "Sent: ")
    assert at_office(office, khan, after) == (size, size)
