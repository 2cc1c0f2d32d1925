"""Confirm appointments that another person made: the second pair of eyes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.another_person import identity_of
from libertad.access.appointments import Person, Staff, identity, unconfirmed
from libertad.access.grounds import Grounds
from libertad.access.lookup import kind_of
from libertad.access.models import Appointment, Officer
from libertad.access.officer_suspensions import suspended
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import OfficerConfirm

GONE = marked("no appointment waits here for a second person any more")
CHANGED = marked("the appointment was changed since you read it: read it again, then confirm")
NOBODY = marked("tick whom you confirm")
SAME = marked(
    "this account bears the name or number of who appointed or was appointed: another person confirms"
)


@action("officer.confirm")
def confirm_officer(act: Act, *, officer: str, entry: str, how: str) -> str:
    """Returns the entry's hash. `entry`: the appointment that was read; a later one needs its own word.

    By who the authority has for it (`appointments.yaml`), else by who coordinates the operation. Never by who
    appointed, by the appointed, by another account of either, nor by who stands by one themselves.
    """
    row = _waiting(act, officer)
    staff = staff_of(act, row["authority"])
    _awaits(staff, row, entry)
    _second_person(act, staff, officer, row["compartment"])
    return _say(act, row, how)


@action("officer.confirm")
def confirm_officers(act: Act, *, listed: Iterable[str], how: str) -> list[str]:
    """Confirm exactly the appointments of a list that was read, each `OFFICER:ENTRY`, all at once.

    Returns the officers who drop out, of whom nothing is said: whose appointment was changed, withdrawn or
    confirmed since the list was read, or whom the actor may not confirm. Refused or Forbidden, as by
    `confirm_officer` for the first of them, where nobody is left.
    """
    staffs: dict[str, Staff] = {}
    rows: list[dict[str, Any]] = []
    dropped: list[str] = []
    refusal: Refused | Forbidden | None = None
    for officer, _, entry in (name.partition(":") for name in dict.fromkeys(listed)):
        try:
            row = _waiting(act, officer)
            authority = row["authority"]
            staff = staffs[authority] = staffs.get(authority) or staff_of(act, authority)
            _awaits(staff, row, entry)
            _second_person(act, staff, officer, row["compartment"])
        except (Refused, Forbidden) as why:
            refusal = refusal or why
            dropped.append(officer)
        else:
            rows.append(row)
    if not rows:
        raise refusal or Refused("listed", NOBODY)
    for row in rows:
        _say(act, row, how)
    return dropped


def _say(act: Act, row: dict[str, Any], how: str) -> str:
    place, entry = row["compartment"], row["entry"]
    content = OfficerConfirm(entry=entry, how=how)
    return act.inside(place).say(
        place, content, subject=row["id"], source="decision", supersedes={}, depends=[entry]
    )


def _waiting(act: Act, officer: str) -> dict[str, Any]:
    row = act.get(Appointment, officer)
    if row is None or not act.reads(row["compartment"]):
        raise Refused("officer", GONE)
    return row


def _awaits(staff: Staff, row: dict[str, Any], entry: str) -> None:
    """Refused unless it waits for a second person, and is the appointment that was read."""
    officer = row["id"]
    if officer not in staff.unconfirmed or not staff.unconfirmed[officer].waits:
        raise Refused("officer", GONE)
    if row["entry"] != entry:
        raise Refused("entry", CHANGED)


def _second_person(act: Act, staff: Staff, officer: str, place: str) -> None:
    """Forbidden for whoever is no second person of this appointment, or where another one is asked first."""
    me = act.actor
    if me.officer in staff.hands(officer):
        raise Forbidden("a second person confirms it: neither who appointed nor who was appointed")
    if me.officer in staff.unconfirmed:
        raise Forbidden("your own appointment is not confirmed: until it is, you confirm no other")
    if not staff.may_confirm(me.officer, me.role, identity_of(act, me.officer), officer):
        raise Refused("officer", SAME)
    able = staff.confirmers(officer)
    coordinates = me.role == "coordinator" and Grounds(act.tx).coordinates(me.authority, place)
    if me.officer not in able and (able or not coordinates):
        raise Forbidden("another person confirms this appointment")


def staff_of(act: Act, authority: str) -> Staff:
    """An authority's officers; whose access is suspended counts as withdrawn, and confirms nobody."""
    shut = suspended(act.tx.sql)
    officers = {
        row["id"]: Person(
            row["role"], identity(act.open_row(Officer, row)), row["withdrawn"] or row["id"] in shut
        )
        for row in act.find(Officer, authority=authority)
    }
    return Staff(kind_of(act.tx.sql, authority), officers, unconfirmed(act.tx.sql))
