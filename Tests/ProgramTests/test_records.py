"""Records of every kind, entered by hand from what the catalogue says of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import programs
from conftest import Shared
from laptop import Laptop
from office import Office

YESTERDAY = f"{date.today() - timedelta(days=1):%d/%m/%Y}"
"""What is too old leaves laptops."""
ENTERED = {"text": "some", "flag": "yes", "date": YESTERDAY, "time": "9:05",
           "instant": f"{YESTERDAY} 9:05"}


# Codes that the checks across fields ask for; elsewhere the first one does.
FITTING = {"Action": "NFA"}


class Clerk:
    """Enters records of any type, and whatever else they must refer to."""

    def __init__(self, laptop: Laptop, crn: str) -> None:
        self.laptop, self.crn = laptop, crn
        self.forms = {form["name"]: form for form in laptop.json("forms")}
        self.made: dict[str, str] = {}

    def may_make(self, name: str) -> bool:
        fields = self.forms[name]["fields"]
        required = [field for field in fields if field["isRequired"]]
        return any("officer" in field["writers"] for field in fields) and all(
            "officer" in field["writers"]
            and (field["kind"] != "reference" or self.made.get(field["refersTo"])
                 or field["refersTo"] != name and self.may_make(field["refersTo"]))
            for field in required)

    def value(self, field: dict[str, Any]) -> str:
        if field["kind"] == "code":
            return FITTING.get(field["label"]) or next(iter(sorted(field["codes"])))
        if field["kind"] == "integer":
            return "1"
        if field["kind"] == "reference":
            return self.make(field["refersTo"])
        return ENTERED[field["kind"]]

    def entries(self, name: str) -> list[str]:
        entries = []
        for field in self.forms[name]["fields"]:
            if not field["isRequired"]:
                continue
            parts = [part for part in field["parts"] if part["isRequired"]] or field["parts"][:1]
            if field["kind"] == "composite":
                entries += [f"{field['name']}.{part['name']}={self.value(part)}" for part in parts]
            else:
                entries.append(f"{field['name']}={self.value(field)}")
        return entries or [self.entry(name)]

    def entry(self, name: str) -> str:
        """Something in a type that requires nothing."""
        field = next(field for field in self.forms[name]["fields"]
                     if "officer" in field["writers"] and field["kind"] in ENTERED)
        return f"{field['name']}={self.value(field)}"

    def make(self, name: str) -> str:
        """A record with what its type requires; one a type."""
        if name not in self.made:
            self.made[name] = self.laptop.json("add", name, self.crn, *self.entries(name))["record"]
        return self.made[name]


def test_every_kind_of_record_that_an_officer_writes_goes_from_laptop_to_laptop(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    clerk = Clerk(khan, shared.crn)
    written = [name for name in clerk.forms if clerk.may_make(name)]
    assert len(clerk.forms) == 62 and len(written) >= 30, written
    for name in written:
        clerk.make(name)
    said = khan.sync()
    assert {receipt["verdict"] for receipt in said["sent"]} == {"applied"}, said["sent"]
    jones.sync()
    held = {row["id"]: row["type"] for row in jones.json("records", shared.crn)}
    assert all(held[record] == name for name, record in clerk.made.items())
    assert jones.json("verify")["agrees"]


def test_what_does_not_fit_is_told_in_the_words_of_the_catalogue(
    khan: Laptop, shared: Shared
) -> None:
    appointment = khan.json(
        "add", "appointment", shared.crn, "type=CHVS", "when.date=17/5/2024", "when.start=9:05",
        "when.end=10:05")["record"]
    khan.run("change", appointment, "when.end=9:00").expect(
        programs.BAD_DATA, "An appointment ends after it starts")
    khan.run("add", "outcome-claim", shared.crn, f"appointment={appointment}", "claim.code=ATCH") \
        .expect(programs.BAD_DATA, "outcomes of unpaid work")
    assert "An appointment ends after it starts" in khan.run("forms", "appointment").out


def test_what_is_not_entered_stays_as_it_is(khan: Laptop, shared: Shared) -> None:
    record = khan.json(
        "add", "visit-plan", shared.crn, "when.date=17/5/2024", "when.start=9:05")["record"]
    khan.run("change", record, "when.start=10:00", "accompanying=b.jones").expect(programs.DONE)
    row = next(row for row in khan.json("records", shared.crn, "visit-plan") if row["id"] == record)
    values = {field["name"]: field["value"] for field in row["fields"]}
    assert "2024-05-17" in values["when"] and "10:00" in values["when"]
    assert values["accompanying/b.jones"] == "yes"


def test_two_laptops_that_meet_the_same_thing_make_one_record(
    office: Office, khan: Laptop, jones: Laptop, shared: Shared
) -> None:
    records = {
        laptop.json(
            "add", "contact-details", shared.crn, "kind=mobile", f"detail.value={number}",
            f"detail.verified={verified}")["record"]
        for laptop, number, verified in (
            (khan, "07700900111", "reached"), (jones, "07700900222", "stated"))
    }
    assert len(records) == 1
    khan.sync()
    jones.run("sync")
    rows = jones.json("records", shared.crn, "contact-details")
    detail = next(field for field in rows[0]["fields"] if field["name"] == "detail")
    assert "07700900111" in detail["value"], "the number that somebody was reached on"


@pytest.mark.parametrize(("arguments", "says"), [
    (("add", "nothing", "CRN", "a=b"), "doorstep forms"),
    (("add", "personal-contact", "CRN"), "forms personal-contact"),
    (("add", "personal-contact", "CRN", "nam=x"), "name one of name, relationship"),
    (("add", "visit-plan", "CRN", "when.date=31/2/2024"), "17/5/2024"),
    (("add", "visit-plan", "CRN", "when.start=9:05"), "when.date: it is missing"),
    (("add", "visit-plan", "CRN", "purpose=visit"), "safeguarding (Safeguarding)"),
    (("add", "tier", "CRN", "tier=A"), "written by office"),
    (("add", "upw-attendance", "CRN", "session=beef"), "ends in beef"),
    (("add", "contact-details", "CRN", "detail.value=1", "detail.verified=stated"), "say kind"),
    (("forms", "nothing"), "doorstep forms"),
    (("records", "CRN", "nothing"), "doorstep forms"),
])
def test_a_wrong_entry_says_what_to_write_and_saves_nothing(
    khan: Laptop, shared: Shared, arguments: tuple[str, ...], says: str
) -> None:
    before = khan.facts()
    filled = [shared.crn if argument == "CRN" else argument for argument in arguments]
    khan.run(*filled).expect(programs.BAD_DATA, says)
    assert khan.facts() == before


def test_a_kind_of_record_has_a_word_of_its_own(khan: Laptop, shared: Shared) -> None:
    assert khan.json("associate", shared.crn) == khan.json("records", shared.crn, "personal-contact")
    before = len(khan.json("associate", shared.crn))
    khan.run("associate", shared.crn, "name=Ann Hill", "relationship=Mother").expect(programs.DONE)
    assert len(khan.json("associate", shared.crn)) == before + 1
    khan.run("goal", shared.crn, "title=Find work").expect(programs.BAD_DATA, "plan")
    khan.run("goal", shared.crn, "colour=red").expect(programs.BAD_DATA, "no such field", "title")
    khan.run("goal", "X999999").expect(programs.BAD_DATA)
    for word in ("goal", "step", "instruction", "letter", "breach", "programme", "referral", "upw"):
        khan.run(word, shared.crn).expect(programs.DONE)
        khan.run(word, "--help").expect(programs.DONE, "doorstep forms")
