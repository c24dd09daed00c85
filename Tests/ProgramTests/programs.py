"""Runs Doorstep's real programs, each call bounded in time."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("DOORSTEP_BIN", REPOSITORY / ".build" / "debug"))

# The exit statuses that the README documents.
DONE, NEEDS_YOU, USAGE, BAD_DATA, OFFLINE = 0, 1, 64, 65, 69
CANNOT_CREATE, DISK, TRY_AGAIN, REFUSED, NOT_SET_UP = 73, 74, 75, 77, 78

PATIENCE = 60.0
"""Seconds that anything may take before a test gives it up."""


def eventually(condition: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """Waits until `condition` holds and returns its value; fails at the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.01)


def program(name: str) -> str:
    """The path of a program; waits a minute for one that is being built anew."""
    path = FOLDER / name
    eventually(lambda: os.access(path, os.X_OK), f"{path} is not there; build it first")
    return str(path)


def environment(**more: str) -> dict[str, str]:
    """The environment for a program: nothing of the caller's that could change its answer."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
    return kept | {"HOME": "/nonexistent", "LC_ALL": "C.UTF-8"} | more


@dataclass(frozen=True)
class Answer:
    """What a program answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON value that it must be."""
        return json.loads(self.out)

    def expect(self, status: int, *words: str) -> Answer:
        """Checks the status, and that the words were said, whatever their capitals."""
        said = (self.out + self.err).lower()
        assert self.status == status, self
        for word in words:
            assert word.lower() in said, f"“{word}” was not said: {self}"
        return self


def run(
    name: str, *arguments: object, given: str | bytes | None = None, wrapper: Sequence[str] = (),
    env: dict[str, str] | None = None, limit: Callable[[], None] | None = None,
    folder: Path | None = None,
) -> Answer:
    """Runs a program to its end.

    - given: its standard input; none by default.
    - wrapper: a command to run it under, for instance faketime.
    - limit: called in the new process before the program starts.
    - folder: where it runs; where the tests run by default.
    """
    process = start(
        name, *arguments, wrapper=wrapper, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(**(env or {})), preexec_fn=limit, cwd=folder)
    try:
        return finish(process, given.encode() if isinstance(given, str) else given or b"")
    finally:
        end(process)


def start(
    name: str, *arguments: object, wrapper: Sequence[str] = (), **options: Any
) -> subprocess.Popen[bytes]:
    """Starts a program and returns at once. The caller ends it: `end`."""
    usual = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "env": environment()}
    words = [*wrapper, program(name), *map(str, arguments)]

    def started() -> subprocess.Popen[bytes] | None:
        try:
            return subprocess.Popen(words, **usual | options)
        except OSError as error:
            # It is being linked anew at this moment.
            if error.errno != errno.ETXTBSY:
                raise
            return None

    return eventually(started, f"{words[0]} is being built")


def finish(process: subprocess.Popen[bytes], given: bytes | None = None) -> Answer:
    """Waits for a started program's end."""
    out, err = process.communicate(given, timeout=PATIENCE)
    return Answer(
        process.returncode, out.decode(errors="replace"), (err or b"").decode(errors="replace"))


def tell(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Sends a signal to a program that was started, whether or not a wrapper stands before it."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        found = children.read_text().split()
        os.kill(int(found[0]) if found else process.pid, number)


def end(process: subprocess.Popen[bytes], patience: float = PATIENCE) -> int:
    """Asks a program to end, waits, and makes it end at last. Returns its exit status."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            tell(process, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()
    return process.wait(PATIENCE)


def files(folder: Path) -> dict[str, str]:
    """Every file of a folder with its hash, to see that nothing was changed.

    Databases are left out, since opening one may tidy its file; what they hold is asked of the
    programs.
    """
    databases = (".sqlite", "-wal", "-shm", ".lock")
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(databases)
    }


def sweep_faketime() -> None:
    """Removes what libfaketime shared with programs that were killed: the next of that process
    number would not start, or would take it for its own."""
    for path in Path("/dev/shm").glob("*faketime_s*_*"):
        number = path.name.rpartition("_")[2]
        if number.isdigit() and not Path("/proc", number).exists():
            path.unlink(missing_ok=True)


def faketime(moment: str) -> list[str]:
    """A wrapper that shows a program another wall clock, for instance `+2h`.

    It starts the program as its child, where an environment alone would make Swift lose the
    program's arguments.
    """
    return ["faketime", "-m", "--exclude-monotonic", "-f", moment]


def openssl(*words: object) -> str:
    """Runs the openssl command."""
    done = subprocess.run(
        ["openssl", *map(str, words)], capture_output=True, timeout=PATIENCE, check=True,
        stdin=subprocess.DEVNULL, text=True)
    return done.stdout
