"""Record that a part, or all, of what is owed to a person was paid; or correct such a payment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.people import owing
from libertad.people.models import Property
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import PropertyPaid


@action("property.paid")
def pay_property(
    act: Act,
    *,
    property_id: str,
    paid: str,
    signed: str = "",
    witness: str = "",
    note: str = "",
    instead: str = "",
    reasons: str = "",
) -> str:
    """Returns the entry's hash. `paid`: decimal text, in the currency of what is owed, and no more than is
    left. `instead`: the entry of a payment whose place it takes, with `reasons`; '0' takes that one back.
    """
    row = act.get(Property, property_id)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("property", "there is no such file")
    words = act.open_row(Property, row)
    if not row["money"]:
        raise Refused("paid", "no amount is on file of it: record first how much is owed")
    if row["exhibit"]:
        raise Refused("paid", "it is held as an exhibit: who holds it records the return, and it shows here")
    if row["state"] == "returned" and not row["crossed"]:
        raise Refused("paid", "it was returned and signed for: nothing is left of it")
    payments = words.get("paid", ())
    old = _corrected(act, payments, instead, reasons)
    others = [amount for entries, amount, *_rest in payments if instead not in entries]
    left = owing.remaining(words["amount"], others)
    if paid and Decimal(paid) > max(Decimal(left), Decimal(0)):
        raise Refused(
            "paid",
            "%(left)s %(currency)s are left, and no more can be paid; where a payment was recorded wrongly, "
            "correct that one",
            left=left if Decimal(left) > 0 else "0",
            currency=words["currency"],
        )
    content = PropertyPaid(
        paid=paid,
        currency=words["currency"],
        signed=signed,
        witness=witness,
        note=note,
        correction=reasons.strip() if instead else "",
    )
    return act.say(row["compartment"], content, subject=property_id, supersedes={"paid": old} if old else {})


def _corrected(act: Act, payments: Any, instead: str, reasons: str) -> tuple[str, ...]:
    """The entries by which the payment stands that is corrected; () where none is."""
    if not instead:
        return ()
    standing = next((payment for payment in payments if instead in payment[0]), None)
    if standing is None:
        raise Refused("instead", "this payment stands no more; load the page again")
    entries, _amount, _ms, _zone, authority, _signed = standing
    if authority != act.actor.authority:
        raise Forbidden("only the authority that recorded a payment corrects it")
    if not reasons.strip():
        raise Refused("reasons", "say what was wrong and how you know")
    return tuple(entries)
