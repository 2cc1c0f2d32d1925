"""At each day's cut the node counts for its care authorities, and publishes for the one named to count."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from libertad.access.acting import perform
from libertad.access.actor import Actor, itself
from libertad.access.queries import clock_now
from libertad.figures import hourly
from libertad.figures.actions.count_day import say_batch, tell_linked
from libertad.figures.actions.publish_block import publish_block
from libertad.figures.cuts import last_cut
from libertad.figures.models import Batch, Counting
from libertad.journal.node import Node, node
from libertad.journal.periodic import Periodic
from libertad.operations.actions.begin_operation import begin_operation
from libertad.vocabulary.values import Refused

logger = logging.getLogger("libertad.figures")
EVERY = 30.0  # seconds between two looks at the clock
FAILURE = "figures: counting failed"
# After the cut: so long what is told of linked people travels, and so long all numbers are waited for.
TRAVELS, WAITS = timedelta(minutes=10), timedelta(hours=2)
TOLD_OF: set[tuple[Actor, datetime]] = set()
OPERATIONS = (
    "select o.id, c.owner, o.zone from operations_operation o "
    "join access_compartment c on c.id = o.compartment where o.compartment not in "
    "(select id from access_begun) order by o.id"
)
CARES = (
    "select m.authority, m.operation, a.zone from access_member m "
    "join figures_counting c on c.id = m.operation join access_authority a on a.id = m.authority "
    "where m.kind = 'care' order by m.authority, m.operation"
)


def run_due(here: Node) -> int:
    """Say what is due by the operations' clocks; returns how much was said.

    First what linked people's care authorities have to be told, then, when that has had time to travel, the
    numbers; and the block when all numbers are there.
    """
    done = begin_due(here)
    due = [
        due_care
        for due_care in map(_due, here.sql().all(CARES))
        if due_care and due_care.actor.authority in here.rings.open
    ]
    for care in due:
        if care.announcement_due():
            perform(care.actor, tell_linked, cut=care.cut)
            TOLD_OF.add((care.actor, care.cut))
    for care in due:
        if care.counts() and care.now - care.cut >= TRAVELS:
            done += bool(perform(care.actor, say_batch, cut=care.cut))
    for care in due:
        if care.actor.authority == care.named.care:
            with suppress(Refused):  # a batch has not arrived: asked again at the next look
                done += bool(
                    perform(care.actor, publish_block, cut=care.cut, late=care.now - care.cut > WAITS)
                )
    return done


def count_due(here: Node) -> int:
    """What is due of the day and of the hour; returns how much was said."""
    return run_due(here) + hourly.run_due(here)


def begin_due(here: Node) -> int:
    """Say of each operation whose first action day has come, and whose file is ours, that it has begun."""
    done = 0
    for operation, authority, zone in here.sql().all(OPERATIONS):
        if authority in here.rings.open:
            done += bool(perform(itself(authority, operation, zone or "UTC"), begin_operation))
    return done


class Due(NamedTuple):
    """One care authority of this node at the last cut of its operation."""

    actor: Actor
    named: Counting
    cut: datetime
    now: datetime

    def counts(self) -> bool:
        """Whether it lets somebody read its numbers and has not said those of this cut."""
        return self.actor.authority in self.named.accepted and self.cut not in Batch.objects.filter(
            care=self.actor.authority, operation=self.actor.operation
        ).values_list("cut", flat=True)

    def announcement_due(self) -> bool:
        """Whether others are still to be told; once a cut and process, for a whole list said again heals."""
        return self.counts() and (self.actor, self.cut) not in TOLD_OF


def _due(row: tuple[Any, ...]) -> Due | None:
    authority, operation, zone = row
    named = Counting.objects.filter(pk=operation).first()
    if named is None:
        return None
    now = clock_now(operation)
    cut = last_cut(now, named.cut)
    if cut < named.named_at:
        return None
    return Due(itself(authority, operation, zone or "UTC"), named, cut, now)


_watch: Periodic | None = None


def start() -> None:
    """Begin to watch the clock of this process's node."""
    global _watch
    if _watch is None:
        here = node()
        _watch = Periodic("libertad-count", EVERY, lambda: count_due(here), logger, FAILURE).start()


def stop() -> None:
    global _watch
    if _watch is not None:
        _watch.stop()
        _watch = None
