"""Conflicts of people's files: two births, two sexes, or two corrections of a meeting on file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.conflicting import Doubled, conflicts_of, doubt, names
from libertad.access.entries import said_of
from libertad.access.queries import can_say, readable
from libertad.journal.folding import conflict
from libertad.look.words import words
from libertad.people.crossed import crossed_doubts
from libertad.people.fold import entries_stating
from libertad.people.meetings import MEETING
from libertad.people.models import Detention, Person, Property
from libertad.people.screens_meeting import labels, value_words
from libertad.people.timeline import birth_words


@conflicts_of("people")
def doubled(actor: Actor) -> Iterator[Doubled]:
    """By file and field. Who may not settle it gets the file's page alone."""
    yield from _crossed(actor)
    # Put in order here: asked for an order, SQLite reads all people in that order to find the few.
    rows = sorted(readable(actor, Person).exclude(conflicts=[]).order_by(), key=lambda row: row.reference)
    if not rows:
        return
    by_person = said_of(actor, Person._meta.label, [row.pk for row in rows])
    officers, offices = names(actor, [entry for entries in by_person.values() for entry in entries])
    for row in rows:
        entries = [entry for entry in by_person[row.pk] if entry.compartment == row.compartment]
        page = reverse("person", args=[row.pk])
        for field in row.conflicts:
            values = tuple(
                doubt(_value(actor, field, value.value), value.said, officers, offices)
                for value in conflict(entries_stating(entries, field), field)
            )
            if values and field in MEETING:
                settles = may_settle(actor, row.authority, field)
                correct = reverse("person-meeting", args=[row.pk]) if settles else ""
                yield Doubled(
                    labels()[field],
                    row.reference,
                    page,
                    correct,
                    _("Correct it once more"),
                    values,
                    row.provenance,
                )
            elif values:
                settle = (
                    f"{page}#conflict" + ("-sex" if field == "sex" else "")
                    if may_settle(actor, row.authority, field)
                    else ""
                )
                yield Doubled(_label(field), row.reference, page, settle, _("Settle"), values, row.provenance)


def _crossed(actor: Actor) -> Iterator[Doubled]:
    """Detentions and pieces of property of which two states cross."""
    for held in readable(actor, Detention).exclude(crossed=[]).order_by("reference"):
        page = reverse("detention", args=[held.pk])
        if values := crossed_doubts(actor, Detention, held.pk, "detention-states"):
            settle = reverse("detention-next", args=[held.pk]) if can_say(actor, "detention.state") else ""
            yield Doubled(
                _("Detention"), held.reference, page, settle, _("Say what holds"), values, held.provenance
            )
    for belonging in readable(actor, Property).exclude(crossed=[]).order_by("id"):
        page = reverse("person-property", args=[belonging.person])
        if values := crossed_doubts(actor, Property, belonging.pk, "property-states"):
            settle = reverse("property", args=[belonging.pk]) if can_say(actor, "property.state") else ""
            name = words("property-kinds", belonging.kind)
            yield Doubled(
                _("Property"), name, page, settle, _("Say what holds"), values, belonging.provenance
            )


def may_settle(actor: Actor, authority: str, field: str) -> bool:
    """Whether this reader can end a double value of a person's file; `authority`: of who met the person.

    What is of the meeting only that authority corrects; everything else whoever may say what a person is.
    """
    if field in MEETING:
        return may_open(actor, "person-meeting") and authority == actor.authority
    return can_say(actor, "person.state")


def _label(field: str) -> str:
    return {"birth": _("Birth"), "sex": _("Sex")}.get(field, field)


def _value(actor: Actor, field: str, value: Any) -> str:
    if field in MEETING:
        return value_words(actor, field, value)
    return birth_words(value) if field == "birth" else words("sexes", value)
