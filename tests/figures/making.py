"""People for the figures' tests, through the same actions as on the screens."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, perform
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.set_detention import set_detention
from libertad.people.models import Tally
from libertad.vocabulary.body import Body, statements
from libertad.vocabulary.verbs.people import TallyLink, TallyStatus
from tests.support.linking import link_same
from tests.support.world import World


def say_status(act: Act, counting: str, status: str, country: str) -> None:
    """As version 0.1 said it, past today's rule that it is retired."""
    content, place = TallyStatus(status=status, country=country), act.operation_compartment
    body = Body(
        verb=content.VERB,
        subject=counting,
        operation=act.actor.operation,
        authority=act.actor.authority,
        officer=act.actor.officer,
        happened=act.happened,
        clock=act.tx.caches.tick(),
        source="decision",
        statements=statements(content),
    )
    act.tx.append(act.actor.authority, place, "operation", body, content)


def say_link(act: Act, counting: str, other_id: str, same: bool = True) -> None:
    act.say(act.operation_compartment, TallyLink(other=other_id, same=same), subject=counting, supersedes={})


def status(world: World, counting: str, decision: str, day: int, country: str = "GY") -> None:
    """A protection status as care said it in the operation's file in version 0.1."""
    perform(world.actor("caseworker"), say_status, counting, decision, country, happened=world.at(day, 10))


def link(world: World, first: str, second: str, day: int, same: bool = True) -> None:
    perform(world.actor("national-lead"), say_link, first, second, same, happened=world.at(day, 11))


def meet(
    world: World, day: int, seen_as: str = "potential-victim", role: str = "officer", **overrides: Any
) -> str:
    """Meets a person; returns the counting id."""
    before = set(Tally.objects.values_list("id", flat=True))
    country = "VC" if role.startswith("other") else "GY"
    world.perform(role, meet_person, country=country, seen_as=seen_as, happened=world.at(day, 9), **overrides)
    (fresh,) = set(Tally.objects.values_list("id", flat=True)) - before
    return fresh


def small(world: World) -> None:
    """Seven records of six people, two arrests, one of them released; from 3 to 6 April."""
    first = world.perform(
        "officer", meet_person, country="GY", seen_as="potential-victim", happened=world.at(3, 9)
    )
    again = world.perform(
        "officer", meet_person, country="GY", seen_as="potential-victim", happened=world.at(5, 9)
    )
    world.perform(
        "national-lead", link_same, person=first, other=again, reasons="Same photo", happened=world.at(5, 12)
    )
    status(world, meet(world, 3), "presumed", 4)
    status(world, meet(world, 4), "confirmed", 5)
    status(world, meet(world, 4), "not-a-victim", 5)
    meet(world, 4, "not-assessed")
    meet(world, 5, role="other-officer")
    for day in (4, 5):
        detention = world.perform(
            "officer", set_detention, state="detained", country="GY", happened=world.at(day, 14)
        )
        if day == 4:
            world.perform(
                "officer",
                set_detention,
                state="arrested",
                country="GY",
                detention=detention,
                happened=world.at(5, 15),
            )
        else:
            world.perform(
                "officer",
                set_detention,
                state="released",
                release="without-charge",
                country="GY",
                detention=detention,
                reasons="No ground to hold",
                happened=world.at(6, 8),
            )
