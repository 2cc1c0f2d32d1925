"""Somebody met again: the records of earlier operations that are of the same person, for who reads both.

Which they are another room knows (two officers decided it there); it registers itself in `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.look.page_objects import Link, Pair, SideBlock

ROUTE = "person-before"


@dataclass(frozen=True)
class EarlierRecord:
    """A record of an operation before. `operation`: its name."""

    reference: str
    operation: str


Source = Callable[[Actor, str], Sequence[EarlierRecord]]
SOURCES: list[Source] = []


def earlier_records(actor: Actor, person: str) -> list[EarlierRecord]:
    """Of a person of the operation worked in; nothing for who may not open the page that tells of them."""
    if not may_open(actor, ROUTE):
        return []
    return [record for source in SOURCES for record in source(actor, person)]


def met_before(actor: Actor, person: str) -> SideBlock | None:
    """The block beside a file; None where nobody was met before."""
    records = earlier_records(actor, person)
    if not records:
        return None
    return SideBlock(
        _("Met before"),
        pairs=[Pair(record.operation, record.reference) for record in records],
        links=[Link(_("Read what was promised then"), reverse(ROUTE, args=[person]))],
    )
