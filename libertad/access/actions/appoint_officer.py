"""Appoint an officer in a role, in one's own authority."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action, new_id
from libertad.vocabulary.verbs.access import OfficerAppoint


@action("officer.appoint")
def appoint_officer(
    act: Act, *, name: str, service_number: str, role: str, rank: str = "", officer: str | None = None
) -> str:
    """Returns the officer's id. Nobody changes an own role (ASVS V8.2.3)."""
    if officer == act.actor.officer:
        raise Forbidden("nobody may change an own role")
    place = act.find_compartment("operation", act.actor.operation)
    if place is None or not act.reads(place):
        place = act.compartment("authority", act.actor.authority)
    subject = officer or new_id()
    act.say(
        place, OfficerAppoint(name=name, rank=rank, service_number=service_number, role=role), subject=subject
    )
    return subject
