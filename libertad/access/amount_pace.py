"""Beyond an unusual amount within an hour an officer's next one waits, longer each time: in the transaction
that would write it, so that neither two tabs nor two processes pass together.

What is recorded never waits. Only who asks by a page of this node does (`ASKED`): a program with a key has an
hourly quota of its own, and whoever runs commands on the machine has all that it holds; both are counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING

from libertad.access import amounts
from libertad.access.amount_limits import (
    EXPORTS,
    OF_DAY,
    PEOPLE,
    SEARCHES,
    SHARES,
    VERBS,
    WITHDRAWALS,
    amount_limits,
)
from libertad.access.amounts import Deed, Ledger
from libertad.look.times import clock
from libertad.vocabulary.codelists import Refused, marked
from libertad.vocabulary.values import Happened

if TYPE_CHECKING:
    from libertad.access.acting import Act

ASKED: ContextVar[str] = ContextVar("asked", default="")  # the method of the page that is being answered
# Whether a danger of a person is open, by what the actor reads: such a file waits for nothing.
ENDANGERED: list[Callable[[Act, str], bool]] = []
MESSAGES: Mapping[str, str] = {
    PEOPLE: marked(
        "you opened the files of %(count)s people within an hour, and usual is below %(limit)s: the next one "
        "opens at %(until)s, in %(minutes)s min. Files that you have open, and whatever you record, do not "
        "wait. In danger to life telephone, and record it: the file of who is in danger opens at once"
    ),
    OF_DAY: marked(
        "you opened the files of %(count)s people of this day within an hour, and usual is below %(limit)s: "
        "the next one opens at %(until)s, in %(minutes)s min. Whom you recorded yourself, and whatever you "
        "record, do not wait. In danger to life telephone, and record it: the file of who is in danger opens "
        "at once"
    ),
    SEARCHES: marked(
        "you searched %(count)s times within an hour, and usual is below %(limit)s: the next search is at "
        "%(until)s, in %(minutes)s min. Whatever you record does not wait. In danger to life telephone"
    ),
    SHARES: marked(
        "you let others read %(count)s files within an hour, and usual is below %(limit)s: the next one is "
        "at %(until)s, in %(minutes)s min. Nothing was shared. In danger to life telephone who needs to "
        "know: the file of who is in danger is shared at once"
    ),
    EXPORTS: marked(
        "you took out %(count)s packages and documents within an hour, and usual is below %(limit)s: the "
        "next one is at %(until)s, in %(minutes)s min. Whatever you record does not wait. In danger to life "
        "telephone"
    ),
    WITHDRAWALS: marked(
        "you withdrew access %(count)s times within an hour, and usual is below %(limit)s: the next one is "
        "at %(until)s, in %(minutes)s min. Nothing was withdrawn. A lost or stolen device is revoked at "
        "once. In danger to life telephone"
    ),
}


class Slowed(Refused):
    """Beyond an unusual amount: nothing was done, and `seconds` pass before it is."""

    def __init__(self, amount: str, count: int, limit: int, seconds: int, until: str) -> None:
        self.amount, self.seconds = amount, seconds
        super().__init__(
            "amount",
            MESSAGES[amount],
            count=count,
            limit=limit,
            until=until,
            minutes=max(1, math.ceil(seconds / 60)),
        )


def slow_down(act: Act, amount: str, key: str = "", person: str = "") -> None:
    """Slowed where an officer has done this too often within the hour. `key`: what it is about, which counts
    once; `person`: whose file, if it is of one."""
    if not act.asked:
        return
    book = amounts.take_up(act.node, act.tx.sql, act.tx.start)
    ledger = book.ledgers.get(act.actor.authority)
    pending = _pending(act, amount)
    if ledger is None:
        if not pending:
            return
        ledger = amounts.new_ledgers(act.tx.sql, {act.actor.authority})[act.actor.authority]
    with amounts.GUARD:
        why = _too_many(act, ledger, amount, key, pending)
    if why is not None and not (person and any(is_open(act, person) for is_open in ENDANGERED)):
        raise why


def _too_many(act: Act, ledger: Ledger, amount: str, key: str, pending: list[str]) -> Slowed | None:
    now, officer = amounts.elapsed(), act.actor.officer
    window = ledger.window(officer, amount)
    keys = dict(window.lately(now)) | dict.fromkeys(pending, now)
    if key and key in keys:
        return None
    if amount == PEOPLE:
        if act.asked == "POST" and key in window.times:  # a form, typed by whom the file was shown that day
            return None
        amount = ledger.amount_of(officer, key, now)
        keys = {name: at for name, at in keys.items() if ledger.amount_of(officer, name, now) == amount}
    limit = ledger.limit(amount, officer) if amount else 0
    pause = amount_limits().wait(limit, len(keys)) if amount else 0
    left = pause - (now - max(keys.values())) if pause else 0.0
    if left <= 0:
        return None
    seconds = math.ceil(left)
    at = act.now + timedelta(seconds=seconds + 59)  # told by the minute
    until = clock(Happened(at=at, zone=act.actor.zone))
    return Slowed(amount, len(keys), limit, seconds, until)


def _pending(act: Act, amount: str) -> list[str]:
    """What this officer did in the transaction that is not committed yet."""
    own = [
        entry
        for entry in act.tx.appended
        if entry.officer == act.actor.officer and entry.verb in VERBS and not entry.body.provenance
    ]
    people = amounts.people_of(act.tx.sql, sorted({entry.compartment for entry in own})) if own else {}
    deeds = [
        Deed(entry, act.kind(entry.compartment), people.get(entry.compartment, ""), 0.0) for entry in own
    ]
    return [key for deed in deeds for name, key in amounts.amounts_in(deed) if name == amount]
