"""On Today of a national lead: sites at which other people are on file than were counted, unexplained."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.closed import closed_at
from libertad.operations.on_site_parts import difference_words, people
from libertad.operations.queries import own_country, sites, unexplained
from libertad.web.todo_item import Waiting

FIRST = 8  # the rest as these are explained


def counts_unexplained(actor: Actor) -> Iterator[Waiting]:
    """From the visit's record on until somebody explains it, or as many are recorded as were counted. In a
    closed operation files are erased when their time is over: then a difference says nothing."""
    if actor.role != "national-lead" or not may_open(actor, "headcount-explain"):
        return
    if closed_at(actor.operation) is not None:
        return
    known_sites = unexplained(actor, own_country(actor))
    open_counts = {site: known for site, known in known_sites.items() if known.visited}
    listed = sites(actor, ids=list(open_counts)[:FIRST]) if open_counts else []
    for place, site in enumerate(listed, 1):
        known = open_counts[site.id]
        bare = [counted for counted in known.headcounts if not counted.explanations]
        number, why = difference_words(known)
        yield Waiting(
            _("Counted and not on file: %(number)s") % {"number": number},
            _("%(counted)s counted. %(why)s") % {"counted": people(known.sum_counted), "why": why},
            reverse("headcount-explain", args=[(bare or known.headcounts)[0].id]),
            _("Explain the difference"),
            None,
            site.reference,
            more=len(open_counts) - len(listed) if place == len(listed) else 0,
        )
