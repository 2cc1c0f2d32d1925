"""Invite an authority into the operation: it gets the operation's key and is on the roster."""

from __future__ import annotations

from libertad.access import changes
from libertad.access.acting import Act, action
from libertad.access.models import OperationChange
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import AuthorityInvite


@action("authority.invite")
def invite_authority(
    act: Act,
    *,
    name: str,
    kind: str,
    country: str,
    zone: str,
    part: str = "member",
    officers: int = 0,
    authority: str | None = None,
) -> str:
    """Returns the authority's id. Its ring must be on this node, or it gets the key by exchange.

    Once the operation has begun this is for who is a member by a change that another authority countersigned
    (`carry_out_change`): it is given the operation's key now.
    """
    subject = authority or act.new_id()
    known = act.node.rings.kinds().get(subject)
    if known is not None and known != kind:
        raise Refused("kind", "this authority was founded here as another kind: %(known)s", known=known)
    place = act.operation_compartment
    signed = [
        row["id"]
        for row in sorted(
            act.find(OperationChange, about=subject, change=changes.MEMBER), key=lambda row: row["at"]
        )
        if row["done"]
    ]
    act.widen(place, [subject], f"invited: {name}", again=True, proof=signed[-1] if signed else "")
    act.say(
        place,
        AuthorityInvite(name=name, kind=kind, country=country, zone=zone, part=part, officers=officers),
        subject=subject,
    )
    return subject
