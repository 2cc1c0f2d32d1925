"""Withdraw a consent: from now on nothing is passed on under it."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import part
from libertad.care.models import Consent
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import ConsentWithdraw


@action("consent.withdraw")
def withdraw_consent(act: Act, *, consent: str, reasons: str = "") -> None:
    """A person gives no reasons if the person does not want to. What was passed on stays listed."""
    row = part(act, Consent, consent, "consent", "consent.withdraw")
    if row["withdrawn_at"] is not None:
        raise Refused("consent", "this was withdrawn already")
    if not row["agreed"]:
        raise Refused("consent", "the person did not agree to this: there is nothing to withdraw")
    what = ConsentWithdraw(person=row["person"], reasons=reasons)
    act.say(row["compartment"], what, subject=consent, source="said")
