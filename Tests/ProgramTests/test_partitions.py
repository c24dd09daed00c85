"""Ten officers who share cases work for a minute while the network, the laptops' programs and the
office fail all the time. Once all is well again, nothing that was saved is lost, all laptops and
the office hold the same, and nobody ever saw half of an act.

The choreography is that of Jepsen's tests of databases, over the real programs.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections import Counter
from pathlib import Path

import pytest

import programs
from conftest import seed as populate
from fault_log import counted
from fault_proxy import Proxy
from laptop import Laptop
from office import Office
from partition_checks import judge
from partition_run import Officer, rage

LAPTOPS = 10
SECONDS = float(os.environ.get("DOORSTEP_PARTITION_SECONDS", "60"))
SEEDS = [int(seed) for seed in os.environ.get("DOORSTEP_PARTITION_SEED", "1,2,3").split(",")]


@pytest.mark.parametrize("seed", SEEDS)
def test_n9_nothing_is_lost_and_all_agree_after_a_minute_of_faults(
    bare_template: Office, tmp_path: Path, seed: int
) -> None:
    office = bare_template.copy(tmp_path / "here")
    populate(office, people=6, contacts=8)
    with contextlib.ExitStack() as stack:
        office.start()
        stack.callback(office.stop)
        officers, observer = crew(office, stack, seed)
        with counted("N9", "partitions") as count:
            run = rage(office, officers, seed, SECONDS)
            # It may have been killed a moment ago.
            wrongs = judge(run, observer)
            syncs = sum((officer.syncs for officer in officers), Counter())
            count.injected = run.nemesis.done.total() + syncs["given up"]
            count.violations = len(wrongs)
            count.more = {
                "seed": seed, "seconds": SECONDS, "laptops": LAPTOPS, "edits": len(run.edits),
                "syncs": syncs.total(), "faults": dict(run.nemesis.done), "ends": dict(syncs),
                "contested": office.asked("report")["contested"]}
            if wrongs:
                pytest.fail("\n".join([f"{len(wrongs)} wrong:", *wrongs[:20]]))
            # That it was a run at all, on a machine however slow.
            edits, whole = len(run.edits), syncs["whole"]
            assert edits > SECONDS and whole > SECONDS / 4, count.more


def crew(office: Office, stack: contextlib.ExitStack, seed: int) -> tuple[list[Officer], Laptop]:
    """Officers who hold four cases each, every case being held by several, and one who holds all
    and only looks."""
    finder = [office.enrol(user, f"finder-{user}") for user in ("a.khan", "b.jones")]
    for laptop in finder:
        laptop.sync()
    crns = [crn for laptop in finder for crn in laptop.crns()]
    # Beside the office's other machines, whose address changes when it starts.
    (office.folder / "laptops").mkdir()
    officers = []
    for number in range(LAPTOPS):
        chance = random.Random(f"{seed}-{number}")
        user, held = f"officer.{number}", sorted(chance.sample(crns, 4))
        office.ctl("grant", user, *held).expect(programs.DONE)
        laptop = office.enrol(user, f"laptops/{user}")
        proxy = stack.enter_context(Proxy(office.port))
        laptop.move_to(proxy.url)
        laptop.sync()
        officers.append(Officer(user, laptop, proxy, held, chance))
    office.ctl("grant", "observer", *crns).expect(programs.DONE)
    return officers, office.enrol("observer", "laptops/observer")
