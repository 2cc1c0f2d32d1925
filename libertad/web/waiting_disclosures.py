"""Disclosures on Today: for care what waits for a second reader, a receipt or an end; for the recipient what
nobody there has opened."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say, clock_now
from libertad.care.disclosure_words import state_cell
from libertad.care.queries_disclosing import DisclosureSeen, disclosures
from libertad.care.queries_serving import with_answers
from libertad.look.words import words
from libertad.people.queries import ServedSeen
from libertad.people.queries_disclosed import DisclosedSeen, disclosed
from libertad.web.todo_item import Waiting


def disclosures_open(actor: Actor) -> Iterator[Waiting]:
    """For care."""
    if not (may_open(actor, "care-disclosure") and can_say(actor, "disclosure.read")):
        return
    for view, answers in with_answers(actor, disclosures(actor)):
        yield from _told_by_service(actor, view, answers)
        cell, href = state_cell(view), reverse("care-disclosure", args=[view.person, view.id])
        if view.state == "waiting" and view.officer != actor.officer:
            yield Waiting(
                _("A disclosure to %(name)s waits for a second reader") % {"name": view.recipient},
                words("disclosure-purposes", view.purpose),
                href,
                _("Read it"),
                None,
                view.reference,
            )
        elif view.state in ("late", "refused", "over") or view.may_erase or view.was_wrong:
            yield Waiting(cell.text, cell.second, href, _("Open it"), None, view.reference)


def _told_by_service(actor: Actor, view: DisclosureSeen, answers: ServedSeen | None) -> Iterator[Waiting]:
    """Danger stands first, without its words: whose task the person is reads them on the page."""
    if answers is None:
        return
    for concern in answers.waiting:
        danger = concern.concern == "danger"
        title = _("%(name)s tells of a danger") if danger else _("%(name)s tells of a need")
        yield Waiting(
            title % {"name": view.recipient},
            _("Whoever is in its care waits for what care does."),
            reverse("care-concern", args=[view.person, view.id, concern.entry]),
            _("Read and answer"),
            None,
            view.reference,
            danger=danger,
            since=concern.when.at,
        )
    if answers.stage == "asked" and answers.due < clock_now(actor.operation):
        yield Waiting(
            _("%(name)s has not answered") % {"name": view.recipient},
            _("Telephone it, or ask another service."),
            reverse("care-disclosure", args=[view.person, view.id]),
            _("Open it"),
            answers.due,
            view.reference,
        )


def disclosed_unread(actor: Actor) -> Iterator[Waiting]:
    """For the recipient: what nobody of it has opened."""
    if not may_open(actor, "disclosed-file"):
        return
    for view in disclosed(actor):
        if may_open(actor, "service-answer") and view.may_answer and view.served is not None:
            yield from _asked_of(view, view.served)
        elif view.is_new and view.state == "open":
            yield Waiting(
                _("%(name)s disclosed something to you") % {"name": view.giver},
                words("disclosure-purposes", view.purpose),
                reverse("disclosed-file", args=[view.id]),
                _("Read it"),
                None,
                view.reference,
            )


def _asked_of(view: DisclosedSeen, answers: ServedSeen) -> Iterator[Waiting]:
    """For a service: what is not answered, by its hour, and who is expected."""
    href = reverse("disclosed-file", args=[view.id])
    if answers.stage == "asked":
        yield Waiting(
            _("%(name)s asks: can you?") % {"name": view.giver},
            words("disclosure-purposes", view.purpose),
            href,
            _("Read and answer"),
            answers.due,
            view.reference,
        )
    elif answers.stage == "expected":
        yield Waiting(
            _("Expected: record the arrival"),
            words("disclosure-purposes", view.purpose),
            reverse("service-arrived", args=[view.id]),
            _("Record the arrival"),
            None,
            view.reference,
            view.name,
        )
