"""A key that its authority took back: what it signed beyond the recognised number is found in a package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.revoke_device import revoke_device
from libertad.evidence import package as form
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.package import SignedEntry
from libertad.evidence.package_check import check_package
from libertad.evidence.package_keys import Report
from libertad.journal import header
from libertad.journal.node import node
from libertad.vocabulary.body import Body, statements
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import DeviceRevoke
from libertad.vocabulary.verbs.evidence import ExhibitSeal
from tests.evidence.packages import device_of, forged, opened, packaged, signed_anew, wrong
from tests.support.world import World

TAKEN_BACK = "was signed by a key that its authority took back"


@dataclass
class Stolen:
    """A package of after the police's first device was revoked; `device` is that one, as its thief has it."""

    world: World
    data: bytes
    device: tuple[bytes, bytes]

    def check(self, data: bytes) -> Report:
        return check_package(data, [device_of(self.world, "centre"), device_of(self.world, "prosecution")])

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
            entry for entry in self.entries
            if (opened_entry := opened(entry)).compartment == file
            and isinstance(opened_entry.content, DeviceRevoke)
        ]  # fmt: skip


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
    assert report.whole and report.vouched, report.wrong
    assert report.story is not None and len(report.story.lines) == 2


def test_what_a_thief_signs_with_a_revoked_key_is_found_in_the_exhibits_file(world: World) -> None:
    """Seal and number are the thief's own; the key is enrolled and vouched for, and was taken back."""
    theft = stolen(world)
    manifest, now = form.unpack(theft.data).manifest, datetime(2018, 4, 8, tzinfo=UTC)
    body = Body(
        verb="exhibit.seal", subject=manifest.exhibit, authority=world.authorities["police"],
        officer=world.actor("officer").officer, operation=manifest.operation,
        happened=Happened(at=now, zone="UTC"), clock=now,
        statements=statements(ExhibitSeal(number="SVG-9", by="Sgt. Name officer")),
    )  # fmt: skip
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
