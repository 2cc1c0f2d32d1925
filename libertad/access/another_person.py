"""Whether who decides is another person than who asked, where an act takes two officers of one authority."""

from __future__ import annotations

from collections.abc import Container

from libertad.access.acting import Act, Forbidden
from libertad.access.appointments import Staff, identity, unconfirmed
from libertad.access.lookup import kind_of
from libertad.access.models import Officer
from libertad.access.officer_suspensions import suspended
from libertad.access.second_persons import Roster
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused

SAME = marked("this account bears the name or number of who proposed it: another person answers")


def require_another(act: Act, officer: str) -> None:
    """Forbidden for another account of `officer` who asked: one with the same name or number however written,
    and one whose own appointment stands by one, which a single hand can make up."""
    alone = unconfirmed(act.tx.sql).get(act.actor.officer)
    if alone is not None and alone.waits:
        raise Forbidden("your own appointment is not confirmed: until it is, you are no second person")
    if is_same_person(act, act.actor.officer, officer):
        raise Forbidden("this account bears the name or number of who asked: another person decides")


def require_second(act: Act, staff: Staff, officer: str, roles: Container[str]) -> None:
    """Forbidden or Refused for whoever is no second person of what `officer` (of `staff`) proposed: who had a
    hand in it, whose own appointment stands by one, another account of theirs, and other roles than these."""
    me = act.actor
    if me.officer in staff.hands(officer):
        raise Forbidden("a second person answers it, and not who proposed it")
    if me.officer in staff.unconfirmed:
        raise Forbidden("your own appointment is not confirmed: until it is, you approve nothing")
    if me.role not in roles or not staff.may_confirm(
        me.officer, me.role, identity_of(act, me.officer), officer
    ):
        raise Refused("entry", SAME)


def is_same_person(act: Act, officer: str, other_officer: str) -> bool:
    """Whether two accounts bear one name, however written, or one service number."""
    return bool(identity_of(act, officer) & identity_of(act, other_officer))


def identity_of(act: Act, officer: str) -> frozenset[str]:
    """Name and number of an officer; nothing of one who is not known here."""
    row = act.get(Officer, officer)
    return identity(act.open_row(Officer, row)) if row is not None else frozenset()


def own_roster(act: Act) -> Roster:
    """Of the actor's authority, those who have access now: whose access is suspended reads nothing."""
    authority, shut = act.actor.authority, suspended(act.tx.sql)
    rows = act.find(Officer, authority=authority, withdrawn=False)
    return Roster(
        kind_of(act.tx.sql, authority), {row["id"]: row["role"] for row in rows if row["id"] not in shut}
    )
