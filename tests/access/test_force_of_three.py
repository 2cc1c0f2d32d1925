"""A day of each role with four eyes on, in a police force and a care authority of three people each.

Nobody second is there for anything, one of the three is suspended, and a share waits: whoever is at work
records, says that somebody is in danger, and hands over. Nobody is stopped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from libertad.access.actions.appoint_officer import appoint_by_one
from libertad.access.actions.suspend_officer import suspend_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.appointments import by_one
from libertad.access.models import Account, Officer, OfficerSuspension
from libertad.care.actions.hand_over import accept_person, offer_person
from libertad.care.actions.identify import identify
from libertad.care.actions.name_step import name_step
from libertad.care.actions.note_case import note_case
from libertad.care.actions.open_care import open_care
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.refer import refer
from libertad.care.actions.say_missing import say_found, say_missing
from libertad.care.actions.take_person import take_person
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.seize import seize
from libertad.journal.node import node
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.record_check import record_check
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.assess_person import assess_person
from libertad.people.actions.close_danger import close_person_danger, say_danger
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.set_detention import set_detention
from libertad.people.actions.share_person import share_person
from libertad.people.actions.state_person import state_person
from libertad.people.actions.take_property import take_property
from libertad.vocabulary.values import PersonName
from tests.operations.making import a_site, a_team
from tests.support.populated import LEAD
from tests.support.world import AUTHORITIES, World

pytestmark = pytest.mark.django_db(transaction=True)
POLICE, CARE = ("national-lead", "officer"), ("supervisor", "caseworker")


def replaced_staff(world: World, key: str, administrator: str, roles: tuple[str, ...]) -> None:
    """All but the administrator left; two new ones were appointed by that one alone."""
    chief = world.actors[administrator]
    for row in Officer.objects.filter(authority=world.authorities[key], withdrawn=False):
        if row.pk != chief.officer:
            world.perform(administrator, withdraw_officer, officer=row.pk, reason="Left the force")
    for role in roles:
        number = f"T-{key}-{role}"
        officer = world.perform(
            administrator, appoint_by_one, name=f"Third {role}", service_number=number, role=role
        )
        Account.objects.create_user(number, "correct horse battery", officer)
        world.actors[role] = replace(world.actors[role], officer=officer)


@pytest.fixture
def three(world: World) -> World:
    row = Officer.objects.get(authority=world.authorities["care"], role="administrator")
    chief = replace(
        world.actors["administrator"],
        officer=row.pk,
        authority=world.authorities["care"],
        zone=AUTHORITIES["care"][3],
    )
    world.actors["care-administrator"] = chief
    replaced_staff(world, "police", "administrator", POLICE)
    replaced_staff(world, "care", "care-administrator", CARE)
    assert set(by_one(node().sql())) >= {world.actor(role).officer for role in ("national-lead", *CARE)}
    return world


def pages_open(world: World, *roles: str) -> None:
    for role in roles:
        answer = world.client(role).get("/")
        assert answer.status_code == 200 and b"What needs me today" in answer.content, role


def at_the_site(world: World, role: str, lead: str = "") -> str:
    """A raid as one officer of the force records it; the person met is in danger. Returns the person."""
    site = a_site(world, role)
    world.perform(role, report_lead, summary="Lorries leave at night", **LEAD)
    if lead:
        team = a_team(world, site, lead)
        world.perform(role, check_in, team=team, state="on-site", happened=world.at(5, 12))
        world.perform(
            role,
            record_visit,
            site=site,
            team=team,
            outcome="people-found",
            people=1,
            happened=world.at(5, 13),
        )
    person: str = world.perform(
        role,
        meet_person,
        country="GY",
        site=site,
        source="said",
        happened=world.at(5, 13),
        name=(PersonName(text="Ana Lucía Muñoz Peña"),),
    )
    world.perform(role, say_danger, person=person, words="Two men ask for her at the gate")
    world.perform(
        role, state_person, person=person, source="said", topic="pay", words="I have not been paid."
    )
    world.perform(
        role,
        take_property,
        person=person,
        kind="passport",
        taken_by="police",
        state="held",
        happened=world.at(5, 14),
    )
    world.perform(
        role,
        seize,
        country="GY",
        kind="mobile-phone",
        description="Mobile phone",
        happened=world.at(5, 14),
    )
    world.perform(
        role,
        record_check,
        database="interpol-sltd",
        about="travel-document",
        answer="no-hit",
        country="GY",
        happened=world.at(5, 15),
        document_ends="0421",
        document_country="GY",
    )
    world.perform(
        role,
        set_detention,
        state="detained",
        country="GY",
        name=(PersonName(text="Otho Marbleton"),),
        grounds="Keys of the rooms",
        person=person,
        happened=world.at(5, 15),
    )
    return person


def with_the_person(world: World, role: str, person: str) -> None:
    """Care's day with one person, as one officer records it."""
    world.perform(role, take_person, person=person)
    world.perform(role, open_care, person=person)
    agreed = {"person": person, "purpose": "shelter", "agreed": "yes"}
    consent = world.perform(role, record_consent, recipient="Shelter A", **agreed)
    world.perform(role, refer, person=person, service="shelter", to="Shelter A", consent=consent)
    world.perform(role, record_wish, person=person, wish="stay", words="I want to stay and work.")
    world.perform(role, plan_safety, person=person, reach="Through the shelter's duty line.")
    world.perform(
        role, note_case, person=person, kind="talked", seen="2018-04-05", words="Has slept.", risk="high"
    )
    ahead = (datetime.now(UTC) + timedelta(days=3)).date()
    world.perform(role, name_step, person=person, kind="talk", until=ahead.isoformat())
    world.perform(role, say_missing, person=person, seen="2018-04-05", words="Not at the shelter.")
    world.perform(role, say_found, person=person, words="Was at the clinic.")
    world.perform(role, withdraw_consent, consent=consent)


def test_nobody_is_stopped_from_recording(three: World) -> None:
    person = at_the_site(three, "officer", "national-lead")
    lead = three.actor("national-lead")
    three.perform(
        "national-lead", assess_person, person=person, seen_as="potential-victim", reasons="As seen"
    )
    three.perform("national-lead", close_person_danger, person=person, done="Taken to the shelter")
    exhibit = three.perform("officer", seize, country="GY", kind="document", description="Ledger")
    offer = three.perform(
        "officer", offer_custody, exhibit=exhibit, to_officer=lead.officer, to_authority=lead.authority
    )
    three.perform("national-lead", accept_custody, exhibit=exhibit, offer=offer, seal_state="intact")
    with_the_person(three, "caseworker", person)
    decided = three.perform(
        "caseworker", identify, person=person, status="presumed", reasons="Passport kept, wages withheld."
    )
    three.perform("supervisor", read_identification, identification=decided, agrees="yes")
    supervisor = three.actor("supervisor").officer
    handed = three.perform("caseworker", offer_person, person=person, to=supervisor)
    three.perform("supervisor", accept_person, person=person, offer=handed)
    pages_open(three, *POLICE, *CARE, "administrator")


def test_with_one_of_three_suspended_and_a_share_waiting_the_others_go_on(three: World) -> None:
    """The lead alone is left at the site, and the supervisor alone in care."""
    first = at_the_site(three, "officer")
    three.perform("national-lead", close_person_danger, person=first, done="Taken to the shelter")
    three.perform(
        "national-lead",
        share_person,
        person=first,
        authority=three.authorities["other-police"],
        reason="Her sister was met there",
    )
    three.perform(
        "administrator", suspend_officer, officer=three.actor("officer").officer, reason="Phone lost"
    )
    three.perform(
        "care-administrator", suspend_officer, officer=three.actor("caseworker").officer, reason="Phone lost"
    )
    assert OfficerSuspension.objects.filter(state="alone").count() == 2
    person = at_the_site(three, "national-lead", "national-lead")
    three.perform("national-lead", close_person_danger, person=person, done="Taken to the shelter")
    with_the_person(three, "supervisor", person)
    pages_open(three, "national-lead", "supervisor", "administrator")
