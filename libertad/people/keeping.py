"""How long an identity file is kept: until the day that its authority set for the operation, or a later one
of its own. Nothing is erased by a clock: what is over its day is shown, one officer asks, another erases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from libertad.access.acting import Act
from libertad.people.keeping_models import Keeping, Retention
from libertad.vocabulary.codelists import PartialDate, marked
from libertad.vocabulary.values import Refused, span

NO_DAY = marked("no day says until when this file is kept: your authority sets one for the operation")
ALREADY = marked("its erasure is asked for already; another officer decides")
HELD = marked("a legal hold forbids erasing; whoever placed it must lift it first")


@dataclass(frozen=True)
class Kept:
    """Until when an identity file is kept ('' where nobody said), and the request to erase it that stands:
    `entry`, `officer`, `reasons`, `at` (ms) and `zone`."""

    until: str
    request: dict[str, Any] | None = None


def retention_id(operation: str, authority: str) -> str:
    return f"{operation}:{authority}"


def refuse_early(until: str, today: date) -> Refused | None:
    """Why nobody asks for the erasure yet; None where the last day has gone by."""
    if not until:
        return Refused("person", NO_DAY)
    if span(until)[1] >= today:
        return Refused("person", "this file is kept until %(day)s", day=PartialDate(until))
    return None


def believed_keeping(act: Act, person: str) -> Kept:
    """As an action finds it, by rows of which it is known that this node wrote them."""
    act.believe_all(Retention)
    act.believe_all(Keeping)
    day = act.get(Retention, retention_id(act.actor.operation, act.actor.authority))
    row = act.get(Keeping, person)
    own = row["keep_until"] if row is not None else ""
    request = act.open_row(Keeping, row).get("request") if row is not None and row["asked"] else None
    return Kept(own or (day["keep_until"] if day is not None else ""), request)
