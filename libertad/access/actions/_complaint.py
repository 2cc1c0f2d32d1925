"""The complaint that an action works with: found, for whoever reads it, and nobody else learns of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from libertad.access.acting import Act
from libertad.access.actions.confirm_officer import staff_of
from libertad.access.appointments import Staff
from libertad.access.complaint_models import ComplaintRow
from libertad.access.complaints import KIND, Complaint, may_read
from libertad.access.fold_complaints import complaint_from
from libertad.access.models import Officer
from libertad.vocabulary.body import Verb
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused

NONE = marked("there is no such complaint")
OVER = marked("this complaint is over: record another one")
STRANGER = marked("this is no officer of your authority")


class OnFile(NamedTuple):
    """A complaint and its file, and the authority's officers."""

    place: str
    complaint: Complaint
    staff: Staff


def own_staff(act: Act) -> Staff:
    return staff_of(act, act.actor.authority)


def find_complaint(act: Act, complaint: str) -> OnFile:
    """Refused alike where there is none and for whoever may not read it, also as whom it is about."""
    place = act.find_compartment(KIND, complaint)
    row = act.get(ComplaintRow, place) if place is not None and act.reads(place) else None
    if place is None or row is None:
        raise Refused("complaint", NONE)
    view, staff = complaint_from(row), own_staff(act)
    if not may_read(staff, view, act.actor.officer):
        raise Refused("complaint", NONE)
    return OnFile(place, view, staff)


def check_officers(act: Act, officers: Iterable[str]) -> tuple[str, ...]:
    """Officers of the actor's authority, those who have left too. Refused for anybody else."""
    listed = tuple(sorted(set(officers)))
    for officer in listed:
        row = act.get(Officer, officer)
        if row is None or row["authority"] != act.actor.authority:
            raise Refused("officers", STRANGER)
    return listed


def say_in(act: Act, place: str, content: Verb, complaint: str) -> str:
    """Returns the entry's hash."""
    return act.say(place, content, subject=complaint, supersedes={})
