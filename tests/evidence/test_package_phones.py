"""An officer's phone in an evidence package: what it signed within its enrolment counts, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libertad.access.about_members import prove_enrolment
from libertad.evidence import package as form
from libertad.evidence.package import Key, SignedEntry
from libertad.evidence.package_check import check_package
from libertad.evidence.package_keys import Report
from libertad.journal import header
from libertad.journal.node import node
from libertad.vocabulary.body import Body, Verb, build, statements
from libertad.vocabulary.field_verbs import FIELD
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import DeviceEnrol, DeviceRevoke
from libertad.vocabulary.verbs.evidence import ExhibitSeal
from tests.evidence.packages import Made, declared_keys, forged, package_case, signed_anew, wrong

__all__ = ["package_case"]
NOW = datetime(2018, 4, 7, tzinfo=UTC)
UNTIL = NOW + timedelta(days=3)
PHONE = header.keypair(bytes(range(32)))
NEXT = header.keypair(bytes(range(1, 33)))
MAY_NOT = "was signed by an officer's phone that may not say it"


@dataclass
class Field:
    """The package with a phone of the police's officer among its keys, and what that signed."""

    case: Made

    def body(self, content: Verb, subject: str, **changes: Any) -> Body:
        usual: dict[str, Any] = {
            "verb": content.VERB,
            "subject": subject,
            "authority": self.police,
            "officer": self.case.world.actor("officer").officer,
            "operation": self.case.world.operation,
            "happened": Happened(at=NOW, zone="UTC"),
            "clock": NOW,
            "statements": statements(content),
        }
        return Body(**usual | changes)

    @property
    def police(self) -> str:
        return self.case.world.authorities["police"]

    def enrolment(self, **changes: Any) -> SignedEntry:
        officer = self.case.world.actor("officer").officer
        values = {"kind": FIELD, "officer": officer, "until": UNTIL, "verb": ("exhibit.seal", "device.enrol")}
        content = build(DeviceEnrol, {"public": PHONE[0].hex()} | values)
        proof = prove_enrolment(PHONE[1], self.police, self.case.world.operation)
        body = self.body(content, self.police, **{"proof": proof} | changes)
        return forged(node().rings.device(self.police), body)

    def sealed(self, **changes: Any) -> SignedEntry:
        return forged(PHONE, self.body(ExhibitSeal(number="SVG-9"), self.case.exhibit, **changes))

    def check(self, *entries: SignedEntry, by: tuple[bytes, bytes] | None = None) -> Report:
        """What a check finds in the package with these entries, signed by the prosecution or by this key."""
        package = form.unpack(self.case.data)
        own = next(key for key in package.manifest.keys if key.id == self.case.keys["police"])
        keys = [
            Key(id=header.device_id(public).hex(), public=public.hex(), authority=self.police, name=own.name)
            for public, _ in (PHONE, NEXT)
        ]
        public, secret = by or node().rings.device(self.case.world.authorities["prosecution"])
        data = signed_anew(
            self.case.data,
            lambda before: [*before, *entries],
            secret,
            keys=(*package.manifest.keys, *keys),
            signer=header.device_id(public).hex(),
        )
        return check_package(data, declared_keys(self.case))


@pytest.fixture
def field(package_case: Made) -> Field:
    return Field(package_case)


def standing(report: Report) -> str:
    device = header.device_id(PHONE[0]).hex()
    return next(key.standing for key in report.keys if key.key.id == device)


def test_what_it_signed_within_its_enrolment_counts(field: Field) -> None:
    report = field.check(field.enrolment(), field.sealed())
    assert MAY_NOT not in wrong(report) and standing(report) == "enrolled"


@pytest.mark.parametrize(
    "changes",
    [
        {"officer": "0" * 32},
        {"operation": "0" * 32},
        {"clock": UNTIL + timedelta(minutes=1)},
    ],
)
def test_what_it_signed_beyond_is_wrong(field: Field, changes: dict[str, Any]) -> None:
    assert wrong(field.check(field.enrolment(), field.sealed(**changes))).count(MAY_NOT) == 1


def test_it_enrols_nothing_raises_itself_to_nothing_and_takes_no_key_back(field: Field) -> None:
    earlier = {"clock": NOW - timedelta(days=300)}
    raised = forged(PHONE, field.body(DeviceEnrol(public=PHONE[0].hex()), field.police, **earlier))
    further = forged(PHONE, field.body(DeviceEnrol(public=NEXT[0].hex()), field.police))
    seal = forged(NEXT, field.body(ExhibitSeal(number="SVG-9"), field.case.exhibit))
    revoked = DeviceRevoke(device=field.case.keys["police"], reason="mine", last=-1)
    word = forged(PHONE, field.body(revoked, field.police))
    report = field.check(field.enrolment(), raised, further, seal, word)
    assert wrong(report).count(MAY_NOT) == 3
    assert "took back" not in wrong(report) and "before it was taken back" not in " ".join(report.unproven)
    by_id = {key.key.id: key.standing for key in report.keys}
    assert by_id[header.device_id(NEXT[0]).hex()] == "not vouched"


def test_it_signs_no_manifest(field: Field) -> None:
    assert "The manifest is signed by an officer's phone." in wrong(field.check(field.enrolment(), by=PHONE))


def test_one_that_did_not_agree_is_not_vouched(field: Field) -> None:
    assert standing(field.check(field.enrolment(proof=""), field.sealed())) == "not vouched"
