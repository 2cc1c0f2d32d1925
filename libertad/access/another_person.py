"""Whether who decides is another person than who asked, where an act takes two officers of one authority."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden
from libertad.access.appointments import identity, unconfirmed
from libertad.access.models import Officer


def require_another(act: Act, officer: str) -> None:
    """Forbidden for another account of `officer` who asked: one with the same name or number however written,
    and one whose own appointment stands by one, which a single hand can make up."""
    alone = unconfirmed(act.tx.sql).get(act.actor.officer)
    if alone is not None and alone.waits:
        raise Forbidden("your own appointment stands by one: until it is confirmed you are no second person")
    if _identity(act, act.actor.officer) & _identity(act, officer):
        raise Forbidden("this account bears the name or number of who asked: another person decides")


def _identity(act: Act, officer: str) -> frozenset[str]:
    row = act.get(Officer, officer)
    return identity(act.open_row(Officer, row)) if row is not None else frozenset()
