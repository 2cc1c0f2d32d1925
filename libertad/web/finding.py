"""Find: people, exhibits, seals, sites, leads, teams, detentions and protection files, by kind.

A POST, so that what is looked for lies in no address and no log. What this officer's role and authority may
not read is not asked for at all: it changes no answer, no number, no order and no question to the database.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access import catalogs
from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.access.amount_pace import Slowed
from libertad.access.asking import actor_of, may_open
from libertad.access.catalogs import Source
from libertad.care import queries as care
from libertad.evidence import queries as evidence
from libertad.hits import queries as hits
from libertad.hits import references
from libertad.hits.wording import pair_words
from libertad.look.catalog import Matches
from libertad.look.finding import Findable
from libertad.look.page_objects import Cell, Column, Row, Table
from libertad.look.refusals import as_sentence
from libertad.operations import queries as operations
from libertad.people import names
from libertad.people import queries as met
from libertad.people.actions.search_people import search_made

LONGEST = 200
MOST = 20  # of a kind; more are found by more words


@dataclass(frozen=True)
class Found:
    """What was found of one kind. `count`: of all that match and that the reader may read."""

    kind: str
    title: str
    count: str
    table: Table


def kinds() -> dict[str, str]:
    """Kind -> its heading, in the order of the page."""
    return {
        "person": _("People"),
        "care": _("Protection files"),
        "detention": _("Detentions"),
        "exhibit": _("Exhibits"),
        "seal": _("Seals"),
        "site": _("Sites"),
        "lead": _("Leads"),
        "team": _("Teams"),
        "hit": _("Hits"),
    }


def _people(actor: Actor, query: str, limit: int) -> dict[str, Matches]:
    """By the index of names: the best first, as it ranks them."""
    ranked = [key for key, _score in names.search(actor, query)]
    by_id = {person.id: person for person in met.people(actor, ids=ranked[:limit])}
    first = [
        Findable(
            "person",
            person.id,
            person.reference,
            person.name or _("No name said"),
            "person",
            (),
            (),
            person.provenance,
        )
        for person in (by_id[key] for key in ranked if key in by_id)
    ]
    return {"person": Matches(len(ranked), first)} if first else {}


def _hits(actor: Actor, query: str, limit: int) -> dict[str, Matches]:
    """By reference alone, as officers tell it each other on the telephone."""
    with suppress(ValueError):
        listed = [
            Findable("hit", hit.id, hit.reference, pair_words(hit), "hit", (), (), hit.provenance)
            for hit in hits.by_reference(actor, query)
        ]
        return {"hit": Matches(len(listed), listed[:limit])} if listed else {}
    return {}


def _misread(query: str) -> str:
    """What is wrong with a hit's reference that was heard or typed; '' where nothing is."""
    try:
        references.read(query)
    except ValueError:
        return _("No hit has this reference: a sign of it is wrong.")
    return ""


# A room is asked only for a role that may open its pages; what of it this officer reads, its queries say.
ROWS: tuple[tuple[str, Source], ...] = (
    ("detention", met.FINDABLE),
    ("exhibit", evidence.FINDABLE),
    *operations.FINDABLE.items(),
)
ROUTES = ("person", "care-file", "hit", *dict(ROWS))


def searches(actor: Actor) -> bool:
    """Whether there is a kind of thing that this role could find."""
    return may_open(actor, "find") and any(may_open(actor, route) for route in ROUTES)


def search(actor: Actor, query: str, limit: int = MOST) -> dict[str, Matches]:
    """By kind, the best first: of what the actor may read, and may open the page of."""
    groups = _people(actor, query, limit) if may_open(actor, "person") else {}
    if may_open(actor, "care-file"):
        groups |= care.search(actor, query, limit)
    for route, source in ROWS:
        if may_open(actor, route):
            groups |= catalogs.search(actor, source, query, limit)
    if may_open(actor, "hit"):
        groups |= _hits(actor, query, limit)
    return {kind: groups[kind] for kind in kinds() if kind in groups}


def keep() -> None:
    """Build and keep up what is looked for in memory, before anybody asks for it."""
    catalogs.keep(source for _route, source in ROWS)


def results_page(request: HttpRequest) -> HttpResponse:
    """The search is in the journal before its answer is shown."""
    actor = actor_of(request)
    query = request.POST.get("find", "").strip()[:LONGEST] if request.method == "POST" else ""
    groups = search(actor, query) if query else {}
    total = sum(matches.count for matches in groups.values())
    if query:
        try:
            perform(actor, search_made, words=query, found=total)
        except Slowed as why:  # what was typed stays
            context = {"asked": query, "second": as_sentence(why), "groups": [], "slowed": True}
            return render(request, "web/find.html", context, status=429)
    summary = ngettext("%(n)d thing found.", "%(n)d things found.", total) % {"n": total} if query else ""
    note = (
        _("Only what you may read was searched. The search was recorded.")
        if query
        else _(
            "By reference, name, number or words: each word as it begins, with or without accents. Only what "
            "you may read is searched, and each search is recorded."
        )
    )
    context = {
        "asked": query,
        "second": " ".join(filter(None, [_misread(query), summary, note])),
        "groups": [_group(kind, matches) for kind, matches in groups.items()],
    }
    return render(request, "web/find.html", context)


def _group(kind: str, matches: Matches) -> Found:
    title, count = kinds()[kind], str(matches.count)
    if matches.count > len(matches.first):
        count = _("%(shown)d of %(all)d; write more words to see others") % {
            "shown": len(matches.first),
            "all": matches.count,
        }
    rows = [
        Row(
            [
                Cell(match.reference, reverse(match.route, args=[match.id]), provenance=match.provenance),
                Cell(match.label),
            ]
        )
        for match in matches.first
    ]
    return Found(kind, title, count, Table(title, [Column(_("Reference")), Column(_("What it is"))], rows))
