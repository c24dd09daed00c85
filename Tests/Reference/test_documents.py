"""What Protocol holds beside the text says the same: openapi.yaml, doorstep.proto, section 9."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

import programs
from forms import camel
from written import PROTO, SCHEMAS

API = yaml.safe_load((PROTO.parent / "openapi.yaml").read_text())
TEXT = (PROTO.parent / "README.md").read_text()
SERVER = programs.REPOSITORY / "Sources" / "Server" / "SyncServer" / "OfficeServer.swift"


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = API["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema's properties, also those of which only one may be there."""
    schema = resolved(schema)
    made = dict(schema.get("properties", {}))
    for part in [*schema.get("oneOf", []), *schema.get("anyOf", []), *schema.get("allOf", [])]:
        made |= properties(part)
    return made


def differences(title: str, schema: dict[str, Any], seen: set[str]) -> list[str]:
    """Where a schema and a message of the .proto differ, in all that they hold."""
    if title in seen:
        return []
    seen.add(title)
    told, found = properties(schema), []
    for name, type_, repeated, _ in SCHEMAS[title].values():
        if camel(name) not in told:
            found.append(f"{title}.{name} is not in openapi.yaml")
        elif type_ in SCHEMAS:
            inner = resolved(told[camel(name)])
            found += differences(type_, inner["items"] if repeated else inner, seen)
    known = {camel(field[0]) for field in SCHEMAS[title].values()}
    return found + [f"{title} has no {name} in doorstep.proto" for name in told.keys() - known]


def test_openapi_has_every_path_that_the_office_serves() -> None:
    listed = re.search(r"static let paths: Set<String> = \[(.*?)\]", SERVER.read_text(), re.S)
    assert listed
    served = set(re.findall(r'"(/[^"]+)"', listed[1]))
    assert len(served) > 20 and set(API["paths"]) == served


def test_the_text_names_every_path() -> None:
    for path, methods in API["paths"].items():
        for method in methods.keys() & {"get", "post"}:
            assert re.search(rf"{method.upper()}\s{path}\b", TEXT), f"{method} {path}"


@pytest.mark.parametrize("title", [title for title in SCHEMAS if title in
                                   API["components"]["schemas"]])
def test_openapi_and_the_messages_have_the_same_fields(title: str) -> None:
    assert differences(title, API["components"]["schemas"][title], set()) == []


def test_every_message_of_a_path_has_a_schema() -> None:
    named = re.findall(r"\(`(\w+)`(?:, `(\w+)`)?\)", TEXT)
    titles = {title for pair in named for title in pair if title in SCHEMAS}
    assert len(titles) > 20 and titles <= API["components"]["schemas"].keys()


@pytest.mark.parametrize(("begin", "end", "row", "codes"), [
    ("### 9.1", "### 9.2", r"^\| (`[a-z-]+`)", resolved({"$ref": "RefusalCode"})["enum"]),
    ("### 9.2", "## 10. ", r"^\| \d+ \| (.*?) \|",
     properties({"$ref": "Problem"})["code"]["enum"])])
def test_openapi_has_the_codes_of_section_9(
    begin: str, end: str, row: str, codes: list[str]
) -> None:
    table = TEXT[TEXT.index(begin):TEXT.index(end, TEXT.index(begin))]
    told = {code for cell in re.findall(row, table, re.M) for code in re.findall("`([^`]+)`", cell)}
    assert len(told) > 10 and told == set(codes)
