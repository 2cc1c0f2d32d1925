"""A key that its authority took back: what it signed beyond the recognised number is found in a package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from nacl.bindings import crypto_sign_keypair

from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.revoke_device import revoke_device
from libertad.evidence import package as form
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.package import Key, SignedEntry
from libertad.evidence.package_check import check_package
from libertad.evidence.package_keys import Report
from libertad.journal import header
from libertad.journal.node import node
from libertad.vocabulary.body import Body, statements
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import DeviceEnrol, DeviceRevoke
from libertad.vocabulary.verbs.evidence import ExhibitSeal
from tests.evidence.packages import device_of, forged, open_signed, packaged, signed_anew, wrong
from tests.support.world import World

TAKEN_BACK = "was signed by a key that its authority took back"


@dataclass
class Stolen:
    """A package of after the police's first device was revoked; `device` is that one, as its thief has it."""

    world: World
    data: bytes
    device: tuple[bytes, bytes]

    def check(self, data: bytes) -> Report:
        keys = ("centre", "prosecution")
        return check_package(data, {device_of(self.world, key): self.world.authorities[key] for key in keys})

    def anew(self, entries: list[SignedEntry]) -> Report:
        """What a check finds in a package of these entries, signed by the prosecution."""
        secret = node().rings.device(self.world.authorities["prosecution"])[1]
        return self.check(signed_anew(self.data, lambda _entries: entries, secret))

    @property
    def entries(self) -> list[SignedEntry]:
        return list(form.unpack(self.data).entries)

    def revocations(self) -> list[SignedEntry]:
        """Those of the exhibit's own file."""
        file = form.unpack(self.data).manifest.file
        return [
            entry
            for entry in self.entries
            if (opened_entry := open_signed(entry)).compartment == file
            and isinstance(opened_entry.content, DeviceRevoke)
        ]


def stolen(world: World, by: str = "coordinator") -> Stolen:
    """`by`: who enrols the device with which police go on: the coordinator, or the first device itself."""
    police = world.authorities["police"]
    first = node().rings.device(police)
    world.perform("coordinator", enrol_device, public=first[0].hex(), authority=police)
    phone = {"country": "GY", "kind": "mobile-phone", "description": "Phone, generated"}
    exhibit = str(world.perform("officer", seize, happened=world.at(5, 14), **phone))
    world.perform("officer", seal, exhibit=exhibit, number="SVG-1", happened=world.at(5, 15))
    ring = node().rings.ring(police)
    fresh = node().rings.renew_device(police)
    second = ring.device
    if by == "coordinator":
        world.perform("coordinator", enrol_device, public=fresh.hex(), authority=police)
    else:
        ring.device = first
        world.perform("administrator", enrol_device, public=fresh.hex())
        ring.device = second
    device = header.device_id(first[0]).hex()
    world.perform("administrator", revoke_device, device=device, reason="stolen")
    public = node().rings.device(world.authorities["prosecution"])[0].hex()
    world.perform("coordinator", enrol_device, public=public, authority=world.authorities["prosecution"])
    return Stolen(world, packaged(world, exhibit), first)


def test_a_package_holds_the_revocation_of_its_own_file_and_what_came_before_it_counts(world: World) -> None:
    theft = stolen(world)
    assert len(theft.revocations()) == 1
    report = theft.check(theft.data)
    assert report.is_intact and report.vouched, report.wrong
    assert report.story is not None and len(report.story.lines) == 2


def test_what_a_thief_signs_with_a_revoked_key_is_found_in_the_exhibits_file(world: World) -> None:
    """Seal and number are the thief's own; the key is enrolled and vouched for, and was taken back."""
    theft = stolen(world)
    manifest, now = form.unpack(theft.data).manifest, datetime(2018, 4, 8, tzinfo=UTC)
    body = Body(
        verb="exhibit.seal",
        subject=manifest.exhibit,
        authority=world.authorities["police"],
        officer=world.actor("officer").officer,
        operation=manifest.operation,
        happened=Happened(at=now, zone="UTC"),
        clock=now,
        statements=statements(ExhibitSeal(number="SVG-9", by="Sgt. Name officer")),
    )
    entry = forged(theft.device, body, bytes.fromhex(manifest.file), "case", seq=9)
    report = theft.anew([*theft.entries, entry])
    name = header.entry_hash(entry.header).hex()
    assert f"Entry {name[:16]} {TAKEN_BACK}" in wrong(report), report.wrong
    assert wrong(report).count(TAKEN_BACK) == 1


@pytest.mark.parametrize("by", ["coordinator", "itself"])
def test_a_revocation_of_another_file_alone_recognises_nothing_in_the_exhibits(world: World, by: str) -> None:
    """As every node judges it; but what a device enrolled itself takes nothing from it unsaid."""
    theft = stolen(world, by)
    report = theft.anew([entry for entry in theft.entries if entry not in theft.revocations()])
    assert wrong(report).count(TAKEN_BACK) == (2 if by == "coordinator" else 0), report.wrong


def test_a_package_that_a_revoked_key_signed_is_wrong(world: World) -> None:
    """Its maker has the revocation, and has not the authority's key of now: a thief made it."""
    theft = stolen(world)
    device = header.device_id(theft.device[0]).hex()
    maker = msgspec.structs.replace(
        form.unpack(theft.data).manifest.maker, authority=world.authorities["police"]
    )
    data = signed_anew(theft.data, lambda e: e, theft.device[1], signer=device, maker=maker)
    assert "The manifest is signed by a key that its authority took back" in wrong(theft.check(data))
    assert "took back" not in wrong(theft.check(theft.data))


def test_a_key_that_was_taken_back_leaves_a_doubt_about_the_numbers_before(world: World) -> None:
    """A number that the file does not hold can be filled by whoever has the key."""
    theft = stolen(world)
    assert any("before it was taken back: a number" in line for line in theft.check(theft.data).unproven)


def test_a_key_that_its_own_follower_alone_took_back_is_judged_as_nodes_do(world: World) -> None:
    """Which came first, what it signed or its follower's enrolment, no file says: not wrong."""
    theft = stolen(world, "itself")
    manifest, now = form.unpack(theft.data).manifest, datetime(2018, 4, 8, tzinfo=UTC)
    body = Body(
        verb="device.revoke",
        subject=world.authorities["police"],
        authority=world.authorities["police"],
        officer="0" * 32,
        operation=manifest.operation,
        happened=Happened(at=now, zone="UTC"),
        clock=now,
        statements=statements(
            DeviceRevoke(device=header.device_id(theft.device[0]).hex(), reason="replaced", last=0)
        ),
    )
    second = node().rings.device(world.authorities["police"])
    revocation = forged(second, body, bytes.fromhex(manifest.file), "case", seq=0)
    kept = [entry for entry in theft.entries if entry not in theft.revocations()]
    report = theft.anew([*kept, revocation])
    assert TAKEN_BACK not in wrong(report)
    assert any("only a key that it enrolled itself took it back" in line for line in report.unproven)


def test_what_a_thiefs_own_device_takes_back_is_doubtful_beside_another_ones_word(world: World) -> None:
    """Two revocations: nodes hold what lies between the two where it came after the thief's enrolment."""
    theft = stolen(world)
    manifest, now = form.unpack(theft.data).manifest, datetime(2018, 4, 8, tzinfo=UTC)
    police = world.authorities["police"]
    thiefs = crypto_sign_keypair()
    fields: dict[str, Any] = {
        "subject": police,
        "authority": police,
        "officer": "0" * 32,
        "operation": manifest.operation,
        "happened": Happened(at=now, zone="UTC"),
        "clock": now,
    }
    enrols, revokes = (
        DeviceEnrol(public=thiefs[0].hex()),
        DeviceRevoke(device=header.device_id(theft.device[0]).hex(), reason="replaced", last=0),
    )
    enrolment, revocation = (
        Body(verb=content.VERB, statements=statements(content), **fields) for content in (enrols, revokes)
    )
    secret = node().rings.device(world.authorities["prosecution"])[1]
    key = Key(id=header.device_id(thiefs[0]).hex(), public=thiefs[0].hex(), authority=police)
    entries = [
        *theft.entries,
        forged(theft.device, enrolment, bytes(16), "operation", seq=700),
        forged(thiefs, revocation, bytes.fromhex(manifest.file), "case", seq=0),
    ]
    data = signed_anew(theft.data, lambda _entries: entries, secret, keys=(*manifest.keys, key))
    report = theft.check(data)
    assert any("only a key that it enrolled itself took it back" in line for line in report.unproven), report
