"""An office that has more to do than it can: it says when to come again, serves everybody in turn,
and nobody who asks for too much is paid for by the others.

The numbers are of the project's list of faults.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import re
import time
from collections.abc import Iterator

import pytest

import load
import programs
import wire
from conftest import Shared, seed
from fault_log import counted
from impostor import Impostor, answer
from laptop import Laptop
from office import Office

MACHINES = 50
AT_ONCE = 200


@pytest.fixture(scope="module")
def busy_office(
    bare_template: Office, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Office, list[Laptop]]]:
    """An office of fifty laptops that serves few at once: 8 places of 512."""
    office = bare_template.copy(tmp_path_factory.mktemp("busy"))
    seed(office, people=8, contacts=200)
    try:
        office.start()
        yield office, load.enrolled(office, "a.khan", [f"one-{n}" for n in range(MACHINES)])
    finally:
        office.stop()


def gauges(office: Office) -> dict[str, float]:
    """The office's numbers, those with labels left out."""
    said = wire.ask(office, office.operator, "GET", "/metrics").body.decode()
    return {name: float(value) for name, value in re.findall(r"^(\w+) ([0-9.e+-]+)$", said, re.M)}


def test_n11_two_hundred_at_once_are_all_served_in_the_end(
    busy_office: tuple[Office, list[Laptop]]
) -> None:
    """Fifty laptops, four first syncs of each at the same moment."""
    office, machines = busy_office
    with counted("N11", "more than the office takes") as count:
        before = gauges(office)
        seen: list[dict[str, float]] = []
        statuses: dict[int, int] = {}
        waits: list[int] = []

        async def one(client: load.Client) -> None:
            for _ in range(100):
                said = await client.sync()
                statuses[said.status] = statuses.get(said.status, 0) + 1
                if said.status == 200:
                    assert b'"end"' in said.body
                    return client.close()
                assert json.loads(said.body)["code"] == "unavailable"
                assert said.retry_after and 1 <= said.retry_after <= 120
                waits.append(said.retry_after)
                # Kept for longer, it would be closed by the office for saying nothing.
                client.close()
                # A little at random on top, as laptops do.
                await asyncio.sleep(said.retry_after + random.random())
            raise AssertionError("not served in a hundred tries")

        async def watch() -> None:
            while True:
                seen.append(await asyncio.to_thread(gauges, office))
                await asyncio.sleep(0.05)

        async def all_at_once() -> None:
            clients = [
                load.Client(office, machines[number % MACHINES]) for number in range(AT_ONCE)]
            watching = asyncio.create_task(watch())
            await asyncio.gather(*(client.connected() for client in clients))
            await asyncio.gather(*(one(client) for client in clients))
            watching.cancel()

        # Replicas of their own: a copied laptop is another matter.
        asyncio.run(asyncio.wait_for(all_at_once(), 300))
        assert set(statuses) == {200, 503} and statuses[200] == AT_ONCE, statuses
        assert max(now["doorstep_syncs_under_way"] for now in seen) <= 64
        assert max(now["doorstep_turns_waiting"] for now in seen) <= 64
        after = gauges(office)
        assert after["doorstep_syncs_refused_total"] - before["doorstep_syncs_refused_total"] == (
            statuses[503])
        assert after["doorstep_turn_wait_seconds_count"] > before[
            "doorstep_turn_wait_seconds_count"] + AT_ONCE
        assert after["doorstep_syncs_under_way"] == after["doorstep_turns_waiting"] == 0
        count.injected = AT_ONCE
        count.more = {"refused": statuses[503], "longest_retry_after": max(waits)}


def test_n11_no_more_sync_at_once_than_there_are_places(
    busy_office: tuple[Office, list[Laptop]]
) -> None:
    """Sixteen connections at once, so eight places: the ninth laptop is told when to come again,
    and is served once somebody has gone."""
    office, machines = busy_office
    with counted("N11", "places") as count, contextlib.ExitStack() as stack:
        stack.callback(office.start)
        office.stop()
        stack.callback(office.stop)
        office.start("--connections", 16)
        holding = [stack.enter_context(half_a_sync(office, one)) for one in machines[:8]]
        programs.eventually(
            lambda: gauges(office)["doorstep_syncs_under_way"] == 8, "eight are under way")
        ninth = machines[8]
        said = ninth.run("sync", "--json", "--patience", 0).expect(
            programs.TRY_AGAIN, "the office is busy")
        assert re.search(r"again in (a second|\d+ (seconds|minutes));", said.err), said
        holding[0].close()
        ninth.run("sync", "--attempts", 10).expect(programs.DONE)
        count.injected = 9


def half_a_sync(office: Office, machine: Laptop) -> contextlib.AbstractContextManager:
    """A request whose end does not come. Its caller closes it."""
    tls = wire.connect(office, machine)
    tls.sendall(
        f"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Type: {wire.BINARY}\r\n"
        "Content-Length: 1000\r\n\r\nhalf".encode())
    return contextlib.closing(tls)


def test_a_laptop_says_in_plain_words_when_to_try_again(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    note = khan.note(shared.crn, "Written while the office was busy.")
    problem = json.dumps({"code": "unavailable", "message": "Busy."}).encode()
    with Impostor(
        office, lambda _: answer("503 Service Unavailable", wire.JSON, problem, "Retry-After: 17")
    ) as impostor:
        khan.move_to(impostor.url)
        said = khan.run("sync").expect(programs.TRY_AGAIN, "the office is busy")
        assert "Try again in 17 seconds; your work is saved on this laptop." in said.err
    khan.move_to(office.url)
    khan.sync()
    assert khan.verdicts(note) == ["applied"]


# M3 and M4: requests made to be expensive.


def test_m4_expensive_requests_are_paid_for_by_nobody_else(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    """While one laptop sends all of them, the other's syncs go through."""
    with counted("M4") as count, contextlib.ExitStack() as stack:
        head = f"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Type: {wire.BINARY}\r\n"
        said = []
        # A body that comes a byte at a time, each in a chunk of its own; and one of 10 GB.
        for begin in (
            f"{head}Transfer-Encoding: chunked\r\n\r\n", f"{head}Content-Length: 5000000\r\n\r\n"):
            tls = stack.enter_context(contextlib.closing(wire.connect(office, jones)))
            tls.sendall(begin.encode())
            said.append((tls, b"1\r\nx\r\n" if "chunked" in begin else b"x"))
        huge = stack.enter_context(contextlib.closing(wire.connect(office, jones)))
        huge.sendall(f"{head}Content-Length: 10000000000\r\n\r\n".encode())
        assert huge.recv(4096)[9:12] in (b"413", b"503")
        # A thousand header fields.
        many = "".join(f"X-{number}: y\r\n" for number in range(1000))
        full = stack.enter_context(contextlib.closing(wire.connect(office, jones)))
        full.sendall(f"{head}{many}\r\n".encode())
        assert full.recv(4096)[9:12] in (b"400", b"431")
        took = []
        for number in range(20):
            for tls, piece in said:
                for _ in range(200):
                    tls.sendall(piece)
            note = khan.note(shared.crn, f"Sent beside, {number}.")
            began = time.monotonic()
            khan.sync()
            took.append(time.monotonic() - began)
            assert khan.verdicts(note) == ["applied"]
        assert max(took) < 10, took
        count.injected = 4 + 2 * 20 * 200
        count.more = {"slowest_seconds": round(max(took), 3)}


def test_m4_a_million_changes_are_refused_and_hold_up_nobody(
    office: Office, khan: Laptop, jones: Laptop
) -> None:
    """A million empty changes are two million bytes: fewer than a body may have."""
    with counted("M4", "a million changes") as count:
        before = office.facts()
        # Version 1, a replica, the first counter 1, and the changes.
        message = b"\x08\x01\x1a\x10" + bytes(range(16)) + b"\x48\x01" + b"\x52\x00" * 10**6
        reply = wire.ask(
            office, jones, "POST", "/v1/sync", message, Content_Type=wire.BINARY, Accept=wire.JSON)
        reply.expect(400, "bad-request")
        assert office.facts() == before
        khan.sync()
        count.injected = 10**6


@pytest.mark.parametrize("entries", [1_024, 1_025, 200_000])
def test_m3_a_vector_beyond_the_limit_is_refused_and_harms_nobody(
    office: Office, khan: Laptop, shared: Shared, entries: int
) -> None:
    """An entry whose author says to have seen as many replicas: the most that the limit allows, one
    more, and 5 MB of them."""
    with counted("M3", "vector") as count:
        before = office.asked("report")
        peer = wire.Peer(office, office.enrol("a.khan", "peer"))
        body = peer.body(shared.crn, "contact-entry", bytes(range(16)), kind="CTOB", text="x")
        body["context"] = [
            {"replica": wire.text(n.to_bytes(16, "big")), "counter": "1"}
            for n in range(1, 1 + entries)]
        encoded = wire.encoded(body)
        head = {"counter": "1", "hash": wire.text(hashlib.sha256(encoded).digest())}
        reply = wire.post(office, peer.machine, "/v1/sync", wire.sync_request(
            peer.replica, head=head, firstCounter="1", changes=[{"encoded": wire.text(encoded)}],
            unsent="1"))
        after = office.asked("report")
        if reply.status == 200:
            (receipts,) = [frame["receipts"] for frame in reply.frames if "receipts" in frame]
            (receipt,) = receipts["receipts"]
            assert receipt["verdict"] == "REFUSED", receipt
            # Within the limit it is read, and refused for what it says.
            assert receipt["code"] == ("unreadable" if entries > 1_024 else "record-unknown")
            assert after["records"] == before["records"]
        else:
            assert entries == 200_000 and reply.status in (400, 413), reply
            assert (after["records"], after["changes"]) == (before["records"], before["changes"])
        khan.sync()
        assert office.asked("verify")["problems"] == []
        count.injected = entries
