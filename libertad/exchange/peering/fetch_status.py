"""What the node that recorded a file may tell of another that reads it: when it last fetched, and whether
this file was among it. By cursor and receipt of keys alone, never by what the other node did with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max

from libertad.access.actor import Actor
from libertad.access.entries import said_of
from libertad.access.models import Authority, Reader
from libertad.exchange.models import Peer, PeerAuthority, Released
from libertad.journal.models import Entry


@dataclass(frozen=True)
class Fetched:
    """`asked`: when the reader's node last asked us (ms of real time; 0: never). `whole`: it has confirmed
    our tree past the entry that lets it read the file, and every key of the file that we gave it.
    """

    asked: int
    whole: bool


def readers_elsewhere(compartment: str) -> list[str]:
    """Authorities that read a file and live at another node."""
    readers = Reader.objects.filter(compartment=compartment).values("authority")
    return list(PeerAuthority.objects.filter(authority__in=readers).values_list("authority", flat=True))


def care_readers(compartment: str) -> list[str]:
    """Names of the care authorities that read a file."""
    readers = Reader.objects.filter(compartment=compartment).values("authority")
    return list(
        Authority.objects.filter(pk__in=readers, kind="care").order_by("name").values_list("name", flat=True)
    )


def fetched(actor: Actor, authority: str, compartment: str) -> Fetched | None:
    """How far the node of an authority has a file that the actor reads; None where it lives here."""
    place = PeerAuthority.objects.filter(pk=authority).first()
    peer = Peer.objects.filter(pk=place.origin).first() if place else None
    if peer is None:
        return None
    key = f"{compartment}:{authority}"
    named = said_of(actor, Reader._meta.label, [key])[key]
    entries = Entry.objects.filter(hash__in=[bytes.fromhex(entry.id) for entry in named])
    at = entries.aggregate(at=Max("place"))["at"]  # in the open tree, which a file of an identity is in
    keys = list(Released.objects.filter(authority=authority, compartment=compartment))
    confirmed = bool(keys) and all(row.taken is not None for row in keys)
    return Fetched(peer.heard, confirmed and at is not None and peer.given > at)
