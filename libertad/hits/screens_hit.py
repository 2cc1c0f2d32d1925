"""One hit: both records side by side, why they are alike, what was decided, and by whom."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from libertad.access.asking import who
from libertad.access.queries import authority_names, officer_names
from libertad.hits import page, queries, telling
from libertad.look.looks import Timeline


def hit(request: HttpRequest, key: str) -> HttpResponse:
    """The page of one hit."""
    actor, found = who(request), page.opened_hit(request, key)
    entries = queries.said_about(actor, found)
    names = officer_names(actor, [entry.officer for entry in entries if entry.officer])
    lines = telling.items(entries, found, names, authority_names())
    acts = page.decisions(actor, found)
    since = page.since_found(actor, found)
    context = {
        "page": page.head(actor, found, since),
        "since": since,
        "acts": acts,
        "records": page.records(actor, found),
        "beside": page.side_by_side(found),
        "why": page.why(found),
        "persons": found.persons,
        "own": found.state == "waiting" and found.proposed_by == actor.officer,
        "partly": not found.both,
        "timeline": Timeline(_("What was found and decided"), lines, len(lines)),
    }
    return render(request, "hits/hit.html", context)
