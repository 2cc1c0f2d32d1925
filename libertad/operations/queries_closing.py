"""Reading how an operation ended, for screens."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.access.closed import closed_at
from libertad.access.models import Closing
from libertad.access.queries import authority_names, officer_names, open_row, readable
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class ClosingSeen:
    """The last word on the operation's end. `closed` is False where it was opened again."""

    closed: bool
    at: Happened
    authority: str
    officer: str
    reasons: str


def closing(actor: Actor) -> ClosingSeen | None:
    """None where nobody closed it yet."""
    row = readable(actor, Closing).filter(operation=actor.operation).first()
    if row is None:
        return None
    return ClosingSeen(
        closed=closed_at(actor.operation) is not None,
        at=Happened(at=row.at, zone=actor.zone),
        authority=authority_names([row.authority]).get(row.authority, ""),
        officer=officer_names(actor, [row.officer]).get(row.officer, ""),
        reasons=open_row(actor, row).get("reasons", ""),
    )
