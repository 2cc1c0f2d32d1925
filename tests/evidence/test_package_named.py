"""Of which authority a named key is, the reader says and not the file: or one key forges every authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from nacl.bindings import crypto_sign_seed_keypair

from libertad.evidence import package as form
from libertad.evidence.package import Key, Maker, Manifest, SignedEntry
from libertad.evidence.package_check import check_package
from libertad.evidence.package_page import page, readme, tell
from libertad.journal import header
from libertad.journal.subjects import derive
from libertad.vocabulary.body import Body, Verb, statements
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import AuthorityInvite, DeviceEnrol
from libertad.vocabulary.verbs.evidence import ExhibitSeize
from libertad.vocabulary.verbs.operations import OperationOpen
from tests.evidence.packages import Made, declared_keys, forged, open_signed, package_case, wrong

__all__ = ["package_case"]
BEGAN = datetime(2018, 4, 5, 12, tzinfo=UTC)
ROSTER, FILE = bytes(16), bytes([7]) * 16
CENTRE, POLICE = "c" * 32, "a" * 32
NONCE, INVITED, TAKEN = "11" * 16, "22" * 16, "31" * 16
OPERATION = derive(CENTRE, bytes.fromhex(NONCE), ROSTER.hex())
PROSECUTION = derive(CENTRE, bytes.fromhex(INVITED), ROSTER.hex())
EXHIBIT = derive(PROSECUTION, bytes.fromhex(TAKEN), FILE.hex())
Pair = tuple[bytes, bytes]


def pair(number: int) -> Pair:
    public, secret = crypto_sign_seed_keypair(bytes([number]) * 32)
    return public, secret


def key_of(device: Pair, authority: str, name: str = "") -> Key:
    return Key(id=header.device_id(device[0]).hex(), public=device[0].hex(), authority=authority, name=name)


POLICE_DEVICE, INVENTED = pair(1), pair(2)
NAMED = key_of(POLICE_DEVICE, CENTRE).id


@dataclass
class Alone:
    """What police make with their one key, which they call the centre's, of another's exhibit."""

    coordinates: str = CENTRE
    operation: str = OPERATION

    def body(self, content: Verb, subject: str, authority: str, nonce: str = "") -> Body:
        return Body(
            verb=content.VERB,
            subject=subject,
            authority=authority,
            officer="0" * 32,
            operation=self.operation,
            happened=Happened(at=BEGAN, zone="UTC"),
            clock=BEGAN,
            statements=statements(content),
            nonce=nonce,
        )

    def package(self) -> bytes:
        by = self.coordinates
        roster: list[SignedEntry] = []
        begins = OperationOpen(name="Generated", first_day="2018-04-03", last_day="2018-04-09", zone="UTC")
        invites = AuthorityInvite(name="Prosecution", kind="police", country="GY", zone="UTC")
        enrols = DeviceEnrol(public=INVENTED[0].hex())
        for body in (
            self.body(begins, self.operation, by, NONCE),
            self.body(invites, PROSECUTION, by, INVITED),
            self.body(enrols, PROSECUTION, by),
        ):
            roster.append(forged(POLICE_DEVICE, body, ROSTER, "operation", 10 * len(roster)))
        seizes = ExhibitSeize(
            reference="GY-1", counting="x", country="GY", kind="mobile-phone", description="Phone", by="Sgt"
        )
        entries = [forged(INVENTED, self.body(seizes, EXHIBIT, PROSECUTION, TAKEN), FILE, "case", 0), *roster]
        keys = (key_of(POLICE_DEVICE, by), key_of(INVENTED, PROSECUTION, "Prosecution"))
        manifest = Manifest(
            format=form.FORMAT,
            version=form.VERSION,
            page=form.PAGE,
            made=BEGAN + timedelta(days=1),
            zone="UTC",
            maker=Maker(officer="0" * 32, authority=by),
            signer=NAMED,
            exhibit=EXHIBIT,
            reference="GY-1",
            file=FILE.hex(),
            operation=self.operation,
            keys=keys,
            files={},
            entries=tuple(header.entry_hash(entry.header).hex() for entry in entries),
        )
        story = tell([open_signed(entries[0])], manifest.made, {PROSECUTION: "Prosecution"}, {})
        assert story is not None
        files = {
            form.README: readme(manifest, story),
            form.READABLE: page(manifest, story),
            form.ENTRIES: form.encode_entries(entries),
        }
        return form.pack(manifest, files, POLICE_DEVICE[1])


def test_the_key_of_one_authority_forges_no_other_one() -> None:
    """Police sign an operation's beginning as the centre, and enrol a key of theirs as the prosecution's."""
    report = check_package(Alone().package(), [NAMED])
    assert report.is_intact, report.wrong  # each byte is as it was signed: only whose key it is does not hold
    assert not report.vouched
    standing = {checked_key.key.authority: checked_key.standing for checked_key in report.keys}
    assert standing == {CENTRE: "named", PROSECUTION: "not vouched"}
    doubt = f"which you named, is of {CENTRE}: compare with who told you."
    assert any(doubt in line for line in report.unproven), report.unproven


def test_a_key_that_was_told_as_another_authoritys_is_wrong() -> None:
    report = check_package(Alone().package(), {NAMED: POLICE})
    assert f"you were told, of authority {POLICE}" in wrong(report) and not report.vouched


def test_the_coordinating_authoritys_key_vouches_for_others_as_far_as_its_authority_was_told(
    package_case: Made,
) -> None:
    keys = package_case.keys
    doubts = "which you named, is of"
    for named, vouched in ((declared_keys(package_case, "centre"), True), ([keys["centre"]], False)):
        report = check_package(package_case.data, named)
        assert (report.is_intact, report.vouched) == (True, vouched), report.wrong
        assert any(doubts in line for line in report.unproven) is not vouched
    report = check_package(package_case.data, declared_keys(package_case, "centre"))
    assert any("only its keys vouch for theirs" in line for line in report.unproven)
    report = check_package(package_case.data, declared_keys(package_case))
    assert report.vouched and not any("only its keys vouch" in line for line in report.unproven)


def test_a_key_that_a_told_one_enrolled_needs_no_comparing(package_case: Made) -> None:
    """The plain number of a key whose authority follows from one that was told."""
    report = check_package(
        package_case.data, declared_keys(package_case, "centre") | {package_case.keys["police"]: ""}
    )
    assert report.vouched and not any("which you named, is of" in line for line in report.unproven)


@pytest.mark.parametrize("by", ["police", "prosecution"])
def test_every_key_named_by_its_number_alone_is_vouched_with_a_doubt_each(
    package_case: Made, by: str
) -> None:
    report = check_package(package_case.data, list(package_case.keys.values()))
    assert report.vouched
    name = report.called(package_case.world.authorities[by])
    assert any(f"which you named, is of {name}: compare" in line for line in report.unproven)
