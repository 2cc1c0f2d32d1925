"""Which files of people no care authority has yet: none reads them, or its node has not taken their keys."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.actor import Actor
from libertad.access.models import Compartment, Member, Reader
from libertad.exchange.models import PeerAuthority, Released
from libertad.journal.folding import batches


def not_received(actor: Actor, files: Sequence[str] | None = None) -> dict[str, str]:
    """Person by file, of these identity files of the actor's authority or of all.

    A care authority on this node has what it reads; another one once its node has confirmed the keys.
    Compared here: the database looked, for each file, at all that a care authority reads.
    """
    members = Member.objects.filter(operation=actor.operation, kind="care")
    care = list(members.values_list("authority", flat=True))
    away = set(PeerAuthority.objects.filter(authority__in=care).values_list("authority", flat=True))
    own = Compartment.objects.filter(kind="person", owner=actor.authority, operation=actor.operation)
    readers = Reader.objects.filter(authority__in=care)
    released = Released.objects.filter(authority__in=away, taken__isnull=False)
    waiting: dict[str, str] = {}
    for batch in [None] if files is None else batches(files):
        of_files = {} if batch is None else {"compartment__in": batch}
        taken = set(released.filter(**of_files).values_list("compartment", "authority"))
        received = {
            file
            for file, authority in readers.filter(**of_files).values_list("compartment", "authority")
            if authority not in away or (file, authority) in taken
        }
        about = own if batch is None else own.filter(pk__in=batch)
        waiting |= {file: person for file, person in about.values_list("pk", "about") if file not in received}
    return waiting
