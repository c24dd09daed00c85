"""A laptop as a test sees it: a home folder, and what its program says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import programs
from programs import Answer


STEPS = {
    "visit": ("plan", "start", "safe", "end"), "flag": ("list", "raise", "review", "remove"),
    "quarantine": ("list", "show", "release", "redirect", "return"),
    "devices": ("list", "holdings", "lost"),
}
"""What makes a command of two words, by the first."""


class Laptop:
    """One machine with its own home folder. An operator's has another program, the same files."""

    def __init__(self, home: Path, program: str = "doorstep") -> None:
        self.home = home
        self.program = program

    def run(self, *arguments: object, **options: Any) -> Answer:
        """Runs a command to its end."""
        return programs.run(self.program, *self._at_home(*arguments), **options)

    def start(self, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        """Starts a command. The caller ends it."""
        return programs.start(self.program, *self._at_home(*arguments), **options)

    def _at_home(self, *arguments: object) -> list[object]:
        """The arguments with the home folder behind the words of the command."""
        words = 2 if arguments[1:2] and arguments[1] in STEPS.get(str(arguments[0]), ()) else 1
        return [*arguments[:words], "--home", self.home, *arguments[words:]]

    def json(self, *arguments: object, **options: Any) -> Any:
        """What a command answers with `--json`; it must succeed."""
        return self.run(*arguments, "--json", **options).expect(programs.DONE).json

    # What is in its folder.

    @property
    def settings(self) -> dict[str, str]:
        return json.loads((self.home / "office.json").read_text())

    @property
    def device(self) -> str:
        return self.settings["device"]

    def change(self, **settings: str) -> None:
        """Changes what the machine knows of its office and of itself, as the programs do: the
        whole file at once, since one of them may be reading it."""
        draft = self.home / "office.json.draft"
        draft.write_text(json.dumps(self.settings | settings))
        draft.chmod(0o600)
        draft.replace(self.home / "office.json")

    def move_to(self, url: str) -> None:
        """Points the machine at another address, as IT would when the office's server moves."""
        self.change(address=url)

    # What an officer does.

    def sync(self, *arguments: object) -> dict[str, Any]:
        """A sync that must succeed and say that everything was received."""
        answer = self.run("sync", *arguments, "--json")
        needs_you = answer.status == programs.NEEDS_YOU
        assert needs_you or answer.status == programs.DONE, answer
        said = answer.json
        refused = [receipt for receipt in said["sent"] if receipt["verdict"] == "refused"]
        assert said["synced"] and needs_you == bool(said["conflicts"] or refused), answer
        return said

    def note(self, crn: str, text: str, *arguments: object) -> str:
        """Adds a note; returns its record's id."""
        return self.json("note", crn, text, *arguments)["record"]

    def crns(self) -> list[str]:
        return sorted(row["crn"] for row in self.json("cases"))

    def case(self, crn: str) -> dict[str, Any]:
        return self.json("case", crn, "--contacts", 10_000)

    def notes(self, crn: str) -> dict[str, dict[str, Any]]:
        """The notes of a case by their ids."""
        return {row["id"]: row for row in self.case(crn)["contacts"]}

    def appointment(self, crn: str, record: str) -> dict[str, Any]:
        return next(row for row in self.case(crn)["appointments"] if row["id"] == record)

    def conflicts(self) -> list[dict[str, Any]]:
        """What is in dispute. The status says whether there is anything."""
        answer = self.run("conflicts", "--json")
        assert answer.status == (programs.NEEDS_YOU if answer.json else programs.DONE), answer
        return answer.json

    def verdicts(self, record: str) -> list[str]:
        """What the office said of this laptop's own edits of a record, newest first."""
        return [edit["state"] for edit in self.json("history", record)["ownChanges"]]

    def status(self) -> dict[str, Any]:
        return self.json("status")

    def facts(self) -> dict[str, Any]:
        """What a failure must leave as it was: the cases and the outbox."""
        kept = ("cases", "casesNotWhole", "records", "unsent", "refused", "conflicts", "drafts")
        status = self.status()
        return {key: status[key] for key in kept} | {"read": self.json("cases")}
