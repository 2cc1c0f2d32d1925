"""Disclosures on Today: for care what waits for a second reader, a receipt or an end; for the recipient what
nobody there has opened."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say
from libertad.care.disclosure_words import state_cell
from libertad.care.queries_disclosing import disclosures
from libertad.look.words import words
from libertad.people.queries import ServedSeen
from libertad.people.queries_disclosed import DisclosedSeen, disclosed
from libertad.people.serving_words import sought_why, sought_words
from libertad.web.todo_item import Waiting


def disclosures_open(actor: Actor) -> Iterator[Waiting]:
    """For care."""
    if not (may_open(actor, "care-disclosure") and can_say(actor, "disclosure.read")):
        return
    for view in disclosures(actor):
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
    if answers.sought is not None:
        yield Waiting(
            sought_words(),
            sought_why(view.giver),
            href,
            _("Open it"),
            None,
            view.reference,
            view.name,
            danger=True,
            since=answers.sought.at,
        )
    if answers.stage == "asked":
        yield Waiting(
            (_("%(name)s asks for a bed tonight: can you?") if view.by_one else _("%(name)s asks: can you?"))
            % {"name": view.giver},
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
