"""Needs that were said when a person was met, each with what care answered."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.access.queries import can_say, officer_names, readable
from libertad.care.desk_models import Desk
from libertad.care.queries_serving import beds
from libertad.care.serving_words import stage_words
from libertad.journal.fields import from_ms
from libertad.people import queries as people
from libertad.vocabulary.values import Happened

PLACE = "safe-place"  # the need that a bed meets


@dataclass(frozen=True)
class NeedSeen:
    """A need (`needs`). `outcome`: what care answered last (`settle-outcomes`), '' while nobody has. A place
    to sleep is met while a shelter says that the person is there."""

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
    bed = (
        next((bed for bed in beds(actor, person) if bed.is_there), None)
        if PLACE in met_person.needs
        else None
    )
    listed = [
        NeedSeen(PLACE, "met", stage_words(bed.stage, bed.way), bed.name, bed.when)
        if need == PLACE and bed is not None and PLACE not in settled
        else NeedSeen(
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
