"""Who may talk to the office: the certificate decides, on every request, each for its own work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import programs
import wire
from laptop import Laptop
from office import Office

OPERATOR_PATHS = [
    ("GET", "/v1/operator/devices"), ("GET", "/v1/operator/report"), ("GET", "/v1/operator/verify"),
    ("POST", "/v1/operator/enrol-code"), ("POST", "/v1/operator/grant"),
    ("POST", "/v1/operator/resync"), ("POST", "/v1/operator/revoke"), ("GET", "/metrics"),
]


@pytest.fixture
def laptop(bare_office: Office) -> Laptop:
    """An enrolled laptop."""
    return bare_office.enrol("a.khan")


def certify(laptop: Laptop, folder: Path, authority: Path, key: Path, *options: object) -> None:
    """Replaces a laptop's certificate by one for the same key that `authority` signs."""
    request, own = folder / "request.csr", folder / "laptop.key"
    own.write_text(laptop.settings["key"])
    programs.openssl("req", "-new", "-key", own, "-subj", "/CN=laptop", "-out", request)
    made = programs.openssl(
        "x509", "-req", "-in", request, "-CA", authority, "-CAkey", key, "-set_serial", 4711,
        *options)
    laptop.change(certificate=made)


def assert_sync_refused(office: Office, laptop: Laptop, *words: str) -> None:
    before = (laptop.facts(), office.facts())
    answer = laptop.run("sync", "--json").expect(programs.REFUSED, *words)
    assert answer.json["message"]
    assert (laptop.facts(), office.facts()) == before


def test_a_certificate_that_has_expired_is_refused(
    bare_office: Office, laptop: Laptop, tmp_path: Path
) -> None:
    authority = bare_office.data / "authority"
    certify(
        laptop, tmp_path, authority.with_suffix(".pem"), authority.with_suffix(".key"),
        "-days", -1)
    assert_sync_refused(bare_office, laptop, "certificate has expired", "enrol", "--again")


def test_a_certificate_of_a_foreign_authority_is_refused(
    bare_office: Office, laptop: Laptop, tmp_path: Path
) -> None:
    programs.openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-subj", "/CN=Test office authority", "-keyout", tmp_path / "ca.key", "-out",
        tmp_path / "ca.pem")
    certify(laptop, tmp_path, tmp_path / "ca.pem", tmp_path / "ca.key", "-days", 1)
    assert_sync_refused(bare_office, laptop, "does not accept", "enrol", "--again")


def test_a_certificate_that_the_office_signed_but_never_registered_is_refused(
    bare_office: Office, laptop: Laptop, tmp_path: Path
) -> None:
    authority = bare_office.data / "authority"
    certify(
        laptop, tmp_path, authority.with_suffix(".pem"), authority.with_suffix(".key"), "-days", 1)
    assert_sync_refused(bare_office, laptop, "not enrolled", "code")


def test_a_laptop_without_its_certificate_is_told_to_enrol(
    bare_office: Office, laptop: Laptop
) -> None:
    laptop.change(certificate="")
    assert_sync_refused(bare_office, laptop, "enrol", "--again")
    laptop.run("cases").expect(programs.DONE)


def test_a_certificate_that_cannot_be_read_is_said_to_be_so(
    bare_office: Office, laptop: Laptop
) -> None:
    laptop.change(
        certificate="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert_sync_refused(bare_office, laptop, "cannot be read", "enrol", "--again")


def test_a_key_that_does_not_fit_the_certificate_is_said_to_be_so(
    bare_office: Office, laptop: Laptop
) -> None:
    other = bare_office.enrol("b.jones")
    laptop.change(key=other.settings["key"])
    assert_sync_refused(bare_office, laptop, "enrol", "--again")


def test_a_revoked_laptop_is_refused_at_once_and_keeps_its_work(
    bare_office: Office, laptop: Laptop
) -> None:
    laptop.sync()
    answer = bare_office.asked("revoke", laptop.device)
    assert answer["wasActive"]
    assert bare_office.device(laptop)["state"] == "revoked"
    assert_sync_refused(bare_office, laptop, "withdrawn", "ring your office")
    answer = bare_office.ctl("revoke", laptop.device).expect(programs.DONE, "already")


def test_a_revoked_operator_is_refused_at_once(bare_office: Office) -> None:
    second = Laptop(bare_office.folder / "second", "doorstepctl")
    second.run("enrol", bare_office.url, bare_office.code("second", "--operator")).expect(0)
    second.run("devices").expect(programs.DONE)
    bare_office.ctl("revoke", second.device).expect(programs.DONE)
    second.run("devices").expect(programs.REFUSED, "withdrawn")


@pytest.mark.parametrize("device", ["nonsense", "0" * 31, "../../etc/passwd"])
def test_revoking_what_is_no_device_is_refused(bare_office: Office, device: str) -> None:
    before = bare_office.facts()
    bare_office.ctl("revoke", device).expect(programs.BAD_DATA, "doorstepctl devices")
    bare_office.ctl("resync", device).expect(programs.BAD_DATA, "doorstepctl devices")
    assert bare_office.facts() == before


def test_revoking_a_device_that_the_office_does_not_have_changes_nothing(
    bare_office: Office, laptop: Laptop
) -> None:
    before = bare_office.facts()
    answer = bare_office.ctl("revoke", "0" * 32)
    assert answer.status in (programs.REFUSED, programs.BAD_DATA), answer
    bare_office.ctl("resync", "0" * 32).expect(programs.NEEDS_YOU, "none matched")
    assert bare_office.facts() == before


def test_a_laptops_certificate_does_no_operators_work(bare_office: Office, laptop: Laptop) -> None:
    before = bare_office.facts()
    for method, path in OPERATOR_PATHS:
        wire.ask(bare_office, laptop, method, path).expect(403, "wrong-role")
    assert bare_office.facts() == before


def test_an_operators_program_with_a_laptops_certificate_is_told_so(
    bare_office: Office, laptop: Laptop
) -> None:
    borrowed = Laptop(laptop.home, "doorstepctl")
    borrowed.run("devices").expect(programs.REFUSED, "other work")
    borrowed.run("revoke", laptop.device).expect(programs.REFUSED, "other work")
    assert bare_office.device(laptop)["state"] == "active"


def test_an_operators_certificate_does_no_laptops_work(bare_office: Office) -> None:
    before = bare_office.facts()
    reply = wire.post(
        bare_office, bare_office.operator, "/v1/sync", wire.sync_request(b"replica of nobody"[:16]))
    reply.expect(403, "wrong-role")
    assert bare_office.facts() == before


@pytest.mark.parametrize(("method", "path"), [*OPERATOR_PATHS, ("POST", "/v1/sync")])
def test_nothing_but_enrolling_is_open_to_a_machine_without_a_certificate(
    bare_office: Office, method: str, path: str
) -> None:
    wire.ask(bare_office, None, method, path).expect(401, "not-enrolled")


def test_a_copied_home_folder_does_not_become_a_second_laptop(
    bare_office: Office, laptop: Laptop
) -> None:
    laptop.sync()
    other = bare_office.enrol("b.jones")
    # The store of the first with the certificate of the second.
    shutil.copy(other.home / "office.json", laptop.home)
    laptop.run("sync").expect(programs.REFUSED, "belongs to another laptop", "enrol")
