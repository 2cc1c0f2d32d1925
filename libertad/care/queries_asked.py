"""Which deciding authorities read a protection file, for what they were asked, and which could be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.access.models import Authority, Reader
from libertad.access.queries import clock_now, open_row, readable
from libertad.access.queries_members import members_of
from libertad.care import models, reads
from libertad.care.asked import Ruling, is_over, of_rows
from libertad.care.presenters import FileSeen
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class AskedSeen:
    """One asking, as its page tells it."""

    what: str
    when: Happened
    words: str
    waits: bool


@dataclass(frozen=True)
class DeciderSeen:
    """A deciding authority of the country. `reads`: it was let into this file; `asked`: for what, the last
    first. `may_end`: the file can be taken back from it."""

    authority: str
    name: str
    reads: bool
    asked: Sequence[AskedSeen]
    may_end: bool


def deciders(actor: Actor, file: FileSeen) -> list[DeciderSeen]:
    """Those who read the file, then those who could be asked; [] for who does not keep it."""
    if not reads.keeps(actor, file.compartment):
        return []
    country = next((row.country for row in members_of(actor, "care") if row.pk == actor.authority), "")
    readers = set(Reader.objects.filter(compartment=file.compartment).values_list("authority", flat=True))
    inside = Authority.objects.filter(pk__in=readers, kind="deciding")
    names = dict(inside.values_list("pk", "name"))
    for member in members_of(actor, "deciding"):
        if member.country == country:
            names.setdefault(member.pk, member.name)
    here = {"compartment": file.compartment}
    rows = list(readable(actor, models.DecisionAsked).filter(**here))
    identified = list(readable(actor, models.Identification).filter(**here))
    returned = list(readable(actor, models.ReturnDecision).filter(**here))
    waiting = {asking.entry for asking in of_rows(rows, identified, returned)}
    rulings = [Ruling(row.at, row.appeal_by, row.appeal) for row in returned if row.read == "yes"]
    today, closed = clock_now(actor.operation).date(), file.closed is not None
    waits = bool(file.waiting or file.return_waiting)
    listed = []
    for authority, name in sorted(names.items(), key=lambda item: (item[0] not in readers, item[1])):
        asked = sorted((row for row in rows if row.to == authority), key=lambda row: row.at, reverse=True)
        asks = any(row.pk in waiting for row in asked)
        listed.append(
            DeciderSeen(
                authority,
                name,
                authority in readers,
                [
                    AskedSeen(
                        row.what,
                        Happened(at=row.at, zone=row.zone),
                        open_row(actor, row)["words"],
                        row.pk in waiting,
                    )
                    for row in asked
                ],
                authority in readers and is_over(closed, waits, asks, rulings, today),
            )
        )
    return listed
