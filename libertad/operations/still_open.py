"""What an operation still has open, as far as this reader may read it: before it is closed and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say
from libertad.care.queries import NONE, counted, open_dangers
from libertad.evidence.queries import not_returned
from libertad.operations.queries import teams
from libertad.people.queries import dangers_counted, detentions, endangered, property_out


@dataclass(frozen=True)
class StillOpen:
    """A kind of open thing, how many of them, and where they are listed ('' where there is no list)."""

    label: str
    count: int
    href: str


def still_open(actor: Actor) -> list[StillOpen]:
    """Everything of it that the reader may read, also where there is none: a 0 is an answer."""
    return list(_rows(actor))


def _rows(actor: Actor) -> Iterator[StillOpen]:
    if may_open(actor, "teams"):
        out = [team for team in teams(actor) if team.state != "returned" or team.danger]
        yield StillOpen(_("Teams in danger"), sum(team.danger for team in out), reverse("teams"))
        yield StillOpen(_("Teams that have not returned"), len(out), reverse("teams"))
    if may_open(actor, "people"):
        yield StillOpen(_("People in danger"), _in_danger(actor), reverse("people"))
        yield StillOpen(_("Property not back with its owner"), property_out(actor), reverse("owed"))
    elif actor.role == "coordinator":
        yield StillOpen(_("People in danger, as police count them"), dangers_counted(actor), "")
    if may_open(actor, "detentions"):
        held = [
            detention for detention in detentions(actor) if detention.state != "released" or detention.unheard
        ]
        yield StillOpen(_("Suspects who are not released"), len(held), reverse("detentions"))
    if may_open(actor, "exhibits"):
        yield StillOpen(_("Exhibits not returned"), not_returned(actor), reverse("exhibits"))
    if may_open(actor, "care"):
        yield StillOpen(_("People without a decision"), counted(actor, NONE), reverse("care"))


def _in_danger(actor: Actor) -> int:
    """By whose own words it is open for this reader: police's, or care's."""
    return len(open_dangers(actor) if can_say(actor, "care.danger_close") else endangered(actor))
