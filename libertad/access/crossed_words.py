"""Two words that cross, as the pages of their subjects and the page of conflicts show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.conflicting import Doubt, doubt, names
from libertad.access.entries import said_of
from libertad.journal.crossed import crossed
from libertad.journal.folding import Value
from libertad.journal.models import ReadModel
from libertad.look.page_objects import Pair
from libertad.look.times import when


def crossed_words(actor: Actor, row: ReadModel, name: str) -> list[Value]:
    """The words of a dated state of a row that cross, as far as the actor reads the entries; else nothing."""
    entries = said_of(actor, row._meta.label, [row.pk])[row.pk]
    return crossed([entry for entry in entries if entry.compartment == row.compartment], name)


def doubts(actor: Actor, values: Sequence[Value], told: Callable[[Any], str]) -> tuple[Doubt, ...]:
    """Each with who said it and when; `told` gives a value's words."""
    officers, offices = names(actor, [value.said for value in values])
    return tuple(doubt(told(value.value), value.said, officers, offices) for value in values)


def title() -> str:
    return _("Two conflicting entries")


def lead() -> str:
    return _(
        "Neither had the other when it was said. Both stay on file; it is settled once somebody who may "
        "says what holds."
    )


def pairs(doubts: Sequence[Doubt]) -> list[Pair]:
    """A line for each: what it says, who said it for whom, and when."""
    return [
        Pair(doubt.value, ", ".join(filter(None, (doubt.who, doubt.authority))), when(doubt.happened))
        for doubt in doubts
    ]
