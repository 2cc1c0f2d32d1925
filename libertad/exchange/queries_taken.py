"""Which files of people no care authority has yet: none reads them, or its node has not taken their keys."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from libertad.access.actor import Actor
from libertad.access.models import Compartment, Member, Reader
from libertad.exchange.models import PeerAuthority, Released

AT_ONCE = 400  # files asked for by one question


def not_received(actor: Actor, files: Sequence[str] | None = None) -> dict[str, str]:
    """Person by file, of these identity files of the actor's authority or of all.

    A care authority on this node has what it reads; another one once its node has confirmed the keys.
    """
    care = list(
        Member.objects.filter(operation=actor.operation, kind="care").values_list("authority", flat=True)
    )
    away = set(PeerAuthority.objects.filter(authority__in=care).values_list("authority", flat=True))
    taken = Released.objects.filter(
        compartment=OuterRef("compartment"), authority=OuterRef("authority"), taken__isnull=False
    )
    readers = Reader.objects.filter(compartment=OuterRef("pk"), authority__in=care)
    received = readers.filter(~Q(authority__in=away) | Exists(taken))
    rows = Compartment.objects.filter(kind="person", owner=actor.authority, operation=actor.operation)
    rows = rows.filter(~Exists(received))
    if files is None:
        return dict(rows.values_list("pk", "about"))
    found: dict[str, str] = {}
    for start in range(0, len(files), AT_ONCE):
        found |= dict(rows.filter(pk__in=files[start : start + AT_ONCE]).values_list("pk", "about"))
    return found
