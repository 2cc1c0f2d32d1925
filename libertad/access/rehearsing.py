"""Running an action to see what it would say: all of it is taken back, whatever comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from libertad.access.acting import ACTIONS, RESERVED, Act
from libertad.access.actor import Actor
from libertad.access.confirmed import CONFIRMED, Prepared, Rehearsed, Script
from libertad.journal.node import node
from libertad.journal.transaction import Transaction
from libertad.vocabulary.bounds import check_past


def is_confirmed(action: Callable[..., Any]) -> bool:
    """Whether an action says what a passkey confirms."""
    return any(action in ACTIONS.get(verb, ()) for verb in CONFIRMED)


def rehearse(actor: Actor, action: Callable[..., Any], /, **arguments: Any) -> Prepared | None:
    """What the action would say that a passkey confirms, None for nothing; raises what it would raise."""
    about = {name: value for name, value in arguments.items() if name in RESERVED}
    rest = {name: value for name, value in arguments.items() if name not in RESERVED}

    def job(tx: Transaction) -> None:
        act = Act(tx, actor, **about)
        act.script = Script()
        if about.get("happened") is not None:
            check_past(about["happened"], act.now)
        action(act, **rest)
        raise Rehearsed(None)

    try:
        node().writer.submit(job)
    except Rehearsed as rehearsal:
        return rehearsal.prepared
    return None
