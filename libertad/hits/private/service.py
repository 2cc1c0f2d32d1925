"""This process's private side: it answers peers, asks them, and keeps an owner's marks up to its records."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence

from libertad.access.actor import Actor
from libertad.access.chosen_operation import first_of
from libertad.access.models import Compartment
from libertad.exchange import scheduler
from libertad.exchange.peering.peers import now_ms
from libertad.exchange.sync.endpoint import Exchange
from libertad.hits import index
from libertad.hits.matching.record import Record
from libertad.hits.private.answering import Answering
from libertad.hits.private.asking import Asking
from libertad.hits.private.holding import Holding
from libertad.hits.record_builder import Subject
from libertad.journal.node import Node, node
from libertad.journal.periodic import Periodic
from libertad.journal.ringfile import Locked

logger = logging.getLogger("libertad.hits")
EVERY = 60.0  # seconds between two looks at what changed
FAILURE = "hits in private: the marks could not be kept"
EPOCH = 30 * 86_400_000  # ms of one epoch's keys


class Indexed:
    """Records in the room's index, of files of one operation that the authority owns: others' are not its to
    answer for, and who is in another operation is told nothing of this one. No lead of code C: nobody has
    looked at its conditions."""

    def first(self, authority: str) -> str:
        return first_of(authority)

    def readable_records(self, authority: str, refs: Sequence[str], operation: str) -> Mapping[str, Record]:
        own = _own(authority, operation)
        subjects = index.subjects(authority, refs)
        return {ref: subject.record for ref, subject in subjects.items() if _answered(subject, own)}

    def every(self, authority: str, operation: str) -> Iterable[Record]:
        own = _own(authority, operation)
        with index.lock_indexes():
            subjects = list(index.up_to_date(authority).subjects.values())
        return [subject.record for subject in subjects if _answered(subject, own)]


def _answered(subject: Subject, own: Collection[str]) -> bool:
    # A suspect is often a name alone, which meets many by chance: such a record answers nobody in private.
    return subject.kind != "detention" and (subject.compartment in own and subject.shared)


def _own(authority: str, operation: str) -> set[str]:
    """Its files in an operation."""
    rows = Compartment.objects.filter(owner=authority, operation=operation)
    return set(rows.values_list("pk", flat=True))


class Private:
    """Both sides of one process, and the thread that tends them."""

    def __init__(self, here: Node) -> None:
        self.node, source = here, Indexed()
        serving = scheduler.running()
        exchange = serving.exchange if serving is not None else Exchange(here)
        self.holding = Holding(here, source)
        self.answering = Answering(exchange, self.holding)
        self.asking = Asking(exchange, source)
        self.tending = Periodic("libertad-private", EVERY, lambda: tend(self.holding), logger, FAILURE)

    def start(self) -> Private:
        self.tending.start()
        return self

    def stop(self) -> None:
        self.tending.stop()
        self.holding.close()
        self.asking.close()


def tend(holding: Holding) -> None:
    """Take up what the records of each owner here have become; begin the next epoch where one is due."""
    rows = holding.node.sql().all("select authority, begun from hits_private_owner order by authority")
    for authority, begun in rows:
        try:
            if holding.row(authority) is None:
                continue  # somebody changed it: an officer begins anew, or an administrator takes the row
            epoch = holding.epoch(authority)
            if epoch is None or now_ms() - begun > EPOCH:
                holding.begin(Actor("", authority, ""))  # a restored ring has no seed
            else:
                holding.note(authority, epoch)
                holding.keep(authority, holding.source.every(authority, epoch.operation))
                holding.publish(authority)
        except Locked:
            continue  # once it is open


_private: Private | None = None
_guard = threading.Lock()


def private() -> Private:
    """This process's own."""
    global _private
    with _guard:
        here = node()
        if _private is None or _private.node is not here:
            _private = Private(here)
        return _private


def answering() -> Answering:
    return private().answering


def start() -> None:
    """Begin to tend, where this process serves."""
    running = private()
    if not running.tending.thread.is_alive():
        running.start()


def stop() -> None:
    global _private
    with _guard:
        if _private is not None:
            _private.stop()
            _private = None
