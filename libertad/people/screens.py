"""Pages of people: the list, a file, who can see it. Opening a file is recorded before it is shown."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from libertad.access.acting import Actor, perform
from libertad.access.actions.open_file import open_file
from libertad.access.matrix import matrix
from libertad.access.queries import authority_names, can_say, clock_now, officer_names, readers_of
from libertad.operations.queries import sites
from libertad.people import names, queries, telling
from libertad.people.actions.search_people import search_made
from libertad.people.queries import PersonSeen
from libertad.vocabulary.values import Happened
from libertad.web.looks import (
    Action,
    Cell,
    Column,
    Conflict,
    ConflictValue,
    Empty,
    FilePage,
    Filter,
    Link,
    ListPage,
    Pair,
    Row,
    SideBlock,
    StatusCell,
    Table,
    Thing,
    Timeline,
)
from libertad.web.times import when
from libertad.web.words import choices, words

SHOWN = 12
STATES = {"returned": "done", "owed": "needs", "missing": "needs"}


def who(request: HttpRequest) -> Actor:
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def people(request: HttpRequest) -> HttpResponse:
    """People whose file the actor reads. A search is a POST, so that no name lies in an address."""
    actor = who(request)
    asked = request.POST.get("find", "").strip() if request.method == "POST" else ""
    seen_as, child = request.GET.get("seen_as", ""), request.GET.get("child", "")
    conflict = request.GET.get("conflict", "")
    if asked:
        ranked = [key for key, _score in names.search(actor, asked)]
        by_id = {p.id: p for p in queries.people(actor, ids=ranked)}
        by_reference = [p for p in queries.people(actor) if p.reference.casefold() == asked.casefold()]
        found = by_reference + [by_id[key] for key in ranked if key in by_id]
        perform(actor, search_made, words=asked, found=len(found))
    else:
        found = queries.people(actor, seen_as=seen_as, child=bool(child), conflict=bool(conflict))
    meet = Action(_("Record a person met"), reverse("person-new")) if can_say(actor, "person.meet") else None
    title = _("People") if not asked else _("People found")
    where = {site.id: site.reference for site in sites(actor)}
    table = Table(
        caption=title,
        columns=[
            Column(_("Reference")), Column(_("Name")), Column(_("Seen as")), Column(_("Met")), Column(_("Where")),
            Column(_("Needs you")),
        ],
        rows=[_row(person, where) for person in found],
    )  # fmt: skip
    page = ListPage(
        title=title,
        second=_("%(count)d files that your authority reads. Each search is recorded.")
        % {"count": len(found)},
        table=table,
        action=meet,
        filters=[
            Filter("seen_as", _("Seen as"), choices("seen-as", blank=_("All"))(), seen_as),
            Filter("child", _("Rules for a child"), [("", _("All")), ("1", _("Apply"))], child),
            Filter(
                "conflict", _("Values in conflict"), [("", _("All")), ("1", _("To be settled"))], conflict
            ),
        ],
        empty=Empty(
            _("Nobody found") if asked else _("Nobody is on file"),
            _("Try another spelling, or the reference.") if asked else _("Record the first person met."),
            meet,
        ),
    )
    return render(request, "people/people.html", {"page": page, "asked": asked})


def _row(person: PersonSeen, where: dict[str, str]) -> Row:
    need = _("Two birth years") if "birth" in person.conflicts else _("Settle") if person.conflicts else ""
    return Row(
        [
            Cell(person.reference, reverse("person", args=[person.id]), provenance=person.provenance),  # type: ignore[arg-type]
            Cell(person.name or _("No name said")),
            Cell(words("seen-as", person.seen_as), code=person.seen_as),
            Cell(when(Happened(at=person.met_at, zone=person.zone, precision="minute"))),
            Cell(where.get(person.site, words("countries", person.country))),
            Cell(need, tone="needs" if need else ""),
        ]
    )


def opened_person(request: HttpRequest, key: str) -> PersonSeen:
    """The person's file, its opening recorded first; the same 404 for nobody and for not ours."""
    actor = who(request)
    found = queries.person(actor, key)
    if found is None:
        raise Http404
    perform(actor, open_file, compartment=found.compartment, subject=key, page="person")
    at = Happened(at=clock_now(actor.operation), zone=actor.zone)
    request.opening_note = _("Your opening of this file was recorded at %(at)s") % {"at": when(at)}  # type: ignore[attr-defined]
    return found


def tabs(actor: Actor, key: str, current: str) -> list[Link]:
    """The file's sub-navigation: identity for all its readers, protection for care alone."""
    found = []
    for route, label in (
        ("person", _("File")),
        ("care-file", _("Protection")),
        ("care-screening", _("Screening")),
        ("care-referrals", _("Referrals")),
        ("care-return", _("Return or stay")),
        ("person-property", _("Documents and property")),
        ("person-access", _("Who can see this")),
    ):
        if not matrix().may_ask(actor.role, route, "get"):
            continue
        try:
            found.append(Link(label, reverse(route, args=[key]), route == current))
        except NoReverseMatch:
            continue
    return found


def head(request: HttpRequest, found: PersonSeen, current: str) -> FilePage:
    """The identity bar, the dated statuses and the blocks beside the file."""
    actor = who(request)
    met = Happened(at=found.met_at, zone=found.zone)
    site = next((s.reference for s in sites(actor) if s.id == found.site), "")
    where = ", ".join(filter(None, [site, found.authority_name]))
    statuses = [
        StatusCell(_("Met"), "", met, where),
        StatusCell(words("seen-as", found.seen_as), found.seen_as, Happened(at=found.seen_at, zone=found.zone),
                   _("a first view, not a decision")),
    ]  # fmt: skip
    for held in queries.detentions(actor):
        if held.person == found.id:
            at = held.dates.get(held.state)
            statuses.append(
                StatusCell(words("detention-states", held.state), "", Happened(at=at, zone=held.zone) if at else "",
                           _("a status of its own"))
            )  # fmt: skip
    if found.child:
        settle = _("until the birth year is settled") if found.conflicts else _("the age may be under 18")
        statuses.append(
            StatusCell(_("Rules for a child apply"), "needs", met, settle, needs=True, prefix=_("since"))
        )
    if queries.on_hold(actor, found.id):
        statuses.append(StatusCell(_("Legal hold"), "needs", "", _("nothing may be erased"), needs=True))
    say = Action(_("Record what was said"), reverse("person-state", args=[found.id]))
    return FilePage(
        kind=_("Person file"),
        reference=found.reference,
        title=found.name or _("No name said"),
        second=telling.about(found),
        provenance=found.provenance,  # type: ignore[arg-type]
        action=say if can_say(actor, "person.state") else None,
        statuses=statuses,
        tabs=tabs(actor, found.id, current),
        side=[_see(actor, found), _property(actor, found), *_acts(actor, found)],
    )


def _see(actor: Actor, found: PersonSeen) -> SideBlock:
    pairs = [
        Pair(a.name, _("Identity and protection") if a.kind == "care" else _("Identity only"),
             "" if a.kind == "care" else _("not the protection file"))
        for a in readers_of(found.compartment)
    ]  # fmt: skip
    pairs += [
        Pair(_("Coordination centre"), _("Counted"), _("no name, no file")),
        Pair(_("All others"), _("Nothing"), _("not even that it exists")),
    ]
    count = len(queries.openings(actor, found.id))
    links = [
        Link(_("%(count)d openings so far") % {"count": count}, reverse("person-access", args=[found.id]))
    ]
    if can_say(actor, "compartment.readers") and found.authority == actor.authority:
        links.append(Link(_("Share with another authority"), reverse("person-share", args=[found.id])))
    return SideBlock(_("Who can see this"), pairs=pairs, split=True, links=links)


def _property(actor: Actor, found: PersonSeen) -> SideBlock:
    things = [
        Thing(
            words("property-kinds", p.kind),
            words("property-states", p.state),
            STATES.get(p.state, "plain"),  # type: ignore[arg-type]
            p.description or words("property-takers", p.taken_by),
        )
        for p in queries.properties(actor, found.id)
    ]
    add = Link(_("Record something taken"), reverse("property-new", args=[found.id]))
    return SideBlock(
        _("Property taken and returned"),
        things=things,
        lead="" if things else _("Nothing is recorded as taken."),
        links=[add] if can_say(actor, "property.taken") else [],
    )


def _acts(actor: Actor, found: PersonSeen) -> list[SideBlock]:
    links = []
    if can_say(actor, "person.assess"):
        links.append(Link(_("Change the first view"), reverse("person-assess", args=[found.id])))
    if can_say(actor, "person.same"):
        links.append(Link(_("The same person, or not"), reverse("person-link", args=[found.id])))
    shown = [
        Pair(_("Linked record"), p.reference, link=Link(_("Open"), reverse("person", args=[p.id])))
        for p in queries.people(actor, ids=list(found.links))
    ]
    if not links and not shown:
        return []
    return [SideBlock(_("One person, several records"), pairs=shown, links=links,
                      lead="" if shown else _("No other record is linked."))]  # fmt: skip


def person(request: HttpRequest, key: str) -> HttpResponse:
    """A person's file: conflicts first, then what was said and by whom."""
    actor, found = who(request), opened_person(request, key)
    source, whole = request.GET.get("source", ""), bool(request.GET.get("all"))
    entries = queries.said_about(actor, found)
    officers = officer_names(actor, [e.officer for e in entries])
    listed = telling.items(entries, found, officers, authority_names())
    chosen = [item for item in listed if not source or item.source == source]
    filters = [Link(_("All"), f"?all={int(whole)}", not source)]
    for code in dict.fromkeys(item.source for item in listed):
        filters.append(Link(telling.source_label(code, found.sex), f"?source={code}", code == source))
    more = None
    if len(chosen) > SHOWN and not whole:
        more = Link(
            _("Show %(count)d earlier entries") % {"count": len(chosen) - SHOWN},
            f"?all=1&source={source}" if source else "?all=1",
        )
        chosen = chosen[:SHOWN]
    timeline = Timeline(_("What was said, and by whom"), chosen, len(listed), filters, more)
    names_of = {e.id: e for e in entries}
    page = head(request, found, "person")
    conflicts = _conflicts(actor, found, names_of, officers)
    return render(request, "people/person.html", {"page": page, "timeline": timeline, "conflicts": conflicts})


def _conflicts(actor: Actor, found: PersonSeen, entries: dict, officers: dict) -> list[Conflict]:  # type: ignore[type-arg]
    if "birth" not in found.conflicts or not can_say(actor, "person.state"):
        return []
    values = []
    for birth, entry in found.births:
        said = entries.get(entry)
        if said is None:
            continue
        values.append(
            ConflictValue(
                entry,
                birth.date or f"{birth.age_from} to {birth.age_to}",
                telling.source_label(said.source, found.sex),
                said.happened,
                officers.get(said.officer, ""),
                telling.ages(birth, found),
            )
        )
    return [
        Conflict(
            _("Two birth years are on file"),
            values,
            _("Neither yet: keep both and ask for an age assessment"),
            Action(_("Settle the birth year"), reverse("person-settle", args=[found.id])),
            _("Nothing is deleted: the other value stays in the file, marked as superseded."),
            why_label=_("Why? The second reader will see this."),
            shown=[entry for _birth, entry in found.births],
        )
    ]


def person_access(request: HttpRequest, key: str) -> HttpResponse:
    """Who reads the file, and every opening of it."""
    actor, found = who(request), opened_person(request, key)
    listed = queries.openings(actor, key)
    officers, authorities = officer_names(actor, [o.officer for o in listed]), authority_names()
    table = Table(
        caption=_("Openings of this file"),
        columns=[Column(_("When")), Column(_("Who")), Column(_("For")), Column(_("Page"))],
        rows=[
            Row(
                [
                    Cell(when(Happened(at=o.at, zone=actor.zone))),
                    Cell(officers.get(o.officer, _("An officer"))),
                    Cell(authorities.get(o.authority, "")),
                    Cell(words("pages", o.page)),
                ]
            )
            for o in listed
        ],
    )
    return render(
        request, "people/part.html", {"page": head(request, found, "person-access"), "tables": [table]}
    )


def person_property(request: HttpRequest, key: str) -> HttpResponse:
    """Documents and property: what was taken, where it is, what was returned."""
    actor, found = who(request), opened_person(request, key)
    zone = found.zone
    table = Table(
        caption=_("Property taken and returned"),
        columns=[
            Column(_("What")),
            Column(_("State")),
            Column(_("Taken")),
            Column(_("Since")),
            Column(_("Next")),
        ],
        rows=[
            Row(
                [
                    Cell(words("property-kinds", p.kind), second=p.description),
                    Cell(words("property-states", p.state), tone=STATES.get(p.state, "plain")),
                    Cell(when(Happened(at=p.taken_at, zone=zone))),
                    Cell(when(Happened(at=p.state_at, zone=zone))),
                    Cell(_("Change"), reverse("property", args=[p.id]))
                    if p.state != "returned" and can_say(actor, "property.state")
                    else Cell(_("Signed for") if p.signed == "yes" else ""),
                ]
            )
            for p in queries.properties(actor, key)
        ],
    )
    papers = Table(
        caption=_("Documents read"),
        columns=[Column(_("Document")), Column(_("Number")), Column(_("Issued by"))],
        rows=[
            Row(
                [
                    Cell(words("document-kinds", k)),
                    Cell(n or _("not written down")),
                    Cell(words("countries", c)),
                ]
            )
            for k, n, c in found.documents
        ],
    )
    return render(
        request,
        "people/part.html",
        {"page": head(request, found, "person-property"), "tables": [table, papers]},
    )
