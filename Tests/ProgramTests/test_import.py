"""What other systems hold comes in from CSV or JSON Lines: whole or not at all, and twice changes
nothing."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

import programs
from office import Office
from programs import Answer

CASES = [
    {"crn": "X100001", "forename": "Ann", "surname": "O'Neill, the \"first\"", "language": "cy"},
    {"crn": "X100002", "forename": "Bo", "surname": "Łęcki", "date_of_birth": "1990-02-28"},
    {"crn": "X100003", "forename": "Cy", "surname": "Young", "officer": "a.khan"},
]
RECENT = [(date.today() - timedelta(days=days)).isoformat() for days in (41, 40)]
"""Days of which a laptop still holds the contacts."""
CONTACTS = [
    {
        "crn": "X100001", "kind": "CHVS", "date": RECENT[0], "time": "14:10", "sensitive": "yes",
        "text": "Two lines,\nwith a comma.", "author": "a.khan", "reference": "N-1"},
    {
        "crn": "X100002", "kind": "COPT", "date": RECENT[1], "text": "Rang back.",
        "author": "b.jones", "reference": "N-2"},
]
GRANTS = [
    {"crn": "X100001", "user": "a.khan", "reason": "allocated"},
    {"crn": "X100003", "user": "a.khan"},
]


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """A file as spreadsheets write it."""
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_json(rows: list[dict[str, str]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


FORMS = {"csv": as_csv, "jsonl": as_json}
Enter = Callable[..., Answer]


@pytest.fixture
def stopped(
    bare_template: Office, tmp_path: Path, offices: Callable[[Office], Office]
) -> Office:
    """An office without cases whose server does not run."""
    return offices(bare_template.copy(tmp_path / "here"))


@pytest.fixture
def enter(stopped: Office, tmp_path: Path) -> Enter:
    """Imports content, written to a file with an ending."""
    def enter(kind: str, content: bytes, *more: object, ending: str = "csv") -> Answer:
        file = tmp_path / f"{kind}.{ending}"
        file.write_bytes(content)
        return stopped.d("import", kind, file, *more)

    return enter


@pytest.fixture(scope="module")
def nothing(bare_template: Office, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What an office holds before anything is imported."""
    return numbers(bare_template.copy(tmp_path_factory.mktemp("nothing")))


def numbers(office: Office) -> dict:
    """What the office holds, asked while it runs for a moment."""
    office.start()
    try:
        return office.facts()
    finally:
        office.stop()


def counts(answer: Answer) -> tuple[int, int, int]:
    said = answer.expect(programs.DONE).json
    assert said["problems"] == []
    return said["new"], said["changed"], said["unchanged"]


@pytest.mark.parametrize("ending", FORMS)
def test_cases_contacts_and_grants_reach_the_officers_laptop(
    stopped: Office, enter: Enter, ending: str
) -> None:
    written = FORMS[ending]
    assert counts(enter("cases", written(CASES), "--json", ending=ending)) == (3, 0, 0)
    assert counts(enter("contacts", written(CONTACTS), "--json", ending=ending)) == (2, 0, 0)
    assert counts(enter("grants", written(GRANTS), "--json", ending=ending)) == (2, 0, 0)
    stopped.start()
    laptop = stopped.enrol("a.khan")
    laptop.sync()
    assert laptop.crns() == ["X100001", "X100003"]
    case = laptop.case("X100001")
    assert case["name"] == "Ann O'Neill, the \"first\""
    (note,) = case["contacts"]
    assert (note["text"], note["author"]) == ("Two lines,\nwith a comma.", "a.khan")
    assert (note["date"], note["time"], note["sensitive"]) == (RECENT[0], "14:10", True)
    assert stopped.asked("verify")["problems"] == []


def test_what_is_too_old_for_a_laptop_stays_at_the_office(stopped: Office, enter: Enter) -> None:
    old = CONTACTS[0] | {"date": (date.today() - timedelta(days=367)).isoformat(), "reference": "N-0"}
    enter("cases", as_csv(CASES)).expect(programs.DONE)
    enter("contacts", as_csv([*CONTACTS, old])).expect(programs.DONE)
    enter("grants", as_csv(GRANTS)).expect(programs.DONE)
    stopped.start()
    laptop = stopped.enrol("a.khan")
    laptop.sync()
    case = laptop.case("X100001")
    assert [note["date"] for note in case["contacts"]] == [RECENT[0]] and case["older"]
    laptop.run("case", "X100001").expect(programs.DONE, "too old for a laptop are at the office")
    assert not laptop.case("X100003")["older"]
    assert laptop.json("verify")["agrees"]
    assert stopped.asked("verify")["problems"] == []
    stopped.stop()
    # The office holds it still: the same file brings nothing new.
    again = enter("contacts", as_csv([*CONTACTS, old]), "--json")
    assert counts(again) == (0, 0, 3)


@pytest.mark.parametrize("ending", FORMS)
def test_the_same_file_twice_changes_nothing(
    stopped: Office, enter: Enter, ending: str
) -> None:
    written = FORMS[ending]
    for kind, rows in (("cases", CASES), ("contacts", CONTACTS), ("grants", GRANTS)):
        enter(kind, written(rows), ending=ending).expect(programs.DONE, "new")
    before = numbers(stopped)
    for kind, rows in (("cases", CASES), ("contacts", CONTACTS), ("grants", GRANTS)):
        answer = enter(kind, written(rows), "--json", ending=ending)
        assert counts(answer) == (0, 0, len(rows))
    assert numbers(stopped) == before


def test_the_form_of_a_file_does_not_matter_to_what_it_says(
    stopped: Office, enter: Enter
) -> None:
    enter("cases", as_csv(CASES)).expect(programs.DONE)
    before = numbers(stopped)
    again = enter("cases", b"\xef\xbb\xbf" + as_json(CASES), "--json", ending="jsonl")
    assert counts(again) == (0, 0, 3)
    assert numbers(stopped) == before


@pytest.mark.parametrize("ending", FORMS)
def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    stopped: Office, enter: Enter, nothing: dict, ending: str
) -> None:
    answer = enter("cases", FORMS[ending](CASES), "--dry-run", ending=ending)
    answer.expect(programs.DONE, "3 new", "nothing was changed")
    answer = enter("cases", FORMS[ending](CASES), "--dry-run", "--json", ending=ending)
    assert counts(answer) == (3, 0, 0) and not answer.json["imported"]
    assert numbers(stopped) == nothing


def test_a_changed_row_changes_its_case_alone(stopped: Office, enter: Enter) -> None:
    enter("cases", as_csv(CASES)).expect(programs.DONE)
    married = [CASES[0] | {"surname": "Price"}, *CASES[1:]]
    assert counts(enter("cases", as_csv(married), "--dry-run", "--json")) == (0, 1, 2)
    assert counts(enter("cases", as_csv(married), "--json")) == (0, 1, 2)
    enter("grants", as_csv(GRANTS)).expect(programs.DONE)
    stopped.start()
    laptop = stopped.enrol("a.khan")
    laptop.sync()
    assert laptop.case("X100001")["name"] == "Ann Price"
    # What the row left out stands as it was.
    laptop.run("case", "X100001").expect(programs.DONE, "speaks Welsh")


WRONG_ROWS = {
    "crn": (CASES[1] | {"crn": "X1"}, ["crn"]),
    "no name": (CASES[1] | {"surname": ""}, ["surname", "fill it in"]),
    "date": (CASES[1] | {"date_of_birth": "31/2/1990"}, ["date_of_birth"]),
    "future": (CASES[1] | {"date_of_birth": "2990-01-01"}, ["date_of_birth"]),
    "code": (CASES[1] | {"language": "klingon"}, ["language"]),
    "twice": (CASES[0], ["line 2", "leave one of the two out"]),
    "long": (CASES[1] | {"surname": "x" * 300}, ["surname"]),
}


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize(("row", "words"), WRONG_ROWS.values(), ids=WRONG_ROWS.keys())
def test_a_wrong_row_is_named_by_its_line_and_nothing_is_imported(
    stopped: Office, enter: Enter, nothing: dict, row: dict[str, str], words: list[str], ending: str
) -> None:
    content = FORMS[ending]([CASES[0], row, CASES[2]])
    line = 3 if ending == "csv" else 2
    if ending == "jsonl":
        words = [word.replace("line 2", "line 1") for word in words]
    answer = enter("cases", content, ending=ending)
    answer.expect(
        programs.BAD_DATA, f"line {line}", "1 problem", "nothing was imported", *words)
    # No case content in an error.
    assert "klingon" not in answer.err and "Bo" not in answer.err
    enter("cases", content, "--dry-run", ending=ending).expect(programs.BAD_DATA, f"line {line}")
    assert numbers(stopped) == nothing


def test_every_problem_of_a_file_is_listed_at_once(stopped: Office, enter: Enter) -> None:
    rows = [CASES[0], *[row for row, _ in WRONG_ROWS.values()]]
    answer = enter("cases", as_csv(rows)).expect(programs.BAD_DATA, "nothing was imported")
    for line in range(3, len(rows) + 2):
        assert f"line {line}" in answer.err


def test_problems_in_json_are_one_value(stopped: Office, enter: Enter) -> None:
    answer = enter("cases", as_csv([CASES[0], WRONG_ROWS["crn"][0]]), "--json")
    said = answer.expect(programs.BAD_DATA).json
    (problem,) = said["problems"]
    assert (problem["line"], problem["column"]) == (3, "crn")
    assert problem["remedy"]
    assert said["error"] == "bad-file" and "Nothing was imported" in said["message"]


def test_what_the_office_computes_is_left_to_it(stopped: Office, enter: Enter) -> None:
    """A column of it would be put right after every import, and differ again in the next."""
    for kind, name in (("event", "failures"), ("upw-requirement", "held_minutes")):
        said = stopped.d("import", kind, "--columns", "--json").expect(programs.DONE).json
        assert name not in said["columns"], kind
    cases = as_csv([CASES[0] | {"tier": "B2"}])
    enter("cases", cases).expect(programs.DONE, "1 new")
    enter("cases", cases).expect(programs.DONE, "1 as they stand")
    tier = {
        "crn": "X100001", "reference": "T-1", "tier": "D", "calculated_on": "2026-04-01",
        "change_reason": "Risk fell."}
    enter("tier", as_csv([tier])).expect(programs.DONE, "1 new")
    # From now on the header shows the calculation, and a nightly extract says nothing against it.
    for _ in range(2):
        enter("cases", cases).expect(programs.DONE, "1 as they stand")


WRONG_FILES = {
    "empty": (b"", "csv", ["empty"]),
    "no header": (b"X100001,Ann,Price\n", "csv", ["line 1", "columns"]),
    "semicolons": (b"crn;forename;surname\nX100001;Ann;Price\n", "csv", ["commas"]),
    "missing column": (b"crn,forename\nX100001,Ann\n", "csv", ["surname", "missing"]),
    "unknown column": (b"crn,forename,surname,shoe\n", "csv", ["line 1", "column 4"]),
    "column twice": (b"crn,crn,forename,surname\n", "csv", ["crn", "twice"]),
    "fields": (b"crn,forename,surname\nX100001,Ann\n", "csv", ["line 2", "2 fields"]),
    "open quote": (b'crn,forename,surname\nX100001,"Ann,Price\n', "csv", ["line 2"]),
    "not UTF-8": (b"crn,forename,surname\nX100001,Ren\xe9,Price\n", "csv", ["line 2", "utf-8"]),
    "UTF-16": ("crn,forename,surname\n".encode("utf-16"), "csv", ["utf-16"]),
    "ending": (as_csv(CASES), "txt", [".csv", ".jsonl"]),
    "cut object": (b'{"crn":"X100001"\n', "jsonl", ["line 1"]),
    "a list": (b"[]\n", "jsonl", ["line 1"]),
    "nested": (b'{"crn":{"a":1}}\n', "jsonl", ["line 1"]),
    "unknown key": (as_json([CASES[0] | {"shoe": "42"}]), "jsonl", ["line 1", "key"]),
    "csv in jsonl": (as_csv(CASES), "jsonl", ["line 1"]),
    "binary": (bytes(range(256)) * 4, "csv", []),
}


@pytest.mark.parametrize(
    ("content", "ending", "words"), WRONG_FILES.values(), ids=WRONG_FILES.keys())
def test_a_file_that_is_not_what_it_should_be_is_refused_whole(
    stopped: Office, enter: Enter, nothing: dict, content: bytes, ending: str, words: list[str]
) -> None:
    answer = enter("cases", content, ending=ending)
    answer.expect(programs.BAD_DATA, "nothing was imported", *words)
    assert numbers(stopped) == nothing


def test_a_contact_or_a_grant_for_a_case_that_the_office_does_not_hold_is_refused(
    stopped: Office, enter: Enter
) -> None:
    enter("cases", as_csv(CASES[:1])).expect(programs.DONE)
    before = numbers(stopped)
    # The text of the first contact takes two lines.
    for kind, rows, line in (("contacts", CONTACTS, "line 4"), ("grants", GRANTS, "line 3")):
        for more in ([], ["--dry-run"]):
            answer = enter(kind, as_csv(rows), *more)
            answer.expect(programs.BAD_DATA, line, "import cases first", "nothing was imported")
    assert numbers(stopped) == before


def test_a_contact_that_was_imported_is_never_changed(stopped: Office, enter: Enter) -> None:
    enter("cases", as_csv(CASES)).expect(programs.DONE)
    enter("contacts", as_csv(CONTACTS)).expect(programs.DONE)
    before = numbers(stopped)
    altered = [CONTACTS[0] | {"text": "Something else."}, CONTACTS[1]]
    enter("contacts", as_csv(altered)).expect(programs.BAD_DATA, "nothing was imported")
    assert numbers(stopped) == before


def test_nothing_enters_that_a_laptop_could_not_read(stopped: Office, enter: Enter) -> None:
    enter("cases", as_csv(CASES)).expect(programs.DONE)
    before = numbers(stopped)
    enter("contacts", as_csv([CONTACTS[0] | {"author": "zoë.jones"}])).expect(
        programs.BAD_DATA, "author: that is no user name")
    plan = {"crn": "X100001", "reference": "P-1", "when.date": "17/5/2024", "when.start": "10:00",
            "purpose": "supervision"}
    for column, element in (("accompanying", "Bill Jones"), ("equipment", "téléphone")):
        enter("visit-plan", as_csv([plan | {column: element}])).expect(
            programs.BAD_DATA, f"line 2, {column}", "one word")
    assert numbers(stopped) == before
    enter("visit-plan", as_csv([plan | {"equipment": "personal-alarm; torch"}])).expect(
        programs.DONE, "1 new")
    stopped.start()
    assert stopped.asked("verify")["problems"] == []


def test_a_number_with_blanks_around_it_is_the_number(stopped: Office, enter: Enter) -> None:
    padded = [row | {"crn": row["crn"] + " " * 90} for row in CASES]
    assert counts(enter("cases", as_csv(padded), "--json")) == (3, 0, 0)


def test_who_wrote_a_report_did_not_write_the_row(stopped: Office, enter: Enter) -> None:
    enter("cases", as_csv(CASES)).expect(programs.DONE)
    report = {"crn": "X100001", "reference": "R-1", "type": "pre-sentence", "author": "j.smith"}
    enter("court-report", as_csv([report]), "--author", "feed").expect(programs.DONE, "1 new")
    rows = stopped.d("history", "X100001", "--json").expect(programs.DONE).json
    (record,) = [row["id"] for row in rows if row["type"] == "court-report"]
    told = stopped.d("history", record, "--json").expect(programs.DONE).json
    assert {row["author"] for row in told["changes"]} == {"feed"}


def test_a_file_that_is_not_there_is_said_to_be_so(stopped: Office, tmp_path: Path) -> None:
    for file in (tmp_path / "nowhere.csv", tmp_path):
        stopped.d("import", "cases", file).expect(programs.BAD_DATA, "cannot be read")


@pytest.mark.parametrize(
    "arguments", [[], ["cases"], ["cases", "file.csv", "--author", "a b"]])
def test_a_wrong_command_line_is_refused(stopped: Office, arguments: list[str]) -> None:
    stopped.d("import", *arguments).expect(programs.USAGE, "usage: doorstepd import")


def test_nothing_is_imported_or_seeded_while_the_server_runs(
    stopped: Office, enter: Enter
) -> None:
    stopped.start()
    before = stopped.facts()
    enter("cases", as_csv(CASES)).expect(programs.TRY_AGAIN, "another doorstepd", "stop it")
    stopped.d("seed", "--people", 2).expect(programs.TRY_AGAIN, "another doorstepd", "stop it")
    assert stopped.facts() == before


def test_seeding_twice_with_one_seed_changes_nothing(stopped: Office) -> None:
    seed = ["seed", "--people", 3, "--seed", 5, "--user", "a.khan", "--json"]
    first = stopped.d(*seed).expect(programs.DONE).json
    assert (first["cases"], first["grants"], first["users"]) == (3, 3, ["a.khan"])
    before = numbers(stopped)
    again = stopped.d(*seed).expect(programs.DONE).json
    assert (again["cases"], again["alreadyThere"], again["changes"]) == (0, 3, 0)
    assert numbers(stopped) == before
    assert before["report"]["cases"] == "3"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--people", "0"], 64), (["--people", "few"], 64), (["--seed", "-1"], 64),
        (["--officers", "0"], 64), (["--contacts-per-year", "1001"], 64),
        (["--today", "31/2/2026"], 65),
    ],
    ids=lambda part: "-".join(part) if isinstance(part, list) else "")
def test_an_impossible_population_is_refused(
    stopped: Office, arguments: list[str], status: int
) -> None:
    before = programs.files(stopped.folder)
    stopped.d("seed", *arguments).expect(status)
    assert "cases" not in numbers(stopped)["report"]
    assert before.keys() <= programs.files(stopped.folder).keys()


def test_records_of_any_type_come_in_by_their_names_and_find_one_another(
    stopped: Office, enter: Enter
) -> None:
    enter("cases", as_csv(CASES)).expect(programs.DONE)
    enter("grants", as_csv(GRANTS)).expect(programs.DONE)
    event = {"crn": "X100001", "number": "1", "active": "yes", "court": "Leeds"}
    requirement = {
        "crn": "X100001", "number": "7", "version": "1", "event": "1",
        "effective_from": "17/5/2024", "main_category.code": "W",
        "main_category.description": "Unpaid work"}
    for kind, row in (("event", event), ("requirement", requirement)):
        for ending, form in FORMS.items():
            answer = enter(kind, form([row]), "--json", ending=ending)
            assert answer.expect(programs.DONE).json["new"] == (ending == "csv")
    stopped.start()
    laptop = stopped.enrol("a.khan")
    laptop.sync()
    rows = {row["type"]: row for row in laptop.json("records", "X100001")}
    values = {field["name"]: field["value"] for field in rows["requirement"]["fields"]}
    assert values["event"] == rows["event"]["id"], "the sentence is named by its number"
    assert "Unpaid work" in values["main-category"]


def test_what_never_goes_to_a_device_stays_at_the_office(stopped: Office, enter: Enter) -> None:
    enter("cases", as_csv(CASES)).expect(programs.DONE)
    enter("grants", as_csv(GRANTS)).expect(programs.DONE)
    row = {"crn": "X100001", "reference": "L-1", "kind": "exclusion", "user": "c.other", "from": "17/5/2024"}
    for times, counts in enumerate([{"new": 1}, {"unchanged": 1}, {"changed": 1}, {"unchanged": 1}]):
        row |= {"message": "Restricted"} if times >= 2 else {}
        ending, form = list(FORMS.items())[times % 2]
        said = enter("access-limit", form([row]), "--json", ending=ending).expect(programs.DONE).json
        assert {name: said[name] for name in counts} == counts, "the same row twice changes nothing"
    stopped.start()
    laptop = stopped.enrol("a.khan")
    laptop.sync()
    assert "access-limit" not in {row["type"] for row in laptop.json("records", "X100001")}
    assert laptop.json("verify")["agrees"]
    stopped.ctl("verify").expect(programs.DONE)


def test_an_import_of_nothing_known_says_what_there_is(stopped: Office) -> None:
    stopped.d("import", "victims", "--columns").expect(programs.USAGE, "cases, contacts, grants")
    stopped.d("import", "people", "a.csv").expect(programs.USAGE, "cases, contacts, grants")


def test_cases_tell_of_a_death_and_case_header_is_what_they_are(
    stopped: Office, enter: Enter
) -> None:
    died = CASES[0] | {
        "deceased": "yes", "date_of_death": "1/3/2024", "previous_surname": "Price"}
    assert counts(enter("case-header", as_csv([died, CASES[2]]), "--json")) == (2, 0, 0)
    assert counts(enter("cases", as_csv([died]), "--json")) == (0, 0, 1)
    enter("grants", as_csv(GRANTS)).expect(programs.DONE)
    stopped.start()
    laptop = stopped.enrol("a.khan")
    laptop.sync()
    assert {row["crn"]: row["deceased"] for row in laptop.json("cases")} == {
        "X100001": True, "X100003": False}


EXTRACT = [
    {
        "OFFENDER_CRN": "X100001", "FIRST_NAME": "Ann", "SURNAME": "O'Neill",
        "DATE_OF_BIRTH_DATE": "17/5/1980", "LANGUAGE_CODE": "WEL", "DECEASED_FLAG": "N",
        "ROW_VERSION": "7", "EXTRACT_DATE": "2026-03-01"},
    {
        "OFFENDER_CRN": "X100003", "FIRST_NAME": "Cy", "SURNAME": "Young",
        "DATE_OF_BIRTH_DATE": "", "LANGUAGE_CODE": "UNK", "DECEASED_FLAG": "Y",
        "ROW_VERSION": "1", "EXTRACT_DATE": "2026-03-01"},
]


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """The mapping that the README shows."""
    shown = re.search(r"```yaml\n(.*?)```", (programs.REPOSITORY / "README.md").read_text(), re.S)
    assert shown
    file = tmp_path / "nightly.yaml"
    file.write_text(shown[1])
    return file


@pytest.mark.parametrize("ending", FORMS)
def test_an_extract_is_mapped_as_the_readme_shows(
    stopped: Office, enter: Enter, mapping: Path, ending: str
) -> None:
    content = FORMS[ending](EXTRACT)
    more = ["--mapping", mapping, "--json"]
    assert counts(enter("cases", content, *more, ending=ending)) == (2, 0, 0)
    assert counts(enter("cases", content, *more, ending=ending)) == (0, 0, 2)
    enter("grants", as_csv(GRANTS)).expect(programs.DONE)
    stopped.start()
    laptop = stopped.enrol("a.khan")
    laptop.sync()
    laptop.run("case", "X100001").expect(programs.DONE, "Ann O'Neill", "speaks Welsh")
    assert [row["deceased"] for row in laptop.json("cases")] == [False, True]


WRONG_MAPPINGS = {
    "unknown key": ("colums: {A: crn}\n", [":1:", "“colums”", "columns, ignore"]),
    "unknown target": ("columns:\n  A: cnr\n", [":2:", "“cnr”", "nearest is crn"]),
    "target twice": ("columns:\n  A: crn\n  B: crn\n", [":3:", "fed twice", "line 2"]),
    "bad value": ("values:\n  language: {W: welsch}\n", [":2:", "language", "write one of"]),
    "no YAML": ("columns: {A: crn, B\n  - x\n", ["not YAML"]),
    "empty": ("", ["all but empty"]),
    "missing column": (
        "columns:\n  SHOE_SIZE: tier\n", ["line 1", "SHOE_SIZE", "correct its name"]),
    "constant too": ("constants:\n  language: cy\n", ["line 1", "language", "constant"]),
}


@pytest.mark.parametrize(("text", "words"), WRONG_MAPPINGS.values(), ids=WRONG_MAPPINGS.keys())
def test_a_mapping_that_is_wrong_is_refused_with_what_to_do(
    stopped: Office, enter: Enter, nothing: dict, tmp_path: Path, text: str, words: list[str]
) -> None:
    file = tmp_path / "map.yaml"
    file.write_text(text)
    enter("cases", as_csv(CASES), "--mapping", file).expect(programs.BAD_DATA, *words)
    missing = enter("cases", as_csv(CASES), "--mapping", tmp_path / "nowhere.yaml")
    missing.expect(programs.BAD_DATA, "nowhere.yaml", "put a text file there")
    assert numbers(stopped) == nothing


def test_a_column_that_nobody_mapped_keeps_the_file_out(
    stopped: Office, enter: Enter, mapping: Path
) -> None:
    rows = [row | {"SHOE_SIZE": "42"} for row in EXTRACT]
    answer = enter("cases", as_csv(rows), "--mapping", mapping)
    answer.expect(programs.BAD_DATA, "line 1", "column 9", "under columns or ignore")


def test_cases_with_a_problem_are_left_out_whole_and_the_others_enter(
    stopped: Office, enter: Enter, tmp_path: Path
) -> None:
    enter("cases", as_csv(CASES)).expect(programs.DONE)
    rows = [
        CONTACTS[0], CONTACTS[1],
        CONTACTS[1] | {"date": "31/2/2024", "reference": "N-3"},
        CONTACTS[1] | {"crn": "X100009", "reference": "N-4"},
        CONTACTS[1] | {"crn": "X100003", "reference": "N-5"},
    ]
    enter("contacts", as_csv(rows)).expect(programs.BAD_DATA, "line 5", "nothing was imported")
    rejects = tmp_path / "rejects.csv"
    skip = ["--skip-bad-cases", "--json"]
    planned = enter("contacts", as_csv(rows), *skip, "--dry-run").expect(programs.NEEDS_YOU).json
    assert not planned["imported"]
    answer = enter("contacts", as_csv(rows), *skip, "--rejects", rejects)
    said = answer.expect(programs.NEEDS_YOU).json
    assert (said["cases"], said["rows"], said["new"], said["imported"]) == (2, 2, 2, True)
    left_out = {
        one["crn"]: (one["rows"], [problem["line"] for problem in one["problems"]])
        for one in said["leftOut"]}
    assert left_out == {"X100002": (2, [5]), "X100009": (1, [6])}
    assert planned == said | {"imported": False}
    written = list(csv.DictReader(io.StringIO(rejects.read_text())))
    assert [row["reference"] for row in written] == ["N-2", "N-3", "N-4"]
    assert list(written[0]) == list(CONTACTS[0])

    # The same again changes nothing, and leaves what somebody is to mend where it is.
    more = ["--skip-bad-cases", "--rejects", rejects]
    again = enter("contacts", as_csv(rows), *more)
    again.expect(
        programs.NEEDS_YOU, "0 new", "case X100002, line 5, date", "2 cases were left out")
    assert "Rang back" not in again.out + again.err
    mended = rejects.read_text().replace("31/2", "30/4").replace("X100009", "X100001")
    rejects.write_text(mended)
    other = enter("contacts", as_csv(rows), *more)
    other.expect(programs.CANNOT_CREATE, "there already", "nothing was imported")
    assert rejects.read_text() == mended
    assert counts(enter("contacts", mended.encode(), "--json")) == (3, 0, 0)


def test_a_row_whose_case_cannot_be_told_keeps_everything_out(
    stopped: Office, enter: Enter, nothing: dict
) -> None:
    rows = [CASES[0], CASES[1] | {"crn": "X1"}]
    answer = enter("cases", as_csv(rows), "--skip-bad-cases")
    answer.expect(
        programs.BAD_DATA, "line 3", "nobody can tell the case", "nothing was imported")
    assert numbers(stopped) == nothing


@pytest.mark.parametrize("more", [[], ["--skip-bad-cases", "--dry-run"]])
def test_rejects_are_of_an_import_that_skips(
    stopped: Office, enter: Enter, more: list[str], tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    answer = enter("cases", as_csv(CASES), "--rejects", rejects, *more)
    answer.expect(programs.USAGE, "--skip-bad-cases")
    assert not rejects.exists()


def test_no_file_of_rejects_takes_the_place_of_the_extract(
    stopped: Office, enter: Enter, tmp_path: Path
) -> None:
    rows = [CASES[0], CASES[1] | {"surname": ""}]
    same = tmp_path / "cases.csv"
    answer = enter("cases", as_csv(rows), "--skip-bad-cases", "--rejects", same)
    answer.expect(programs.CANNOT_CREATE, "there already")
    assert same.read_bytes() == as_csv(rows)
    nowhere = tmp_path / "nowhere" / "rejects.csv"
    answer = enter("cases", as_csv(rows), "--skip-bad-cases", "--rejects", nowhere)
    answer.expect(programs.CANNOT_CREATE, "cannot be written", "nothing was imported")
