"""The laptop's doctor: what it finds, what it says to do, and that it changes nothing."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import programs
from conftest import Shared
from impostor import Impostor
from laptop import Laptop
from office import Office
from test_rescue import break_header, break_trees, fold, store

ALL = {
    "folder", "disk", "key", "certificate", "store", "held", "layout", "last-sync", "unsent",
    "lease", "proxy", "dns", "tcp", "tls", "answer", "accepted", "large-requests", "catalogue", "clock",
}


def ask(laptop: Laptop, *words: object, **options: Any) -> dict[str, dict[str, Any]]:
    """The findings by their names. The status must say whether one of them is wrong."""
    answer = laptop.run("doctor", "--json", *words, **options)
    findings = {finding["check"]: finding for finding in answer.json["findings"]}
    wrong = [name for name, finding in findings.items() if finding["state"] == "wrong"]
    assert answer.json["well"] == (not wrong), answer
    assert answer.status == (programs.NEEDS_YOU if wrong else programs.DONE), answer
    for finding in findings.values():
        assert (finding["state"] == "wrong") == ("remedy" in finding), finding
    return findings


def wrong(findings: dict[str, dict[str, Any]]) -> set[str]:
    return {name for name, finding in findings.items() if finding["state"] == "wrong"}


def contents(laptop: Laptop) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in laptop.home.iterdir() if path.suffix != ".lock"}


def test_a_laptop_in_order_is_said_to_be_well_and_left_alone(
    office: Office, khan: Laptop, shared: Shared
) -> None:
    khan.note(shared.crn, "Nobody but us two.")
    khan.sync()
    fold(khan)
    before = {name: data for name, data in contents(khan).items() if "-shm" not in name}
    found = ask(khan)
    assert wrong(found) == set() and set(found) == ALL, found
    assert {finding["state"] for finding in found.values()} == {"well"}, found
    answer = khan.run("doctor").expect(programs.DONE, "all is well", "nothing was changed")
    assert shared.crn not in answer.out and "Nobody but us" not in answer.out
    after = contents(khan)
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("spoil", [break_header, break_trees])
def test_a_damaged_store_is_told_with_what_to_do(
    office: Office, khan: Laptop, spoil: Callable[[Laptop], None]
) -> None:
    fold(khan)
    spoil(khan)
    before = store(khan).read_bytes()
    found = ask(khan)
    assert "store" in wrong(found) and "doorstep rescue" in found["store"]["remedy"]
    # The rest is looked at all the same.
    assert found["accepted"]["state"] == found["tls"]["state"] == "well"
    assert store(khan).read_bytes() == before
    khan.run("rescue")
    khan.sync()
    assert wrong(ask(khan)) == {"set-aside"}
    for path in khan.home.glob("*.damaged-*"):
        path.unlink()
    assert wrong(ask(khan)) == set()


def test_a_laptop_without_anything_is_told_so(tmp_path: Path) -> None:
    nowhere = Laptop(tmp_path / "nowhere")
    assert {"folder", "enrolment"} <= wrong(ask(nowhere))
    assert not nowhere.home.exists()


def test_what_waits_and_how_long_ago_is_told(
    office: Office, khan: Laptop, shared: Shared, clock: Callable[[str], list[str]]
) -> None:
    khan.sync()
    khan.note(shared.crn, "Not sent yet.")
    assert ask(khan)["unsent"]["state"] == "well"
    found = ask(khan, "--offline", wrapper=clock("+3d"))
    assert {"unsent", "last-sync"} <= wrong(found)
    assert "--to FILE" in found["unsent"]["remedy"]


def test_a_wrong_clock_is_told_by_the_office_and_without_it(
    office: Office, khan: Laptop, shared: Shared, clock: Callable[[str], list[str]]
) -> None:
    khan.sync()
    khan.note(shared.crn, "To know the time by.")
    found = ask(khan, wrapper=clock("+2h"))
    assert "clock" in wrong(found) and "2 hours ahead" in found["clock"]["says"]
    office.stop()
    found = ask(khan, wrapper=clock("-2h"))
    assert "clock" in wrong(found) and "earlier" in found["clock"]["says"]
    assert ask(khan)["clock"]["state"] == "well"


def test_each_step_of_the_way_is_told_apart(office: Office, khan: Laptop) -> None:
    khan.sync()
    real = khan.settings["address"]
    khan.change(address="https://office.invalid:8443")
    found = ask(khan)
    assert wrong(found) == {"dns"} and found["tcp"]["state"] == "unknown"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        khan.change(address=f"https://127.0.0.1:{free.getsockname()[1]}")
        found = ask(khan)
    assert wrong(found) == {"tcp"} and found["dns"]["state"] == "well"
    khan.change(address=real)
    found = ask(khan, env={"https_proxy": "http://user:secret@127.0.0.1:1"})
    assert "https_proxy" in found["proxy"]["says"] and found["dns"]["state"] == "unknown"
    assert "secret" not in str(found) and wrong(found)


def test_another_authority_is_told_apart_from_a_sign_in_page(
    office: Office, bare_office_elsewhere: Office, khan: Laptop
) -> None:
    khan.sync()
    real = khan.settings["address"]
    khan.change(address=bare_office_elsewhere.url)
    found = ask(khan)
    assert wrong(found) == {"tls"} and "authority" in found["tls"]["says"]
    khan.change(address=real)
    page = b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n"
    with Impostor(office, lambda _: page) as portal:
        khan.change(address=portal.url)
        found = ask(khan)
    assert "answer" in wrong(found) and "sign" in found["answer"]["remedy"]
    with Plain(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Welcome") as portal:
        khan.change(address=portal.url)
        found = ask(khan)
    assert "answer" in wrong(found) and found["tls"]["state"] == "unknown"


@pytest.fixture
def bare_office_elsewhere(
    tmp_path: Path, offices: Callable[[Office], Office]
) -> Office:
    """An office that khan's laptop knows nothing of."""
    return offices(Office.make(tmp_path / "elsewhere", "Elsewhere"))


class Plain:
    """Answers everything with the same bytes, and knows no TLS."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self) -> Plain:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(programs.PATIENCE)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(self.answer)


def test_a_line_that_loses_large_requests_is_told(office: Office, khan: Laptop) -> None:
    """As a path with a smaller MTU does that nobody tells of: what is large never arrives."""
    khan.sync()

    def habit(body: bytes) -> bytes:
        if len(body) > 1400:
            return b""
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"

    with Impostor(office, habit) as line:
        khan.change(address=line.url)
        found = ask(khan)
    assert "large-requests" in wrong(found) and "cannot be told" in found["large-requests"]["says"]


def test_an_office_that_has_withdrawn_the_laptop_is_told(office: Office, khan: Laptop) -> None:
    khan.sync()
    office.ctl("revoke", khan.device).expect(programs.DONE)
    found = ask(khan)
    assert wrong(found) == {"accepted"} and found["catalogue"]["state"] == "unknown"


def test_d10_what_others_may_read_is_told_with_the_command_that_mends_it(
    office: Office, khan: Laptop
) -> None:
    khan.sync()
    (khan.home / "office.json").chmod(0o644)
    found = ask(khan, "--offline")
    assert wrong(found) == {"files"}
    subprocess.run(found["files"]["remedy"], shell=True, check=True)
    khan.home.chmod(0o755)
    found = ask(khan, "--offline")
    assert wrong(found) == {"folder-rights"}
    subprocess.run(found["folder-rights"]["remedy"], shell=True, check=True)
    assert wrong(ask(khan, "--offline")) == set()


def test_a_key_that_is_not_the_certificates_is_told(
    office: Office, khan: Laptop, jones: Laptop
) -> None:
    khan.sync()
    khan.change(key=jones.settings["key"])
    assert "key" in wrong(ask(khan, "--offline"))
    khan.change(certificate="nonsense")
    found = ask(khan, "--offline")
    assert "key" in wrong(found) and "--again" in found["key"]["remedy"]
