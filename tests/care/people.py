"""People met, for the tests of this room: the entry alone, without the people room."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, new_id, perform
from libertad.access.models import Authority
from libertad.vocabulary.values import Birth, PersonName
from libertad.vocabulary.verbs.people import PersonMeet, PersonState, TallyPerson
from tests.support.world import World

CLINIC = "Clinic of the river town"
ADULT = Birth(date="1990-03")
CHILD = Birth(date="2015")


def meet(world: World, birth: Birth | None = ADULT, role: str = "officer", name: str = "Lan T. N.") -> str:
    """A person is met by the police of Guyana, whose care authority reads the identity file."""
    person, _ = met(world, birth, role, name)
    return person


def met(
    world: World, birth: Birth | None = ADULT, role: str = "officer", name: str = "Lan T. N."
) -> tuple[str, str]:
    """(person, counting id)."""
    person, counting = new_id(), new_id()

    def act_it(act: Act) -> None:
        members = act.find(Authority, operation=act.actor.operation, country="GY")
        place = act.open("person", person, [m["id"] for m in members if m["kind"] in ("care",)])
        names = (PersonName(text=name),)
        content = PersonMeet(
            reference=f"P-{act.number('person'):04d}",
            counting=counting,
            country="GY",
            name=names,
            birth=birth,
        )
        act.say(place, content, subject=person, source="said")
        tally = TallyPerson(country="GY", age_group="not-settled", sex="")
        act.say(act.operation_compartment, tally, subject=counting)

    perform(world.actor(role), act_it)
    return person, counting


def born(world: World, person: str, birth: Birth, role: str = "caseworker") -> None:
    """Another birth date is said of a person."""

    def act_it(act: Act) -> None:
        act.say(
            act.compartment("person", person), PersonState(birth=birth), subject=person, source="document"
        )

    perform(world.actor(role), act_it)


def consent(world: World, person: str, **changed: Any) -> Any:
    """The person agrees that the clinic is told, except of the photograph."""
    from libertad.care.actions.record_consent import record_consent

    withheld = ("photograph", "what-happened")
    agreement = {"purpose": "doctor", "recipient": CLINIC, "agreed": "yes", "withheld": withheld, **changed}
    return world.perform("caseworker", record_consent, person=person, **agreement)


def identified(world: World, person: str, status: str = "presumed", **options: Any) -> str:
    """A decision by the caseworker that the deciding authority's officer confirmed."""
    from libertad.care.actions.identify import identify
    from libertad.care.actions.read_identification import read_identification

    done: str = world.perform(
        "caseworker",
        identify,
        person=person,
        status=status,
        reasons="Passport kept, wages withheld.",
        **options,
    )
    world.perform("deciding-authority", read_identification, identification=done, agrees="yes")
    return done
