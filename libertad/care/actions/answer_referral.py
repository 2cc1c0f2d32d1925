"""Record a service's answer: accepted, declined, or given."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import part
from libertad.care.models import Referral
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import ReferralAnswer


@action("referral.answer")
def answer_referral(act: Act, *, referral: str, answer: str, reasons: str = "") -> None:
    """After 'declined' or 'given' there is nothing more to answer: ask anew."""
    row = part(act, Referral, referral, "referral", "referral.answer")
    if row["state"] in ("declined", "given"):
        raise Refused("referral", "this referral has ended; make a new one")
    content = ReferralAnswer(person=row["person"], answer=answer, reasons=reasons)
    act.say(row["compartment"], content, subject=referral)
