"""Confirm a taking over as its witness, or say that it was not so. Only the officer whom it names."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.evidence.actions._case import after, exhibit_row, not_returned, signed_as
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.evidence import CustodyTakeOver, CustodyWitness


@action("custody.witness")
def witness_taking(act: Act, *, exhibit: str, taking: str, agrees: str, reasons: str = "") -> str:
    """Returns the entry's hash. With 'yes' custody moves, at this moment, to who takes it over."""
    row = exhibit_row(act, exhibit)
    not_returned(row)
    if not taking or row["taking"] != taking:
        raise Refused(
            "taking", "this taking over waits no more: it was answered, or the exhibit changed hands"
        )
    entry = act.find_entry(taking)
    if entry is None or not isinstance(entry.content, CustodyTakeOver) or entry.subject != row["id"]:
        raise Refused("taking", "there is no such taking over of this exhibit; load the page again")
    if (entry.content.witness, entry.authority) != (act.actor.officer, act.actor.authority):
        raise Refused("taking", "it names another officer as its witness; only that officer can confirm it")
    happened = after(act, max(entry.at, row["moved_at"]), marked("it was taken over"))
    content = CustodyWitness(taking=taking, agrees=agrees, reasons=reasons, by=signed_as(act))
    return act.say(row["compartment"], content, subject=row["id"], depends=(taking,), happened=happened)
