"""For the tests: the JSON form (4), and what only an office does, by the text alone."""

from __future__ import annotations

import base64
import re
from typing import Any

from written import CROCKFORD, PAIRS, PROTO, SCHEMAS, Message, blank, read_change, sha256

NAMED = re.search(r"enum Verdict \{(.*?)\}", PROTO.read_text(), re.S)
assert NAMED
VERDICTS = {name: int(number) for name, number in re.findall(r"(\w+) = (\d+);", NAMED[1])}


def read_identifier(text: str) -> bytes:
    """Sixteen bytes from their text form, in capitals or without dashes too (2)."""
    grouped = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}"
    if not re.fullmatch(grouped, text.lower()):
        raise ValueError("not an identifier")
    return bytes.fromhex(text.replace("-", ""))


def invitation(secret: bytes, fingerprint: bytes) -> str:
    """The code that an office would show (8.2)."""
    bits = int.from_bytes(secret + fingerprint + sha256(secret + fingerprint)[:2], "big") << 3
    letters = "".join(CROCKFORD[bits >> 5 * place & 31] for place in reversed(range(55)))
    return "-".join(letters[start:start + 5] for start in range(0, 55, 5))


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


def to_json(title: str, message: Message) -> Message:
    """A message in the JSON form (4)."""
    made: Message = {}
    for name, type_, repeated, one_of in SCHEMAS[title].values():
        items = message.get(name, []) if repeated else [message[name]] if name in message else []
        if repeated and type_ in PAIRS:
            items = [dict(zip(PAIRS[type_], pair)) for pair in sorted(items.items())]
        said = [to_json(type_, one) if type_ in SCHEMAS else base64.b64encode(one).decode()
                if type_ == "bytes" else str(one) if type_.endswith("64") else one for one in items]
        if items and (repeated or one_of or type_ in SCHEMAS or items[0]):
            made[camel(name)] = said if repeated else said[0]
    return made


def from_json(title: str, said: Message) -> Message:
    """A message from its JSON form; a field that the text does not know is an error."""
    fields, message = {camel(field[0]): field for field in SCHEMAS[title].values()}, blank(title)
    for key, content in said.items():
        name, type_, repeated, _ = fields[key]
        items = [from_json(type_, one) if type_ in SCHEMAS else base64.b64decode(one)
                 if type_ == "bytes" else int(one) if type_.endswith("64")
                 else VERDICTS[one] if type_ == "Verdict" else one
                 for one in (content if repeated else [content])]
        if repeated and type_ in PAIRS:
            key_name, value_name, kind = PAIRS[type_]
            items = kind((one[key_name], one[value_name]) for one in items)
        message[name] = items if repeated else items[0]
    return message


def examine(known: list[bytes], replica: bytes, head: tuple[int, bytes], first: int,
            changes: list[bytes], has_more: bool) -> Message:
    """What an office finds that has the hashes `known` of a replica's changes (6.3)."""
    counters = {counter: hash_ for counter, hash_ in enumerate(known, 1)}
    reached, previous, new = (len(known), known[-1] if known else b""), None, len(changes)
    end = {"head": list(reached)}
    bodies: list[Any] = [readable(change) for change in changes]
    follows = bodies[0]["previous"] if bodies and bodies[0] else None
    common = first - 1 if counters.get(first - 1, b"") == follows else 0
    for index, (change, body) in enumerate(zip(changes, bodies)):
        counter, hash_ = first + index, sha256(change)
        if counter == 0 or counter > head[0] or counter == head[0] and hash_ != head[1]:
            return {"problem": "bad-request"}
        if body and ((body["replica"], body["counter"]) != (replica, counter)
                     or previous not in (None, body["previous"])):
            return {"problem": "bad-request"}
        previous = hash_
        if counter <= len(known):
            if counters[counter] != hash_:
                return {"forked": common} | end
            common = counter
        elif counter == reached[0] + 1:
            if body and body["previous"] != reached[1]:
                return {"forked": common} | end
            reached, new = (counter, hash_), min(new, index)
        else:
            return {"resend": reached[0] + 1}
    if head[0] == reached[0] and head[1] != reached[1]:
        return {"forked": common} | end
    if head[0] < reached[0]:
        return {"forked": head[0] if counters.get(head[0]) == head[1] else common} | end
    return {"sound": new} if head[0] == reached[0] or has_more else {"resend": reached[0] + 1}


def readable(change: bytes) -> Message | None:
    """A change, or nothing where it cannot be read: it keeps its place in the chain."""
    try:
        return read_change(change)
    except ValueError:
        return None
