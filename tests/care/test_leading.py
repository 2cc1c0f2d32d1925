"""Which of two care authorities answers for a person: nobody stops before the other has begun."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from libertad.care import leading
from libertad.care.leading import Agreement, agreement_of, may_accept, may_withdraw, standing_of
from libertad.journal.causal import acted, as_said
from libertad.journal.folding import Said
from libertad.vocabulary.body import Body, Verb
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs import leading as say

A, B = "a" * 32, "b" * 32
OWN = {A: "1" * 32, B: "2" * 32}
START = dt.datetime(2018, 4, 9, 12, tzinfo=dt.UTC)
WHO = {"reason": "moves", "on": "2018-04-12"}


class Nobody(AssertionError):
    """At a moment both authorities say that the other one answers, or after exchange not exactly one does."""


@dataclass
class Two:
    """Two nodes that each say words by what they know, and hear of the other's late. `linked`: two records,
    else one that A has. `files`: by who began it; two where both began at once."""

    linked: bool
    chance: random.Random
    known: dict[str, list[Said]] = field(default_factory=lambda: {A: [], B: []})
    said: int = 0

    def record(self, authority: str) -> str:
        return OWN[authority] if self.linked else OWN[A]

    def of(self, authority: str) -> dict[str, Agreement]:
        by_file: dict[str, list[Said]] = {}
        for entry in self.known[authority]:
            by_file.setdefault(entry.compartment, []).append(entry)
        read = {file: agreement_of(as_said(entries, acted)) for file, entries in sorted(by_file.items())}
        return {file: agreement for file, agreement in read.items() if agreement is not None}

    def answers(self, authority: str) -> bool:
        """Whether an authority answers for its own record, as its node knows it."""
        links = {OWN[A], OWN[B]} if self.linked else set()
        stands = standing_of(self.of(authority).values(), authority, self.record(authority), links, {A, B})
        return stands.is_leader or (stands.lead is None and (self.linked or authority == A))

    def write(self, by: str, file: str, content: Verb) -> None:
        """At a clock that may be wrong by hours, but after all that its node knows."""
        self.said += 1
        here = [entry for entry in self.known[by] if entry.compartment == file]
        clock = START + dt.timedelta(minutes=self.said + self.chance.randint(-300, 300))
        last = max((entry.at for entry in self.known[by]), default=clock)
        happened = Happened(at=max(clock, last + dt.timedelta(milliseconds=1)), zone="UTC")
        body = Body(
            verb=content.VERB,
            subject=self.record(by),
            operation="o" * 32,
            authority=by,
            officer="w" * 32,
            happened=happened,
            clock=clock,
            source="decision",
            statements=(),
            after=tuple(entry.id for entry in here),
        )
        self.known[by].append(Said(happened.at, clock, f"{self.said:064x}", body, content, file, b""))

    def claims(self, by: str) -> bool:
        """Whether an authority offers to lead itself, in either file."""
        return any(agreement.claim(by) is not None for agreement in self.of(by).values())

    def act(self, by: str) -> None:
        """One word that an authority may say by what it knows, as `actions/lead_person.py` has it."""
        other, mine = (B if by == A else A), self.of(by)
        claims = self.claims(by)
        words: list[tuple[str, Verb]] = []
        for file, agreement in mine.items():
            for offer in agreement.offers:
                waits = may_accept(agreement, offer.entry, by) and not (offer.is_claim and claims)
                if offer.by == other and waits:
                    words.append((file, say.LeadingAccept(offer=offer.entry)))
                if offer.by == other:
                    words.append((file, say.LeadingDecline(offer=offer.entry, reason="not-here")))
                if may_withdraw(agreement, offer.entry, by):
                    words.append((file, say.LeadingWithdraw(offer=offer.entry)))
            if agreement.is_linked and agreement.leader:
                words.append((file, say.LeadingEnd(reason="over")))
        file = next(iter(mine), "f" * 31 + by[0])
        record = self.record(other) if self.linked else ""
        leads = [other] if self.answers(by) else []
        leads += [by] if self.linked != (not self.answers(by)) and not claims else []
        for leader in leads:
            words.append((file, say.LeadingOffer(to=other, leader=leader, other=record, **WHO)))
        if not words:
            return
        file, content = self.chance.choice(words)
        self.write(by, file, content)
        if isinstance(content, say.LeadingAccept):
            self.clear(by, other, file)

    def clear(self, by: str, other: str, accepted: str) -> None:
        for file, agreement in self.of(by).items():
            for offer in agreement.offers if file != accepted else ():
                if offer.by == other:
                    self.write(by, file, say.LeadingDecline(offer=offer.entry, reason="telephone"))
                elif not offer.is_claim:
                    self.write(by, file, say.LeadingWithdraw(offer=offer.entry))

    def travel(self, taker: str, most: int = 99) -> None:
        giver = B if taker == A else A
        missing = [entry for entry in self.known[giver] if entry not in self.known[taker]]
        self.known[taker] += missing[:most]

    def somebody(self) -> None:
        if not (self.answers(A) or self.answers(B)):
            raise Nobody

    def settled(self) -> None:
        """After exchange both say the same: one answers, or both where nothing is agreed, or both claim."""
        for taker in (A, B):
            self.travel(taker)
        read = [self.of(name) for name in (A, B)]
        if read[0] != read[1]:
            raise Nobody
        agreed = sorted((a.since, a.leader) for a in read[0].values() if a.since is not None)
        claimers = {o.by for a in read[0].values() for o in a.offers if o.is_claim}
        standing = {agreed[-1][1]} if agreed else {A, B} if self.linked else {A}
        if {name for name in (A, B) if self.answers(name)} != standing | claimers:
            raise Nobody


def play(seed: int, linked: bool) -> None:
    two = Two(linked, random.Random(seed))
    if two.chance.random() < 0.6:  # both begin in one file, as they mostly do
        two.act(A)
        two.travel(B)
    for _step in range(14):
        by = two.chance.choice((A, B))
        if two.chance.random() < 0.35:
            two.travel(by, two.chance.randint(1, 3))
        else:
            two.act(by)
        two.somebody()
    two.settled()


@pytest.mark.parametrize("linked", [True, False])
def test_at_every_moment_somebody_answers_and_after_exchange_the_right_one(linked: bool) -> None:
    for seed in range(600):
        play(seed, linked)


def both_give_way(agreement: Agreement, name: str, authority: str) -> bool:
    return leading.is_asked(agreement, name, authority)


def nobody_claims(two: Two, by: str) -> bool:
    return False


def takes_a_claim_back(agreement: Agreement, name: str, authority: str) -> bool:
    return leading.is_open(agreement, name) and leading._open(agreement, name).by == authority


def stops_as_it_offers(agreement: Agreement, entry: Said, content: say.LeadingOffer) -> Agreement:
    changed = real_offer(agreement, entry, content)
    return replace(changed, leader=content.leader, since=entry.at) if changed is not agreement else changed


def claims_do_not_bind(*given: Any) -> Any:
    agreements, *rest = given
    return real_standing([replace(one, offers=()) for one in agreements], *rest)


real_offer, real_standing = leading._offer, leading.standing_of
MUTANTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "both give way to the other at once": ("may_accept", both_give_way),
    "a claim is taken back": ("may_withdraw", takes_a_claim_back),
    "who offers stops at once": ("_offer", stops_as_it_offers),
    "a claim does not bind who makes it": ("standing_of", claims_do_not_bind),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_rule_of_leading_is_noticed(monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    name, broken = MUTANTS[mutant]
    monkeypatch.setattr(leading, name, broken)
    if broken is both_give_way:  # the act asks it of both files
        monkeypatch.setattr(Two, "claims", nobody_claims)
    for here in ("may_withdraw", "may_accept", "standing_of"):
        monkeypatch.setitem(globals(), here, getattr(leading, here))
    with pytest.raises(Nobody):
        for seed in range(4000):
            play(seed, seed % 2 == 0)
