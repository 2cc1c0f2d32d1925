"""In which operation somebody works whose authority is in several.

Rule: the one that was chosen (a session chooses the one that it begins in, a program's key that in which it
was made); else the first that the authority was invited into and that is not closed. An invitation to another
one, in the middle of a raid, moves nobody. Where all are closed it is the last.
"""

from __future__ import annotations

from dataclasses import replace

from libertad.access import guarded
from libertad.access.actor import Actor, itself
from libertad.access.closed import closed_at
from libertad.access.models import Account
from libertad.access.queries import actor_of, operations_of
from libertad.journal.guards import TOUCH


def working_as(account: Account, chosen: str = "") -> Actor | None:
    """The actor behind a sign-in, in its operation; None once access has ended. `chosen` counts where the
    authority is a member of it."""
    actor = actor_of(account)
    return None if actor is None else replace(actor, operation=works_in(actor, chosen))


def works_in(actor: Actor, chosen: str = "") -> str:
    """Where the actor's authority works; the actor's own operation if it is in no other."""
    operations = operations_of(actor)
    if operations in ([], [actor.operation]):
        return actor.operation
    if chosen in operations:
        return chosen
    operations.sort(key=lambda operation: _arrived(operation, actor.authority))
    still_open = [operation for operation in operations if closed_at(operation) is None]
    return still_open[0] if still_open else operations[-1]


def first_of(authority: str) -> str:
    """The operation that invited an authority of this node first, of those that it is in; '' for none."""
    operations = operations_of(itself(authority, "", "UTC"))
    return min(operations, key=lambda operation: _arrived(operation, authority)) if operations else ""


def _arrived(operation: str, authority: str) -> int:
    """Where in this node's journal the authority's first invitation into an operation stands, as this node
    noted it: what somebody writes into the database moves nobody."""
    names = guarded.members(TOUCH, f"access.Member:{operation}:{authority}")
    return min((int(name.rpartition(":")[2]) for name in names), default=0)
