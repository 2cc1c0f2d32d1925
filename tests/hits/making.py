"""Hits for the tests of this room: two people who say the same phone, and a lead that names it."""

from __future__ import annotations

from typing import Any

from libertad.evidence.actions.seize import seize
from libertad.hits import index, scoring
from libertad.hits.models import Hit
from libertad.journal.node import node
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.state_person import state_person
from tests.operations.test_leads import LEAD
from tests.people.making import meet
from tests.support.sharing import share_person
from tests.support.world import World

PHONE = "+592 611 4409"


def person(world: World, name: str, role: str = "officer", phone: str = PHONE, **options: Any) -> str:
    """Somebody who was met and gave a phone number."""
    person_id = meet(world, role, name=name, **options)
    world.perform(
        role, state_person, person=person_id, phone=(phone,), source="said", happened=world.at(5, 14)
    )
    return person_id


def phone_lead(world: World, role: str = "officer", phone: str = PHONE, **options: Any) -> str:
    """A lead whose words name a phone number."""
    values = {**LEAD, "summary": f"A voice asked for workers. Call {phone}.", **options}
    lead_id: str = world.perform(role, report_lead, happened=world.at(3, 9), **values)
    return lead_id


def phone_exhibit(world: World, phone: str = PHONE, **options: Any) -> str:
    """A seized mobile phone with that number."""
    exhibit_id: str = world.perform(
        "officer",
        seize,
        country="GY",
        kind="mobile-phone",
        description="Mobile phone",
        phone_number=phone,
        happened=world.at(5, 15),
        **options,
    )
    return exhibit_id


def share(world: World, person_id: str, by: str = "other-lead", to: str = "police") -> None:
    """Let another authority read a person's file."""
    world.perform(by, share_person, person=person_id, authority=world.authorities[to], reason="Met in both")


def scored(world: World) -> int:
    """Score all that changed; how many hits were said."""
    return scoring.catch_up(node())


def the_hit(world: World, first: str, second: str, role: str = "officer") -> Hit:
    """The hit of two records in the authority of a role."""
    left, right = sorted((first, second))
    return Hit.objects.get(left=left, right=right, authority=world.actor(role).authority)


def two_met(world: World) -> tuple[str, str, str]:
    """Two people with one phone: (first, second, hit)."""
    first, second = person(world, "Yulimar Peña"), person(world, "Yulimar Pena Díaz")
    scored(world)
    return first, second, str(the_hit(world, f"person:{first}", f"person:{second}").pk)


def fresh() -> None:
    index.forget()
