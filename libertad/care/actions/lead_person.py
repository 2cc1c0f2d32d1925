"""Agree with another care authority who answers for a person: of two linked records, or of one of both.

Who answers stays so until the other has accepted; who offers to lead itself answers from then on as well.
"""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._disclosing import carrying, recipient_kind
from libertad.care.actions._leading import (
    OVER,
    Agreed,
    agreed,
    answering,
    both_read,
    find_record,
    say,
    with_offer,
)
from libertad.care.desk_models import Desk
from libertad.care.leading import is_asked, may_accept, may_withdraw
from libertad.people.queries import links_of
from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.leading import (
    LeadingAccept,
    LeadingDecline,
    LeadingEnd,
    LeadingOffer,
    LeadingWithdraw,
)

ELSEWHERE = "care-elsewhere"  # the purpose for which content is disclosed to another care authority


@action("leading.offer", "compartment.open")
def offer_lead(
    act: Act, *, person: str, to: str, leader: str, reason: str, on: str, linked: str = "", consent: str = ""
) -> str:
    """Returns the entry's hash, by which it is answered. `leader`: the own authority, or `to`. `linked`: the
    linked record for which `to` answers; '' to hand over, or to take, the record itself.

    Refused unless both authorities read the identity files of both records: so neither learns by it that
    there is a record, or who cares for the person, and whoever leads sees when police say danger.
    """
    find_record(act, LeadingOffer.VERB, person)
    own = act.actor.authority
    if act.member(to, "care") is None or to == own:
        raise Refused("to", "choose another care authority of this operation")
    if leader not in (own, to):
        raise Refused("leader", "one of the two leads: choose which")
    if linked and linked not in links_of(act, person):
        raise Refused("linked", "these two records are not linked: say first that they are of one person")
    if not both_read(act, (own, to), filter(None, (person, linked))):
        raise Refused(
            "to",
            "both authorities must read the identity files of both records first: ask who met the person to "
            "let them",
        )
    check_ahead(on, act.happened.local.date(), "on", years=1)
    _refuse_others(act, person, to, leader, linked)
    if leader == to:
        _refuse_missing(act, person)
    if consent:
        carried = {"person": person, "consent": consent, "recipient": to, "purpose": ELSEWHERE}
        carrying(act, carried, recipient_kind(act, to, ELSEWHERE), ())
    content = LeadingOffer(to=to, leader=leader, reason=reason, on=on, other=linked, consent=consent)
    between = _between(act, person, to, linked)
    _refuse_again(between, own, leader)
    place = between[0].place if between else act.open("leading", person, [to])
    return say(act, place, content, person)


def _between(act: Act, person: str, to: str, linked: str) -> list[Agreed]:
    """What the two said already of these records: in one file, or in two where both began at once."""
    return [item for item in agreed(act, person) if item.agreement.record_of(to) == (linked or person)]


def _refuse_others(act: Act, person: str, to: str, leader: str, linked: str) -> None:
    """Refused where the two are not those who answer, or nothing would change by it."""
    own, answers = act.actor.authority, answering(act, person)
    if linked:
        if answers != own:
            raise Refused("person", "another authority leads already: that agreement ends first")
        if answering(act, linked) != to:
            raise Refused("to", "another care authority answers for that record: choose that one")
    elif leader == to and answers != own:
        raise Refused("person", "only who answers for the person hands the person over")
    elif leader == own and answers == own:
        raise Refused("leader", "your authority answers for this person already")
    elif leader == own and answers != to:
        raise Refused("to", "another care authority answers for this person: choose that one")


def _refuse_again(between: list[Agreed], own: str, leader: str) -> None:
    for item in between:
        agreement = item.agreement
        if agreement.leader == leader:
            raise Refused("leader", "that is agreed already")
        if leader == own and agreement.claim(own) is not None:
            raise Refused("leader", "you offered to lead already: it waits for the other's answer")
        gift = agreement.gift(own)
        if gift is not None and gift.leader == leader:
            raise Refused("leader", "that is offered already, and waits for an answer")


def _refuse_missing(act: Act, person: str) -> None:
    """Whoever is looked for here is not another's task: only this authority knows of it."""
    place = act.find_compartment("desk", person)
    desk = act.get(Desk, place) if place is not None else None
    if desk is not None and desk["missing_at"] is not None:
        raise Refused(
            "person",
            "the person is missing, and the other authority does not read that: telephone it, and go on "
            "looking until the person is found",
        )


@action("leading.accept", "leading.decline", "leading.withdraw")
def accept_lead(act: Act, *, person: str, offer: str) -> str:
    """Returns the entry's hash. From then on who was to lead answers alone.

    Refused while the own authority offers to lead itself: two who gave way to each other at once would both
    have stopped. Who wants that offers that the other leads.
    """
    item = with_offer(act, LeadingAccept.VERB, person, offer)
    own = act.actor.authority
    if not is_asked(item.agreement, offer, own):
        raise Refused("offer", "the other authority answers this, not the one that offered it")
    between = _between(act, person, item.agreement.counterpart(own), _other_record(item, own))
    waiting = next(o for o in item.agreement.offers if o.entry == offer)
    claims = any(entry.agreement.claim(own) is not None for entry in between)
    if waiting.is_claim and (claims or not may_accept(item.agreement, offer, own)):
        raise Refused(
            "offer",
            "your authority offers to lead itself: offer that the other one leads instead, which ends both",
        )
    if waiting.is_claim:
        _refuse_missing(act, person)
    answer = say(act, item.place, LeadingAccept(offer=offer), person)
    for entry in between:  # of two files, where both began at once: nothing waits in the other one
        if entry.place != item.place:
            for left in entry.agreement.offers:
                if left.by != own:
                    say(act, entry.place, LeadingDecline(offer=left.entry, reason="telephone"), person)
                elif not left.is_claim:
                    say(act, entry.place, LeadingWithdraw(offer=left.entry), person)
    return answer


def _other_record(item: Agreed, own: str) -> str:
    agreement = item.agreement
    return agreement.record_of(agreement.counterpart(own)) if agreement.is_linked else ""


@action("leading.decline")
def decline_lead(act: Act, *, person: str, offer: str, reason: str) -> str:
    """Returns the entry's hash. Who answered before answers still."""
    item = with_offer(act, LeadingDecline.VERB, person, offer)
    if not is_asked(item.agreement, offer, act.actor.authority):
        raise Refused("offer", "the other authority answers this, not the one that offered it")
    return say(act, item.place, LeadingDecline(offer=offer, reason=reason), person)


@action("leading.withdraw")
def withdraw_lead(act: Act, *, person: str, offer: str) -> str:
    """Returns the entry's hash. An offer to lead is ended by the other alone, who may have accepted it."""
    item = with_offer(act, LeadingWithdraw.VERB, person, offer)
    if not may_withdraw(item.agreement, offer, act.actor.authority):
        raise Refused(
            "offer",
            "only who offered it takes it back; an offer to lead yourselves stands until the other answers: "
            "offer that the other one leads instead",
        )
    return say(act, item.place, LeadingWithdraw(offer=offer), person)


@action("leading.end")
def end_lead(act: Act, *, person: str, linked: str, reason: str) -> str:
    """Returns the entry's hash. Of two linked records both authorities answer for their own again."""
    find_record(act, LeadingEnd.VERB, person)
    for item in agreed(act, person):
        agreement = item.agreement
        if agreement.is_linked and agreement.leader and linked in dict(agreement.records).values():
            return say(act, item.place, LeadingEnd(reason=reason), person)
    raise Refused("linked", OVER)
