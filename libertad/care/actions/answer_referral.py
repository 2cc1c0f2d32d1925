"""Record what a service answered by telephone."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.desks import KIND
from libertad.care.actions._file import part
from libertad.care.fold_outside import PASSING
from libertad.care.models import OpenPage, Referral
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import REFERRAL_STATES, ReferralAnswer
from libertad.vocabulary.verbs.outside import PageSettle


@action("referral.answer", "page.settle")
def answer_referral(act: Act, *, referral: str, answer: str, reasons: str = "", called: str = "") -> str:
    """Returns the entry's hash. After 'declined' or 'given' it accepts and gives no more: ask anew. What it
    tells of the person is recorded at any time.

    An answer that came by a one-time page is confirmed by it: refused without whom the caseworker called back
    (`called`), at the number on file.
    """
    row = part(act, Referral, referral, "referral", "referral.answer")
    if row["state"] in ("declined", "given") and answer in REFERRAL_STATES:
        raise Refused("referral", "this referral has ended; make a new one")
    content = ReferralAnswer(person=row["person"], answer=answer, reasons=reasons)
    desk = act.find_compartment(KIND, row["person"])
    pages = act.find(OpenPage, compartment=desk, referral=referral) if desk and act.reads(desk) else []
    if any(page["state"] == "answered" for page in pages) and not called.strip():
        raise Refused("called", "call the service back at the number on file, and say with whom you spoke")
    entry = act.say(row["compartment"], content, subject=referral)
    for page in pages:
        if page["state"] not in ("", *PASSING):
            settled = PageSettle(person=row["person"], called=called.strip())
            act.say(str(desk), settled, subject=page["id"], supersedes={})
    return entry
