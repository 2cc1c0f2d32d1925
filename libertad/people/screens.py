"""The list of people, and the search: a POST, so that no name lies in an address or a log."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.access.amount_pace import Slowed
from libertad.access.asking import actor_of, may_open
from libertad.access.queries import can_say
from libertad.look.page_objects import (
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
from libertad.look.paging import SIZE, page_number, pages, show_list
from libertad.look.refusals import as_sentence
from libertad.look.times import clock, day
from libertad.look.words import choices, words
from libertad.operations.queries import sites
from libertad.people import names, queries
from libertad.people.actions.search_people import search_made
from libertad.people.queries import PersonSeen
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Happened

LONGEST = 200


def people(request: HttpRequest) -> HttpResponse:
    """People whose file the actor reads, or those whom a search found."""
    query = request.POST.get("find", "").strip()[:LONGEST] if request.method == "POST" else ""
    return _search_results(request, query) if query else _listed(request)


def _search_results(request: HttpRequest, query: str) -> HttpResponse:
    """The search is in the journal before its answer is shown."""
    actor = actor_of(request)
    ranked = [key for key, _score in names.search(actor, query)]
    by_id = {person.id: person for person in queries.people(actor, ids=ranked)}
    listed = [by_id[key] for key in ranked if key in by_id]
    try:
        perform(actor, search_made, words=query, found=len(listed))
    except Slowed as why:  # what was typed stays
        page = ListPage(title=_("Wait before the next search"), second=as_sentence(why))
        return show_list(request, page, "people/people.html", 429, asked=query)
    count = ngettext("%(count)d file found.", "%(count)d files found.", len(listed)) % {"count": len(listed)}
    page = ListPage(
        title=_("People found"),
        second=" ".join(
            [count, _("Only files that your authority reads were searched. The search was recorded.")]
        ),
        table=table(actor, listed, _("People found")),
        action=Action(_("Show all people"), reverse("people")),
        empty=Empty(
            _("Nobody found"),
            _("Try another spelling, one name only, or the file's reference."),
            Action(_("Show all people"), reverse("people")),
        ),
    )
    return show_list(request, page, "people/people.html", asked=query)


def _listed(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    selection = {name: request.GET.get(name, "") for name in ("country", "seen_as", "needs")}
    number = page_number(request.GET.get("page", ""))
    listed, total = queries.people_page(
        actor,
        number,
        SIZE,
        country=selection["country"] if selection["country"] in codelist("countries") else "",
        seen_as=selection["seen_as"] if selection["seen_as"] in codelist("seen-as") else "",
        child=selection["needs"] == "child",
        conflict=selection["needs"] == "conflict",
    )
    meet = Action(_("Record a person met"), reverse("person-new")) if can_say(actor, "person.meet") else None
    everybody = Action(_("Show all people"), reverse("people"))
    countries = queries.countries_met(actor)
    filters = [
        Filter("seen_as", _("First view"), choices("seen-as", blank=_("All"))(), selection["seen_as"]),
        Filter(
            "needs",
            _("What holds"),
            [
                ("", _("All")),
                ("child", _("Rules for a child apply")),
                ("conflict", _("Two values to settle")),
            ],
            selection["needs"],
        ),
    ]
    if len(countries) > 1:
        filters.insert(
            0,
            Filter(
                "country",
                _("Country or territory"),
                choices("countries", countries, _("All"))(),
                selection["country"],
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
        table=table(actor, listed, _("People")),
        action=meet,
        filters=filters,
        pages=pages(number, total, SIZE, selection),
        empty=Empty(_("No file like that"), _("Choose other filters to see more."), everybody)
        if any(selection.values())
        else Empty(
            _("Nobody is on file yet"), _("Record the first person met. A first name is enough."), meet
        ),
    )
    related = [
        Link(label, reverse(route))
        for route, label in (
            ("owed", _("Outstanding property and wages")),
            ("detentions", _("Detentions and arrests")),
            ("disclosed", _("Disclosed to you")),
            ("retention", _("How long files are kept")),
            ("brought", _("Brought by ODK")),
        )
        if may_open(actor, route)
    ]
    return show_list(request, page, "people/people.html", asked="", related=related)


def table(actor: Actor, listed: list[PersonSeen], caption: str) -> Table:
    ids = list({person.site for person in listed if person.site})
    where = {site.id: site.reference for site in sites(actor, ids=ids)} if may_open(actor, "sites") else {}
    columns = [
        Column(_("Reference")),
        Column(_("Name")),
        Column(_("First view")),
        Column(_("Met")),
        Column(_("Where")),
        Column(_("Needs you")),
    ]
    twice = {person.twice for person in listed if person.twice}
    stays = (
        {person.id: person.reference for person in queries.people(actor, ids=sorted(twice))} if twice else {}
    )
    return Table(caption, columns, [_row(person, where, stays) for person in listed])


def _row(person: PersonSeen, where: Mapping[str, str], stays: Mapping[str, str]) -> Row:
    met = Happened(at=person.met_at, zone=person.zone)
    need = (
        _("Two birth years") if "birth" in person.conflicts else _("Two values") if person.conflicts else ""
    )
    place = where.get(person.site, "")
    child = _("Rules for a child apply") if person.child else ""
    if person.twice:
        child = _("Recorded twice, see %(reference)s") % {"reference": stays.get(person.twice, "")}
    return Row(
        [
            Cell(person.reference, reverse("person", args=[person.id]), provenance=person.provenance),
            Cell(person.name or _("No name said"), second=child),
            Cell(words("seen-as", person.seen_as), code=person.seen_as),
            Cell(day(met), second=clock(met)),
            Cell(place or words("countries", person.country)),
            Cell(need, tone="needs" if need else ""),
        ]
    )
