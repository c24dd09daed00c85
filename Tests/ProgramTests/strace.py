"""Makes things go wrong at a program's n-th system call, with strace."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import programs

KILLED = -signal.SIGKILL
"""The status of a program that was killed: strace ends as its program did."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and at which call: the n-th of a kind that one thread makes.

    - does: what strace is to inject, for instance `signal=KILL` or `error=EIO`. A signal comes
      before the call is made, and an error in place of it.
    - onwards: the later calls go wrong too.
    """

    call: str
    number: int
    does: str
    onwards: bool = False

    def __str__(self) -> str:
        return f"{self.does} at {self.call} {self.number}{' and later' if self.onwards else ''}"

    def wrapper(
        self, lane: int, paths: Sequence[Path] = (), log: Path = Path(os.devnull)
    ) -> list[str]:
        """A command to run a program under.

        It keeps the program on one processor, so that one thread makes nearly all calls and their
        numbers mean the same in each run.

        - lane: which processor; tests that run beside each other take others.
        - paths: only calls on these files count.
        - log: where strace writes the calls; `injected` reads it.
        """
        processors = sorted(os.sched_getaffinity(0))
        when = f"when={self.number}{'+' if self.onwards else ''}"
        only = [word for path in paths for word in ("-P", str(path))]
        return [
            "taskset", "--cpu-list", str(processors[lane % len(processors)]),
            "strace", "-f", "-qqq", "-o", str(log), *only,
            "-e", f"trace={self.call}", "-e", f"inject={self.call}:{self.does}:{when}",
        ]


def injected(log: Path) -> int:
    """How many calls went wrong because we wanted it."""
    return log.read_text(errors="replace").count("(INJECTED)")


@functools.cache
def refusal() -> str:
    """Why faults cannot be injected on this machine; empty when they can."""
    for tool in ("strace", "taskset"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    tried = subprocess.run(
        [*Fault("write", 1, "error=EIO").wrapper(0), "echo", "written"], capture_output=True,
        timeout=programs.PATIENCE, check=False)
    # The tool could not write: so the fault was injected.
    works = tried.stdout == b"" and tried.returncode != 0 and b"written" not in tried.stdout
    return "" if works else f"strace may not trace programs here: {tried.stderr.decode().strip()}"


@pytest.fixture(scope="session")
def injection() -> None:
    """Skips what needs faults at system calls where the machine does not permit them."""
    if refusal():
        pytest.skip(f"faults cannot be injected: {refusal()}")
