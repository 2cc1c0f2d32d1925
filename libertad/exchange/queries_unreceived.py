"""Which files of people no care authority has yet: none reads them, or its node has not taken their keys, or
has not confirmed our tree past the entry that lets it read the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from libertad.access.actor import Actor
from libertad.access.models import Compartment, Member, Reader
from libertad.exchange.models import Peer, PeerAuthority, Released
from libertad.journal.folding import batches
from libertad.journal.models import Entry, Touch


def not_received(actor: Actor, files: Sequence[str] | None = None) -> dict[str, str]:
    """Person by file, of these identity files of the actor's authority or of all.

    A care authority on this node has what it reads; another one once its node has confirmed the keys, and
    that the words are there (as `fetch_status.fetched`): keys may come before any word of the file.
    Compared here: the database looked, for each file, at all that a care authority reads.
    """
    members = Member.objects.filter(operation=actor.operation, kind="care")
    care = list(members.values_list("authority", flat=True))
    away = dict(PeerAuthority.objects.filter(authority__in=care).values_list("authority", "origin"))
    own = Compartment.objects.filter(kind="person", owner=actor.authority, operation=actor.operation)
    readers = Reader.objects.filter(authority__in=care)
    released = Released.objects.filter(authority__in=away, taken__isnull=False)
    waiting: dict[str, str] = {}
    for batch in [None] if files is None else batches(files):
        of_files = {} if batch is None else {"compartment__in": batch}
        taken = _confirmed(released.filter(**of_files).values_list("compartment", "authority"), away)
        received = {
            file
            for file, authority in readers.filter(**of_files).values_list("compartment", "authority")
            if authority not in away or (file, authority) in taken
        }
        about = own if batch is None else own.filter(pk__in=batch)
        waiting |= {file: person for file, person in about.values_list("pk", "about") if file not in received}
    return waiting


def _confirmed(taken: Iterable[tuple[str, str]], away: Mapping[str, str]) -> set[tuple[str, str]]:
    """Of these (file, authority that has taken its keys) those whose node has confirmed our tree past the
    entry that lets it read the file. `away`: the node of each authority."""
    cursors = dict(Peer.objects.filter(pk__in=set(away.values())).values_list("pk", "given"))
    confirmed: set[tuple[str, str]] = set()
    for pairs in batches(set(taken)):
        named = {f"{Reader._meta.label}:{file}:{authority}": (file, authority) for file, authority in pairs}
        touches = list(Touch.objects.filter(key__in=list(named)).values_list("key", "entry"))
        entries = Entry.objects.filter(idx__in={idx for _key, idx in touches}, place__isnull=False)
        places = dict(entries.values_list("idx", "place"))
        last: dict[str, int] = {}
        for key, idx in touches:
            place = places.get(idx)
            if place is not None:
                last[key] = max(last.get(key, place), place)
        confirmed |= {named[key] for key, at in last.items() if cursors.get(away[named[key][1]], 0) > at}
    return confirmed
