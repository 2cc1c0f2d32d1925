"""How many people were met where: numbers for whoever reads a site's file, and no names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from libertad.access.actor import Actor
from libertad.access.queries import Readable, open_row, read_by
from libertad.people.models import Person


def met_at(actor: Actor, sites: Sequence[str]) -> dict[str, int]:
    """By site: people whose file the actor's authority keeps and says that they were met there.

    Whatever the actor's role, because it tells numbers alone. A record that was made twice counts once, one
    that was erased no more.
    """
    manager: Readable[Person] = Readable(Person)
    manager.reader = actor.authority
    rows = manager.filter(operation=actor.operation, site__in=list(sites)).filter(read_by(actor.authority))
    listed: Counter[str] = Counter(rows.filter(links=[]).values_list("site", flat=True))
    for row in rows.exclude(links=[]):  # who was recorded twice is linked to the record in which one goes on
        listed[row.site] += not open_row(actor, row).get("twice")
    return dict(listed)
