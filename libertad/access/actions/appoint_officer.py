"""Appoint an officer in a role, in one's own authority."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.appointments import second_roles
from libertad.access.models import Authority, Officer, service_key
from libertad.vocabulary import kinds
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import OfficerAppoint, OfficerSubmit

BORNE = marked("another officer of your authority has this number: withdraw that one first")


def roles_of(kind: str) -> frozenset[str]:
    """The roles that an authority of a kind may appoint; none where the kind is not known here."""
    row = kinds.known(kind)
    return row.roles if row is not None else frozenset()


@action("officer.appoint")
def appoint_officer(
    act: Act, *, name: str, service_number: str, role: str, rank: str = "", officer: str | None = None
) -> str:
    """Returns the officer's id. Nobody changes an own role (ASVS V8.2.3)."""
    return _appoint(act, name, service_number, role, rank, officer)[0]


def _appoint(
    act: Act, name: str, service_number: str, role: str, rank: str, officer: str | None
) -> tuple[str, str, str]:
    """The officer, the file, and the appointment's hash."""
    if officer == act.actor.officer:
        raise Forbidden("nobody may change an own role")
    own = act.get(Authority, act.actor.authority)
    roles = roles_of(own["kind"]) if own is not None else frozenset({role})
    if role not in roles:
        message = "an authority of this kind has nobody in this role, only: %(roles)s"
        raise Refused("role", message, roles=", ".join(sorted(roles)))
    known = act.get(Officer, officer) if officer else None
    if known is not None and (known["authority"] != act.actor.authority or known["withdrawn"]):
        raise Refused("officer", "there is no such officer in your authority")
    if not name.strip():
        raise Refused("name", "give the officer's name")
    place = act.find_compartment("operation", act.actor.operation)
    if place is None or not act.reads(place):
        place = act.compartment("authority", act.actor.authority)
    subject = officer or act.new_id()
    content = OfficerAppoint(name=name, rank=rank, service_number=service_number, role=role)
    return subject, place, act.say(place, content, subject=subject)


@action("officer.appoint", "officer.submit")
def appoint_by_one(
    act: Act, *, name: str, service_number: str, role: str, rank: str = "", officer: str | None = None
) -> str:
    """As `appoint_officer`; in a role of protection or access it is submitted to a second person with that.

    The only way from a page: who appoints or gives a sign-in to another person does it by this.
    """
    subject, place, entry = _appoint(act, name, service_number, role, rank, officer)
    if role in second_roles().awaited:
        act.say(place, OfficerSubmit(entry=entry), subject=subject, supersedes={}, depends=[entry])
    return subject


def appoint_new(act: Act, /, *, service_number: str, **values: Any) -> str:
    """Appoint somebody under a service number that no other officer of the authority with access bears:
    entries name who signed by it. Returns the officer's id; Refused for a number that is borne.

    Asked where it is written, so that a posting that arrives again finds its own officer and no other.
    """
    rows = act.find(Officer, authority=act.actor.authority, withdrawn=False)
    if service_key(service_number) in {
        service_key(act.open_row(Officer, row)["service_number"]) for row in rows
    }:
        raise Refused("service_number", BORNE)
    return appoint_by_one(act, service_number=service_number, **values)
