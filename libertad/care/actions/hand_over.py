"""Hand a person over inside the authority: offered, then accepted, declined or taken back."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._desk import AtDesk, find_desk, is_at_work, say_at
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.desk import DeskAccept, DeskDecline, DeskOffer, DeskWithdraw

OVER = marked(
    "this offer is over: it was answered or taken back, or the person was given back or taken since. "
    "A hand-over is accepted once; load the page again"
)
ELSE = marked("this is offered to somebody else: only that officer answers")


@action("desk.offer")
def offer_person(act: Act, *, person: str, to: str, note: str = "") -> str:
    """Returns the entry's hash, by which it is answered. Only by whose task the person is; one at a time."""
    desk = find_desk(act, DeskOffer.VERB, person)
    if desk.worker != act.actor.officer:
        raise Refused("to", "only whose task the person is hands the person over: take the person first")
    if desk.row is not None and desk.offer and is_at_work(act, desk.row["offered_to"]):
        raise Refused("to", "a hand-over is offered already: take it back first")
    if to == act.actor.officer:
        raise Refused("to", "the person is your task already: choose somebody else")
    if not is_at_work(act, to):
        raise Refused("to", "choose a caseworker of your authority who is still appointed")
    return say_at(act, desk, DeskOffer(to=to, note=note.strip()), person)


@action("desk.accept")
def accept_person(act: Act, *, person: str, offer: str) -> str:
    """Returns the entry's hash. Refused for an offer that is over: two acceptances never both count."""
    desk = _asked(act, DeskAccept.VERB, person, offer)
    return say_at(act, desk, DeskAccept(offer=offer), person)


@action("desk.decline")
def decline_person(act: Act, *, person: str, offer: str, reasons: str) -> str:
    """Returns the entry's hash. The person stays with who offered."""
    desk = _asked(act, DeskDecline.VERB, person, offer)
    return say_at(act, desk, DeskDecline(offer=offer, reasons=reasons.strip()), person)


@action("desk.withdraw")
def withdraw_offer(act: Act, *, person: str, offer: str) -> str:
    """Returns the entry's hash. Only by who offered."""
    desk = _open(act, DeskWithdraw.VERB, person, offer)
    if desk.worker != act.actor.officer:
        raise Refused("offer", "only who offered it takes it back")
    return say_at(act, desk, DeskWithdraw(offer=offer), person)


def _open(act: Act, verb: str, person: str, offer: str) -> AtDesk:
    desk = find_desk(act, verb, person)
    if not offer or desk.offer != offer:
        raise Refused("offer", OVER)
    return desk


def _asked(act: Act, verb: str, person: str, offer: str) -> AtDesk:
    desk = _open(act, verb, person, offer)
    if desk.row is None or desk.row["offered_to"] != act.actor.officer:
        raise Refused("offer", ELSE)
    return desk
