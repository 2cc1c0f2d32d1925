"""Tonight: what a caseworker does for a person now, on one page; the rest of the file one touch away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.asking import actor_of
from libertad.care import models, queries, queue_words
from libertad.care.consent_words import consent_state, consent_tick
from libertad.care.disclosing import BED
from libertad.care.pages import action, avoided, find, link, now_of, page, present, tabs
from libertad.care.presenters import FileSeen
from libertad.care.queries_desk import TaskSeen, task
from libertad.care.queries_family import family
from libertad.care.queries_serving import bed_grounds, beds, has_agreed_by_hand, services_asked
from libertad.care.screens import todos_here
from libertad.care.screens_danger import in_danger
from libertad.care.screens_desk import missing_panel, task_acts
from libertad.care.screens_settling import answer_panels, need_items
from libertad.care.serving_words import asked_thing
from libertad.look.page_objects import Link, Pair, SideBlock, Thing
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.values import Happened

LOST = ("left", "left-without-word", "not-arrived")  # answers after which nobody knows where the person is
GIVEN = ("agreed", "lacking")  # what the person said yes to; a guardian may have to as well


def tonight(request: HttpRequest, person: str) -> HttpResponse:
    """Danger, what a service answered, whose task, bed, needs, who must not know, risk, what waits, the rest,
    the next step. One button is filled: what ends the danger, else what settles the answer, else what makes
    the person somebody's task, else the next step."""
    file, actor = find(request, person), actor_of(request)
    row = task(actor, person)
    if row is not None and row.compartment:
        perform(actor, open_file, compartment=row.compartment, subject=person, page="desk")
    danger, missing = in_danger(actor, person), missing_panel(request, row)
    answers = answer_panels(actor, person)
    is_urgent = danger["danger"] is not None or missing is not None or any(panel for panel, _seen in answers)
    is_lost = missing is not None or any(seen.answer.kind in LOST for _panel, seen in answers)
    head = page(request, file, "care-tonight")
    is_own = row is not None and row.worker == actor.officer
    blocks = [
        _bed(request, file, is_lost),
        _needs(request, file),
        _secret(request, file),
        *([] if row is None else [_risk(request, file, row)]),
        *_waiting(request, person),
    ]
    context = {
        "page": replace(head, tabs=(), statuses=[cell for cell in head.statuses if cell.needs]),
        "danger": danger["danger"],
        "missing": missing,
        "answers": answers,
        "is_answer_first": not is_urgent,
        "say_danger": danger["say_danger"],
        "whose": _task_block(request, row) if row is not None and not is_own else None,
        "blocks": blocks,
        "rest": tabs(request, person, "care-tonight")[1:],
        "next": _next(request, row) if row is not None and is_own else None,
        "is_first": not is_urgent and not answers,
    }
    return render(request, "care/tonight.html", context)


def _task_block(request: HttpRequest, row: TaskSeen) -> SideBlock:
    """Whose task the person is, where it is not this reader's, and the way to take the person."""
    acts = task_acts(request, row)
    ways = [Link(act.label, act.href) for act in acts[1:]]
    return SideBlock(
        _("Whose task"),
        lead=queue_words.responsible(actor_of(request), row.place, row.name_of(row.place.officer)),
        note=_due(request, row),
        action=acts[0] if acts else None,
        links=[*ways, Link(_("What was said of it"), reverse("care-task", args=[row.person]))],
    )


def _due(request: HttpRequest, row: TaskSeen) -> str:
    title, _why = queue_words.wording(row.place)
    at = when(Happened(at=row.place.due, zone=actor_of(request).zone))
    return _("%(what)s: by %(when)s") % {"what": title, "when": at}


def _next(request: HttpRequest, row: TaskSeen) -> SideBlock:
    """The next step of whose task the person is, by when, and the way to name another or to hand it over."""
    acts = task_acts(request, row)
    title, _why = queue_words.wording(row.place)
    by = _("By %(when)s") % {"when": when(Happened(at=row.place.due, zone=actor_of(request).zone))}
    return SideBlock(
        _("Then") if row.place.danger else title,
        lead="" if row.place.danger else by,
        action=acts[0] if acts else None,
        links=[Link(act.label, act.href) for act in acts[1:]],
    )


def _bed(request: HttpRequest, file: FileSeen, is_lost: bool) -> SideBlock:
    """The shelters that were told or asked, each with what it answered. None is asked before the person has
    agreed to it. `is_lost`: nobody knows where the person is, who is looked for before a bed is."""
    actor = actor_of(request)
    listed = beds(actor, file.person)
    is_known = any(bed.is_there for bed in listed)
    links: list[Link] = []
    agreed = next(iter(bed_grounds(actor, file.person)), "")
    if agreed:
        ask = action(request, _("Ask a shelter"), "care-disclose", file.person, agreed)
    elif has_agreed_by_hand(actor, file.person, BED, now_of(request).at):
        ask = action(request, _("Ask a shelter"), "care-refer", file.person)
    else:
        ask = action(request, _("Ask the person for agreement to a shelter"), "care-consent-new", file.person)
        ask = ask and replace(ask, href=f"{ask.href}?purpose={BED}")
    if file.closed is not None:
        ask = None
    if is_lost and ask is not None:
        links, ask = [Link(ask.label, ask.href)], None
    nowhere = (
        _("Nobody knows where the person is.")
        if is_lost
        else _("Nobody knows yet where the person sleeps tonight.")
    )
    return SideBlock(
        _("Where the person sleeps"),
        lead="" if is_known else nowhere,
        things=[asked_thing(bed, bed.name, when(bed.when), bed.note) for bed in listed],
        action=None if is_known else ask,
        links=present([*links, link(request, _("Disclosures"), "care-disclosures", file.person)]),
    )


def _needs(request: HttpRequest, file: FileSeen) -> SideBlock:
    """Services that were asked for and have not come yet; of a child also that nobody is the guardian."""
    actor = actor_of(request)
    lines = []
    if file.child and not family(actor, file.person).has_guardian:
        way = link(request, _("Name one"), "care-guardian", file.person) if file.closed is None else None
        lines.append(Thing(_("Guardian"), _("Nobody"), "needs", _("No guardian is on file."), way))
    for need in need_items(request, file.person):
        if not need.outcome:
            lines.append(
                Thing(need.label, _("Not answered yet"), "needs", "", Link(_("Say what was done"), need.href))
            )
    for view in services_asked(actor, file.person):
        if view.is_open and view.service != BED:
            lines.append(asked_thing(view, words("services", view.service), view.name))
    refer = (
        None
        if file.closed is not None
        else action(request, _("Refer to a service"), "care-refer", file.person)
    )
    return SideBlock(
        _("Needs of tonight"),
        lead="" if lines else _("No service is being asked."),
        things=lines,
        action=refer,
        links=present([link(request, _("All needs, and who interprets"), "care-safety", file.person)]),
    )


def _secret(request: HttpRequest, file: FileSeen) -> SideBlock:
    """How the person is reached, what is avoided, and whom the person does not want told."""
    actor = actor_of(request)
    plan = queries.safety(actor, file.person)
    consents = queries.parts(actor, models.Consent, file.person)
    refused = [consent for consent in consents if consent_state(consent, file.child)[0] not in GIVEN]
    reach = Pair(_("Safe contact"), plan[1].get("reach", "")) if plan else None
    label = _("Change the plan") if plan is not None else _("Make a plan")
    return SideBlock(
        _("Who must not know"),
        lead=""
        if plan
        else _("No safety plan yet. Ask the person how it is safe to call, and who must not know."),
        pairs=[*avoided(plan[1]), reach] if plan and reach else [],
        ticks=[consent_tick(consent, file.child) for consent in refused],
        action=action(request, label, "care-safety-plan", file.person) if file.closed is None else None,
    )


def _risk(request: HttpRequest, file: FileSeen, row: TaskSeen) -> SideBlock:
    """As it was assessed last; and the two words that make the person everybody's first task."""
    note = ""
    if row.contact_at is not None:
        at = when(Happened(at=row.contact_at, zone=actor_of(request).zone))
        note = _("Last contact with the person: %(when)s") % {"when": at}
    write = action(request, _("Write a note, assess the risk"), "care-note", file.person)
    return SideBlock(
        _("Risk"),
        lead=words("risk-levels", row.risk) if row.risk else _("Nobody has assessed it."),
        note=note,
        action=write if file.closed is None else None,
        links=present(
            [None if row.missing else link(request, _("The person is missing"), "care-missing", file.person)]
        ),
    )


def _waiting(request: HttpRequest, person: str) -> Sequence[SideBlock]:
    """What else waits here within two days; nothing where nothing does."""
    now = now_of(request).at
    lines = []
    for todo, due, for_others in todos_here(request, person):
        is_late = todo.due is not None and todo.due < now
        state = _("Waits for others") if for_others else _("Overdue") if is_late else _("Needs you")
        note = f"{todo.why} {_('Due')}: {when(due)}." if due is not None else todo.why
        way = Link(todo.button, todo.href)
        lines.append(Thing(todo.title, state, "plain" if for_others else "needs", note, way))
    return [SideBlock(_("What waits"), things=lines)] if lines else []
