"""An office does what openapi.yaml says, whatever is asked of it: answers have the statuses and the
form that stand there. The same requests at every run; DOORSTEP_REQUESTS=5000 tries so many others
at each address."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

import programs
import wire
from laptop import Laptop
from office import Office

Schema = dict[str, Any]
API = yaml.safe_load((programs.REPOSITORY / "Protocol" / "openapi.yaml").read_text())
WANTED = os.environ.get("DOORSTEP_REQUESTS")
ASKING = settings(
    max_examples=int(WANTED or 40), derandomize=not WANTED, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
OPERATIONS = [(path, method) for path, methods in API["paths"].items()
              for method in methods if method in ("get", "post")]
FIXED = {"code": "?", "seconds": 1, "all": False}
"""What may not be left to chance: who waits does so for a second, and nothing is done to all."""


DEEPEST = 5
QUERIES = ["", "0", "1", "true", "-1", "x", "9" * 30]


def resolved(part: Schema) -> Schema:
    """What a reference leads to."""
    while "$ref" in part:
        target: Any = API
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part


def some(schema: Schema, depth: int = 0) -> st.SearchStrategy[Any]:
    """Anything that a schema allows, of reasonable size."""
    schema = resolved(schema)
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    if "oneOf" in schema and "properties" not in schema:
        return st.one_of(*(some(one, depth) for one in schema["oneOf"]))
    match schema.get("type"):
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(schema.get("minimum", -2**31), schema.get("maximum", 2**31))
        case "array":
            if depth > DEEPEST:
                return st.just([])
            return st.lists(some(schema["items"], depth + 1), max_size=3)
        case "object":
            needed = schema.get("required", [])
            told = {name: st.just(FIXED[name]) if name in FIXED else some(one, depth + 1)
                    for name, one in schema.get("properties", {}).items()
                    if depth <= DEEPEST or name in needed}
            made = st.fixed_dictionaries({name: told.pop(name) for name in needed}, optional=told)
            return made.map(first) if schema.get("maxProperties") == 1 else made
        case "string" if "pattern" in schema:
            return st.from_regex(schema["pattern"], fullmatch=True)
        case "string" if "contentEncoding" in schema:
            sizes = {24: st.just(16), 44: st.just(32)}
            size = sizes.get(schema.get("minLength", 0), st.integers(0, 40))
            bytes_ = size.flatmap(lambda count: st.binary(min_size=count, max_size=count))
            return bytes_.map(lambda content: base64.b64encode(content).decode())
        case _:
            return st.text(max_size=min(schema.get("maxLength", 20), 20))


def first(members: Schema) -> Schema:
    return dict([*members.items()][:1])


def check(schema: Schema, value: Any, at: str) -> None:
    """Whether an answer has the form that a schema says."""
    schema = resolved(schema)
    if "const" in schema or "enum" in schema:
        assert value in schema.get("enum", [schema.get("const")]), (at, value)
    if "oneOf" in schema and "properties" not in schema:
        kinds = {resolved(one).get("type") for one in schema["oneOf"]}
        assert {str: "string", int: "integer"}.get(type(value), "object") in kinds, (at, value)
    match schema.get("type"):
        case "object":
            known = schema.get("properties", {})
            assert isinstance(value, dict) and set(schema.get("required", [])) <= set(value), at
            assert schema.get("additionalProperties", True) or set(value) <= set(known), (at, value)
            for name in value.keys() & known.keys():
                check(known[name], value[name], f"{at}.{name}")
        case "array":
            assert isinstance(value, list) and len(value) <= schema.get("maxItems", 2**20), at
            for one in value:
                check(schema["items"], one, at + "[]")
        case "string":
            assert isinstance(value, str) and re.search(schema.get("pattern", ""), value), at
            low, high = schema.get("minLength", 0), schema.get("maxLength", 2**24)
            assert low <= len(value) <= high, (at, value)
        case "boolean" | "integer" as kind:
            assert isinstance(value, bool if kind == "boolean" else int), (at, value)


@pytest.fixture(scope="module")
def api_office(
    bare_template: Office, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """One office for all requests: whatever they do to it, its answers keep their form."""
    office = bare_template.copy(tmp_path_factory.mktemp("office")).start()
    yield office
    assert office.stop() == 0


@pytest.fixture(scope="module")
def machine(api_office: Office) -> Laptop:
    return api_office.enrol("a.khan")


def asked(office: Office, machine: Laptop, path: str, method: str, body: Any) -> wire.Reply:
    """One request by who may make it."""
    operation = API["paths"][path][method]
    schemes = {name for one in operation.get("security", API["security"]) for name in one}
    who = office.operator if "operatorCertificate" in schemes else machine if schemes else None
    if method == "get":
        return wire.ask(office, who, "GET", path + str(body or ""), Accept=wire.JSON)
    return wire.post(office, who, path, body)


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=str)
@ASKING
@given(data=st.data())
def test_an_answer_is_as_openapi_says(
    api_office: Office, machine: Laptop, path: str, method: str, data: st.DataObject
) -> None:
    operation = API["paths"][path][method]
    body: Any = ""
    if method == "post":
        kinds = operation["requestBody"]["content"]
        body = data.draw(some(kinds[wire.JSON]["schema"]))
        if data.draw(st.integers(0, 5)) == 0:
            body |= {data.draw(st.text(min_size=1, max_size=8)): data.draw(st.booleans())}
    elif "parameters" in operation:
        body = "?" + "&".join(
            f"{one['name']}={data.draw(st.sampled_from(QUERIES))}"
            for one in map(resolved, operation["parameters"]))
    reply = asked(api_office, machine, path, method, body)
    event(f"answered {reply.status}")
    note(f"{method} {path} {json.dumps(body)} -> {reply.status} {reply.body[:300]!r}")
    assert str(reply.status) in operation["responses"], (reply.status, reply.body[:300])
    told = resolved(operation["responses"][str(reply.status)]).get("content", {})
    kinds = {kind.partition(";")[0]: one for kind, one in told.items()}
    assert reply.type in kinds
    if reply.type == wire.JSON:
        lines = reply.body.splitlines() if path == "/v1/sync" else [reply.body]
        for line in lines:
            check(kinds[wire.JSON]["schema"], json.loads(line), path)
    assert reply.status != 500


@pytest.mark.parametrize("path", API["paths"])
def test_other_methods_are_not_taken(api_office: Office, machine: Laptop, path: str) -> None:
    for method in {"GET", "POST", "PUT", "DELETE"} - {one.upper() for one in API["paths"][path]}:
        for who in (machine, api_office.operator):
            reply = wire.ask(api_office, who, method, path, Accept=wire.JSON)
            reply.expect(405, "method-not-allowed")
