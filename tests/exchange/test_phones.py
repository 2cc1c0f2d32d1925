"""A phone is not the authority: what it signs beyond its enrolment counts on no node, in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from libertad.access.about_members import prove_enrolment
from libertad.access.acting import new_id
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.phones import sayable
from libertad.exchange.control import key_succession
from libertad.exchange.onboarding import admission
from libertad.exchange.onboarding.invitation import invite
from libertad.exchange.peering import guarded
from libertad.exchange.peering.peers import now_ms
from libertad.exchange.protocol import erasure_messages
from libertad.exchange.protocol.signed import Wrong
from libertad.journal import header
from libertad.journal.header import device_id
from libertad.vocabulary.field_verbs import FIELD
from libertad.vocabulary.verbs.access import DeviceRevoke, OfficerWithdraw
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.exchange.test_revoked_recipient import announced, hear, key_at
from tests.security.samples import sample
from tests.security.test_forging_access import alarmed, operation_file
from tests.security.test_thiefs_succession import anew, leads, robbed, speaking, succeed
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle
from tests.support.phones import Phone, at, hand_over, held, here, lead_words

pytestmark = [pytest.mark.django_db]
DAY = timedelta(days=1)
# What no home says: a list that goes beyond what any phone says.
GREEDY = (
    "lead.report",
    "person.meet",
    "compartment.open",
    "officer.appoint",
    "device.enrol",
    "device.revoke",
)


def taken(three: Three, home: Path, **enrolled: Any) -> tuple[Phone, str]:
    """A phone of Guyana's officer whose app was taken out, enrolled and known to all; and the police file."""
    lead(three.guyana)
    settle(list(three))
    ((place,),) = set(three.guyana.rows("operations_lead", "compartment"))
    phone = Phone(robbed(three, home))
    if enrolled.pop("enrol", True):
        with lawless():
            phone.enrolled(three.guyana, **enrolled)
        settle(list(three))
    return phone, str(place)


def told(three: Three, phone: Phone) -> None:
    """What the phone signed reaches its own node, and from there the others."""
    hand_over(three.guyana, phone.entries())
    settle(list(three))


def test_it_says_what_it_was_enrolled_for_and_nothing_else(three: Three, tmp_path: Path) -> None:
    with patch("libertad.access.actions.enrol_device.check_verbs", lambda *_: None):
        phone, place = taken(three, tmp_path, verb=GREEDY)
    guyana, operation = three.guyana.authority, operation_file(three.guyana)
    node = own(three.guyana)
    good = phone.say(lead_words(), place)
    bad = {
        "another officer's": phone.say(lead_words(), place, role="national-lead"),
        "nobody's": phone.say(lead_words(), place, actor=replace(phone.party.actor("officer"), officer="")),
        "not on its list": phone.say(sample("site.register", country="GY"), place),
        "on its list, and no phone's": phone.say(sample("officer.appoint", role="national-lead"), operation),
        "a device": phone.say(sample("device.enrol"), operation, subject=guyana),
        "the node's device": phone.say(revoked(node), operation, subject=guyana),
        "itself": phone.say(revoked(phone.device), operation, subject=guyana),
        "a node": phone.say(sample("node.announce"), operation, subject=guyana),
        "an end": phone.say(
            OfficerWithdraw(reason="x"), operation, subject=three.guyana.officers["national-lead"]
        ),
        "another country": phone.say(lead_words(country="TT"), place),
    }
    with lawless():
        phone.party.operation, of = new_id(), phone.party.operation
        bad["another operation"] = phone.say(lead_words(), place)
        phone.party.operation = of
        case = phone.party.do("officer", lambda act: act.open("case", f"{of}:GY", []))
        person = phone.party.do("officer", lambda act: act.open("person", act.new_id(), []))
    with at(datetime.now(UTC) + timedelta(hours=2)):
        bad["after its end"] = phone.say(lead_words(), place)
    for file in (case, person):
        phone.give_key(three.guyana, file)
    told(three, phone)
    for party in three:
        why = held(party)
        assert good not in why
        for name, entry in bad.items():
            if here(party, entry):
                assert why[entry][0] == "unauthorised", (party.name, name, why[entry])
        assert not alarmed(party)
        assert node in speaking(party, three.guyana) and phone.device not in speaking(party, three.guyana)
        anew(party)
    assert here(three.centre, good) and all(here(three.centre, entry) for entry in bad.values())
    assert len(leads(three.centre)) == len(leads(three.guyana)) == 2
    files = {row[0] for row in three.guyana.rows("access_compartment", "id")}
    assert person in files and case not in files, "it opens identity files, and no other"


def own(party: Party) -> bytes:
    return device_id(party.node.rings.device(party.authority)[0])


def revoked(device: bytes, last: int = -1) -> DeviceRevoke:
    return DeviceRevoke(device=device.hex(), reason="it is mine now", last=last)


def test_a_verb_that_is_on_a_list_and_no_phones_is_not_said(three: Three, tmp_path: Path) -> None:
    """A verdict on one entry is not remembered for the next of the same officer and verb."""
    phone, place = taken(three, tmp_path)
    first = phone.say(lead_words(), place)
    abroad = phone.say(lead_words(country="TT"), place)
    second = phone.say(lead_words(), place)
    with at(datetime.now(UTC) + timedelta(hours=2)):
        late = phone.say(lead_words(), place)
    told(three, phone)  # in one batch
    for party in (three.guyana, three.centre):
        assert {first, second, abroad, late} & held(party).keys() == {abroad, late}


def test_no_message_of_nodes_that_it_signs_is_believed(three: Three, tmp_path: Path) -> None:
    phone, _ = taken(three, tmp_path)
    party, at_centre = phone.party, three.centre
    before = key_at(three, at_centre)
    _, announcement = announced(three, phone.key, now_ms() + 1000)
    asked = erasure_messages.request(party.node.rings, party.authority, [b"p" * 16], 7)
    slips = succeed(party)  # it gives its place to a key of its own
    for state in ("enrolled", "revoked"):
        hear(three, at_centre, announcement)
        assert key_at(three, at_centre) == before, state
        with pytest.raises(Wrong):
            erasure_messages.read_request(asked, guarded.standing_devices(at_centre.node.sql()))
        assert at_centre.node.writer.submit(lambda tx: key_succession.introduce(tx, slips)) == 0
        assert {own(three.guyana)} == speaking(at_centre, three.guyana)
        if state == "enrolled":
            three.guyana.do("administrator", revoke_device, device=phone.device.hex(), reason="lost")
            settle(list(three))
            before = key_at(three, at_centre)


def test_an_invitation_that_a_phone_of_the_centre_signed_is_taken_by_nobody(three: Three) -> None:
    centre, (public, secret) = three.centre, header.keypair(bytes(range(32)))
    coordinator = centre.officers["coordinator"]
    until = datetime.now(UTC) + DAY
    proof = prove_enrolment(secret, centre.authority, centre.operation)
    centre.do(
        "coordinator",
        enrol_device,
        public=public.hex(),
        kind=FIELD,
        officer=coordinator,
        until=until,
        verb=sorted(sayable("coordinator"))[:1],
        proof=proof,
    )
    settle(list(three))
    taken_by = []
    for device in (centre.node.rings.device(centre.authority), (public, secret)):
        invitation = invite(
            operation=centre.operation,
            inviter=centre.authority,
            node=centre.node.key,
            device=device,
            address="",
            name="guyana",
            kind="police",
            country="GY",
            zone="America/Guyana",
            authority=three.guyana.authority,
            now=datetime.now(UTC),
        )
        taken_by.append(admission._coordinates(three.guyana.node.sql(), invitation))
    assert taken_by == [True, False]


def test_a_row_that_somebody_changed_makes_no_phone_a_nodes_device(three: Three, tmp_path: Path) -> None:
    phone, _ = taken(three, tmp_path)

    def look(tx: Any, change: str = "") -> tuple[bool, bool]:
        if change:
            tx.sql.raw.execute(change.replace("?", f"'{phone.device.hex()}'"))
        return phone.device.hex() in guarded.phones(tx.sql), phone.device in guarded.standing_devices(tx.sql)

    assert three.centre.node.writer.submit(look) == (True, False)
    for change in (
        "update access_device set kind = '' where id = ?",
        "delete from access_device where id = ?",
    ):
        seen_as = three.centre.node.writer.submit(lambda tx, change=change: look(tx, change))
        assert seen_as == (True, False), change


def test_what_it_signs_ends_with_its_revocation_at_every_node(three: Three, tmp_path: Path) -> None:
    """Up to the number that its authority recognises in each file, whatever date the thief writes."""
    phone, place = taken(three, tmp_path)
    before = [phone.say(lead_words(), place) for _ in range(2)]
    told(three, phone)
    number = three.guyana.do("administrator", revoke_device, device=phone.device.hex(), reason="lost")
    assert number == 2  # the police file, and the operation's
    with at(datetime.now(UTC) - DAY):
        dated = phone.say(lead_words(), place)
    told(three, phone)
    for party in (three.guyana, three.centre):
        assert {*before, dated} & held(party).keys() == {dated}, party.name
        assert held(party)[dated][0] == "revoked"
    lower = {place: 0}
    three.guyana.do("administrator", revoke_device, device=phone.device.hex(), reason="earlier", last=lower)
    settle(list(three))
    for party in (three.guyana, three.centre):
        assert {*before, dated} - held(party).keys() == {before[0]}, party.name


def test_it_ends_with_its_officer(three: Three, tmp_path: Path) -> None:
    phone, place = taken(three, tmp_path)
    before = phone.say(lead_words(), place)
    three.guyana.do(
        "national-lead", withdraw_officer, officer=three.guyana.officers["officer"], reason="left"
    )
    after = phone.say(lead_words(), place)
    told(three, phone)
    for party in (three.guyana, three.centre):
        assert {before, after} & held(party).keys() == {after}
        assert held(party)[after][0] == "withdrawn"


def test_a_phone_waits_for_its_officers_appointment_and_is_of_no_other_authority(
    three: Three, tmp_path: Path
) -> None:
    phone, place = taken(three, tmp_path, enrol=False)
    officers = {"nobody": new_id(), "trinidad": three.trinidad.officers["officer"]}
    for officer in officers.values():
        content = phone.word(officer=officer)
        with lawless():
            word = three.guyana.do(
                "administrator",
                lambda act, content=content: act.say(
                    operation_file(three.guyana), content, subject=act.actor.authority, proof=phone.proof
                ),
            )
        settle(list(three))
        assert held(three.centre)[word][0] == ("waiting" if officer == officers["nobody"] else "about")
    entry = phone.say(
        lead_words(), place, actor=replace(phone.party.actor("officer"), officer=officers["trinidad"])
    )
    assert entry and phone.device not in speaking(three.centre, three.guyana)
