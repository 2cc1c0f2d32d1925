"""Pages of one person's file. Opening it is recorded before anything of it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import screens_attachments as pictures
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.attaching import attached
from libertad.access.queries import authority_names, can_say, officer_names
from libertad.access.readers import readers
from libertad.care import queries as care
from libertad.evidence import queries as evidence
from libertad.journal.folding import Said
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Conflict,
    ConflictValue,
    Link,
    Row,
    Table,
    Timeline,
    TimelineItem,
)
from libertad.look.times import date_words, when
from libertad.look.words import source_label, words
from libertad.operations.queries import checks
from libertad.people import queries, screens_meeting, screens_sharing, timeline, timeline_danger
from libertad.people.crossed import crossed_state
from libertad.people.head import head, opened_person, record_opening
from libertad.people.models import Property
from libertad.people.queries import PersonSeen, PropertySeen
from libertad.people.side import property_item, standing
from libertad.vocabulary.values import Happened

SHOWN = 12
SOURCES = ("said", "saw", "document", "database", "decision")


def person(request: HttpRequest, key: str) -> HttpResponse:
    """A person's file: what needs somebody first, then what was said and by whom."""
    return show(request, opened_person(request, key))


def show(request: HttpRequest, person: PersonSeen, error: str = "") -> HttpResponse:
    """The page; `error` is what was wrong with settling the conflict on it that was sent."""
    actor, key = actor_of(request), person.id
    if error:
        record_opening(request, person.compartment, key, "person")
    protected = care.readable_file(actor, key)
    if protected is not None:
        record_opening(request, protected.compartment, key, "care")
    entries = queries.said_about(actor, person, protected is not None)
    officers, offices = officer_names(actor, [e.officer for e in entries]), authority_names()
    database_checks = checks(actor, person=key) if may_open(actor, "checks") else []
    listed = timeline.items(
        entries, person, officers, offices, care.verdicts(actor, key) if protected is not None else {}
    )
    listed += [timeline.checked(check) for check in database_checks]
    listed.sort(key=lambda item: timeline.moment_of(item.happened), reverse=True)
    listed_conflicts = conflicts(actor, person, entries, officers, offices)
    if error:
        key = "-sex" if request.POST.get("field") == "sex" else ""
        why = request.POST.get("reasons", "")
        listed_conflicts = [
            replace(conflict, error=error, why=why) if conflict.key == key else conflict
            for conflict in listed_conflicts
        ]
    meeting = screens_meeting.of_file(person, entries)
    links = [timeline_danger.say_link(actor, person), screens_meeting.correct_link(actor, person)]
    context = {
        "page": head(request, person, "person"),
        "corrections": screens_meeting.corrected(actor, meeting),
        "disputed": screens_meeting.disputed(actor, person, meeting),
        "timeline": compose_timeline(
            listed, person, request.GET.get("source", ""), bool(request.GET.get("all"))
        ),
        "conflicts": listed_conflicts,
        "wrong": next((conflict for conflict in listed_conflicts if conflict.error), None),
        "danger": timeline_danger.panel(actor, person),
        "links": [link for link in links if link is not None],
    }
    return render(request, "people/person.html", context, status=422 if context["wrong"] else 200)


def compose_timeline(
    listed: Sequence[TimelineItem], person: PersonSeen, source: str, whole: bool
) -> Timeline:
    """The lines of one source or of all, the newest first; `source` and `all` are in the address."""
    source = source if source in SOURCES else ""
    chosen = [item for item in listed if not source or item.source == source]
    sources = {item.source for item in listed}
    filters = [Link(_("All"), "?", not source)]
    for code in SOURCES:
        if code in sources:
            filters.append(Link(source_label(code, person.sex), f"?source={code}", code == source))
    earlier_link = None
    if len(chosen) > SHOWN and not whole:
        label = _("Show %(count)d earlier entries") % {"count": len(chosen) - SHOWN}
        earlier_link = Link(label, f"?all=1&source={source}" if source else "?all=1")
        chosen = chosen[:SHOWN]
    return Timeline(_("What was said, and by whom"), chosen, len(listed), filters, earlier_link)


def conflicts(
    actor: Actor,
    person: PersonSeen,
    entries: Sequence[Said],
    officers: Mapping[str, str],
    offices: Mapping[str, str],
) -> list[Conflict]:
    """Values that live beside each other, for those who may settle them."""
    if not person.conflicts or not can_say(actor, "person.state"):
        return []
    known = {entry.id: entry for entry in entries}

    def values(listed: Sequence[tuple[str, str, str]]) -> list[ConflictValue]:
        """(entry, value, what follows from it)."""
        options = []
        for key, value, then in listed:
            entry = known.get(key)
            if entry is None:
                continue
            by = ", ".join(filter(None, [officers.get(entry.officer, ""), offices.get(entry.authority, "")]))
            if entry.interpreter:
                by = _("%(who)s, through an interpreter") % {"who": by}
            kind = words("document-kinds", getattr(entry.content, "document_kind", ""))
            who_said = (_("to %(who)s") if entry.source == "said" else _("by %(who)s")) % {"who": by}
            source = kind or source_label(entry.source, person.sex)
            options.append(ConflictValue(key, value, source, entry.happened, who_said, then))
        return options

    settle = reverse("person-settle", args=[person.id])
    note = _("The other value stays in the file, marked as superseded.")
    why = _("Why? Whoever reads this file will see it.")
    open_conflicts = []
    if "birth" in person.conflicts:
        births = values(
            [
                (key, date_words(birth.date) or timeline.birth_words(birth), timeline.ages(birth, person))
                for birth, key in person.births
            ]
        )
        years = all(birth.date for birth, _key in person.births) and len(births) == 2
        open_conflicts.append(
            Conflict(
                _("Two birth years are on file") if years else _("Several ages are on file"),
                births,
                _("Neither yet: keep both and ask for an age assessment"),
                Action(_("Settle the birth year"), settle),
                note,
                why_label=why,
                shown=[key for _birth, key in person.births],
            )
        )
    if "sex" in person.conflicts:
        sexes = values([(key, words("sexes", sex), "") for sex, key in person.sexes])
        open_conflicts.append(
            Conflict(
                _("Two statements of sex are on file"),
                sexes,
                _("Neither yet: keep both"),
                Action(_("Settle the sex"), settle, hidden={"field": "sex"}),
                note,
                why_label=why,
                shown=[key for _sex, key in person.sexes],
                key="-sex",
            )
        )
    return open_conflicts


def person_access(request: HttpRequest, key: str) -> HttpResponse:
    """Who reads the file, and every opening of it so far."""
    actor, person = actor_of(request), opened_person(request, key)
    listed = queries.openings(actor, key)
    officers, offices = officer_names(actor, [o.officer for o in listed]), authority_names()
    reading = screens_sharing.table(actor, person, readers(actor, person.compartment))
    openings = Table(
        _("Openings so far"),
        [Column(_("When")), Column(_("Who")), Column(_("For")), Column(_("Page"))],
        [
            Row(
                [
                    Cell(when(Happened(at=opening.at, zone=actor.zone))),
                    Cell(officers.get(opening.officer, "") or _("An officer")),
                    Cell(offices.get(opening.authority, "")),
                    Cell(words("pages", opening.page)),
                ]
            )
            for opening in listed
        ],
        note=_("An opening is recorded before the page is shown; this one is among them."),
    )
    context = {"page": head(request, person, "person-access"), "tables": [reading, openings]}
    return render(request, "people/part.html", context)


def person_property(request: HttpRequest, key: str) -> HttpResponse:
    """Documents and property: what was taken, where it is, what was returned."""
    actor, person = actor_of(request), opened_person(request, key)
    belongings = queries.properties(actor, key)
    add = Link(_("Record something taken"), reverse("property-new", args=[key]))
    property_ = Table(
        _("Property taken and returned"),
        [
            Column(_("What")),
            Column(_("Where it is")),
            Column(_("Taken")),
            Column(_("Since")),
            Column(_("Next")),
        ],
        [_thing_row(actor, belonging, person.zone) for belonging in belongings],
    )
    papers = Table(
        _("Documents read"),
        [Column(_("Document")), Column(_("Number")), Column(_("Issued by")), Column(_("Valid until"))],
        [
            Row(
                [
                    Cell(words("document-kinds", k)),
                    Cell(n or _("not written down")),
                    Cell(words("countries", c)),
                    Cell(date_words(expires) if expires else ""),
                ]
            )
            for k, n, c, expires in person.documents
        ],
    )
    attachments = [attachment for thing_ in belongings for attachment in attached(actor, thing_.id)]
    label = _("Add a picture, document or recording: %(what)s")
    attach = [
        link
        for thing_ in belongings
        for link in pictures.add_link(
            actor, "property", thing_.id, label % {"what": words("property-kinds", thing_.kind).lower()}
        )
    ]
    context = {
        "page": head(request, person, "person-property"),
        "tables": [property_, papers, pictures.table(actor, attachments, person.zone)],
        "links": [*([add] if can_say(actor, "property.taken") else []), *attach],
    }
    return render(request, "people/part.html", context)


def _to_settle(crossing: str) -> str:
    return _("Two conflicting entries, to be settled: %(words)s") % {"words": crossing} if crossing else ""


def _thing_row(actor: Actor, belonging: PropertySeen, zone: str) -> Row:
    belonging = standing(belonging, evidence.exhibit(actor, belonging.exhibit) if belonging.exhibit else None)
    summary = property_item(actor, belonging)
    open_still = not belonging.settled or bool(belonging.crossed)
    change = open_still and can_say(actor, "property.state")
    pays = belonging.money and not belonging.exhibit and can_say(actor, "property.paid")
    words_ = crossed_state(actor, Property, belonging.id, "property-states") if belonging.crossed else []
    crossing = "; ".join(f"{pair.label}: {pair.value}, {pair.note}" for pair in words_)
    return Row(
        [
            Cell(words("property-kinds", belonging.kind), second=summary.note),
            Cell(summary.state, tone=summary.tone, second=_to_settle(crossing)),
            Cell(when(Happened(at=belonging.taken_at, zone=zone))),
            Cell(when(Happened(at=belonging.state_at, zone=zone))),
            Cell(_("Payments"), reverse("property-pay", args=[belonging.id]))
            if pays and belonging.state != "returned"
            else Cell(_("Change"), reverse("property", args=[belonging.id]))
            if change
            else Cell(summary.link.label, summary.link.href)
            if summary.link
            else Cell(""),
        ]
    )
