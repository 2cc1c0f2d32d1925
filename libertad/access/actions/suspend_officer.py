"""Suspend an officer of the own authority; uphold it as a second person, or give access back."""

from __future__ import annotations

from typing import Any

from libertad.access import changes
from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions.confirm_officer import staff_of
from libertad.access.another_person import identity_of
from libertad.access.grounds import Grounds
from libertad.access.models import Officer, OfficerSuspension
from libertad.access.officer_suspensions import ALONE, STANDING, UPHELD, suspension_limits, unanswered
from libertad.access.second_of_suspension import hands, may_answer, seconds
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import OfficerRestore, OfficerSuspend, OfficerUphold

NOBODY = marked("there is no such officer in your authority")
OVER = marked("no suspension of this officer waits here any more")
CHANGED = marked("the officer was suspended anew since you read it: read it again, then decide")
ANSWERED = marked("a second person has upheld it already")


@action("officer.suspend")
def suspend_officer(act: Act, *, officer: str, reason: str) -> str:
    """Returns the entry's hash. Access ends at once, for a day unless a second person upholds it.

    Not of oneself; by nobody whose own appointment stands by one; and not while as many others as one may
    suspend alone (`suspensions.yaml`), or an earlier one of this officer, were answered by nobody second.
    """
    row = act.get(Officer, officer)
    if row is None or row["authority"] != act.actor.authority or row["withdrawn"]:
        raise Refused("officer", NOBODY)
    if officer == act.actor.officer:
        raise Forbidden("nobody suspends the own access: end your sessions under 'Your sign-in'")
    before = act.get(OfficerSuspension, officer)
    if before is not None and before["state"] in STANDING:
        raise Refused("officer", "this officer is suspended already")
    if not reason.strip():
        raise Refused("reason", "say why access is suspended")
    _moderate(act, officer)
    place = act.find_compartment("operation", act.actor.operation)  # where who coordinates reads it
    if place is None or not act.reads(place):
        place = row["compartment"]
    return act.inside(place).say(
        place, OfficerSuspend(reason=reason), subject=officer, source="decision", supersedes={}
    )


def _moderate(act: Act, officer: str) -> None:
    staff, me, limits = staff_of(act, act.actor.authority), act.actor.officer, suspension_limits()
    if me in staff.unconfirmed:
        raise Forbidden("your own appointment is not confirmed: until it is, you suspend nobody")
    pending = unanswered(act.tx.sql, [me], int(changes.now().timestamp() * 1000))
    days = limits.within.days
    if any(suspended == officer for suspended, _at in pending):
        message = "you suspended this officer within %(days)s days, and nobody upheld it: another person does"
        raise Refused("officer", message, days=days)
    if len(pending) >= limits.alone:
        message = (
            "you suspended %(most)s officers within %(days)s days, and nobody second has answered: another "
            "person upholds or lifts one of these first, or suspends this one"
        )
        raise Refused("officer", message, most=limits.alone, days=days)


@action("officer.uphold")
def uphold_suspension(act: Act, *, officer: str, entry: str, reason: str) -> str:
    """Returns the entry's hash. `entry`: the suspension that was read. It then stands until one of the two
    lifts it.

    By a second person of the authority (`appointments.yaml`), where there is none by who coordinates.
    """
    row = _standing(act, officer, entry)
    if row["state"] == UPHELD:
        raise Refused("entry", ANSWERED)
    if not reason.strip():
        raise Refused("reason", "say how you made sure")
    _second_person(act, row)
    return _say(act, row, OfficerUphold(entry=entry, reason=reason))


@action("officer.restore")
def restore_officer(act: Act, *, officer: str, entry: str, reason: str) -> str:
    """Returns the entry's hash; access is back at once. One by one is lifted by who said it or by a second
    person, one that was upheld by one of the two."""
    row = _standing(act, officer, entry)
    if not reason.strip():
        raise Refused("reason", "say why access is given back")
    if act.actor.officer not in (row["by"], row["upheld_by"]):
        if row["state"] == UPHELD:
            raise Forbidden("who suspended or who upheld it lifts it; or withdraw the officer's access")
        _second_person(act, row)
    return _say(act, row, OfficerRestore(entry=entry, reason=reason))


@action("officer.restore")
def lapse_suspension(act: Act, *, officer: str) -> bool:
    """By the node itself, once a suspension by one has lasted its time. Whether there was one.

    In the authority's own file where it no longer reads that in which it was said: access is back anyhow.
    """
    row = act.get(OfficerSuspension, officer)
    if row is None or row["state"] != ALONE:
        return False
    place = row["compartment"]
    if not act.reads(place):
        place = act.find_compartment("authority", act.actor.authority) or place
    _say(act, row, OfficerRestore(entry=row["entry"]), place)
    return True


def _say(act: Act, row: dict[str, Any], content: OfficerUphold | OfficerRestore, place: str = "") -> str:
    place = place or row["compartment"]
    return act.inside(place).say(
        place, content, subject=row["id"], source="decision", supersedes={}, depends=[row["entry"]]
    )


def _standing(act: Act, officer: str, entry: str) -> dict[str, Any]:
    row = act.get(OfficerSuspension, officer)
    if row is None or row["state"] not in STANDING or not act.reads(row["compartment"]):
        raise Refused("officer", OVER)
    if row["entry"] != entry:
        raise Refused("entry", CHANGED)
    return row


def _second_person(act: Act, row: dict[str, Any]) -> None:
    """Forbidden for whoever is no second person of a suspension."""
    me, staff = act.actor, staff_of(act, row["authority"])
    names = identity_of(act, me.officer)
    if me.officer in hands(row["id"], row["by"]):
        raise Forbidden("a second person decides: neither who suspended nor who is suspended")
    if not may_answer(staff, me.officer, me.role, names, row["id"], row["by"]):
        raise Forbidden(
            "this account's appointment is not confirmed, or it bears the name or number of one of the two"
        )
    if me.authority == row["authority"]:
        return
    coordinates = me.role == "coordinator" and Grounds(act.tx).coordinates(me.authority, row["compartment"])
    if not coordinates or seconds(staff, row["id"], row["by"]):
        raise Forbidden("another person of the officer's own authority decides on this suspension")
