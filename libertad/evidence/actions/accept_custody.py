"""Accept custody: by the officer to whom it was offered and by nobody else.

Without an offer only what nobody is recorded as holding can be accepted. That has one signature: it
ends the gap in time, and the gap stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from libertad.access.acting import Act, action
from libertad.evidence.actions._case import after, exhibit_row, not_returned, signed_as
from libertad.evidence.seals import seal_number
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.evidence import CustodyAccept, CustodyOffer


@action("custody.accept")
def accept_custody(
    act: Act,
    *,
    exhibit: str,
    offer: str = "",
    place: str = "",
    seal_read: str = "",
    seal_state: str = "intact",
) -> str:
    """Returns the entry's hash."""
    row = exhibit_row(act, exhibit)
    not_returned(row)
    if offer:
        happened = after(act, _offer_time(act, row, offer), marked("it was offered"))
    elif row["state"] != "released":
        raise Refused("offer", "an officer is recorded as holding it; ask that officer to offer it to you")
    else:
        happened = after(act, row["moved_at"], marked("it was released"))
    if not seal_state:
        raise Refused("seal_state", "say in which state the seal is")
    content = CustodyAccept(
        offer=offer, place=place, seal_read=seal_number(seal_read), seal_state=seal_state, by=signed_as(act)
    )
    needs = (offer,) if offer else ()
    return act.say(row["compartment"], content, subject=row["id"], depends=needs, happened=happened)


def _offer_time(act: Act, row: dict[str, Any], offer: str) -> datetime:
    """When it was offered, if this officer may accept the offer."""
    try:
        entry = act.find_entry(offer)
    except ValueError:
        entry = None
    if entry is None or not isinstance(entry.content, CustodyOffer) or entry.subject != row["id"]:
        raise Refused("offer", "there is no such offer of this exhibit; load the page again")
    to = (entry.content.to_officer, entry.content.to_authority)
    if to != (act.actor.officer, act.actor.authority):
        raise Refused("offer", "it was offered to another officer; only that officer can accept it")
    if row["offer"] != offer:
        raise Refused(
            "offer", "this offer stands no more: it was accepted, replaced or the exhibit was released"
        )
    moved: datetime = row["moved_at"]
    return max(entry.at, moved)
