"""What the board is drawn from: the rooms' answers for one reader, each asked once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.clock import operation_now
from libertad.access.models import Authority, Clock
from libertad.operations import queries as operations
from libertad.operations.models import Operation
from libertad.operations.presenters import SiteSeen, TeamSeen, VisitSeen, WindowSeen

SHAPES = {
    "team-on-site": "on-site",
    "people-met": "met",
    "aborted": "nobody",
    "found-empty": "empty",
    "not-visited": "planned",
}


def statuses() -> dict[str, str]:
    """Shape -> its words, in the order of the legend."""
    return {
        "on-site": _("Team on site now"),
        "met": _("Potential victims met"),
        "nobody": _("Visit broken off"),
        "empty": _("Found empty"),
        "planned": _("Not yet visited"),
    }


def mark_of(rows: Iterable[object]) -> str:
    """'generated' as soon as one of the rows behind a figure is."""
    return "generated" if any(getattr(row, "provenance", "") == "generated" for row in rows) else ""


@dataclass(frozen=True)
class Facts:
    """The readable facts of the actor's operation at one reading of its clock."""

    actor: Actor
    now: datetime
    rate: float

    @cached_property
    def operation(self) -> Operation | None:
        return operations.operation(self.actor)

    @cached_property
    def members(self) -> list[Authority]:
        return operations.members(self.actor)

    @cached_property
    def sites(self) -> list[SiteSeen]:
        return operations.sites(self.actor)

    @cached_property
    def teams(self) -> list[TeamSeen]:
        """In danger first, then the longest overdue."""
        return operations.teams(self.actor)

    @cached_property
    def visits(self) -> list[VisitSeen]:
        return operations.visits(self.actor)

    @cached_property
    def windows(self) -> list[WindowSeen]:
        return operations.windows(self.actor)

    @cached_property
    def authority(self) -> Authority | None:
        return next((row for row in self.members if row.pk == self.actor.authority), None)

    @cached_property
    def site_by_id(self) -> dict[str, SiteSeen]:
        return {site.id: site for site in self.sites}

    @cached_property
    def mark(self) -> str:
        return mark_of([*self.sites, *self.teams, *([self.operation] if self.operation else [])])

    @property
    def alarmed(self) -> Sequence[TeamSeen]:
        """Teams in danger or overdue."""
        return [team for team in self.teams if team.danger or team.overdue is not None]

    @property
    def here(self) -> datetime:
        """Now in the reader's zone."""
        return self.now.astimezone(ZoneInfo(self.actor.zone))


def facts(actor: Actor) -> Facts:
    """Facts as the operation's clock reads now."""
    row = Clock.objects.filter(pk=actor.operation).values_list("reads", "set_at", "rate").first()
    return Facts(actor, operation_now(row), float(row[2]) if row else 1.0)


def shape(site: SiteSeen) -> str:
    """The shape of a site's status on map, days, lists and print."""
    return SHAPES.get(site.status, "planned")
