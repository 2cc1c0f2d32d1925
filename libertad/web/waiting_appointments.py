"""On Today: appointments that stand by one, for whom they are about, who confirms them, and who reads what
such officers opened."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import officer_names
from libertad.access.queries_amounts import opened_by_one
from libertad.access.queries_appointments import appointments_by_one
from libertad.access.screens_appointments import appointment_words, confirmer_names
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.values import Happened
from libertad.web.todo_item import Waiting

FIRST = 6  # by themselves


def appointments_alone(actor: Actor) -> Iterator[Waiting]:
    """Until each is confirmed or withdrawn. Nothing waits meanwhile."""
    rows = appointments_by_one(actor)
    own = next((row for row in rows if row.officer == actor.officer), None)
    if own is not None:
        since = when(Happened(at=own.at, zone=actor.zone))
        yield Waiting(
            _("Your appointment is not confirmed, since %(when)s") % {"when": since},
            _("Who confirms it: %(names)s. Your work does not wait.") % {"names": confirmer_names(own)},
            reverse("officer-confirm", args=[actor.officer]),
            _("Read it"),
        )
    listed = [row for row in rows if row.may_confirm]
    if len(listed) > 1:
        several = ngettext(
            "%(n)d appointment waits for your confirmation",
            "%(n)d appointments wait for your confirmation",
            len(listed),
        )
        yield Waiting(
            several % {"n": len(listed)},
            _("Such as a list from a file: read each line, then one answer confirms those that you tick."),
            reverse("appointments-confirm"),
            _("Read and confirm"),
            rank=0.5,  # after what runs against somebody who is held
        )
        return
    for row in listed:
        yield Waiting(
            _("An appointment waits for your confirmation: %(role)s") % {"role": words("roles", row.role)},
            appointment_words(actor, row),
            reverse("officer-confirm", args=[row.officer]),
            _("Read and confirm"),
            rank=0.5,
        )


def openings_alone(actor: Actor) -> Iterator[Waiting]:
    """For the second person, at once: files of others opened by an officer whose appointment is by one."""
    if not may_open(actor, "openings"):
        return
    opened = opened_by_one(actor)
    names = officer_names(actor, [officer for officer, _count in opened]) if opened else {}
    for place, (officer, count) in enumerate(opened[:FIRST], 1):
        yield Waiting(
            ngettext(
                "%(n)d person's file opened by %(name)s, whose appointment is not confirmed",
                "%(n)d people's files opened by %(name)s, whose appointment is not confirmed",
                count,
            )
            % {"n": count, "name": names.get(officer) or _("an officer")},
            _(
                "Of people whom others recorded. Ask what it was for; if you do not know the officer, "
                "withdraw the access first."
            ),
            reverse("openings"),
            _("Files opened this week"),
            rank=-0.8,
            more=len(opened) - FIRST if place == FIRST else 0,
        )
