"""Confirm an appointment that another person made: the second pair of eyes."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.appointments import Person, Staff, identity, unconfirmed
from libertad.access.grounds import Grounds
from libertad.access.lookup import kind_of
from libertad.access.models import Appointment, Officer
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import OfficerConfirm

GONE = marked("no appointment waits here for a second person any more")
CHANGED = marked("the appointment was changed since you read it: read it again, then confirm")
SAME = marked(
    "this account bears the name or number of who appointed or was appointed: another person confirms"
)


@action("officer.confirm")
def confirm_officer(act: Act, *, officer: str, entry: str, how: str) -> str:
    """Returns the entry's hash. `entry`: the appointment that was read; a later one needs its own word.

    By who the authority has for it (`appointments.yaml`), else by who coordinates the operation. Never by who
    appointed, by the appointed, by another account of either, nor by who stands by one themselves.
    """
    row = act.get(Appointment, officer)
    if row is None or not act.reads(row["compartment"]):
        raise Refused("officer", GONE)
    staff = _staff(act, row["authority"])
    if officer not in staff.unconfirmed or not staff.unconfirmed[officer].waits:
        raise Refused("officer", GONE)
    if row["entry"] != entry:
        raise Refused("entry", CHANGED)
    _second_person(act, staff, officer, row["compartment"])
    content = OfficerConfirm(entry=entry, how=how)
    return act.inside(row["compartment"]).say(
        row["compartment"], content, subject=officer, source="decision", supersedes={}, depends=[entry]
    )


def _second_person(act: Act, staff: Staff, officer: str, place: str) -> None:
    """Forbidden for whoever is no second person of this appointment, or where another one is asked first."""
    me = act.actor
    if me.officer in staff.hands(officer):
        raise Forbidden("a second person confirms it: neither who appointed nor who was appointed")
    if me.officer in staff.unconfirmed:
        raise Forbidden("your own appointment stands by one: until it is confirmed you confirm no other")
    names = identity(act.open_row(Officer, own)) if (own := act.get(Officer, me.officer)) else frozenset()
    if not staff.may_confirm(me.officer, me.role, names, officer):
        raise Refused("officer", SAME)
    able = staff.confirmers(officer)
    coordinates = me.role == "coordinator" and Grounds(act.tx).coordinates(me.authority, place)
    if me.officer not in able and (able or not coordinates):
        raise Forbidden("another person confirms this appointment")


def _staff(act: Act, authority: str) -> Staff:
    officers = {
        row["id"]: Person(row["role"], identity(act.open_row(Officer, row)), row["withdrawn"])
        for row in act.find(Officer, authority=authority)
    }
    return Staff(kind_of(act.tx.sql, authority), officers, unconfirmed(act.tx.sql))
