"""What every page of a person's file has: its look-up, its opening on record, strip, tabs."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.queries import can_say, clock_now
from libertad.care import queries as care
from libertad.look.page_objects import Action, FilePage, Link, StatusCell
from libertad.look.times import clock, date_words
from libertad.look.words import words
from libertad.operations.queries import site as find_site
from libertad.people import queries, screens_linking, timeline, timeline_danger
from libertad.people.queries import PersonSeen
from libertad.people.side import blocks
from libertad.vocabulary.values import Happened

DECIDED = ("presumed", "confirmed", "not-a-victim")
TABS = (
    ("person", mark("File")),
    ("care-file", mark("Protection file")),
    ("care-screening", mark("Screening")),
    ("care-safety", mark("Needs and safety")),
    ("care-referrals", mark("Referrals")),
    ("care-return", mark("Return or stay")),
    ("person-property", mark("Documents and property")),
    ("person-access", mark("Who can see this")),
)


def person_or_404(request: HttpRequest, key: str) -> PersonSeen:
    """The person's file by one look-up; the same 404 for nobody and for not ours."""
    person = queries.person(actor_of(request), key)
    if person is None:
        raise Http404
    return person


def opened_person(request: HttpRequest, key: str) -> PersonSeen:
    """The person's file, its opening recorded before anything of it is shown."""
    person = person_or_404(request, key)
    record_opening(request, person.compartment, key, "person")
    return person


def record_opening(request: HttpRequest, compartment: str, subject: str, page: str) -> None:
    """The journal first: if it does not take the opening, there is no page."""
    actor = actor_of(request)
    perform(actor, open_file, compartment=compartment, subject=subject, page=page)
    at = clock(Happened(at=clock_now(actor.operation), zone=actor.zone))
    request.opening_note = _("Your opening of this file was recorded at %(at)s") % {"at": at}  # type: ignore[attr-defined]


def tabs(actor: Actor, person: PersonSeen, current: str) -> list[Link]:
    """The file's parts: identity for all its readers; protection for care alone, once it is there."""
    listed = []
    protected = care.file(actor, person.id) is not None
    for route, label in TABS:
        if not may_open(actor, route) or (route.startswith("care-") and not protected):
            continue
        to = care.front_route(actor) if route == "care-file" else route
        listed.append(Link(_(label), reverse(to, args=[person.id]), route == current))
    return listed


def head(request: HttpRequest, person: PersonSeen, current: str) -> FilePage:
    """The identity bar, the dated statuses and the blocks beside the file."""
    actor = actor_of(request)
    say = Action(_("Record what was said"), reverse("person-state", args=[person.id]))
    return FilePage(
        kind=_("Person file"),
        reference=person.reference,
        title=person.name or _("No name said"),
        second=timeline.about(person),
        provenance=person.provenance,
        action=say if can_say(actor, "person.state") else None,
        statuses=strip(actor, person),
        tabs=tabs(actor, person, current),
        side=blocks(actor, person),
    )


def _twice(actor: Actor, person: PersonSeen) -> list[StatusCell]:
    """That this record was made by mistake, and where one goes on."""
    if not person.twice:
        return []
    other_person = queries.person(actor, person.twice)
    where = (
        _("go on in %(reference)s") % {"reference": other_person.reference}
        if other_person
        else _("go on in the other")
    )
    return [StatusCell(_("Recorded twice"), "needs", "", where, needs=True)]


def strip(actor: Actor, person: PersonSeen) -> list[StatusCell]:
    """Each status for itself, with its date: none is counted as another."""
    place = find_site(actor, person.site) if person.site else None
    where = ", ".join(filter(None, [place.reference if place else "", person.authority_name]))
    view = words("seen-as", person.seen_as)
    cells = [
        *timeline_danger.cell(actor, person),
        *_twice(actor, person),
        *screens_linking.cells(actor, person),
        StatusCell(_("Met"), "", Happened(at=person.met_at, zone=person.zone), where),
        StatusCell(
            view,
            person.seen_as,
            Happened(at=person.seen_at, zone=person.zone),
            _("a first view, not a decision"),
        ),
        *_decided(actor, person),
    ]
    for held in queries.detentions_of(actor, person.id):
        since = held.dates.get(held.state)
        moment = Happened(at=since, zone=held.zone) if since else ""
        cells.append(
            StatusCell(
                words("detention-states", held.state) or _("Taken back"), "", moment, _("a status of its own")
            )
        )
    if person.child:
        cells.append(
            StatusCell(
                _("Rules for a child apply"),
                "needs",
                Happened(at=person.child_at, zone=person.zone),
                why_child(person),
                needs=True,
                prefix=_("since"),
            )
        )
    if queries.on_hold(actor, person.id, person.reference):
        cells.append(StatusCell(_("Legal hold"), "needs", "", _("nothing may be erased"), needs=True))
    return cells


def _decided(actor: Actor, person: PersonSeen) -> list[StatusCell]:
    """What care decided, for those who read this protection file; nothing at all for others."""
    file = care.readable_file(actor, person.id)
    if file is None:
        return []
    review = _("Review on %(day)s") % {"day": date_words(file.review_on)} if file.review_on else ""
    if file.status in DECIDED:
        label = words("identification-statuses", file.status)
        cells = [StatusCell(label, file.status, file.status_when or "", _("Care, with a second reader"))]
        if file.status == "presumed":
            cells.append(StatusCell(_("Confirmed"), "not-decided", _("Not decided"), review))
        return cells
    note = _("Waits for a second reader") if file.waiting else review
    return [StatusCell(_("Presumed or confirmed"), "not-decided", _("Not decided"), note)]


def why_child(person: PersonSeen) -> str:
    """Why the safer rule holds, and until when."""
    if "birth" in person.conflicts:
        young = all(birth.ages_on(person.met_at)[1] < 18 for birth, _entry in person.births)
        return _("by every age on file") if young else _("until the birth year is settled")
    if not person.births:
        return _("until the age is known")
    high = max(birth.ages_on(person.met_at)[1] for birth, _entry in person.births)
    return _("under 18 when met") if high < 18 else _("may be under 18")
