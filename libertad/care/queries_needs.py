"""Needs that were said when a person was met, each with what care answered."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.access.queries import can_say, officer_names, readable
from libertad.care.desk_models import Desk
from libertad.journal.fields import from_ms
from libertad.people import queries as people
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class NeedSeen:
    """A need (`needs`). `outcome`: what care answered last (`settle-outcomes`), '' while nobody has."""

    need: str
    outcome: str = ""
    words: str = ""
    by: str = ""
    happened: Happened | None = None


def needs_of(actor: Actor, person: str) -> list[NeedSeen]:
    """In the order of the list, those that nobody answered first; [] for who answers none. Read from the
    identity file as it stands, whose row no answer changes."""
    met_person = people.person(actor, person) if can_say(actor, "desk.settle") else None
    if met_person is None:
        return []
    desk = readable(actor, Desk).filter(person=person).order_by("pk").first()
    settled = {row["need"]: row for row in desk.settled if row["need"]} if desk is not None else {}
    names = officer_names(actor, [row["officer"] for row in settled.values()])
    listed = [
        NeedSeen(
            need,
            settled[need]["outcome"],
            settled[need]["words"],
            names.get(settled[need]["officer"], ""),
            Happened(at=from_ms(settled[need]["at"]), zone=settled[need]["zone"]),
        )
        if need in settled
        else NeedSeen(need)
        for need in met_person.needs
    ]
    return sorted(listed, key=lambda seen: bool(seen.outcome))
