"""Who is vouched for in an evidence package, and who only says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
from nacl.bindings import crypto_sign_keypair

from libertad.evidence import package as form
from libertad.evidence.package import Key, SignedEntry
from libertad.evidence.package_check import check_package
from libertad.journal import header
from libertad.journal.node import node
from libertad.vocabulary.body import Body, statements
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import DeviceEnrol
from tests.evidence.packages import (
    Made,
    declared_keys,
    forged,
    package_case,
    signed_anew,
    wrong,
)

__all__ = ["package_case"]


def test_a_package_whose_keys_were_all_exchanged_is_vouched_by_nobody(package_case: Made) -> None:
    """A forger who signs everything anew with keys of their own gets no further than 'not vouched'."""
    package = form.unpack(package_case.data)
    public, secret = crypto_sign_keypair()
    stranger = header.device_id(public).hex()
    keys = tuple(
        msgspec.structs.replace(key, id=stranger, public=public.hex())
        if key.id == package_case.keys["prosecution"]
        else key
        for key in package.manifest.keys
    )
    prosecution_device = bytes.fromhex(package_case.keys["prosecution"])
    prosecution_entries = [
        entry for entry in package.entries if header.decode(entry.header).device == prosecution_device
    ]
    other_entries = [entry for entry in package.entries if entry not in prosecution_entries]

    def forge(_entries: list[SignedEntry]) -> list[SignedEntry]:
        forged = []
        for entry in prosecution_entries:
            head = header.decode(entry.header)._replace(device=header.device_id(public))
            forged.append(entry._replace(header=head.encode(), signature=header.sign(head.encode(), secret)))
        return [*other_entries, *forged]

    report = check_package(
        signed_anew(package_case.data, forge, secret, keys=keys, signer=stranger),
        list(package_case.keys.values()),
    )
    assert not report.vouched and not report.is_intact  # a body is sealed to its header: it opens to no other
    only = check_package(
        signed_anew(package_case.data, lambda _e: other_entries, secret, keys=keys, signer=stranger),
        list(package_case.keys.values()),
    )
    assert [checked_key.key.id for checked_key in only.keys if checked_key.standing == "not vouched"] == [
        stranger
    ]


def test_a_key_that_stands_under_another_keys_number_is_found(package_case: Made) -> None:
    package = form.unpack(package_case.data)
    public, secret = crypto_sign_keypair()
    keys = tuple(msgspec.structs.replace(key, public=public.hex()) for key in package.manifest.keys)
    report = check_package(
        signed_anew(package_case.data, lambda e: e, secret, keys=keys), list(package_case.keys.values())
    )
    assert wrong(report).count("was exchanged: it is not the key of that number") == len(keys)


def test_who_is_vouched_follows_from_the_keys_that_are_named(package_case: Made) -> None:
    def standing(named: Mapping[str, str]) -> dict[str, str]:
        report = check_package(package_case.data, named)
        assert report.is_intact
        return {checked_key.key.id: checked_key.standing for checked_key in report.keys}

    keys = package_case.keys
    assert set(standing({}).values()) == {"not vouched"}
    assert standing(declared_keys(package_case, "centre")) == {
        keys["centre"]: "named",
        keys["police"]: "enrolled",
        keys["prosecution"]: "enrolled",
    }
    assert standing(declared_keys(package_case, "police"))[keys["prosecution"]] == "not vouched"
    report = check_package(package_case.data, ["0" * 32])
    assert any("which you named, signed nothing" in line for line in report.unproven)


def test_no_authority_vouches_for_another_ones_key(package_case: Made) -> None:
    """Police enrol a key of their own making as the prosecution's: only who opened the operation may."""
    world, (public, secret) = package_case.world, crypto_sign_keypair()
    stranger = header.device_id(public).hex()
    device, police = node().rings.device(world.authorities["police"]), world.authorities["police"]
    now = datetime(2018, 4, 7, tzinfo=UTC)
    body = Body(
        verb="device.enrol",
        subject=world.authorities["prosecution"],
        authority=police,
        officer="0" * 32,
        operation=world.operation,
        happened=Happened(at=now, zone="UTC"),
        clock=now,
        statements=statements(DeviceEnrol(public=public.hex())),
    )
    enrolment = forged(device, body)
    package = form.unpack(package_case.data)
    key = Key(id=stranger, public=public.hex(), authority=body.subject, name="Prosecution, Guyana")
    data = signed_anew(
        package_case.data,
        lambda entries: [*entries, enrolment],
        secret,
        keys=(*package.manifest.keys, key),
        signer=stranger,
    )
    report = check_package(data, declared_keys(package_case, "police"))
    assert report.is_intact, report.wrong  # what police signed, they signed
    assert {checked_key.key.id: checked_key.standing for checked_key in report.keys}[
        stranger
    ] == "not vouched"
