"""Withdraw a consent: from now on nothing is passed on under it, nor under another to the same."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._disclosing import end_all, erase_files
from libertad.care.actions._file import part
from libertad.care.consent_rules import same_recipient
from libertad.care.models import Consent
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import ConsentWithdraw


@action("consent.withdraw", "disclosure.end", "disclosure.stop")
def withdraw_consent(act: Act, *, consent: str, reasons: str = "") -> None:
    """A person gives no reasons if the person does not want to. What services were told stays listed; what
    was disclosed to an authority under it is erased here, and asked back.

    Agreements that were recorded twice, to the same purpose and recipient, end together.
    """
    row = part(act, Consent, consent, "consent", "consent.withdraw")
    if row["withdrawn_at"] is not None:
        raise Refused("consent", "this was withdrawn already")
    if not row["agreed"]:
        raise Refused("consent", "the person did not agree to this: there is nothing to withdraw")
    content = ConsentWithdraw(person=row["person"], reasons=reasons)
    act.say(row["compartment"], content, subject=consent, source="said")
    ended = [consent, *end_agreements(act, row["person"], row["purpose"], row["recipient"], reasons)]
    erase_files(act, end_all(act, row["person"], ended))


def end_agreements(act: Act, person: str, purpose: str, recipient: str, reasons: str = "") -> list[str]:
    """Say of every live agreement of one's authority to this purpose and recipient that it is withdrawn.

    Returns which they were, for `end_all`.
    """
    ended = []
    rows = act.find(Consent, person=person, purpose=purpose, authority=act.actor.authority, agreed=True)
    for row in rows:
        if row["withdrawn_at"] is not None or not act.reads(row["compartment"]):
            continue
        if same_recipient(act.open_row(Consent, row)["recipient"], recipient):
            content = ConsentWithdraw(person=person, reasons=reasons)
            act.say(row["compartment"], content, subject=row["id"], source="said")
            ended.append(str(row["id"]))
    return ended
