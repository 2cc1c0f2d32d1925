"""One hit: both records side by side, why they are alike, what was decided, and by whom."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.queries import authority_names, officer_names
from libertad.hits import page, queries, timeline
from libertad.look.page_objects import Timeline


def hit(request: HttpRequest, key: str) -> HttpResponse:
    """The page of one hit."""
    actor, hit = actor_of(request), page.opened_hit(request, key)
    entries = queries.said_about(actor, hit)
    names = officer_names(actor, [entry.officer for entry in entries if entry.officer])
    lines = timeline.items(entries, hit, names, authority_names())
    acts = page.decisions(actor, hit)
    since = page.since_found(actor, hit)
    context = {
        "page": page.head(actor, hit, since),
        "since": since,
        "acts": acts,
        "records": page.records(actor, hit),
        "beside": page.side_by_side(actor, hit),
        "why": page.why(hit),
        "persons": hit.persons,
        "again": hit.again,
        "own": hit.state == "waiting" and hit.proposed_by == actor.officer,
        "partly": not hit.both,
        "timeline": Timeline(_("What was found and decided"), lines, len(lines)),
    }
    return render(request, "hits/hit.html", context)
