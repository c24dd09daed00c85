"""Many laptops at one office at once, by hand: each keeps a connection and asks again and again.

`python load.py` measures what a heavy client costs those who sync beside it; see `measure`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import tempfile
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import programs
import wire
from laptop import Laptop
from office import Office

END = b"\r\n0\r\n\r\n"
"""How the chunks of an answer end; no frame in JSON holds a line break."""


@dataclass(frozen=True)
class Said:
    """What the office answered, and how long it took, in seconds."""

    status: int
    retry_after: int | None
    body: bytes
    seconds: float


class Client:
    """One laptop that syncs over one connection, and over a new one when that was cut."""

    def __init__(self, office: Office, machine: Laptop, replica: bytes | None = None) -> None:
        self.port = office.port
        self.context = wire.context(office, machine)
        self.replica = replica or uuid.uuid4().bytes
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def sync(self, checkpoint: str = "") -> Said:
        """One sync that sends nothing. Without a checkpoint it fetches everything."""
        more = {"checkpoint": checkpoint} if checkpoint else {}
        request = wire.sync_request(self.replica, **more)
        body = json.dumps(request).encode()
        began = time.monotonic()
        reader, writer = await self.connected()
        writer.write(
            f"POST /v1/sync HTTP/1.1\r\nHost: office\r\nContent-Type: {wire.JSON}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
            if "content-length" in lines:
                said = await reader.readexactly(int(lines["content-length"]))
            else:
                said = b""
                while not said.endswith(END):
                    piece = await reader.read(1 << 16)
                    if not piece:
                        raise ConnectionResetError("cut")
                    said += piece
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            raise
        after = lines.get("retry-after")
        return Said(
            int(head.split(" ", 2)[1]), int(after) if after else None, said,
            time.monotonic() - began)

    async def connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if not self.streams:
            self.streams = await asyncio.open_connection(
                "127.0.0.1", self.port, ssl=self.context, server_hostname="127.0.0.1",
                ssl_handshake_timeout=programs.PATIENCE)
        return self.streams

    def close(self) -> None:
        if self.streams:
            self.streams[1].transport.abort()
            self.streams = None


def enrolled(office: Office, user: str, names: Sequence[str]) -> list[Laptop]:
    """Laptops of one user, made some at a time."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda name: office.enrol(user, name), names))


def checkpoint(body: bytes) -> str:
    """The last that an answer brought."""
    found = body.rpartition(b'"checkpoint":"')[2].partition(b'"')[0]
    assert found, body[:200]
    return found.decode()


async def small(
    clients: Sequence[Client], places: Sequence[str], seconds: float, pause: float
) -> list[float]:
    """Syncs that bring nothing, by each client every `pause` seconds. Returns how long each took,
    from its first try on."""
    until = time.monotonic() + seconds

    async def one(client: Client, place: str, delay: float) -> list[float]:
        took = []
        await asyncio.sleep(delay)
        while time.monotonic() < until:
            began = time.monotonic()
            while (said := await client.sync(place)).status == 503:
                await asyncio.sleep(said.retry_after or 1)
            assert said.status == 200, said
            took.append(time.monotonic() - began)
            await asyncio.sleep(pause)
        return took

    each = await asyncio.gather(*(
        one(client, place, pause * number / len(clients))
        for number, (client, place) in enumerate(zip(clients, places))))
    return [one for took in each for one in took]


async def heavy(client: Client, counts: list[int]) -> None:
    """First syncs without end."""
    while True:
        try:
            said = await client.sync()
            counts[said.status != 200] += 1
            if said.status == 503:
                await asyncio.sleep(said.retry_after or 1)
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            counts[1] += 1
        finally:
            # Whoever wants everything does not keep a connection for it.
            client.close()


async def beside(
    clients: Sequence[Client], places: Sequence[str], office: Office, glutton: Laptop,
    connections: int, seconds: float,
) -> tuple[list[float], list[int]]:
    """What small syncs take beside one machine that fetches everything on so many connections."""
    replica, counts = uuid.uuid4().bytes, [0, 0]
    running = [
        asyncio.create_task(heavy(Client(office, glutton, replica), counts))
        for _ in range(connections)]
    try:
        return await small(clients, places, seconds, 0.5), counts
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for client in clients:
            client.close()


async def places_of(clients: Sequence[Client]) -> list[str]:
    """A first sync by each. Returns their checkpoints."""
    found = []
    for client in clients:
        found.append(checkpoint((await client.sync()).body))
        # The last would come after the office has closed the first for saying nothing.
        client.close()
    return found


def share(took: list[float], part: float) -> float:
    """How many milliseconds so many of them took at most."""
    return 1000 * sorted(took)[min(len(took) - 1, int(len(took) * part))]


def measure(people: int, seconds: float, rounds: int) -> None:
    """Prints what 20 laptops' syncs took alone, and beside a machine that fetches everything."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office.make(Path(folder) / "here")
        try:
            office.stop()
            office.d(
                "seed", "--people", people, "--seed", 1, "--officers", 1, "--user", "a.khan",
                "--contacts-per-year", 500).expect(programs.DONE)
            office.start()
            machines = enrolled(office, "a.khan", [f"small-{number}" for number in range(20)])
            glutton = office.enrol("a.khan", "glutton")
            clients = [Client(office, machine) for machine in machines]
            places = asyncio.run(places_of(clients))
            for turn in range(rounds):
                for connections in (0, 1, 32):
                    took, counts = asyncio.run(
                        beside(clients, places, office, glutton, connections, seconds))
                    print(
                        f"round {turn + 1}, {connections:2} heavy connections: p50"
                        f" {share(took, 0.5):6.1f} ms, p99 {share(took, 0.99):6.1f} ms,"
                        f" {len(took)} syncs; {counts[0]} first syncs served, {counts[1]} not",
                        flush=True)
        finally:
            office.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    measure(asked.people, asked.seconds, asked.rounds)
