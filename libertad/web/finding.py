"""Find: people, exhibits, seals, sites, leads, teams, detentions and protection files, by kind.

A POST, so that what is looked for lies in no address and no log. What this officer's role and authority may
not read is not asked for at all: it changes no answer, no number, no order and no question to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.access.asking import may, who
from libertad.care.queries import files
from libertad.evidence import queries as evidence
from libertad.look.finding import Findable, find
from libertad.look.looks import Cell, Column, Row, Table
from libertad.operations import queries as operations
from libertad.people import names
from libertad.people.actions.search_people import search_made
from libertad.people.queries import detentions, people

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
        "person": _("People"), "care": _("Protection files"), "detention": _("Detentions"),
        "exhibit": _("Exhibits"), "seal": _("Seals"), "site": _("Sites"), "lead": _("Leads"),
        "team": _("Teams"),
    }  # fmt: skip


def _people(actor: Actor, asked: str) -> list[Findable]:
    """By the index of names: the best first, as it ranks them."""
    ranked = [key for key, _score in names.search(actor, asked)]
    by_id = {one.id: one for one in people(actor, ids=ranked)}
    return [
        Findable(
            "person", one.id, one.reference, one.name or _("No name said"), "person", (), (), one.provenance
        )
        for one in (by_id[key] for key in ranked if key in by_id)
    ]


def _detentions(actor: Actor) -> list[Findable]:
    return [
        Findable("detention", one.id, one.reference, one.name, "detention", (one.name,), (), one.provenance)
        for one in detentions(actor)
    ]


def _care(actor: Actor) -> list[Findable]:
    return [
        Findable("care", one.person, one.reference, one.name, "care-file", (one.name,), (), one.provenance)
        for one in files(actor)
    ]


# A room is asked only for a role that may open its pages; what of it this officer reads, its queries say.
SOURCES: tuple[tuple[str, Callable[[Actor], Iterable[Findable]]], ...] = (
    ("care-file", _care),
    ("detention", _detentions),
    ("exhibit", evidence.findable),
    ("site", operations.findable),
)


def searches(actor: Actor) -> bool:
    """Whether there is a kind of thing that this role could find."""
    return may(actor, "find") and any(may(actor, route) for route in ("person", *dict(SOURCES)))


def search(actor: Actor, asked: str) -> dict[str, list[Findable]]:
    """By kind, the best first: of what the actor may read, and may open the page of."""
    listed = _people(actor, asked) if may(actor, "person") else []
    things = [thing for route, source in SOURCES if may(actor, route) for thing in source(actor)]
    listed += find(things, asked)
    groups: dict[str, list[Findable]] = {kind: [] for kind in kinds()}
    for thing in listed:
        groups[thing.kind].append(thing)
    return {kind: found for kind, found in groups.items() if found}


def found(request: HttpRequest) -> HttpResponse:
    """The search is in the journal before its answer is shown."""
    actor = who(request)
    asked = request.POST.get("find", "").strip()[:LONGEST] if request.method == "POST" else ""
    groups = search(actor, asked) if asked else {}
    total = sum(map(len, groups.values()))
    if asked:
        perform(actor, search_made, words=asked, found=total)
    told = ngettext("%(n)d thing found.", "%(n)d things found.", total) % {"n": total} if asked else ""
    note = _("Only what you may read was searched. The search was recorded.") if asked else _(
        "By reference, name, number or words: each word as it begins, with or without accents. Only what you "
        "may read is searched, and each search is recorded."
    )  # fmt: skip
    context = {
        "asked": asked, "second": f"{told} {note}".strip(),
        "groups": [_group(kind, listed) for kind, listed in groups.items()],
    }  # fmt: skip
    return render(request, "web/find.html", context)


def _group(kind: str, listed: Sequence[Findable]) -> Found:
    title, shown = kinds()[kind], listed[:MOST]
    count = str(len(listed))
    if len(listed) > MOST:
        count = _("%(shown)d of %(all)d; write more words to see others") % {
            "shown": MOST,
            "all": len(listed),
        }
    rows = [
        Row([
            Cell(one.reference, reverse(one.route, args=[one.id]), provenance=one.provenance),  # type: ignore[arg-type]
            Cell(one.label),
        ])
        for one in shown
    ]  # fmt: skip
    return Found(kind, title, count, Table(title, [Column(_("Reference")), Column(_("What it is"))], rows))
