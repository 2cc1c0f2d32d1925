"""The page that corrects a meeting; and how it is told what was corrected of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import Forbidden
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.entries import said_of
from libertad.access.queries import clock_now
from libertad.access.screens_correcting import change_lines, correcting_page
from libertad.access.screens_correcting import correct as correct_page
from libertad.journal.causal import Standing
from libertad.journal.corrections import Change, changes
from libertad.journal.folding import Said, conflict
from libertad.look.corrections import CorrectionLine
from libertad.look.fields import offer
from libertad.look.page_objects import Link
from libertad.look.times import when
from libertad.look.words import words
from libertad.operations.queries import site, sites, visits
from libertad.people import meetings
from libertad.people.actions.correct_meeting import correct_meeting
from libertad.people.forms_correcting import CorrectMeetingForm
from libertad.people.head import person_or_404
from libertad.people.models import Person
from libertad.people.queries import PersonSeen
from libertad.vocabulary.values import Happened, zone

CODES = {"needs": "needs", "travel_document": "travel-documents"}
TOLD = tuple(name for name in meetings.MEETING if name != "visit")


def correct_link(actor: Actor, person: PersonSeen) -> Link | None:
    """The way to correct the meeting, for the authority that met the person."""
    if not may_open(actor, "person-meeting") or person.authority != actor.authority:
        return None
    return Link(_("Correct this meeting"), reverse("person-meeting", args=[person.id]))


def entries_of(actor: Actor, person: PersonSeen) -> list[Said]:
    """The meeting and its corrections, as `meetings.meeting_entries`."""
    entries = said_of(actor, Person._meta.label, [person.id])[person.id]
    return meetings.meeting_entries(Standing(entries))


def labels() -> dict[str, str]:
    """What the fields of a meeting are called."""
    return {
        "met": _("Met"),
        "site": _("Site"),
        "needs": _("Needs"),
        "with_whom": _("Alone?"),
        "travel_document": _("Travel document"),
    }


def value_words(actor: Actor, name: str, value: Any) -> str:
    """A value of a meeting's field as a person reads it; a site by the reference that this actor may read."""
    if isinstance(value, Happened):
        return when(value)
    if name in CODES:
        return words(CODES[name], value)
    if name == "site":
        place = site(actor, value) if value else None
        return place.reference if place else _("another site") if value else _("Not at a site")
    return str(value) or _("nothing")


def of_file(person: PersonSeen, entries: Sequence[Said]) -> list[Said]:
    """As `entries_of`, of entries of the file that are at hand."""
    own = [
        entry for entry in entries if (entry.compartment, entry.subject) == (person.compartment, person.id)
    ]
    return meetings.meeting_entries(Standing(own))


def corrected(actor: Actor, entries: Sequence[Said]) -> list[CorrectionLine]:
    """What was corrected of a meeting, field by field; `entries` as `entries_of` gives them."""
    listed = list(_with_time(entries)) if len(entries) > 1 else []
    return change_lines(actor, listed, labels(), lambda name, value: value_words(actor, name, value))


def _with_time(entries: Sequence[Said]) -> Iterator[Change]:
    """The time of a meeting that nobody had corrected yet is that of its own entry."""
    for change in changes(entries, TOLD):
        if change.name == "met" and not change.before:
            change = change._replace(before=(entries[0].happened,), old=(entries[0],))
        yield change


def disputed(actor: Actor, person: PersonSeen, entries: Sequence[Said]) -> str:
    """'Site: GY-01 or GY-02. Two corrections are on file; correct it once more.' for each such field."""
    lines = [
        _("%(field)s: %(values)s. Two corrections are on file; correct it once more.")
        % {
            "field": labels()[name],
            "values": _(" or ").join(
                value_words(actor, name, value.value) for value in conflict(list(entries), name)
            ),
        }
        for name in person.conflicts
        if name in TOLD
    ]
    return " ".join(lines)


def meeting_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct where, when and how a person was met."""
    actor, person = actor_of(request), person_or_404(request, key)
    if person.authority != actor.authority:
        raise Forbidden("only the authority that met the person corrects the meeting")
    entries = entries_of(actor, person)
    now = meetings.standing(entries)
    initial = {name: now[name] for name in meetings.MEETING} | {
        "needs": list(now["needs"]),
        "shown": json.dumps(meetings.standing_entries(entries)),
    }
    form = CorrectMeetingForm(
        request.POST or None, initial=initial, zone=person.zone, now=clock_now(actor.operation)
    )
    places = (
        {site.id: site for site in sites(actor, country=person.country)} if may_open(actor, "sites") else {}
    )
    if places:
        listed = [(site.id, f"{site.reference}, {site.name}") for site in places.values()]
        offer(form, "site", [("", _("Not at a site")), *listed])
    else:
        del form.fields["site"]
    back = reverse("person", args=[key])
    page = correcting_page(
        _("Correct this meeting"),
        person.reference,
        Link(person.reference, back),
        _(
            "Danger is said and closed on its own pages. The figures follow; a release that is out stays as "
            "it was signed."
        ),
        disputed(actor, person, entries),
    )
    extra = {}
    if request.method == "POST" and form.is_valid():
        chosen, moment = form.cleaned_data.get("site", now["site"]), form.cleaned_data["met"]
        moved = bool(places) and chosen != now["site"]
        form.cleaned_data["visit"] = _visit(actor, chosen, moment.at) if moved else now["visit"]
        place = places.get(chosen)
        extra = {"workplace": place.workplace if place else ""} if places else {}
    return correct_page(request, form, correct_meeting, page, back, person=key, **extra)


def _visit(actor: Actor, place: str, at: datetime) -> str:
    """The one visit to a site on the day of the meeting; '' where there is none, or more than one."""
    if not place:
        return ""
    visit_ids = [
        visit.id
        for visit in visits(actor, site=place)
        if visit.at.astimezone(zone(visit.zone)).date() == at.astimezone(zone(visit.zone)).date()
    ]
    return visit_ids[0] if len(visit_ids) == 1 else ""
