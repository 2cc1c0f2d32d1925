"""Set the operation's clock: what it reads, when it was set, how fast it runs."""

from __future__ import annotations

from datetime import datetime

from libertad.access.acting import Act, action
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import OperationClock


@action("operation.clock")
def set_clock(act: Act, *, reads: datetime, set_at: datetime, rate: float) -> None:
    """From `set_at` (real time) on it runs `rate` operation seconds a second from `reads`."""
    if not isinstance(rate, (int, float)):
        raise Refused("rate", "write a number")
    content = OperationClock(reads=reads, set_at=set_at, rate=float(rate))
    act.say(act.operation_compartment, content, subject=act.actor.operation)
