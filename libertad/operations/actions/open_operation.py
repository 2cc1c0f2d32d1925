"""Open an operation: its compartment, its name and days, and the authority that coordinates it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from libertad.access.acting import Act, action
from libertad.access.lookup import Lookup
from libertad.access.models import Compartment
from libertad.operations.actions._planning import check_days, check_name
from libertad.vocabulary.body import Provenance
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import AuthorityInvite, OfficerAppoint
from libertad.vocabulary.verbs.operations import OperationOpen

OPENED_BY_OTHERS = marked("a further operation is opened by the centre that opened the one you work in")


@action("operation.open", "authority.invite")
def open_operation(
    act: Act,
    *,
    name: str,
    first_day: str,
    last_day: str,
    zone: str,
    country: Sequence[str],
    authority_name: str,
    authority_country: str,
    officer_name: str,
    officer_rank: str = "",
    officer_service_number: str,
    officers: int = 0,
    operation: str | None = None,
    roster_provenance: Provenance | None = None,
) -> str:
    """Returns the operation's id. The coordinating authority is its first member; of those that it opened
    before it stays one, and nothing of them goes over.

    `roster_provenance`: where the officer's name comes from, if from elsewhere than the operation's.
    """
    kind = act.node.rings.kinds().get(act.actor.authority, "centre")
    if kind != "centre":
        raise Refused("name", "an operation is opened by a coordination centre; your authority is none")
    if act.actor.operation and not opens_more(act):
        raise Refused("name", OPENED_BY_OTHERS)
    check_name(act, name)
    subject = operation or act.new_id()
    act.actor = replace(act.actor, operation=subject)
    place = act.open("operation", subject, ())
    content = OperationOpen(
        name=name, first_day=first_day, last_day=last_day, zone=zone, country=tuple(country)
    )
    check_days(first_day, last_day)
    act.say(place, content, subject=subject)
    act.say(
        place,
        AuthorityInvite(
            name=authority_name,
            kind="centre",
            country=authority_country,
            zone=act.actor.zone,
            part="coordination",
            officers=officers,
        ),
        subject=act.actor.authority,
    )
    # On the roster too, so that the other members can read who coordinates.
    act.say(
        place,
        OfficerAppoint(
            name=officer_name, rank=officer_rank, service_number=officer_service_number, role=act.actor.role
        ),
        subject=act.actor.officer,
        provenance=roster_provenance,
    )
    return subject


def opens_more(act: Lookup) -> bool:
    """Whether the actor's authority opened the operation that the actor works in: its file is its own."""
    place = act.find_compartment("operation", act.actor.operation)
    row = act.get(Compartment, place) if place else None
    return row is not None and row["owner"] == act.actor.authority
