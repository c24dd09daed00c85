"""Disks whose power can be cut: small ext4 images on loop devices.

A cut is ext4's own shutdown: from that moment nothing reaches the disk any more. What was written
and not synced is gone when the disk is mounted again, as it is after a real power cut.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import struct
import subprocess
import tempfile
from enum import IntEnum
from pathlib import Path

import pytest

import programs

SHUTDOWN = 0x8004587D
"""The number of the request EXT4_IOC_SHUTDOWN."""

TOOLS = ("mkfs.ext4", "mount", "umount", "losetup", "sync")

MEBIBYTES = 16


class Cut(IntEnum):
    """What a cut leaves of what was not synced: the values of EXT4_GOING_FLAGS."""

    NAMES_KEPT = 1
    """The file system's journal still reaches the disk: names and sizes, and no contents."""

    ALL_LOST = 2
    """Nothing."""


def _do(*words: object) -> None:
    subprocess.run(
        [str(word) for word in words], capture_output=True, timeout=programs.PATIENCE, check=True,
        env=os.environ | {"PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"})


def _does(*words: object) -> bool:
    try:
        _do(*words)
    except subprocess.CalledProcessError:
        return False
    return True


class Disk:
    """A disk that is mounted. Whoever makes one takes it away: `remove`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._image = folder.with_suffix(".image")
        self._is_mounted = False
        with self._image.open("wb") as file:
            file.truncate(MEBIBYTES << 20)
        _do("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", self._image)
        folder.mkdir()
        try:
            self._mount()
        except BaseException:
            self.remove()
            raise

    def _mount(self) -> None:
        # The journal is committed when a program syncs, and not by the clock meanwhile.
        _do("mount", "-t", "ext4", "-o", "loop,commit=300", self._image, self.folder)
        self._is_mounted = True

    def _unmount(self, *how: str) -> None:
        # A program that is being started beside us holds our open files for a moment.
        programs.eventually(lambda: _does("umount", *how, self.folder), "nobody uses the disk")
        self._is_mounted = False

    def sync(self) -> None:
        """Makes all that is on it durable."""
        _do("sync", "--file-system", self.folder)

    def cut(self, kind: Cut) -> None:
        """Cuts the power, and brings it back. No program may be using the disk."""
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(descriptor, SHUTDOWN, struct.pack("I", kind))
        finally:
            os.close(descriptor)
        self._unmount()
        self._mount()

    def remove(self) -> None:
        """Takes it away, and its loop device with it, though a program may still use it."""
        if self._is_mounted:
            self._unmount("--lazy")
        self._image.unlink(missing_ok=True)


@functools.cache
def refusal() -> str:
    """Why power cannot be cut on this machine; empty when it can."""
    if os.geteuid() != 0:
        return "it needs root"
    where = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    if missing := [tool for tool in TOOLS if not shutil.which(tool, path=where)]:
        return f"{missing[0]} is not installed"
    with tempfile.TemporaryDirectory() as name:
        try:
            disk = Disk(Path(name) / "disk")
        except subprocess.CalledProcessError as error:
            return f"no disk can be mounted: {error.stderr.decode().strip()}"
        try:
            (disk.folder / "synced").write_bytes(b"synced")
            disk.sync()
            (disk.folder / "lost").write_bytes(b"lost")
            disk.cut(Cut.ALL_LOST)
            found = sorted(path.name for path in disk.folder.iterdir())
        except (OSError, subprocess.CalledProcessError) as error:
            return f"the shutdown of ext4 does not work: {error}"
        finally:
            disk.remove()
    kept, lost = "synced" in found, "lost" not in found
    return "" if kept and lost else "the shutdown of ext4 loses the wrong files"


@pytest.fixture(scope="session")
def power() -> None:
    """Skips what needs power cuts where the machine does not permit them."""
    if refusal():
        pytest.skip(f"power cannot be cut: {refusal()}")
