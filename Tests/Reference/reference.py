"""A laptop by the text alone: enrolment and the sync round trip, sections 4, 6 and 8.

It speaks binary and keeps its copy in memory. It reports orders (6.5), and carries none out."""

import http.client
import re
import secrets
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from records import Record, apply, merge, read_record
from written import Message, Vector, blank, fresh, read, read_invitation, require, sha256, write

BINARY = "application/vnd.doorstep.v1+protobuf"
APPLIED, MERGED, CONTESTED, LATE, REFUSED, RETRY = range(1, 7)
IN_ORDER = "opening (receipts )?(order )*(scope page (page |scope page )*)?(digests )?end "


class Refused(Exception):
    """A problem instead of an answer: status, code and message (9.2). Or orders (6.5)."""


def read_frames(answer: bytes) -> list[Message]:
    """The frames of an answer, each behind its length (4). Of one that was cut, none is used."""
    made = []
    while answer:
        size = int.from_bytes(answer[:4], "big")
        frame, answer = answer[4:4 + size], answer[4 + size:]
        require(len(frame) == size <= 8_388_608, "cut, or too large a frame")
        made.append(read("Frame", frame))
    return made


def read_outline(outline: str) -> Message:
    """A file of the catalogue: one key a line, as many spaces as it is deep (8.5)."""
    stack: list[Any] = [{}]
    for indent, key, sign, said in re.findall(r"(?m)^( *)([^={\[\n]*)([={\[])(.*)$", outline):
        stack[len(indent) + 1:] = [said if sign == "=" else {} if sign == "{" else []]
        if key:
            stack[-2][key] = stack[-1]
        else:
            stack[-2].append(said)
    return stack[0]


class Laptop:
    """One enrolment of one machine: a replica with its chain, its outbox and its base (1)."""

    def __init__(self, folder: Path, address: str, replica: bytes = b"") -> None:
        self.folder, self.address = folder, urlsplit(address).netloc
        self.replica, self.user, self.role = replica or secrets.token_bytes(16), "", ""
        self.counter, self.head, self.known, self.epoch = 0, b"", 0, 0
        self.outbox: list[Message] = []  # own changes without a receipt
        self.overlay: list[Message] = []  # own changes with one that the base does not hold
        self.receipts: dict[int, Message] = {}
        self.place, self.checkpoint, self.witness = {"epoch": 0, "sequence": 0}, b"", b""
        self.cases: dict[bytes, bool] = {}  # the scope; whether each is complete
        self.base: dict[bytes, Record] = {}
        self.digests: dict[bytes, tuple[int, bytes]] = {}  # of the office, where asked for
        self.catalogue, self.catalogue_version = {}, 0

    def enrol(self, code: str) -> None:
        """Joins an office. Its authority is compared before anything secret is said (8.3)."""
        authority = self.ask("/v1/authority", kind="application/x-pem-file",
                             tls=ssl._create_unverified_context())
        held = sha256(ssl.PEM_cert_to_DER_cert(authority.decode()))
        require(held[:16] == read_invitation(code)[1], "not the office of this code")
        (self.folder / "authority.pem").write_bytes(authority)
        how = "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=laptop -keyout"
        request = subprocess.run(["openssl", *how.split(), self.folder / "key.pem"],
                                 capture_output=True, check=True).stdout.decode()
        answer = read("EnrolResponse", self.ask("/v1/enrol", write("EnrolRequest", {
            "code": code, "signing_request": request, "label": "reference"})))
        (self.folder / "device.pem").write_text(answer["certificate"])
        self.user, self.role = answer["user"], answer["role"]

    def ask(self, path: str, body: bytes | None = None, kind: str = BINARY,
            tls: ssl.SSLContext | None = None) -> bytes:
        """One request; an answer counts only with the status and the media type expected (4)."""
        if tls is None:
            tls = ssl.create_default_context(cafile=str(self.folder / "authority.pem"))
            if (self.folder / "device.pem").exists():
                tls.load_cert_chain(self.folder / "device.pem", self.folder / "key.pem")
        tls.minimum_version = ssl.TLSVersion.TLSv1_3
        line = http.client.HTTPSConnection(self.address, timeout=60, context=tls)
        headers = {"Accept": BINARY} | ({"Content-Type": BINARY} if body else {})
        line.request("POST" if body else "GET", path, body, headers)
        answer = line.getresponse()
        status, type_, said = answer.status, answer.headers.get_content_type(), answer.read()
        line.close()
        if status != 200 and type_ == BINARY:
            raise Refused(status, *read("Problem", said).values())
        require((status, type_) == (200, kind), "not the office's answer")
        return said

    def fetch_catalogue(self) -> None:
        """The office's catalogue, by the names of types (8.5)."""
        found = read("Catalogue", self.ask("/v1/catalogue"))
        self.catalogue_version = found["version"]
        self.catalogue = {one["name"].removesuffix(".yaml"): read_outline(one["outline"])
                          for one in found["files"]}

    def edit(self, kind: str, case: bytes, set_: Message, record: bytes = b"", **more: Any
             ) -> bytes:
        """Puts a change into the outbox, of a record as shown or of a new one; returns its id."""
        shown = self.shown(record)
        change = blank("ChangeBody") | {
            "replica": self.replica, "counter": self.counter + 1, "previous": self.head,
            "record": record or fresh(), "type": kind, "case_id": case, "set": set_,
            "context": shown.version if shown else Vector(), "author": self.user, "role": self.role,
            "recorded_at": int(time.time() * 1000), "written_under_epoch": self.place["epoch"],
            "written_under_sequence": self.place["sequence"]} | more
        self.counter, self.head = change["counter"], sha256(write("ChangeBody", change))
        self.outbox.append(change)
        return change["record"]

    def shown(self, record: bytes) -> Record | None:
        """A record as its officer sees it: the base, and over it what only this laptop has (1)."""
        found = self.base.get(record)
        for change in [*self.overlay, *self.outbox]:
            found = apply(found, change) if change["record"] == record else found
        return found

    def sync(self, wants_digests: bool = False) -> bool:
        """Syncs until all is sent; returns whether this laptop may call itself synced (6.8)."""
        request = self.request(secrets.randbits(63), int(time.time() * 1000), wants_digests)
        self.take(request, read_frames(self.ask("/v1/sync", write("SyncRequest", request))))
        synced = self.known == self.counter and not self.outbox
        return self.sync(wants_digests) if request["has_more"] else synced

    def request(self, number: int, now: int, wants_digests: bool = False) -> Message:
        """A request with the oldest changes without a receipt, whole acts, as many as fit (6.1)."""
        changes = [{"encoded": write("ChangeBody", one)} for one in self.outbox[:500]]
        acts = [one["group"] or at for at, one in enumerate(self.outbox)] + [None]
        while changes and (acts[len(changes)] == acts[len(changes) - 1]
                           or sum(len(one["encoded"]) for one in changes) > 1_048_576):
            changes.pop()
        return {
            "protocol_version": 1, "request_id": number, "replica": self.replica,
            "epoch": self.epoch, "head": {"counter": self.counter, "hash": self.head},
            "checkpoint": self.checkpoint, "witness": self.witness, "device_time": now,
            "catalogue_version": self.catalogue_version, "changes": changes,
            "first_counter": self.outbox[0]["counter"] if changes else 0,
            "unsent": len(self.outbox), "has_more": len(changes) < len(self.outbox),
            "wants_digests": wants_digests}

    def take(self, request: Message, frames: list[Message]) -> None:
        """Checks an answer (6.8), and stores what each frame brought."""
        kinds = [kind for frame in frames for kind in frame]
        require(re.fullmatch(IN_ORDER, " ".join([*kinds, ""])), "cut, or frames out of order")
        opening, ending, orders = frames[0]["opening"], frames[-1]["end"], "order" in kinds
        require((opening["protocol_version"], opening["request_id"], ending["frames"])
                == (1, request["request_id"], len(kinds) - 1), "another answer")
        receipts = frames[1].get("receipts", {"receipts": []})["receipts"]
        behind = [one["counter"] - request["first_counter"] for one in receipts]
        few = orders or RETRY in (one["verdict"] for one in receipts)
        require(behind == [*range(len(behind if few else request["changes"]))], "other receipts")
        require(ending["known"] <= self.counter or orders, "it knows what was not written here")
        self.epoch, self.known = opening["epoch"], ending["known"]
        self.digests = {one["case_id"]: (one["records"], one["sum"]) for frame in frames
                        for one in frame.get("digests", {"digests": []})["digests"]}
        self.witness = opening["witness"] or self.witness
        for frame in frames:
            for kind, content in frame.items():
                getattr(self, f"_{kind}", lambda _: None)(content)
        if orders:
            raise Refused(*(frame["order"] for frame in frames if "order" in frame))

    def _receipts(self, content: Message) -> None:
        """The outbox is emptied by receipts alone (6.4)."""
        for receipt in content["receipts"]:
            if receipt["verdict"] == RETRY:
                break
            change = self.outbox.pop(0)
            self.receipts[receipt["counter"]] = receipt
            if receipt["settles_base"] and self.cases.get(change["case_id"]):
                known, place = self.base.get(change["record"]), tuple(receipt["place"].values())
                self.base[change["record"]] = apply(known, change, place)
            elif receipt["verdict"] != REFUSED:
                self.overlay.append(change)

    def _scope(self, content: Message) -> None:
        """Drops what left the scope, and empties what is to come whole (6.6)."""
        kept = {entry["case_id"]: not entry["sent_whole"] for entry in content["entries"]}
        require([*kept] == sorted(kept) and len(kept) == len(content["entries"]), "not ascending")
        self.cases = {case: kept[case] and self.cases.get(case, False) for case in kept}
        self.base = {key: one for key, one in self.base.items() if kept.get(one.case_id)}
        self.overlay = [one for one in self.overlay if one["case_id"] in kept]
        self.witness = content["witness"] or self.witness

    def _page(self, content: Message) -> None:
        """Merges each record into the base (6.7)."""
        for record in (read_record(one["encoded"]) for one in content["records"]):
            known = self.base.get(record.id, record)
            require(record.case_id in self.cases and (known.type, known.case_id)
                    == (record.type, record.case_id), "a record of another type or case")
            self.base[record.id] = merge(known, record)
        require(self.cases.keys() >= {*content["completed"]}, "a case outside the scope")
        self.cases |= dict.fromkeys(content["completed"], True)
        self.checkpoint, self.witness, self.place = content["checkpoint"], b"", content["place"]
        gone = {*content["departed"]} - {one["record"] for one in self.outbox}
        self.base = {key: one for key, one in self.base.items() if key not in gone}
        self.overlay = [one for one in self.overlay if one["record"] not in gone and (
            not self.base[one["record"]].version.holds((one["replica"], one["counter"]))
            if one["record"] in self.base else one["case_id"] not in content["completed"])]
