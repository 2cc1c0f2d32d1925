"""People met, for the tests of this room."""

from __future__ import annotations

from typing import Any

from libertad.access.actor import Actor
from libertad.access.queries import open_row, readable
from libertad.access.sealed import open_sealed
from libertad.journal.node import node
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person, Tally
from libertad.vocabulary.values import Birth, PersonName
from tests.support.world import World

NAME = "Lan Thị Nguyễn Peña"


def meet(world: World, role: str = "officer", name: str = NAME, **overrides: Any) -> str:
    """A person is met on 5 April 2018, 13:40 UTC."""
    values = {
        "country": "VC" if role.startswith("other") else "GY",
        "name": (PersonName(text=name),),
        "birth": Birth(date="1999"),
        "sex": "female",
        "language": ("vie", "spa"),
        "seen_as": "potential-victim",
        "workplace": "gold-mine",
        "source": "said",
        "happened": world.at(5, 13, 40),
        **overrides,
    }
    person: str = world.perform(role, meet_person, **values)
    return person


def row(actor: Actor, person: str) -> Person:
    return readable(actor, Person).get(pk=person)


def person_row(actor: Actor, person: str) -> dict[str, Any]:
    return open_row(actor, row(actor, person))


def counting(world: World, person: str) -> str:
    row = Person.objects.get(pk=person)
    police = world.actor("caseworker").authority
    return str(open_sealed(node(), police, "people.Person", person, row.sealed)["counting"])


def tally(world: World, person: str) -> Tally:
    return Tally.objects.get(pk=counting(world, person))
