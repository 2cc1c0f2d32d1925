"""Which of two care authorities answers for a person: what each word in their common file does.

Pure functions of the words in the order in which they were said. **Nobody stops answering before the other
has begun**: who is to lead says so itself, by accepting, or by an offer to lead that only the other ends. Two
who each offer to lead answer both until one of them offers that the other does. A word at an offer that is
over changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from libertad.journal.folding import Said
from libertad.vocabulary.verbs import leading as say


class Offer(NamedTuple):
    """What waits for an answer: its entry, who offers, who is to lead, since when and from which day, why."""

    entry: str
    by: str
    leader: str
    at: datetime
    on: str
    reason: str
    consent: str = ""

    @property
    def is_claim(self) -> bool:
        """Whether who offers is to lead."""
        return self.by == self.leader


class Lead(NamedTuple):
    """That another authority answers for a person since a moment. `record`: its own record of the person, ''
    where it is the same one."""

    leader: str
    record: str
    since: datetime


@dataclass(frozen=True)
class Agreement:
    """What two authorities said of one person. `records`: of each, its record. `base`: who answered before.
    `leader`: who leads by both words, since `since`; '' for nobody, each answers for its own."""

    records: tuple[tuple[str, str], tuple[str, str]]
    base: str
    leader: str = ""
    since: datetime | None = None
    offers: tuple[Offer, ...] = ()
    ended_at: datetime | None = None

    @property
    def is_linked(self) -> bool:
        """Whether it is about two records."""
        return self.records[0][1] != self.records[1][1]

    @property
    def parties(self) -> tuple[str, str]:
        """Both authorities, who opened the file first."""
        return self.records[0][0], self.records[1][0]

    @property
    def record_ids(self) -> tuple[str, str]:
        """Both records; the same twice where it is one."""
        return self.records[0][1], self.records[1][1]

    def record_of(self, authority: str) -> str:
        """The record of one of them; '' for anybody else."""
        return dict(self.records).get(authority, "")

    def counterpart(self, authority: str) -> str:
        """The one beside this one."""
        first, second = self.parties
        return second if authority == first else first

    def claim(self, authority: str) -> Offer | None:
        """Its offer to lead itself that waits."""
        return next((o for o in self.offers if o.by == authority and o.is_claim), None)

    def gift(self, authority: str) -> Offer | None:
        """Its offer that the other leads that waits."""
        return next((o for o in self.offers if o.by == authority and not o.is_claim), None)

    @property
    def answering(self) -> frozenset[str]:
        """Who answers for the person: one, or both until they have agreed."""
        standing = {self.leader} if self.leader else {*self.parties} if self.is_linked else {self.base}
        return frozenset(standing | {offer.by for offer in self.offers if offer.is_claim})

    @property
    def is_conflict(self) -> bool:
        """Whether they say different things of who is to lead, or both work with one record."""
        requested = {offer.leader for offer in self.offers}
        return len(requested) > 1 or (not self.is_linked and len(self.answering) > 1)


def agreement_of(entries: Iterable[Said]) -> Agreement | None:
    """What stands after all these words; None where none of them offers anything."""
    agreement: Agreement | None = None
    for entry in entries:
        agreement = after(agreement, entry)
    return agreement


def after(agreement: Agreement | None, entry: Said) -> Agreement | None:
    """What one more word makes of it; the same where it does not hold."""
    content = entry.content
    if agreement is None:
        return _begin(entry, content) if isinstance(content, say.LeadingOffer) else None
    if agreement.record_of(entry.authority) != entry.subject:
        return agreement
    match content:
        case say.LeadingOffer():
            return _offer(agreement, entry, content)
        case say.LeadingAccept(offer=name) if may_accept(agreement, name, entry.authority):
            offer = _open(agreement, name)
            return replace(agreement, leader=offer.leader, since=entry.at, offers=(), ended_at=None)
        case say.LeadingDecline(offer=name) if is_asked(agreement, name, entry.authority):
            return _without(agreement, name)
        case say.LeadingWithdraw(offer=name) if may_withdraw(agreement, name, entry.authority):
            return _without(agreement, name)
        case say.LeadingEnd() if agreement.is_linked and agreement.leader:
            return replace(agreement, leader="", since=None, offers=(), ended_at=entry.at)
    return agreement


def _begin(entry: Said, content: say.LeadingOffer) -> Agreement | None:
    by, to = entry.authority, content.to
    if by == to or content.leader not in (by, to):
        return None
    records = ((by, entry.subject), (to, content.other or entry.subject))
    return Agreement(records, to if content.leader == by else by, offers=(_read(entry, content),))


def _read(entry: Said, content: say.LeadingOffer) -> Offer:
    return Offer(
        entry.id,
        entry.authority,
        content.leader,
        entry.at,
        content.on,
        content.reason,
        content.consent,
    )


def _offer(agreement: Agreement, entry: Said, content: say.LeadingOffer) -> Agreement:
    partner = agreement.counterpart(entry.authority)
    names = (content.to, content.other or entry.subject)
    if names != (partner, agreement.record_of(partner)) or content.leader not in agreement.parties:
        return agreement
    if content.leader == agreement.leader:
        return agreement
    offer = _read(entry, content)
    if offer.is_claim:
        if agreement.claim(offer.by) is not None:
            return agreement
        return replace(agreement, offers=(*agreement.offers, offer))
    if offer.by not in agreement.answering:
        return agreement
    remaining = tuple(o for o in agreement.offers if o.by != offer.by or o.is_claim)
    return replace(agreement, offers=(*remaining, offer))


def _open(agreement: Agreement, name: str) -> Offer:
    return next(offer for offer in agreement.offers if offer.entry == name)


def _without(agreement: Agreement, name: str) -> Agreement:
    return replace(agreement, offers=tuple(o for o in agreement.offers if o.entry != name))


def is_open(agreement: Agreement, name: str) -> bool:
    """Whether this offer still waits for an answer."""
    return any(offer.entry == name for offer in agreement.offers)


def is_asked(agreement: Agreement, name: str, authority: str) -> bool:
    """Whether this offer waits for this authority's answer."""
    return is_open(agreement, name) and _open(agreement, name).by != authority


def may_accept(agreement: Agreement, name: str, authority: str) -> bool:
    """Whether it may agree: not that the other leads while it offers to lead itself. Two who each gave way to
    the other's offer at once would both have stopped."""
    if not is_asked(agreement, name, authority):
        return False
    return not _open(agreement, name).is_claim or agreement.claim(authority) is None


def may_withdraw(agreement: Agreement, name: str, authority: str) -> bool:
    """Whether it may take it back: an offer to lead is ended by the other alone, who may have accepted it."""
    if not is_open(agreement, name):
        return False
    offer = _open(agreement, name)
    return offer.by == authority and not offer.is_claim


class Standing(NamedTuple):
    """What the agreements about an authority's record come to: it answers although it did not begin
    (`is_leader`), or another does (`lead`); else neither."""

    is_leader: bool
    lead: Lead | None


def standing_of(
    agreements: Iterable[Agreement],
    authority: str,
    record: str,
    links: Collection[str],
    present: Collection[str],
) -> Standing:
    """By the last agreement that holds. `links`: records linked to this one. `present`: the authorities that
    can lead: in the operation, and not having erased what they agreed.

    By the last one, and it is later than all that its leader knew: however many authorities pass a person on,
    somebody answers.
    """
    own = [agreement for agreement in agreements if agreement.record_of(authority) == record]
    if any(agreement.claim(authority) is not None for agreement in own):
        return Standing(True, None)
    agreed = [(a.since, a.leader, a) for a in own if a.since is not None]
    for since, leader, agreement in sorted(agreed, key=lambda item: item[:2], reverse=True):
        if leader == authority:
            return Standing(True, None)
        other_record = agreement.record_of(leader)
        linked = not agreement.is_linked or other_record in links
        if linked and leader in present:
            return Standing(False, Lead(leader, other_record if agreement.is_linked else "", since))
    return Standing(False, None)
