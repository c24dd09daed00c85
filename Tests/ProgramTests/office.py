"""An office as a test sees it: doorstepd's data folder, its server, and an operator's machine."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import programs
import wire
from laptop import Laptop
from programs import Answer


class Office:
    """One office in a folder of its own. Whoever makes one ends it: `stop`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "office"
        self.url = "https://127.0.0.1:1"
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "doorstepd.log"
        self.ended: int | None = None
        """With which status the server ended when it last ran."""

    @classmethod
    def make(cls, folder: Path, name: str = "Test office") -> Office:
        """A new office whose server runs and whose operator is enrolled."""
        folder.mkdir(parents=True, exist_ok=True)
        office = cls(folder)
        code = office.d("init", "--office", name, "--json").expect(programs.DONE).json
        office.start()
        try:
            office.ctl("enrol", office.url, code["operatorCode"]).expect(programs.DONE)
        except BaseException:
            office.stop()
            raise
        return office

    def copy(self, folder: Path) -> Office:
        """The same office, its server stopped, in another folder, with all its machines."""
        assert self.process is None, "a running office cannot be copied"
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Office(folder)

    # The server.

    def d(self, *arguments: object, **options: Any) -> Answer:
        """Runs a command of doorstepd on this office's data."""
        command, *rest = arguments
        return programs.run("doorstepd", command, "--data", self.data, *rest, **options)

    def start(
        self, *arguments: object, port: int = 0, wrapper: Sequence[str] = (), **options: Any
    ) -> Office:
        """Starts the server and returns once it takes requests. All machines learn its address."""
        assert self.process is None, "it runs already"
        with self.log.open("ab") as log:
            self.process = programs.start(
                "doorstepd", "serve", "--data", self.data, "--port", port, "--json", *arguments,
                wrapper=wrapper, stderr=log, **options)
        try:
            self.url = json.loads(self._first_line())["ready"]
        except BaseException as error:
            if isinstance(error, (AssertionError, KeyError)):
                # It said nothing, or why it cannot: either way it is ending.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(5)
            self.stop()
            raise
        for file in self.folder.glob("*/office.json"):
            Laptop(file.parent).move_to(self.url)
        return self

    def _first_line(self) -> bytes:
        assert self.process and self.process.stdout
        deadline = time.monotonic() + programs.PATIENCE
        line = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                chunk = os.read(self.process.stdout.fileno(), 4096) if ready else b""
                assert chunk, f"doorstepd did not become ready: {self.log.read_text()}"
                line += chunk
        return line

    def stop(self) -> int | None:
        """Stops the server with SIGTERM, as an administrator would."""
        process, self.process = self.process, None
        if process:
            self.ended = programs.end(process)
        return self.ended if process else None

    def kill(self) -> None:
        """Ends the server with SIGKILL, as a power cut would."""
        assert self.process
        programs.tell(self.process, signal.SIGKILL)
        self.process.wait(programs.PATIENCE)
        self.stop()

    def restart(self, **options: Any) -> Office:
        """Stops the server and starts it on the same port."""
        self.stop()
        return self.start(port=self.port, **options)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    # The operator.

    @property
    def operator(self) -> Laptop:
        """The operator's machine. It is one like a laptop, with the same files."""
        return Laptop(self.folder / "operator", "doorstepctl")

    def ctl(self, *arguments: object, **options: Any) -> Answer:
        """Runs a command of the operator."""
        return self.operator.run(*arguments, **options)

    def asked(self, *arguments: object) -> Any:
        """What doorstepctl answers with `--json`; it must succeed."""
        return self.operator.json(*arguments)

    def code(self, user: str, *arguments: object) -> str:
        """A fresh enrolment code."""
        return self.asked("enrol-code", user, *arguments)["code"]

    def enrol(self, user: str, name: str | None = None, *arguments: object) -> Laptop:
        """A laptop that is enrolled for `user`, in a folder `name` beside the office."""
        laptop = Laptop(self.folder / (name or user))
        laptop.run("enrol", self.url, self.code(user, *arguments)).expect(programs.DONE)
        return laptop

    def laptop(self, name: str) -> Laptop:
        """A laptop that was enrolled before."""
        return Laptop(self.folder / name)

    def device(self, laptop: Laptop) -> dict[str, Any]:
        """How the office sees a machine."""
        return next(row for row in self.asked("devices") if row["device"] == laptop.device)

    def facts(self) -> dict[str, Any]:
        """What a refused request must leave as it was: numbers, digests, machines.

        Asked by hand, which takes less time than to start doorstepctl.
        """
        asked = {
            path: wire.ask(
                self, self.operator, "GET", f"/v1/operator/{path}", Accept=wire.JSON).json
            for path in ("report", "verify", "devices")
        }
        assert "cases" in asked["verify"] or "epoch" in asked["report"], asked
        for row in asked["devices"]["devices"]:
            for name in ("lastContact", "clockOffset", "unsent", "replica"):
                row.pop(name, None)
        return asked
