"""Conflicts of custody: two acceptances of one exhibit."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.conflicting import Doubled, Doubt, conflicts_of
from libertad.access.queries import authority_names, can_say
from libertad.evidence import queries
from libertad.evidence.custody import Event, doubles
from libertad.evidence.sentence import happened


@conflicts_of("evidence")
def doubled(actor: Actor) -> Iterator[Doubled]:
    """One for each acceptance that contradicts another word of who holds the exhibit."""
    offices = None
    for exhibit in queries.exhibits(actor, state="double"):
        offices = authority_names() if offices is None else offices
        page = reverse("exhibit", args=[exhibit.id])
        for pair in doubles(exhibit.chain):
            settle = reverse("exhibit-settle", args=[exhibit.id]) if can_say(actor, "custody.settle") else ""
            values = tuple(
                Doubt(says(event), event.by, offices.get(event.authority, ""), happened(event), event.id)
                for event in pair
            )
            yield Doubled(
                _("Custody"), exhibit.reference, page, settle, _("Settle"), values, exhibit.provenance
            )


def says(event: Event) -> str:
    """What an entry says of who holds it."""
    author = event.by or _("an officer")
    if event.kind == "seize":
        return _("Taken by %(by)s") % {"by": author}
    at = f", {event.place}" if event.place else ""
    return _("Accepted by %(by)s") % {"by": author} + at
