"""Decisions that are taken with the office in reach only, as the people who take them live them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office
from test_import import as_csv
from test_worked_cases import reconcile

SIGNED = ("endorsement=REC03", f"signed-text={'a' * 64}")


@pytest.fixture
def managers(office: Office, shared: Shared) -> tuple[Laptop, Laptop]:
    """The laptops of the officer's senior and of the senior manager."""
    laptops = []
    for user in ("c.spo", "d.head"):
        laptops.append(office.enrol(user, user, "--role", "senior"))
        office.ctl("grant", user, shared.crn).expect(programs.DONE)
        laptops[-1].sync()
    return laptops[0], laptops[1]


@pytest.fixture
def recall(office: Office, khan: Laptop, shared: Shared, tmp_path: Path) -> str:
    """A recall that the officer has begun without a network, and sent; its id."""
    office.stop()
    sentence = tmp_path / "events.csv"
    sentence.write_bytes(as_csv([{"crn": shared.crn, "number": "1", "active": "yes"}]))
    office.d("import", "event", sentence).expect(programs.DONE)
    office.start()
    khan.sync()
    event = khan.json("records", shared.crn, "event")[0]["id"]
    office.stop()
    recall = khan.json(
        "recall", shared.crn, f"event={event}", f"started-on={date.today():%d/%m/%Y}",
        "preparation=REC02", "rationale=Not seen for a month.")["record"]
    office.start()
    khan.sync()
    return recall


def test_a_recall_is_signed_by_two_managers_with_the_office_in_reach(
    office: Office, khan: Laptop, managers: tuple[Laptop, Laptop], recall: str, shared: Shared
) -> None:
    senior, head = managers
    senior.sync()
    office.stop()
    refused = senior.run("change", recall, *SIGNED)
    refused.expect(programs.OFFLINE, "office in reach only")
    assert "Nothing was entered" in refused.err
    assert senior.status()["unsent"] == 0
    # The draft of the reasons is written anywhere.
    senior.run("change", recall, "recommendation=STANDARD").expect(programs.DONE)
    office.start()
    # What the officer adds meanwhile is fetched before the signature, which then stands on it.
    khan.run("change", recall, "out-of-hours=yes").expect(programs.DONE)
    khan.sync()
    senior.run("change", recall, *SIGNED).expect(
        programs.DONE, "Sent and received by the office at")
    assert senior.verdicts(recall)[0] == "applied" and senior.status()["unsent"] == 0
    senior.run("change", recall, "endorsement=REC04").expect(
        programs.BAD_DATA, "Whoever countersigned does not endorse as well")
    head.sync()
    head.run("change", recall, "endorsement=REC04").expect(programs.DONE)
    head.run("change", recall, "submission=REC06").expect(programs.DONE)
    reconcile(khan)
    shown = khan.run("recall", shared.crn).out
    assert "Endorsed by the senior manager" in shown and "Referred" in shown


def test_a_warning_is_withdrawn_by_a_named_role(
    office: Office, khan: Laptop, managers: tuple[Laptop, Laptop], shared: Shared
) -> None:
    senior, _ = managers
    outcome = khan.json("outcome", shared.crn, "UAAB", "--appointment", shared.appointment)[
        "record"]
    act = (f"outcome={outcome}", f"on.date={date.today():%d/%m/%Y}")
    khan.run("letter", shared.crn, *act, "action=EA02").expect(programs.DONE)
    khan.run("letter", shared.crn, *act, "action=EA06").expect(
        programs.BAD_DATA, "by a senior or an administrator")
    reconcile(khan, senior)
    office.stop()
    senior.run("letter", shared.crn, *act, "action=EA06").expect(
        programs.OFFLINE, "office in reach only")
    office.start()
    senior.run("letter", shared.crn, *act, "action=EA06").expect(programs.DONE)
    khan.sync()
    assert "Withdraw a warning letter" in khan.run("letter", shared.crn).out
