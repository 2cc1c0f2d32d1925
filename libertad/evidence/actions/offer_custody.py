"""Offer custody to a named officer. The exhibit stays with the holder until it is accepted."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.matrix import matrix
from libertad.access.models import Officer
from libertad.evidence.actions._case import after, exhibit_row, present_holder, signed_as
from libertad.evidence.seals import seal_number
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.evidence import CustodyOffer


@action("custody.offer")
def offer_custody(
    act: Act, *, exhibit: str, to_officer: str, to_authority: str, place: str = "", seal_read: str = ""
) -> str:
    """Returns the offer (its entry hash), which the acceptance names. A newer offer replaces it."""
    row = exhibit_row(act, exhibit)
    present_holder(act, row, marked("offer it"))
    happened = after(act, row["moved_at"], marked("you took it over"))
    other_offer = act.tx.sql.first(
        "select 1 from access_reader where id = ?", (f"{row['compartment']}:{to_authority}",)
    )
    if other_offer is None:
        raise Refused(
            "to_authority", "choose this country's police or its prosecution: no other reads the case"
        )
    to = act.get(Officer, to_officer)
    if to is None or to["authority"] != to_authority or to["withdrawn"]:
        raise Refused("to_officer", "choose an officer who serves there now")
    if to_officer == act.actor.officer:
        raise Refused("to_officer", "you hold it already; choose another officer")
    if not matrix().may_say(to["role"], "custody.accept", "case"):
        raise Refused("to_officer", "this officer's role may not accept custody; choose another")
    content = CustodyOffer(
        to_officer=to_officer,
        to_authority=to_authority,
        to_name=signed_as(act, to_officer),
        place=place,
        seal_read=seal_number(seal_read),
        by=signed_as(act),
    )
    return act.say(row["compartment"], content, subject=exhibit, happened=happened)
