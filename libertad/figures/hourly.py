"""Each hour the node says for its care authorities how many are late, and for the counting one the sum."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from libertad.access.acting import Forbidden, perform
from libertad.access.actor import Actor, itself
from libertad.access.closed import closed_at
from libertad.access.queries import clock_now
from libertad.care.overview import count_late
from libertad.figures.actions.say_late import say_late, say_sum
from libertad.figures.cuts import last_hour
from libertad.figures.models import Counting, LateBatch, LateSum
from libertad.journal.node import Node
from libertad.vocabulary.values import Refused

WAITS = timedelta(minutes=10)  # so long after the hour batches of others are waited for
# By counting authority and day, the hour at which it is asked whether the sum may be renewed: drawn by this
# process, so that nobody chooses or foresees it. Forgotten at a restart: two renewals stand a day apart.
HOURS: dict[tuple[Actor, str], int] = {}
OURS = (
    "select m.authority, m.operation, a.zone from access_member m "
    "join figures_counting c on c.id = m.operation join access_authority a on a.id = m.authority "
    "where m.kind = 'care' order by m.authority, m.operation"
)


def run_due(here: Node) -> int:
    """Say what is due of this hour by the operations' clocks; returns how much was said.

    An hour that has passed without it is never made up for: a number of then would rest on files of now.
    Nothing is said of an operation that is closed.
    """
    done = 0
    due = [
        due_care
        for authority, operation, zone in here.sql().all(OURS)
        if authority in here.rings.open
        and (due_care := _due(itself(authority, operation, zone or "UTC"))) is not None
    ]
    for say in (_say_batch, _say_sum):  # all of this node's batches first: the sum rests on them
        for care in due:
            with suppress(
                Refused, Forbidden
            ):  # it was removed, or another named: asked again at the next look
                done += say(care)
    return done


class Due(NamedTuple):
    """One care authority of this node in the hour of its operation's clock."""

    actor: Actor
    named: Counting
    cut: datetime
    now: datetime


def _due(actor: Actor) -> Due | None:
    named = Counting.objects.filter(pk=actor.operation).first()
    if named is None or closed_at(actor.operation) is not None:
        return None
    now = clock_now(actor.operation)
    cut = last_hour(now)
    return Due(actor, named, cut, now) if cut >= named.named_at else None


def _said(due: Due, model: type[LateBatch] | type[LateSum]) -> bool:
    """Whether this hour's is said already, or a later one: an exercise's clock may have been set back."""
    of = model.objects.filter(care=due.actor.authority, operation=due.actor.operation)
    return of.filter(cut__gte=due.cut).exists()


def _say_batch(due: Due) -> bool:
    actor = due.actor
    if actor.authority not in due.named.accepted or _said(due, LateBatch):
        return False
    counted = count_late(actor.authority, actor.operation, due.cut)
    return bool(perform(actor, say_late, cut=due.cut, late=counted.late, known=counted.known))


def _say_sum(due: Due) -> bool:
    waited = due.now - due.cut >= WAITS
    if due.actor.authority != due.named.care or not waited or _said(due, LateSum):
        return False
    return bool(perform(due.actor, say_sum, cut=due.cut, may_renew=due.cut.hour == _hour(due)))


def _hour(due: Due) -> int:
    """The hour of the day at which the sum may be renewed; one day at a time is remembered."""
    day = due.cut.date().isoformat()
    key = (due.actor, day)
    if key not in HOURS:
        for passed in [known for known in HOURS if known[0] == due.actor]:
            del HOURS[passed]
        HOURS[key] = secrets.randbelow(24)
    return HOURS[key]
