"""Between care authorities, on Today: who is to lead, where another one waits or has not answered in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import clock_now
from libertad.care import queries as care
from libertad.care.leading_words import offer_words
from libertad.care.queries_leading import AgreementSeen, agreements
from libertad.web.todo_item import Waiting

FIRST = 8
MOST = 100  # people who are looked at for it; the rest once these are answered


def leading_open(actor: Actor) -> Iterator[Waiting]:
    """For the supervisor, where there is one, and the caseworker whose task the person is; of whom nobody has
    taken, for all."""
    if not may_open(actor, "care-leading-accept"):
        return
    settles = actor.role == care.SUPERVISOR or not care.has_supervisor(actor.authority)
    concerned = [
        (person, place)
        for person, place in care.agreeing(actor)
        if settles or not place.assigned or place.officer == actor.officer
    ]
    now = clock_now(actor.operation)
    items: list[Waiting] = []
    for standing in care.standing(actor, concerned[:MOST]):
        for view in agreements(actor, standing.todo.person):
            items += _items(view, standing, now)
    items.sort(key=lambda item: item.due or now)
    rest = len(items) - FIRST
    for number, item in enumerate(items[:FIRST], 1):
        yield replace(item, more=max(rest, 0)) if number == FIRST else item


def _items(view: AgreementSeen, standing: care.Standing, now: datetime) -> Iterator[Waiting]:
    href = reverse("care-leading", args=[view.person])
    reference, name = standing.todo.reference, standing.todo.name
    if view.agreement.is_conflict:
        yield Waiting(
            _("You and %(name)s do not agree who leads") % {"name": view.name},
            _("Both answer for the person until one of you offers that the other leads: telephone."),
            href,
            _("Settle it"),
            min(view.answer_by(offer) for offer in view.agreement.offers),
            reference,
            name,
        )
        return
    for offer in view.requests:
        yield Waiting(
            _("%(name)s asks who leads") % {"name": view.name},
            offer_words(offer, view),
            href,
            _("Answer it"),
            view.answer_by(offer),
            reference,
            name,
        )
    for offer in view.own_offers:
        if view.answer_by(offer) < now:
            yield Waiting(
                _("%(name)s has not answered who leads") % {"name": view.name},
                _("Your authority answers for the person still: telephone."),
                href,
                _("Open it"),
                view.answer_by(offer),
                reference,
                name,
            )
