"""Suspended members, for the command line: without an officer, so without reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from libertad.access import changes, suspending
from libertad.access.models import OperationChange
from libertad.exchange.queries import names
from libertad.journal.fields import from_ms
from libertad.journal.node import node
from libertad.journal.sql import Sql


@dataclass(frozen=True)
class SuspendedSeen:
    """A suspension that is not over. `until`: of one word alone; `counts`: whether it is in force."""

    authority: str
    name: str
    by: str
    state: str
    since: datetime
    until: datetime | None

    @property
    def counts(self) -> bool:
        return self.state in suspending.STANDING

    @property
    def stands(self) -> str:
        """How it stands, in words."""
        if self.until is not None:
            return f"until {self.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC, unless another confirms it"
        if self.state == suspending.CONFIRMED:
            return "confirmed by a second authority, until two lift it"
        return "that begins when another authority confirms it"


def suspensions(sql: Sql | None = None) -> list[SuspendedSeen]:
    """All that are not over, by the authority's name."""
    noted = [suspension for suspension in suspending.noted(sql or node().sql()) if not suspension.over]
    rows = {
        row.pk: row
        for row in OperationChange.objects.filter(pk__in=[suspension.change for suspension in noted])
    }
    named = names([suspension.whom for suspension in noted] + [row.authority for row in rows.values()])
    suspended = [
        SuspendedSeen(
            suspension.whom,
            named.get(suspension.whom, suspension.whom),
            named.get(row.authority, row.authority),
            suspension.state,
            row.at,
            from_ms(suspension.heard) + changes.NOTICE if suspension.state == suspending.ALONE else None,
        )
        for suspension in noted
        if (row := rows.get(suspension.change)) is not None
    ]
    return sorted(suspended, key=lambda suspension: suspension.name)
