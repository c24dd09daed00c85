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
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import programs
from conftest import seed as populate
from fault_log import counted
from fault_proxy import Proxy
from laptop import Laptop
from office import Office
from partition_checks import (
    Truth, accounts, convergence, judge, sequences, whole_acts,
)
from partition_run import Nemesis, Officer, Run, rage

Check = Callable[[Run, Truth], Iterator[str]]

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


def test_the_checks_notice_what_is_wrong(bare_template: Office, tmp_path: Path) -> None:
    """Two officers in peace, and then what the office holds or they remember is falsified."""
    office = bare_template.copy(tmp_path / "here")
    populate(office, people=6, contacts=8)
    with contextlib.ExitStack() as stack:
        office.start()
        stack.callback(office.stop)
        officers, observer = crew(office, stack, seed=0, size=2)
        first, second = officers
        for officer in (first, second):
            officer.note()
            officer.visit()
            officer.new_address()
            assert officer.take(officer.laptop.run("sync", "--json"))
        run = Run(office, officers, Nemesis(office, officers, random.Random(0)))
        assert judge(run, observer) == []
        truth = Truth.ask(office, observer)
        note, seen_part, *_, address = first.edits
        replica = truth.replicas[first.laptop.device]

        def noticed(check: Check, words: str) -> None:
            found = list(check(run, truth))
            assert any(words in wrong for wrong in found), (words, found)

        # The office lost a note; and a part of a visit.
        lost = truth.standing.pop((replica, note.counter))
        noticed(accounts, "is not at the office")
        truth.standing[replica, note.counter] = lost
        lost = truth.standing.pop((replica, seen_part.counter))
        noticed(whole_acts, "by half")
        truth.standing[replica, seen_part.counter] = lost
        # It holds another record than the laptops.
        case, digest = next(iter(truth.digests.items()))
        truth.digests[case] = digest[::-1]
        noticed(convergence, "computed")
        truth.digests[case] = digest
        # An address that somebody saw and replaced came back; and one went that nobody replaced.
        recorded = first.laptop.json("history", address.record)["ownChanges"][0]["recordedAt"]
        seen = frozenset({(first.user, recorded)})
        heir = replace(address, user=second.user, counter=1, seen=seen)
        second.edits.append(heir)
        noticed(accounts, "saw and replaced it")
        second.edits.pop()
        lost = truth.standing.pop((replica, address.counter))
        noticed(accounts, "nobody who saw it")
        truth.standing[replica, address.counter] = lost
        # An edit that was saved never arrived.
        first.edits.append(replace(note, counter=address.counter + 1, token="neverxsent"))
        noticed(accounts, "neverxsent")
        noticed(sequences, "the office knows")
        first.edits.pop()
        assert [*accounts(run, truth), *sequences(run, truth), *whole_acts(run, truth)] == []


def crew(
    office: Office, stack: contextlib.ExitStack, seed: int, size: int = LAPTOPS
) -> tuple[list[Officer], Laptop]:
    """Officers who hold four cases each, every case being held by several, and one who holds all
    and only looks."""
    finder = [office.enrol(user, f"finder-{user}") for user in ("a.khan", "b.jones")]
    for laptop in finder:
        laptop.sync()
    crns = [crn for laptop in finder for crn in laptop.crns()]
    # Beside the office's other machines, whose address changes when it starts.
    (office.folder / "laptops").mkdir()
    officers = []
    for number in range(size):
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
