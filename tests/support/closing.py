"""A protection file closed by two: a caseworker proposes it, the supervisor reads it and agrees."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act
from libertad.access.actor import Actor
from libertad.access.queries import open_row
from libertad.care.actions.close_care import close_care
from libertad.care.actions.read_closing import read_care_closing
from libertad.care.models import CareFile, ProposedClosing
from libertad.care.since_closing import mark_of, said_since
from libertad.journal.node import node
from libertad.vocabulary.verbs.care import CareClose
from tests.support.sealed_rows import opened
from tests.support.world import World


def read_as(world: World, role: str, person: str, agrees: str = "yes", reasons: str = "") -> Any:
    """The second reading, of the file as it stands."""
    (row,) = opened(ProposedClosing, person=person)
    (file,) = opened(CareFile, id=row.pk)
    words = open_row(world.actor("caseworker"), file)
    shown = mark_of(said_since(node().sql(), row.compartment, row.entry, words))
    return world.perform(
        role, read_care_closing, person=person, closing=row.entry, agrees=agrees, reasons=reasons, shown=shown
    )


def close_by_two(world: World, person: str, role: str = "caseworker", **end: Any) -> Any:
    """As `close_care`; on a file that is closed already contact is recorded, which nobody reads."""
    entry = world.perform(role, close_care, person=person, **end)
    if ProposedClosing.objects.filter(person=person).exists():
        read_as(world, "supervisor", person)
    return entry


def closed_before(actor: Actor, person: str, **end: Any) -> str:
    """Closed at once by one, as versions before the second reading say it; the entry."""

    def job(tx: Any) -> str:
        act = Act(tx, actor)
        content = CareClose(person=person, **end)
        return act.say(act.compartment("care", person), content, subject=person, supersedes={})

    entry: str = node().writer.submit(job)
    return entry
