"""Who reads a file: since when, by whose decision and why; and whom the actor may remove from now on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from libertad.access.actor import Actor
from libertad.access.entries import said_of
from libertad.access.models import Authority, Compartment, Reader
from libertad.access.queries import authority_names, can_say, officer_names
from libertad.access.queries_sharing import let_in_alone
from libertad.vocabulary.verbs.access import CompartmentReaders


@dataclass(frozen=True)
class ReaderSeen:
    """An authority that reads a file. `since` is None where the actor may not read the entry that says so.

    `named_by` is the authority that let it in, `by` its name; the owner let itself in. `by_one`: into an
    identity file by one person alone, where a second one was to approve it.
    """

    authority: str
    name: str
    kind: str
    named_by: str
    by: str
    officer: str
    since: datetime | None
    reason: str
    removable: bool
    by_one: bool = False


def readers(actor: Actor, compartment: str) -> list[ReaderSeen]:
    """Of a file that the actor's authority reads, the earliest first; nobody of any other."""
    rows = list(Reader.objects.filter(compartment=compartment))
    if actor.authority not in {row.authority for row in rows}:
        return []
    owner = Compartment.objects.filter(pk=compartment).values_list("owner", flat=True).first()
    by_row = said_of(actor, Reader._meta.label, [row.pk for row in rows])
    known = {member.pk: member for member in Authority.objects.filter(pk__in=[row.authority for row in rows])}
    names = authority_names([row.by for row in rows])
    officers = officer_names(actor, [entries[-1].officer for entries in by_row.values() if entries])
    removes = can_say(actor, "compartment.remove")
    alone = let_in_alone(actor, compartment, [entry for entries in by_row.values() for entry in entries])
    listed = []
    for row in rows:
        last = by_row[row.pk][-1] if by_row[row.pk] else None
        authority = known.get(row.authority)
        listed.append(
            ReaderSeen(
                authority=row.authority,
                name=authority.name if authority else row.authority,
                kind=authority.kind if authority else "",
                named_by=row.by,
                by=names.get(row.by, ""),
                officer=officers.get(last.officer, "") if last else "",
                since=last.at if last else None,
                reason=last.content.reason if last and isinstance(last.content, CompartmentReaders) else "",
                removable=removes
                and row.authority not in (owner, actor.authority)
                and actor.authority in (owner, row.by),
                by_one=last is not None and last.id in alone,
            )
        )
    return sorted(listed, key=lambda reader: (reader.since is None, reader.since or 0, reader.name))
