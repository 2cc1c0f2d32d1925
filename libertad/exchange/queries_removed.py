"""For screens and the command line: from which operations an authority here was removed, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from libertad.access import guarded
from libertad.access.models import Removed
from libertad.exchange.peering import member_removal
from libertad.exchange.queries import names
from libertad.journal import folding, header, sealing
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.rings import RingError
from libertad.operations.queries import operation_names
from libertad.vocabulary.values import Refused


@dataclass(frozen=True)
class RemovedSeen:
    """`name`: of the operation; `who`: of the authority that was removed; `by`: of who removed it. `at` by
    the clock of who said it. `reason`: '' where the ring is locked."""

    operation: str
    name: str
    authority: str
    who: str
    by: str
    at: datetime
    reason: str

    @property
    def since(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def removed(authorities: Sequence[str] | None = None) -> list[RemovedSeen]:
    """Of these authorities, or of all here, those that are out of an operation; the newest first."""
    here = node()
    guarded.ready()
    queried = sorted(here.rings.authorities()) if authorities is None else authorities
    removals = member_removal.removals(here, here.sql(), queried)
    if not removals:
        return []
    named = names([name for removal in removals for name in (removal.authority, removal.by)])
    titles = operation_names([removal.operation for removal in removals])
    rows = [
        RemovedSeen(
            removal.operation,
            titles.get(removal.operation, removal.operation),
            removal.authority,
            named.get(removal.authority, removal.authority),
            named.get(removal.by, removal.by),
            removal.at,
            _reason(removal),
        )
        for removal in removals
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _reason(removal: member_removal.Removal) -> str:
    """Why, from the entry itself: it was sealed under a key that the authority had. The row may not open, on
    a node that others share: it is sealed anew under the key that the authority was not given."""
    here = node()
    touched = f"{Removed._meta.label}:{removal.compartment}:{removal.authority}"
    for (idx,) in here.sql().all(
        "select entry from journal_touch where key = ? order by entry desc", (touched,)
    ):
        exact, body = Entry.objects.values_list("header", "body").get(pk=idx)
        head = header.decode(bytes(exact))
        with suppress(RingError, sealing.CannotOpen, Refused):
            key = here.rings.key(removal.authority, head.key_id)
            if key is not None and body is not None:
                plain = sealing.open_known(bytes(body), key, head)
                name = header.entry_hash(bytes(exact)).hex()
                entry = folding.understand(plain, name, removal.compartment, head.key_id)
                return str(getattr(entry.content, "reason", ""))
    return ""
