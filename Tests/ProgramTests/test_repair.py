"""What is on a laptop held against its office: named record by record, and put right alone."""

from __future__ import annotations

import contextlib
import sqlite3

import programs
from conftest import Shared
from laptop import Laptop
from office import Office


def spoil(laptop: Laptop, sql: str) -> int:
    """Changes a laptop's file as a failing disk would; returns how many rows."""
    with contextlib.closing(sqlite3.connect(laptop.home / "replica.sqlite")) as store:
        changed = store.execute(sql).rowcount
        store.commit()
        return changed


def test_what_differs_is_named_and_only_that_is_fetched(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    khan.sync()
    agreed = khan.json("verify")
    assert agreed["agrees"] and agreed["sequence"] > 0 and agreed["records"] == []
    before = {row["id"]: row for row in khan.json("records", shared.crn)}
    # One body loses its end, and one row is gone.
    notes = "type = 'contact-entry'"
    assert spoil(khan, f"DELETE FROM records WHERE record_id = (SELECT min(record_id) FROM records WHERE {notes})")
    assert spoil(khan, f"""UPDATE records SET base = substr(base, 1, 40)
        WHERE record_id = (SELECT max(record_id) FROM records WHERE {notes})""")
    found = khan.run("verify", "--json")
    assert found.status == programs.NEEDS_YOU
    assert sorted(row["kind"] for row in found.json["records"]) == ["differs", "missing-here"]
    assert not found.json["agrees"] and found.json["repaired"] == 0
    khan.run("verify").expect(programs.NEEDS_YOU, "doorstep repair", "is not on this laptop")
    waiting = khan.note(shared.crn, "Written meanwhile.")
    khan.run("repair").expect(programs.DONE, "2 records fetched", "hold the same")
    after = {row["id"]: row for row in khan.json("records", shared.crn)}
    assert after.keys() == before.keys() | {waiting}
    again = khan.json("repair")
    assert again["agrees"] and again["repaired"] == 0
