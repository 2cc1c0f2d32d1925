"""On Today: complaints about staff, for whom they reach, for the second reader, and for who recorded them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.complaint_words import state_words
from libertad.access.complaints import NOT_SAFE
from libertad.access.queries import clock_now
from libertad.access.queries_complaints import ComplaintSeen, complaints, waits_for_confirmation
from libertad.look.words import words
from libertad.web.todo_item import Waiting


def complaints_waiting(actor: Actor) -> Iterator[Waiting]:
    """First after danger until each has its first answer; whom one is about gets nothing."""
    listed = complaints(actor)
    if waits_for_confirmation(actor):
        yield Waiting(
            _("Something for you is read by nobody"),
            _("Until a second person has confirmed your appointment. Go to one of them yourself, today."),
            reverse("officer-confirm", args=[actor.officer]),
            _("Who can confirm it"),
            first=True,
        )
    if not listed:
        return
    now = clock_now(actor.operation)
    for view in listed:
        href, why = reverse("complaint", args=[view.id]), state_words(view)
        if view.may_take or (view.may_answer and view.view.answered is None):
            yield Waiting(_title(view), why, href, _("Open it"), view.due, view.short, first=True)
        elif view.may_read_closing:
            yield Waiting(
                _("The closing of a complaint waits for a second reader"),
                words("complaint-outcomes", view.view.outcome),
                reverse("complaint-read", args=[view.id]),
                _("Read it"),
                reference=view.short,
                first=True,
            )
        elif view.may_answer:
            yield Waiting(
                _("A complaint that you answer is open"), why, href, _("Open it"), reference=view.short
            )
        elif view.is_mine and not view.view.over and view.view.answered is None and _is_stuck(view, now):
            yield Waiting(
                _("The complaint that you recorded has no answer"),
                _("Telephone whom it reaches; where nobody of your authority can take it, somebody outside."),
                href,
                _("Open it"),
                view.due,
                view.short,
            )
        elif view.is_mine and view.view.answered is not None and _is_news(view):
            yield Waiting(
                _("The complaint that you recorded was answered"),
                why,
                href,
                _("Read it"),
                reference=view.short,
            )


def _title(view: ComplaintSeen) -> str:
    if view.view.safe == NOT_SAFE:
        return _("A complaint about staff: whom it happened to is not safe now")
    return _("A complaint about staff waits for its first answer")


def _is_stuck(view: ComplaintSeen, now: datetime) -> bool:
    """Whether nobody takes it in time, or nobody can any more."""
    return now > view.due or not (view.reached or view.holder)


def _is_news(view: ComplaintSeen) -> bool:
    """Whether who recorded it has not opened it since its answer."""
    return view.view.answered is not None and (view.looked is None or view.looked < view.view.answered)
