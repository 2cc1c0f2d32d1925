"""What care disclosed to the actor's authority: copies, and nothing of the file that they are from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.access.models import Compartment, Opening
from libertad.access.queries import authority_names, clock_now, open_row, readable
from libertad.exchange import queries as exchange
from libertad.look.copies import opened_copies
from libertad.people.disclosed_models import Disclosed
from libertad.vocabulary.values import Copied, Happened, span


@dataclass(frozen=True)
class DisclosedSeen:
    """`id`: the file's. `person`: whom it is about. `request`: of care to erase it, '' where none waits.

    `state`: 'open', 'over' (its last day has gone by), 'asked' (care asks to erase it) or 'held' (withdrawn,
    and kept for a legal hold). `is_new`: nobody of this authority has opened it.
    """

    id: str
    person: str
    reference: str
    giver: str
    purpose: str
    ground: str
    order: str
    until: str
    when: Happened
    provenance: str
    state: str
    request: str
    is_new: bool
    items: list[Copied]

    @property
    def shows_copies(self) -> bool:
        """What is over, or asked back, nobody opens; what a hold keeps it keeps for the court."""
        return self.state in ("open", "held")


def disclosed(actor: Actor, ids: Iterable[str] | None = None, person: str = "") -> list[DisclosedSeen]:
    """What other authorities disclosed to the actor's, the newest first; about one person, where named."""
    rows = {row.pk: row for row in readable(actor, Disclosed, ids)}
    if not rows:
        return []
    files = Compartment.objects.filter(pk__in=list(rows), kind="disclosure").exclude(owner=actor.authority)
    about = dict(files.values_list("pk", "about"))
    listed_rows = [row for key, row in rows.items() if key in about and person in ("", about[key])]
    names = authority_names([row.authority for row in listed_rows])
    requests = exchange.promises_of(actor, [row.pk for row in listed_rows])
    opened = {
        row.compartment
        for row in readable(actor, Opening).filter(compartment__in=[row.pk for row in listed_rows])
        if row.authority == actor.authority
    }
    today = clock_now(actor.operation).date()
    listed = []
    for row in sorted(listed_rows, key=lambda row: (row.at, row.pk), reverse=True):
        words = open_row(actor, row)
        waiting = [p for p in requests.get(row.pk, ()) if p.authority == actor.authority]
        request = next((p.request for p in waiting if p.answered is None), "")
        state = "open"
        if request:
            state = "asked"
        elif row.stopped_at is not None or waiting:
            state = "held"
        elif span(row.until)[1] < today:
            state = "over"
        listed.append(
            DisclosedSeen(
                row.pk,
                about[row.pk],
                row.reference,
                names.get(row.authority, ""),
                row.purpose,
                row.ground,
                words["order"],
                row.until,
                Happened(at=row.at, zone=row.zone),
                row.provenance,
                state,
                request,
                row.pk not in opened,
                opened_copies(words["items"]),
            )
        )
    return listed
