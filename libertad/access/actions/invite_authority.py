"""Invite an authority into the operation: it gets the operation's key and is on the roster."""

from __future__ import annotations

from libertad.access.acting import Act, action
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
    """Returns the authority's id. Its ring must be on this node, or it gets the key by exchange."""
    subject = authority or act.new_id()
    known = act.node.rings.kinds().get(subject)
    if known is not None and known != kind:
        raise Refused("kind", "this authority was founded here as another kind: %(known)s", known=known)
    place = act.operation_compartment
    act.widen(place, [subject], f"invited: {name}", again=True)
    act.say(
        place,
        AuthorityInvite(name=name, kind=kind, country=country, zone=zone, part=part, officers=officers),
        subject=subject,
    )
    return subject
