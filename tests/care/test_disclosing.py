"""Across the wall: only what the person agreed to, or an order names, and only with two officers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.erase_person import erase_person
from libertad.access.models import Account, Compartment, Reader
from libertad.care import disclosing
from libertad.care.actions.disclose import end_disclosure, propose_disclosure, read_disclosure
from libertad.care.actions.note_case import note_case
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_exploitation import record_exploitation
from libertad.care.actions.take_person import take_person
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.care.assignment import reading_of
from libertad.care.queries_disclosing import HELD, disclosures
from libertad.exchange.models import Erasure
from libertad.exchange.peering.peers import now_ms
from libertad.exchange.protocol.erasure_messages import LEGAL_HOLD, NEEDED
from libertad.journal.node import node
from libertad.people.actions.hold_reference import hold_reference
from libertad.people.actions.lift_hold import lift_hold
from libertad.people.actions.place_hold import place_hold
from libertad.people.answer import answer
from libertad.people.disclosed_models import Disclosed
from libertad.people.queries import person as person_seen
from libertad.people.queries_disclosed import disclosed
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.kinds import kinds
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.care.conftest import set_to
from tests.care.disclosing import TOLD, a_person, agrees, chosen, propose, row, send
from tests.care.people import CHILD
from tests.care.test_wall import another_care
from tests.support.sealed_rows import opened
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
ORDER = {"ground": "order", "order": "Order 17 of the court", "informed": "By the caseworker"}


def files(person: str) -> list[str]:
    return list(Compartment.objects.filter(kind="disclosure", about=person).values_list("pk", flat=True))


def state(world: World, disclosure: str) -> str:
    (view,) = disclosures(world.actor("caseworker"), ids=[disclosure])
    return view.state


def titles(world: World, role: str) -> list[str]:
    return [item.title for item in waiting(world.actor(role))]


def test_nothing_is_sent_before_a_second_officer_has_read_it(world: World) -> None:
    person = a_person(world)
    disclosure = propose(world, person)
    assert files(person) == [] and state(world, disclosure) == "waiting"
    assert any("waits for a second reader" in title for title in titles(world, "second-caseworker"))
    with pytest.raises(Refused, match="yourself"):
        world.perform("caseworker", read_disclosure, disclosure=disclosure, agrees="yes")
    file = world.perform("second-caseworker", read_disclosure, disclosure=disclosure, agrees="yes")
    readers = set(Reader.objects.filter(compartment=file).values_list("authority", flat=True))
    assert files(person) == [file]
    assert readers == {world.authorities["care"], world.authorities["prosecution"]}
    with pytest.raises(Refused, match="answered already"):
        world.perform("second-caseworker", read_disclosure, disclosure=disclosure, agrees="yes")


def test_who_does_not_agree_sends_nothing(world: World) -> None:
    person = a_person(world)
    disclosure = propose(world, person)
    with pytest.raises(Refused, match="say why"):
        world.perform("supervisor", read_disclosure, disclosure=disclosure, agrees="no")
    world.perform("supervisor", read_disclosure, disclosure=disclosure, agrees="no", reasons="Too much")
    assert files(person) == [] and state(world, disclosure) == "not-agreed"
    with pytest.raises(Refused, match="ended already"):
        world.perform("caseworker", end_disclosure, disclosure=disclosure)


@pytest.mark.parametrize("role", ["national-lead", "officer", "prosecutor", "deciding-authority"])
def test_caseworkers_alone_propose_read_and_withdraw(world: World, role: str) -> None:
    person = a_person(world)
    disclosure = propose(world, person)
    for act, values in (
        (
            propose_disclosure,
            {
                "person": person,
                "recipient": world.authorities["police"],
                "items": [],
                "purpose": "criminal-case",
                "until": "2018-10-09",
                **ORDER,
            },
        ),
        (read_disclosure, {"disclosure": disclosure, "agrees": "yes"}),
        (end_disclosure, {"disclosure": disclosure}),
    ):
        with pytest.raises(Forbidden):
            world.perform(role, act, **values)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"agreed": "no"}, "did not agree"),
        ({"purpose": "doctor"}, "another purpose"),
        ({"purpose": "share-with-police"}, "another purpose"),
        ({"recipient": "Clinic of the river town"}, "nobody else"),
        ({"until": "2018-04-30"}, "runs out"),
        ({"withheld": ["what-happened"]}, "does not want this to be told: What happened to the person"),
        ({"withheld": ["name", "status"]}, "Name, Status as a victim"),
    ],
)
def test_without_an_agreement_to_just_that_nothing_is_proposed(
    world: World, changed: dict[str, Any], rule: str
) -> None:
    person = a_person(world)
    consent = agrees(world, person, **changed)
    with pytest.raises(Refused, match=rule):
        propose(world, person, consent=consent)
    assert opened(Disclosed) == [] and files(person) == []


def test_a_childs_agreement_alone_carries_nothing(world: World) -> None:
    person = a_person(world, birth=CHILD)
    with pytest.raises(Refused, match="a guardian must agree"):
        propose(world, person, consent=agrees(world, person))
    propose(world, person, consent=agrees(world, person, guardian="Aunt"))


def test_what_a_disclosure_cannot_tell(world: World) -> None:
    """Notes, plan, reasons and the desk are on no list; what is not on it is not taken."""
    person = a_person(world)
    world.perform("caseworker", take_person, person=person)
    note = world.perform(
        "caseworker", note_case, person=person, kind="talked", seen="2018-04-08", words="Her sister waits"
    )
    world.perform("caseworker", plan_safety, person=person, reach="Ring twice")
    keys = chosen(world, person)
    assert {key.partition(":")[0] for key in keys} == {"name", "told", "status", "forced-to"}
    consent = agrees(world, person)
    for key in (f"note:{note}", "safety", "statement:" + "0" * 64):
        with pytest.raises(Refused, match="not in the file"):
            propose(world, person, consent=consent, items=[key])
    with pytest.raises(Refused, match="choose what"):
        propose(world, person, consent=consent, items=[])


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"ground": ""}, "without a ground"),
        ({**ORDER, "order": " "}, "name the order"),
        ({**ORDER, "informed": ""}, "how the person was told"),
        ({**ORDER, "consent": "0" * 32}, "nowhere else"),
        ({**ORDER, "purpose": "care-elsewhere"}, "of this kind"),
        ({**ORDER, "until": "2018-04-01"}, "gone by"),
        ({**ORDER, "until": "2038-04-01"}, "days from today"),
        ({**ORDER, "recipient": "0" * 32}, "choose an authority"),
    ],
)
def test_an_order_is_named_or_nothing_is_told(world: World, changed: dict[str, Any], rule: str) -> None:
    person = a_person(world)
    with pytest.raises(Refused, match=rule):
        propose(world, person, **changed)
    with pytest.raises(Refused, match="of this kind"):
        propose(world, person, recipient=world.authorities["centre"], **ORDER)


def test_under_an_order_it_goes_to_police_without_an_agreement(world: World) -> None:
    person = a_person(world)
    _disclosure, file = send(world, person, "police", **ORDER)
    (view,) = disclosed(world.actor("national-lead"))
    assert (view.id, view.order, view.is_new) == (file, ORDER["order"], True)
    assert view.reference.startswith("T-GY-"), "D is the letter of detentions"
    assert any("disclosed something" in title for title in titles(world, "national-lead"))
    assert disclosed(world.actor("prosecutor")) == []


def test_what_changed_meanwhile_is_not_sent(world: World) -> None:
    person = a_person(world)
    disclosure = propose(world, person)
    world.perform("caseworker", record_exploitation, person=person, forms=["servitude"], words="Otherwise")
    with pytest.raises(Refused, match="no longer says"):
        world.perform("supervisor", read_disclosure, disclosure=disclosure, agrees="yes")
    assert files(person) == [] and state(world, disclosure) == "waiting"


def test_an_agreement_that_ends_before_the_reading_ends_the_proposal(world: World) -> None:
    person = a_person(world)
    consent = agrees(world, person)
    disclosure = propose(world, person, consent=consent)
    world.perform("caseworker", withdraw_consent, consent=consent)
    with pytest.raises(Refused, match="withdrawn before it was sent"):
        world.perform("supervisor", read_disclosure, disclosure=disclosure, agrees="yes")
    assert files(person) == [] and state(world, disclosure) == "dropped"


def test_a_proposal_waits_for_a_reader_who_may_then_open_the_file(world: World) -> None:
    person = a_person(world)
    world.perform("caseworker", take_person, person=person)
    reader = world.actor("second-caseworker")
    assert not reading_of(reader, person).is_allowed
    disclosure = propose(world, person)
    assert reading_of(reader, person).is_allowed
    world.perform("second-caseworker", read_disclosure, disclosure=disclosure, agrees="yes")
    assert not reading_of(reader, person).is_allowed


@pytest.mark.parametrize("how", ["withdrawn", "said no", "by itself", "file erased"])
def test_however_it_ends_its_keys_are_destroyed(world: World, how: str) -> None:
    person = a_person(world)
    consent = agrees(world, person)
    disclosure, file = send(world, person, consent=consent)
    assert state(world, disclosure) == "sent"
    if how == "withdrawn":
        world.perform("caseworker", withdraw_consent, consent=consent)
    elif how == "said no":
        name = opened(Disclosed)[0].authority and disclosures(world.actor("caseworker"))[0].recipient
        world.perform(
            "caseworker",
            record_consent,
            person=person,
            purpose="share-with-prosecutor",
            recipient=name,
            agreed="no",
        )
    elif how == "by itself":
        world.perform("caseworker", end_disclosure, disclosure=disclosure, reasons="Not needed")
    else:
        world.perform("caseworker", erase_person, person=person, reason="As asked")
    assert files(person) == [] and opened(Disclosed) == []
    assert bytes.fromhex(file) in node().rings.erased_places()
    assert disclosed(world.actor("prosecutor")) == []
    if how != "file erased":
        assert state(world, disclosure) == "erased"
        (kept,) = row(disclosure)
        assert kept.cause == ("care" if how == "by itself" else "consent")


def test_an_agreement_to_another_recipient_ends_nothing(world: World) -> None:
    person = a_person(world)
    disclosure, _file = send(world, person)
    consent = agrees(world, person, "police")
    world.perform("caseworker", withdraw_consent, consent=consent)
    assert state(world, disclosure) == "sent"


@pytest.mark.parametrize("by", ["person", "reference"])
def test_a_hold_keeps_it_until_it_is_lifted(world: World, by: str) -> None:
    person = a_person(world)
    consent = agrees(world, person)
    disclosure, file = send(world, person, consent=consent)
    (view,) = disclosed(world.actor("prosecutor"))
    if by == "person":
        world.perform("prosecutor", place_hold, country="GY", person=person, reason="Trial")
        hold = person
    else:
        hold = world.perform("prosecutor", hold_reference, reference=view.reference, reason="Trial")
    world.perform("caseworker", withdraw_consent, consent=consent)
    assert state(world, disclosure) == "kept" and files(person) == [file]
    (view,) = disclosed(world.actor("prosecutor"))
    assert view.state == "held"
    if by == "person":
        (own,) = disclosures(world.actor("caseworker"), person)
        assert own.hold == "Prosecution, Guyana" and own.hold_since is not None and not own.may_erase
    with pytest.raises(Refused, match="hold"):
        world.perform("caseworker", end_disclosure, disclosure=disclosure)
    world.perform("prosecutor", lift_hold, country="GY", person=hold, reason="Over")
    world.perform("caseworker", end_disclosure, disclosure=disclosure)
    assert state(world, disclosure) == "erased" and files(person) == []


@pytest.mark.parametrize(
    ("days", "answer", "stands", "on_today"),
    [
        (1, None, "asked", False),
        (disclosing.limits().receipt + 1, None, "late", True),
        (1, "1", "signed", False),
        (1, LEGAL_HOLD, "held", False),
        (1, NEEDED, "refused", True),
    ],
)
def test_what_a_recipient_elsewhere_signed_or_did_not_is_told(
    world: World, days: int, answer: str | None, stands: str, on_today: bool
) -> None:
    person = a_person(world)
    consent = agrees(world, person)
    disclosure, file = send(world, person, consent=consent)
    world.perform("caseworker", withdraw_consent, consent=consent)
    at = now_ms() - days * 24 * 3600 * 1000
    Erasure.objects.create(
        request="f" * 32,
        authority=world.authorities["prosecution"],
        asking=world.authorities["care"],
        message=b"",
        compartments=json.dumps([file]),
        at=at,
        answer=answer or "",
        answered=None if answer is None else at,
    )
    assert state(world, disclosure) == stands
    page = world.client("caseworker").get(f"/care/{person}/disclosures/{disclosure}/").content.decode()
    assert "Prosecution, Guyana" in page
    listed = [item.href for item in waiting(world.actor("caseworker"))]
    assert (f"/care/{person}/disclosures/{disclosure}/" in listed) == on_today


def test_after_its_last_day_nobody_opens_it(world: World) -> None:
    person = a_person(world)
    disclosure, file = send(world, person, until="2018-04-20")
    client = world.client("prosecutor")
    assert "carry the bag" in client.get(f"/disclosed/{file}/").content.decode()
    set_to(world, 30)
    page = client.get(f"/disclosed/{file}/").content.decode()
    assert "carry the bag" not in page and "Its last day has gone by" in page
    assert state(world, disclosure) == "over"
    assert any("last day" in title for title in titles(world, "caseworker"))


def test_the_recipients_page_has_the_copies_and_nothing_else_of_care(world: World) -> None:
    person = a_person(world)
    world.perform("caseworker", plan_safety, person=person, reach="Ring twice at Ottersby")
    _disclosure, file = send(world, person, "police")
    client = world.client("national-lead")
    page = client.get(f"/disclosed/{file}/").content.decode()
    for words in (TOLD, "carry the bag", "Presumed"):
        assert words in page
    for words in ("Passport kept", "Ottersby", "/care/", "Protection file"):
        assert words not in page
    assert f"/people/{person}/" in page, "police keep an identity file of the person"
    assert f"/disclosed/{file}/" in client.get(f"/people/{person}/").content.decode()
    assert f"/disclosed/{file}/" not in world.client("officer").get(f"/people/{person}/").content.decode()
    prosecutor = world.client("prosecutor")
    assert prosecutor.get(f"/disclosed/{file}/").status_code == 404
    assert file not in prosecutor.get("/disclosed/").content.decode()
    stranger = world.client("other-lead")
    assert stranger.get(f"/disclosed/{file}/").status_code == 404


def test_the_recipient_links_to_no_file_that_it_does_not_read(world: World) -> None:
    person = a_person(world)
    _disclosure, file = send(world, person)
    page = world.client("prosecutor").get(f"/disclosed/{file}/").content.decode()
    assert person not in page and "P-0" not in page


def test_the_person_is_told_of_it(world: World) -> None:
    person = a_person(world)
    send(world, person, **ORDER)
    actor = world.actor("caseworker")
    seen = person_seen(actor, person)
    assert seen is not None
    page = answer(actor, seen)
    (table,) = [table for table in page.tables if "other authorities" in table.caption]
    cells = [cell.text for cell in table.rows[0].cells]
    assert cells[0] == "Prosecution, Guyana" and "Status as a victim" in cells[1]
    lead = world.actor("national-lead")
    seen = person_seen(lead, person)
    assert seen is not None
    assert not [t for t in answer(lead, seen).tables if "other authorities" in t.caption]


def test_another_care_authority_reads_none_of_it(world: World) -> None:
    stranger = another_care(world)
    person = a_person(world)
    disclosure, _file = send(world, person)
    assert disclosures(stranger) == [] and disclosed(stranger) == []
    with pytest.raises(Refused, match="no such file"):
        perform(stranger, end_disclosure, disclosure=disclosure)


def test_care_in_another_country_reads_what_it_is_told_and_no_file(world: World) -> None:
    stranger = another_care(world)
    person = a_person(world)
    consent = agrees(world, person, "care", recipient="Care authority, Saint Vincent")
    disclosure = propose(
        world, person, recipient=stranger.authority, purpose="care-elsewhere", consent=consent
    )
    file = world.perform("supervisor", read_disclosure, disclosure=disclosure, agrees="yes")
    (view,) = disclosed(stranger)
    assert view.id == file and {item.kind for item in view.items} >= {"name", "told", "status"}
    client = Client()
    client.force_login(
        Account.objects.get(officer=stranger.officer), backend="libertad.web.signing_in.Backend"
    )
    assert TOLD in client.get(f"/disclosed/{file}/").content.decode()
    assert client.get(f"/care/{person}/").status_code == 404
    assert client.get(f"/care/{person}/disclosures/").status_code == 404
    world.perform("caseworker", withdraw_consent, consent=consent)
    assert client.get(f"/disclosed/{file}/").status_code == 404


def test_a_deciding_authority_is_told_for_the_persons_stay(world: World) -> None:
    person = a_person(world)
    name = "Deciding authority, Guyana"
    consent = agrees(world, person, "care", recipient=name)
    deciding = world.authorities["deciding"]
    disclosure = propose(world, person, recipient=deciding, purpose="residence", consent=consent)
    file = world.perform("supervisor", read_disclosure, disclosure=disclosure, agrees="yes")
    assert TOLD in world.client("deciding-authority").get(f"/disclosed/{file}/").content.decode()


def test_the_limits_are_said_to_be_assumed() -> None:
    limits = disclosing.limits()
    assert limits.assumed and 0 < limits.receipt < limits.longest
    assert HELD == LEGAL_HOLD


def test_each_purpose_has_a_recipient_and_each_recipient_an_agreement() -> None:
    assert {purpose for kind in kinds() for purpose in disclosing.purposes(kind)} == set(
        codelist("disclosure-purposes")
    )
    assert all(disclosing.agreements(kind) for kind in kinds() if disclosing.purposes(kind))
    assert not disclosing.carries("statement-for-case", "non-punishment", "prosecution")
    assert disclosing.carries("statement-for-case", "criminal-case", "police")
