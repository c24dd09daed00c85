"""A bad network between a laptop and the office: a TCP proxy that spoils bytes and connections.

TLS passes through untouched, so nothing here can read or forge what the two say. Faults above TLS
are made by `impostor.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Literal

import programs

Then = Literal["fin", "rst", "half", "stall"]
"""What follows the last byte that passes: both ends are closed in order or by a reset; the receiver
alone is told of an end; or nothing ever follows, and nobody is told."""

PIECE = 16_384


@dataclass(frozen=True)
class Flow:
    """What happens to the bytes of one direction of one connection."""

    limit: int | None = None
    """Bytes that pass before `then`. None: all."""
    then: Then = "fin"
    delay: float = 0.0
    """Seconds that each piece is held."""
    rate: float | None = None
    """Bytes a second."""
    free: int = 0
    """Bytes that pass before the rate holds."""
    flips: tuple[int, ...] = ()
    """Offsets of bytes in which one bit is turned."""
    gap: tuple[int, int] | None = None
    """The bytes from the first offset up to the second vanish, and what follows passes."""
    again: tuple[int, int] | None = None
    """Once the second offset has passed, the bytes from the first on pass a second time."""


@dataclass(frozen=True)
class Plan:
    """What happens to one connection. `up` is towards the office."""

    up: Flow = Flow()
    down: Flow = Flow()
    refuses: bool = False
    """Reset as soon as it is made."""
    answer: bytes | None = None
    """Said in the office's place, which is not asked; without TLS."""
    forgets: float | None = None
    """Seconds of silence after which the connection is reset, as routers do that forget it."""


@dataclass
class Passed:
    """What one connection came to."""

    up: int = 0
    down: int = 0
    faults: int = 0
    """How often its plan did something to it."""


@dataclass
class Weather:
    """What holds for all connections until it is changed. TCP sends again what a hole swallowed,
    so a gate that is shut holds bytes back and does not lose them."""

    up: bool = True
    down: bool = True
    refuses: bool = False
    delay: float = 0.0


@dataclass
class _Wire:
    """The state of one direction."""

    flow: Flow
    count: Callable[[], None]
    passed: int = 0
    kept: bytearray = field(default_factory=bytearray)
    """What may have to pass again."""


class Proxy:
    """Listens on a port of its own while a `with` statement runs, and passes on to `port`."""

    def __init__(self, port: int, plan: Plan | Callable[[int], Plan] = Plan()) -> None:
        self.port = port
        self.plan = plan
        """For the connections from now on; a function is told their number, from 0."""
        self.passed: list[Passed] = []
        self._weather = Weather()
        self._changed = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stopping: asyncio.Event | None = None
        self._live: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        self._thread.start()
        assert self._ready.wait(programs.PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._stopping
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(programs.PATIENCE)
        assert not self._thread.is_alive(), "the proxy does not end"

    @property
    def faults(self) -> int:
        return sum(passed.faults for passed in self.passed)

    @property
    def bytes(self) -> int:
        return sum(passed.up + passed.down for passed in self.passed)

    # The weather, which may be changed from any thread.

    def becomes(self, **weather: bool | float) -> None:
        """Changes some of the weather for every connection, those that are open included."""
        self._weather = replace(self._weather, **weather)
        self._loop.call_soon_threadsafe(self._wake)

    def heal(self) -> None:
        """All passes again, at once. Connections that are open go on."""
        self._weather = Weather()
        self._loop.call_soon_threadsafe(self._wake)

    def drop(self) -> None:
        """Resets every open connection."""
        def drop() -> None:
            for task in self._live:
                task.cancel()

        self._loop.call_soon_threadsafe(drop)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # The thread of the proxy.

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        server = await asyncio.start_server(self._accepted, sock=self.listener)
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for task in self._live:
            task.cancel()
        await asyncio.gather(*self._live, return_exceptions=True)

    async def _accepted(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        plan = self.plan if isinstance(self.plan, Plan) else self.plan(len(self.passed))
        passed = Passed()
        self.passed.append(passed)
        task = asyncio.current_task()
        assert task
        self._live.add(task)
        try:
            if plan.refuses or self._weather.refuses:
                passed.faults += plan.refuses
            elif plan.answer is not None:
                passed.faults += 1
                await self._say(plan.answer, reader, writer)
            else:
                await self._pass(plan, passed, reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            self._live.discard(task)
            reset(writer)

    @staticmethod
    async def _say(
        said: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(PIECE), programs.PATIENCE)
            writer.write(said)
            await writer.drain()
            await Proxy._end(reader, writer)

    async def _pass(
        self, plan: Plan, passed: Passed, reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        try:
            there, office = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return

        def faulted() -> None:
            passed.faults += 1

        ends: list[Then] = []
        up, down = _Wire(plan.up, faulted), _Wire(plan.down, faulted)
        pumps = [
            asyncio.ensure_future(self._pump(up, "up", passed, reader, office, ends)),
            asyncio.ensure_future(self._pump(down, "down", passed, there, writer, ends)),
        ]
        try:
            waiting = set(pumps)
            # One direction may end long before the other; a cut ends both.
            while waiting and not ends:
                before = passed.up, passed.down
                done, waiting = await asyncio.wait(
                    waiting, timeout=plan.forgets, return_when=asyncio.FIRST_COMPLETED)
                if not done and before == (passed.up, passed.down):
                    ends.append("rst")
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            if "rst" in ends:
                reset(office)
                reset(writer)
            office.close()
            await self._end(reader, writer)

    @staticmethod
    async def _end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Closes in order. A laptop that is slow to read gets all that passed: to close while it
        still speaks would reset what its kernel holds."""
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            writer.write_eof()
            while await asyncio.wait_for(reader.read(PIECE), programs.PATIENCE):
                pass

    async def _pump(
        self, wire: _Wire, way: Literal["up", "down"], passed: Passed,
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ends: list[Then],
    ) -> None:
        flow = wire.flow
        try:
            while piece := await reader.read(PIECE):
                # So small that a second of the rate is not passed at once.
                rate = flow.rate if wire.passed >= flow.free else None
                step = max(1, int(rate / 4)) if rate else len(piece)
                for start in range(0, len(piece), step):
                    part = piece[start : start + step]
                    if rate:
                        wire.count()
                        await asyncio.sleep(len(part) / rate)
                    await asyncio.sleep(flow.delay + self._weather.delay)
                    await self._gate(way)
                    whole = wire.passed + len(part)
                    isLast = flow.limit is not None and whole >= flow.limit
                    if isLast:
                        part = part[: (flow.limit or 0) - wire.passed]
                    part = spoiled(wire, part)
                    setattr(passed, way, getattr(passed, way) + len(part))
                    writer.write(part)
                    await writer.drain()
                    if isLast:
                        wire.count()
                        return await self._cut(flow.then, writer, ends)
            await self._gate(way)
            writer.write_eof()
        except OSError:
            ends.append("rst")

    async def _gate(self, way: Literal["up", "down"]) -> None:
        while not getattr(self._weather, way):
            await self._changed.wait()

    @staticmethod
    async def _cut(then: Then, writer: asyncio.StreamWriter, ends: list[Then]) -> None:
        match then:
            case "half":
                writer.write_eof()
            case "stall":
                await asyncio.Event().wait()
            case _:
                ends.append(then)


def spoiled(wire: _Wire, part: bytes) -> bytes:
    """The bytes of one direction as they pass, by its flow."""
    flow, start = wire.flow, wire.passed
    wire.passed += len(part)
    made = bytearray(part)
    for offset in flow.flips:
        if start <= offset < start + len(part):
            made[offset - start] ^= 1 << offset % 8
            wire.count()
    if flow.again:
        first, last = flow.again
        wire.kept += part[max(0, first - start) : max(0, last - start)]
        if start < last <= start + len(part):
            wire.count()
            made[last - start : last - start] = wire.kept
    if flow.gap:
        first, last = (min(max(0, offset - start), len(part)) for offset in flow.gap)
        if first < last:
            wire.count()
        del made[first:last]
    return bytes(made)


def reset(writer: asyncio.StreamWriter) -> None:
    """Closes with a reset, unless it was closed already."""
    plain = writer.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.contextmanager
def nobody() -> Iterator[str]:
    """An address where connections are refused, and that nobody else gets meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"https://127.0.0.1:{taken.getsockname()[1]}"


@contextlib.contextmanager
def black_hole() -> Iterator[str]:
    """An address where a connection is made, by the kernel, and nothing ever answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
