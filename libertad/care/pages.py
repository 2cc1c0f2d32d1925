"""What every page of a protection file has: its look-up, its opening on record, strip, tabs and side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.asking import Instead, actor_of, may_open
from libertad.access.queries import clock_now, officer_names
from libertad.access.queries_amounts import has_opened
from libertad.care import models, overview, queries, queue_words
from libertad.care.asked_words import asked_block
from libertad.care.assignment import reading_of
from libertad.care.colleague_page import of_colleague
from libertad.care.consent_words import consent_tick
from libertad.care.presenters import FileSeen, file_query
from libertad.care.queries_asked import deciders
from libertad.care.queries_family import family
from libertad.care.several_files import which_file
from libertad.look.addresses import address_of
from libertad.look.page_objects import Action, FilePage, Link, Pair, SideBlock, StatusCell
from libertad.look.times import clock, date_words, when
from libertad.look.words import words
from libertad.people import queries as people
from libertad.vocabulary.values import Happened

DECIDED = ("presumed", "confirmed", "not-a-victim")


def now_of(request: HttpRequest) -> Happened:
    """The operation's clock, in the authority's zone."""
    actor = actor_of(request)
    return Happened(at=clock_now(actor.operation), zone=actor.zone)


def find(request: HttpRequest, person: str) -> FileSeen:
    """The protection file, its opening recorded before anything of it is shown; else 404, and for whom it is
    a colleague's task the page that says so (`Instead`). Of several that are read it is the one that the
    address names; all that the request reads and says after it is of that one.

    A form that comes back shows the file as well: whoever has not opened it within a day opens it by that.
    """
    file = meant(request, person)
    actor = actor_of(request)
    reading = reading_of(actor, person)
    if not reading.is_allowed:
        raise Instead(of_colleague(request, file, reading))
    if opens_anew(request, person):
        perform(actor, open_file, compartment=file.compartment, subject=person, page="care")
        note = _("Your opening of this file was recorded at %(time)s") % {"time": clock(now_of(request))}
        if reading.until is not None:
            until = when(Happened(at=reading.until, zone=actor.zone))
            note = _("%(note)s. It is open to you because of danger to life until %(until)s") % {
                "note": note,
                "until": until,
            }
        request.opening_note = note  # type: ignore[attr-defined]
    return file


def find_to_write(request: HttpRequest, person: str) -> FileSeen:
    """As `find`, for a form that shows nothing of the file but whose it is: recording never waits."""
    file = meant(request, person)
    return find(request, person) if reading_of(actor_of(request), person).is_allowed else file


def meant(request: HttpRequest, person: str) -> FileSeen:
    """The file of a person that the actor keeps or reads; 404 for none. Who reads several and keeps none
    names one in the address, or a part of one, else the page that asks for which is shown instead."""
    actor = actor_of(request)
    file = queries.file(actor, person)
    if file is None:
        raise Http404
    if not file.kept_by or queries.keeps(actor, file.compartment):
        return file
    files = queries.files(actor, [person])
    match = request.resolver_match
    key = str(match.kwargs.get("key", "")) if match is not None else ""
    name = queries.file_of_part(actor, person, key) or request.GET.get("file", "")
    named = {file.compartment: file for file in files}.get(name)
    if named is None:
        raise Instead(which_file(request, files))
    request.actor = replace(actor, file=named.compartment)  # type: ignore[attr-defined]
    return named


def to(request: HttpRequest, route: str, *args: str) -> HttpResponse:
    """To a page of the same file."""
    return redirect(f"{reverse(route, args=args)}{file_query(actor_of(request).file)}")


def after_writing(request: HttpRequest, person: str, route: str) -> HttpResponse:
    """To the part of the file where it stands now; who does not read that, to whose task the person is."""
    is_allowed = reading_of(actor_of(request), person).is_allowed
    return redirect(route if is_allowed else "care-task", person)


def after_reading(request: HttpRequest, person: str, answer: HttpResponse) -> HttpResponse:
    """Back to the file after a second reading; to Today whoever opened it for that reading alone, and may
    not read it now that it is done."""
    messages.success(request, _("Your reading is saved."))
    return answer if reading_of(actor_of(request), person).is_allowed else redirect("home")


def opens_anew(request: HttpRequest, person: str) -> bool:
    """Whether the page is an opening to record: a form that comes back is one after a day without any."""
    return request.method != "POST" or not has_opened(actor_of(request), person)


def link(request: HttpRequest, label: str, route: str, *args: str, current: bool = False) -> Link | None:
    """A link, if this role may follow it and its room has that page."""
    if not may_open(actor_of(request), route):
        return None
    address = address_of(route, *args)
    named = file_query(actor_of(request).file) if route.startswith("care-") else ""
    return Link(label, address + named, current) if address else None


def action(request: HttpRequest, label: str, route: str, *args: str) -> Action | None:
    target = link(request, label, route, *args)
    return Action(target.label, target.href) if target else None


def tabs(request: HttpRequest, person: str, current: str) -> list[Link]:
    """The parts of the file, in the order of the person page."""
    links = [
        link(request, label, route, person, current=route == current)
        for label, route in (
            (_("Tonight"), "care-tonight"),
            (_("File"), "care-file"),
            (_("Case notes"), "care-notes"),
            (_("Case plan"), "care-plan"),
            (_("Documents"), "care-documents"),
            (_("Screening"), "care-screening"),
            (_("Needs and safety"), "care-safety"),
            (_("Form of exploitation"), "care-exploitation"),
            (_("Family and guardian"), "care-family"),
            (_("Agreements"), "care-consent"),
            (_("Disclosures"), "care-disclosures"),
            (_("Referrals"), "care-referrals"),
            (_("Return or stay"), "care-return"),
            (_("Who the person is"), "person"),
        )
    ]
    return [tab for tab in links if tab is not None]


def page(request: HttpRequest, file: FileSeen, current: str, main: Action | None = None) -> FilePage:
    """The identity bar, strip and tabs of a protection file; the side stands beside the file alone."""
    return FilePage(
        kind=_("Protection file"),
        reference=file.reference,
        title=file.name or file.reference,
        second=kept_words(file),
        provenance=file.provenance,
        action=main,
        statuses=strip(file),
        tabs=tabs(request, file.person, current),
        side=side(request, file) if current == "care-file" else (),
    )


def kept_words(file: FileSeen) -> str:
    """What stands below the name: of several files of the person also whose this is."""
    if not file.kept_by:
        return _("Protection file. Police do not read it.")
    return _(
        "Protection file that %(office)s keeps. Another care authority keeps one of this person too. Police "
        "read neither."
    ) % {"office": file.kept_by}


def strip(file: FileSeen) -> list[StatusCell]:
    """Dated statuses, each for itself; what nobody decided says so."""
    cells = [StatusCell(_("File opened"), "", file.opened)]
    if file.closed is not None:
        cells.append(StatusCell(_("Closed"), "done", file.closed, words("closing-reasons", file.closed_for)))
    elif file.closing:
        note = _("Until then the file is open")
        cells.append(StatusCell(_("Closing"), "needs", _("Waits for a second reader"), note, True))
    if file.status:
        code = file.status if file.status in DECIDED else "not-decided"
        label = words("identification-statuses", file.status)
        cells.append(StatusCell(label, code, file.status_when or "", _("With a second reader")))
    else:
        cells.append(
            StatusCell(_("Identification"), "not-decided", _("Not decided"), _("Nothing counts yet"))
        )
    cells += crossing(file)
    if file.waiting:
        cells.append(
            StatusCell(_("Waits for a second reader"), "needs", "", _("It does not count yet"), True)
        )
    elif file.review_on:
        cells.append(StatusCell(_("Review"), "due", date_words(file.review_on)))
    if file.decision:
        label = words("return-decisions", file.decision)
        note = _("Suspended by an appeal") if file.suspended else _("Return or stay")
        shape = "needs" if file.suspended else "done"
        cells.append(StatusCell(label, shape, file.decision_when or "", note, file.suspended))
    if file.return_waiting:
        cells.append(
            StatusCell(
                _("Return or stay"), "needs", _("Waits for a second reader"), _("It does not count yet"), True
            )
        )
    elif not file.decision:
        note = words("wishes", file.wish or "not-asked")
        cells.append(StatusCell(_("Return or stay"), "not-decided", _("Not decided"), note))
    if file.child:
        cells.append(
            StatusCell(
                _("Rules for a child apply"),
                "needs",
                file.child_since,
                _("until the age is settled, or while a child"),
                True,
                prefix=_("since"),
            )
        )
    return cells


def crossing(file: FileSeen) -> list[StatusCell]:
    """Two decisions of which neither knew the other: both are told until a further one settles it."""
    codes = {"status": "identification-statuses", "decision": "return-decisions"}
    return [
        StatusCell(
            _("Two conflicting decisions"),
            "needs",
            words(codes[name], decision.value),
            f"{decision.by}, {when(decision.when)}",
            True,
        )
        for name, listed in file.crossed.items()
        for decision in listed
    ]


def side(request: HttpRequest, file: FileSeen) -> list[SideBlock]:
    """Who can see this, how the person is reached, what the person agreed to, the last wish."""
    actor = actor_of(request)
    before = people.met_before(actor, file.person)
    blocks = [*whose_task(request, file.person), *([before] if before else []), who_can_see(request, file)]
    blocks += who_decides(request, file)
    reach = queries.safety(actor, file.person)
    if reach is not None:
        moment, plan = reach
        tried = plan.get("checked") or ""
        note = _("Written %(when)s") % {"when": when(moment)}
        if tried:
            note = _("Checked %(when)s") % {"when": date_words(tried) if "T" not in tried else tried}
        blocks.append(
            SideBlock(_("Safe contact"), lead=plan.get("reach", ""), pairs=avoided(plan), note=note)
        )
    blocks += [*guardian_and_family(request, file), agreed_to(request, file)]
    wishes = queries.parts(actor, models.Wish, file.person)
    if wishes:
        last = wishes[0]
        blocks.append(
            SideBlock(
                _("What the person wants"), lead=words("wishes", last.plain["wish"]), note=when(last.when)
            )
        )
    blocks.append(closing(request, file))
    return blocks


def whose_task(request: HttpRequest, person: str) -> list[SideBlock]:
    """Whose task the person is, and the way to take, give back or hand over; for caseworkers alone."""
    actor = actor_of(request)
    way = link(request, _("Take, give back or hand over"), "care-task", person)
    place = overview.place(actor, person)
    if way is None or place is None:
        return []
    officer = officer_names(actor, [place.officer]).get(place.officer, "") if place.officer else ""
    until = _("Next by %(when)s") % {"when": when(Happened(at=place.due, zone=actor.zone))}
    lead = queue_words.responsible(actor, place, officer)
    leads = link(request, _("Lead authority, with other care authorities"), "care-leading", person)
    return [SideBlock(_("Whose task"), lead=lead, note=until, links=present([way, leads]))]


def guardian_and_family(request: HttpRequest, file: FileSeen) -> list[SideBlock]:
    """Who is the guardian of a child, and with whom the person wants to stay together; nothing where there is
    neither."""
    relations = family(actor_of(request), file.person)
    guardians = [guardian for guardian in relations.guardians if not guardian.ended]
    close = [row for row in relations.relatives if not row.ended and row.together == "yes"]
    pairs = [Pair(words("guardian-kinds", guardian.kind), guardian.name) for guardian in guardians]
    pairs += [
        Pair(words("family-relations", row.relation), row.name or row.reference, _("wants to stay together"))
        for row in close
    ]
    lacks = file.child and not relations.has_guardian
    if not pairs and not lacks:
        return []
    way = link(request, _("Family and guardian"), "care-family", file.person)
    lead = _("No guardian is on file.") if lacks else ""
    return [SideBlock(_("Family and guardian"), lead=lead, pairs=pairs, links=present([way]))]


def avoided(plan: Mapping[str, Any]) -> list[Pair]:
    """What must be avoided, told apart from how the person is reached: run together they read as one way."""
    return [Pair(_("To be avoided"), plan["avoid"], strong=True)] if plan.get("avoid") else []


def closing(request: HttpRequest, file: FileSeen) -> SideBlock:
    """Open, with the way to close it; or closed, with who is there for the person."""
    if file.closed is None:
        return _closing_of_open(request, file)
    pairs = [Pair(_("Afterwards"), file.afterwards)]
    if file.contact_on:
        pairs.append(Pair(_("Ask again on"), date_words(file.contact_on)))
    if file.keep_until:
        pairs.append(Pair(_("Kept until"), date_words(file.keep_until)))
    links = [
        link(request, _("Keep it, or erase it"), "care-erasure", file.person),
        link(request, _("Record the contact"), "care-close", file.person),
        link(request, _("Open this protection file again"), "care-reopen", file.person),
    ]
    return SideBlock(_("Closing"), pairs=pairs, links=present(links))


def _closing_of_open(request: HttpRequest, file: FileSeen) -> SideBlock:
    """The way to close it; what waits for its second reader, or was not agreed to."""
    if file.closing:
        steps = [
            link(request, _("The closing that waits"), "care-close-read", file.person),
            link(request, _("Take the closing back"), "care-reopen", file.person),
        ]
        lead = _("A closing waits for its second reader. The file is open.")
        return SideBlock(_("Closing"), lead=lead, links=present(steps))
    pairs = []
    if (no := file.declined) is not None:
        told = _("%(who)s, %(when)s") % {"who": no.by, "when": when(no.when)}
        pairs.append(Pair(_("The last closing was not agreed to"), no.reasons, told))
    end = link(request, _("Close this protection file"), "care-close", file.person)
    return SideBlock(_("Closing"), lead=_("The file is open."), pairs=pairs, links=present([end]))


def who_can_see(request: HttpRequest, file: FileSeen) -> SideBlock:
    actor = actor_of(request)
    pairs = [
        Pair(name, _("Whole file"), _("whose task the person is, and the supervisor"))
        if kind == "care"
        else Pair(name, _("This file"), _("everybody who decides there"))
        for kind, name in queries.readers(file.compartment)
    ]
    police = [name for kind, name in queries.identity_readers(actor, file.person) if kind == "police"]
    pairs += [
        Pair(name, _("Identity only"), _("not this protection file")) for name in police or [_("Police")]
    ]
    pairs += [
        Pair(_("Coordination centres"), _("Counted"), _("no name, no file")),
        *(
            Pair(
                view.recipient,
                view.reference,
                _("disclosed, until %(day)s") % {"day": date_words(view.until)},
            )
            for view in queries.disclosures(actor, file.person)
            if view.state == "sent"
        ),
        Pair(_("All others"), _("Nothing"), _("but what was disclosed to them")),
    ]
    opened = _openings(queries.openings(actor, file.compartment))
    answer = link(request, _("An answer to the person"), "person-answer", file.person)
    return SideBlock(_("Who can see this"), pairs=pairs, note=opened, links=present([answer]))


def who_decides(request: HttpRequest, file: FileSeen) -> list[SideBlock]:
    """Who was asked to decide, with the ways to ask and to take the file back; for caseworkers of who keeps
    it."""
    ask = link(request, _("Ask the deciding authority"), "care-ask", file.person)
    listed = deciders(actor_of(request), file) if ask is not None else []
    inside = [decider for decider in listed if decider.reads]
    if ask is None or (file.closed is not None and not inside):
        return []
    label = _("Take it back from %(name)s")
    ends = [
        link(request, label % {"name": decider.name}, "care-ask-end", file.person, decider.authority)
        for decider in inside
        if decider.may_end
    ]
    return [asked_block(inside, present([None if file.closed is not None else ask, *ends]))]


def _openings(count: int) -> str:
    return ngettext("%(count)d opening so far", "%(count)d openings so far", count) % {"count": count}


def agreed_to(request: HttpRequest, file: FileSeen) -> SideBlock:
    """'Agreed to': yes and no, newest first."""
    consents = queries.parts(actor_of(request), models.Consent, file.person)
    ticks = [consent_tick(consent, file.child) for consent in consents]
    note = (
        _("The rules for a child apply: without a guardian's agreement only urgent help.")
        if file.child
        else ""
    )
    add = link(request, _("Record an agreement"), "care-consent-new", file.person)
    add = None if file.closed else add
    return SideBlock(
        _("The person agreed to"),
        ticks=ticks,
        note=note or ("" if ticks else _("Nothing so far.")),
        links=[add] if add else [],
    )


def present(items: Sequence[Link | None]) -> list[Link]:
    return [entry for entry in items if entry is not None]
