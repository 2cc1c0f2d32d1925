"""The list of people, and the search: a POST, so that no name lies in an address or a log."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.access.asking import may, who
from libertad.access.queries import can_say
from libertad.look.looks import (
    Action,
    Cell,
    Column,
    Empty,
    Filter,
    Link,
    ListPage,
    Row,
    Table,
)
from libertad.look.paging import page_number, pages
from libertad.look.times import clock, day
from libertad.look.words import choices, words
from libertad.operations.queries import sites
from libertad.people import names, queries
from libertad.people.actions.search_people import search_made
from libertad.people.queries import PersonSeen
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Happened

SIZE = 50
LONGEST = 200


def people(request: HttpRequest) -> HttpResponse:
    """People whose file the actor reads, or those whom a search found."""
    asked = request.POST.get("find", "").strip()[:LONGEST] if request.method == "POST" else ""
    return _found(request, asked) if asked else _listed(request)


def _found(request: HttpRequest, asked: str) -> HttpResponse:
    """The search is in the journal before its answer is shown."""
    actor = who(request)
    ranked = [key for key, _score in names.search(actor, asked)]
    by_id = {one.id: one for one in queries.people(actor, ids=ranked)}
    found = [by_id[key] for key in ranked if key in by_id]
    perform(actor, search_made, words=asked, found=len(found))
    count = ngettext("%(count)d file found.", "%(count)d files found.", len(found)) % {"count": len(found)}
    page = ListPage(
        title=_("People found"),
        second=" ".join(
            [count, _("Only files that your authority reads were searched. The search was recorded.")]
        ),
        table=table(actor, found, _("People found")),
        action=Action(_("Show all people"), reverse("people")),
        empty=Empty(
            _("Nobody found"),
            _("Try another spelling, one name only, or the file's reference."),
            Action(_("Show all people"), reverse("people")),
        ),
    )
    return render(request, "people/people.html", {"page": page, "asked": asked})


def _listed(request: HttpRequest) -> HttpResponse:
    actor = who(request)
    given = {name: request.GET.get(name, "") for name in ("country", "seen_as", "needs")}
    number = page_number(request.GET.get("page", ""))
    found, total = queries.people_page(
        actor,
        number,
        SIZE,
        country=given["country"] if given["country"] in codelist("countries") else "",
        seen_as=given["seen_as"] if given["seen_as"] in codelist("seen-as") else "",
        child=given["needs"] == "child",
        conflict=given["needs"] == "conflict",
    )
    meet = Action(_("Record a person met"), reverse("person-new")) if can_say(actor, "person.meet") else None
    everybody = Action(_("Show all people"), reverse("people"))
    countries = queries.countries_met(actor)
    filters = [
        Filter("seen_as", _("First view"), choices("seen-as", blank=_("All"))(), given["seen_as"]),
        Filter(
            "needs",
            _("What holds"),
            [
                ("", _("All")),
                ("child", _("Rules for a child apply")),
                ("conflict", _("Two values to settle")),
            ],
            given["needs"],
        ),
    ]
    if len(countries) > 1:
        filters.insert(
            0,
            Filter(
                "country",
                _("Country or territory"),
                choices("countries", countries, _("All"))(),
                given["country"],
            ),
        )
    page = ListPage(
        title=_("People"),
        second=ngettext(
            "%(count)d file that your authority reads. Each search is recorded.",
            "%(count)d files that your authority reads. Each search is recorded.",
            total,
        )
        % {"count": total},
        table=table(actor, found, _("People")),
        action=meet,
        filters=filters,
        pages=pages(number, total, SIZE, given),
        empty=Empty(_("No file like that"), _("Choose other filters to see more."), everybody)
        if any(given.values())
        else Empty(
            _("Nobody is on file yet"), _("Record the first person met. A first name is enough."), meet
        ),
    )
    related = Link(_("Detentions and arrests"), reverse("detentions")) if may(actor, "detentions") else None
    return render(request, "people/people.html", {"page": page, "asked": "", "related": related})


def table(actor: Actor, found: list[PersonSeen], caption: str) -> Table:
    ids = list({one.site for one in found if one.site})
    where = {site.id: site.reference for site in sites(actor, ids=ids)} if may(actor, "sites") else {}
    columns = [
        Column(_("Reference")),
        Column(_("Name")),
        Column(_("First view")),
        Column(_("Met")),
        Column(_("Where")),
        Column(_("Needs you")),
    ]
    twice = {one.twice for one in found if one.twice}
    stays = {one.id: one.reference for one in queries.people(actor, ids=sorted(twice))} if twice else {}
    return Table(caption, columns, [_row(one, where, stays) for one in found])


def _row(one: PersonSeen, where: Mapping[str, str], stays: Mapping[str, str]) -> Row:
    met = Happened(at=one.met_at, zone=one.zone)
    need = _("Two birth years") if "birth" in one.conflicts else _("Two values") if one.conflicts else ""
    place = where.get(one.site, "")
    child = _("Rules for a child apply") if one.child else ""
    if one.twice:
        child = _("Recorded twice, see %(reference)s") % {"reference": stays.get(one.twice, "")}
    return Row(
        [
            Cell(one.reference, reverse("person", args=[one.id]), provenance=one.provenance),  # type: ignore[arg-type]
            Cell(one.name or _("No name said"), second=child),
            Cell(words("seen-as", one.seen_as), code=one.seen_as),
            Cell(day(met), second=clock(met)),
            Cell(place or words("countries", one.country)),
            Cell(need, tone="needs" if need else ""),
        ]
    )
