"""Two care authorities that agree at random on who answers, on nodes that hear of each other late."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from libertad.access.acting import Forbidden
from libertad.access.actions.erase_person import erase_person
from libertad.access.actions.remove_reader import remove_reader
from libertad.care.actions import lead_person
from libertad.care.fold_leading import agreement_in
from libertad.care.leading import Agreement
from libertad.care.leading_models import Leading
from libertad.people.actions.link_not_same import link_not_same
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.leading import LeadingAccept
from tests.care.desk_histories import Played, require
from tests.support.linking import link_same
from tests.support.nodes import settle
from tests.support.sharing import share_person
from tests.support.standing_at import standing_at

CARE = ("first", "second")
STEPS = (*("lead",) * 9, *("travel",) * 5, "wrong_time")


@dataclass
class Led(Played):
    """`pair`: linked, the first's record and the second's. `moving`: met for the first, read by both."""

    pair: tuple[str, str] = ("", "")
    moving: str = ""
    linked: bool = True
    gone: set[str] = field(default_factory=set)
    claimed: Any = None

    def other(self, where: str) -> str:
        return CARE[where == "first"]

    def begin(self) -> None:
        police, first, second = (self.parties[name] for name in ("police", *CARE))
        for _person in range(2):
            self.met.append(police.do("officer", meet_person, country="GY"))
        theirs = second.do("w1", meet_person, country="TT")
        self.moving, self.pair = self.met[1], (self.met[0], theirs)
        for person in self.met:
            police.do(
                "officer", share_person, person=person, authority=second.authority, reason="Seen there."
            )
        second.do("w1", share_person, person=theirs, authority=first.authority, reason="Seen there.")
        settle(list(self.parties.values()))
        first.do("supervisor", link_same, person=self.pair[0], other=theirs, reasons="Same passport.")
        settle(list(self.parties.values()))

    # -- steps -----------------------------------------------------------------------------------

    def agreements(self, where: str, person: str) -> list[Agreement]:
        party = self.parties[where]

        def read(act: Any) -> list[Agreement]:
            rows = {
                row["id"]: row
                for name in ("person", "other_record")
                for row in act.find(Leading, **{name: person})
            }
            return [agreement_in(rows[key]) for key in sorted(rows)]

        found: list[Agreement] = party.do("w1", read)
        return found

    def records(self, where: str, is_pair: bool) -> tuple[str, str]:
        """The own record, and the other's ('' for the same one)."""
        if not is_pair:
            return self.moving, ""
        own = CARE.index(where)
        return self.pair[own], self.pair[1 - own]

    def lead(self) -> None:
        """Any word about who answers, by any act, whether the rules allow it or not."""
        where, is_pair = self.chance.choice(CARE), self.chance.random() < 0.5
        own, other = self.records(where, is_pair)
        offers = [offer for a in self.agreements(where, own) for offer in a.offers]
        verb = self.chance.choice(
            ("offer", "offer", "accept", "accept", "accept", "decline", "withdraw", "end")
        )
        offer = self.chance.choice(offers).entry if offers else "f" * 64
        self.say(where, verb, own, other, offer, self.chance.choice(CARE))

    def say(self, where: str, verb: str, own: str, other: str, offer: str = "", leader: str = "") -> None:
        party, partner = self.parties[where], self.parties[self.other(where)]
        act: dict[str, tuple[Any, dict[str, Any]]] = {
            "offer": (
                lead_person.offer_lead,
                {
                    "to": partner.authority,
                    "leader": self.parties[leader or "first"].authority,
                    "reason": "moves",
                    "on": datetime.now(UTC).date().isoformat(),
                    "linked": other,
                },
            ),
            "accept": (lead_person.accept_lead, {"offer": offer}),
            "decline": (lead_person.decline_lead, {"offer": offer, "reason": "no-place"}),
            "withdraw": (lead_person.withdraw_lead, {"offer": offer}),
            "end": (lead_person.end_lead, {"linked": other, "reason": "over"}),
        }
        action, given = act[verb]
        with suppress(Refused, Forbidden):
            party.do("w1", action, person=own, happened=self.claimed, **given)

    def wrong_time(self) -> None:
        """From now on a moment is claimed that has gone by, or none."""
        self.claimed = self.wrong_clock()

    def agree(self, giver: str, is_pair: bool) -> None:
        """In exchange: the giver offers that the other leads, who accepts; whatever was said before."""
        own, other = self.records(giver, is_pair)
        taker = self.other(giver)
        self.claimed = None
        settle(list(self.parties.values()))
        for where in CARE:  # what waits is ended first
            mine, theirs = self.records(where, is_pair)
            for offer in [o for agreement in self.agreements(where, mine) for o in agreement.offers]:
                way = "withdraw" if offer.by == self.parties[where].authority else "decline"
                self.say(where, way, mine, theirs, offer.entry)
        settle(list(self.parties.values()))
        led = is_pair and not self.answers(taker, self.records(taker, True)[0])
        if self.answers(giver, own) and not led:
            self.say(giver, "offer", own, other, leader=taker)
            settle(list(self.parties.values()))
            mine, theirs = self.records(taker, is_pair)
            for agreement in self.agreements(taker, mine):
                gift = agreement.gift(self.parties[giver].authority)
                if gift is not None:
                    self.say(taker, "accept", mine, theirs, gift.entry)
            settle(list(self.parties.values()))
            require(self.answers(taker, mine), f"{taker} accepted, and does not answer")
            require(not self.answers(giver, own), f"{giver} gave, and answers still")

    def accepted_when_over(self) -> None:
        """By an old program, that asks nothing: the offer was taken back."""
        self.claimed = None
        self.say("first", "offer", self.moving, "", leader="second")
        (agreement,) = self.agreements("first", self.moving)
        gift = agreement.gift(self.parties["first"].authority)
        require(gift is not None, "nothing was offered")
        assert gift is not None
        self.say("first", "withdraw", self.moving, "", gift.entry)
        settle(list(self.parties.values()))

        def write_entry(act: Any) -> str:
            (row,) = act.find(Leading, person=self.moving)
            content = LeadingAccept(offer=gift.entry)
            return str(act.say(row["compartment"], content, subject=self.moving, supersedes={}))

        self.parties["second"].do("w1", write_entry)
        settle(list(self.parties.values()))
        require(self.answers("first", self.moving), "an offer that was taken back was accepted")

    # -- what ends it ------------------------------------------------------------------------------

    def unlinked(self) -> None:
        self.agree("first", True)
        first = self.parties["first"]
        first.do("w1", link_not_same, person=self.pair[0], other=self.pair[1], reasons="Other eyes.")
        self.linked = False
        self.somebody()
        settle(list(self.parties.values()))
        for where, record in zip(CARE, self.pair, strict=True):
            require(self.answers(where, record), f"{where} does not answer for what is not linked any more")

    def erased(self) -> None:
        """Who leads erases the person: who gave answers again once that has arrived."""
        if self.answers("second", self.moving) is False:
            self.agree("first", False)
        self.parties["second"].do("w1", erase_person, person=self.moving, reason="It was asked for")
        settle(list(self.parties.values()))
        self.gone.add("moving")
        require(self.answers("first", self.moving), "nobody answers for whom the leader has erased")

    def removed(self) -> None:
        """Who leads is in the operation no more."""
        centre = self.parties["centre"]
        operation = centre.do("coordinator", lambda act: act.operation_compartment)
        second = self.parties["second"].authority
        centre.do("coordinator", remove_reader, compartment=operation, readers=[second], reason="Left.")
        settle(list(self.parties.values()))
        self.gone.add("second")
        require(self.answers("first", self.pair[0]), "nobody answers for whom a removed authority led")

    # -- the property ------------------------------------------------------------------------------

    def answers(self, where: str, record: str) -> bool:
        with standing_at(self.parties[where]):
            place = self.places(where).get(record)
        return place is not None and place.owner == self.parties[where].authority

    def somebody(self) -> None:
        """At every moment: of each person one of the two says at its own node that it answers."""
        answering = {
            where: {
                record
                for record, place in self._places_at(where).items()
                if place is not None
                and place.owner == self.parties[where].authority
                and place.due is not None
            }
            for where in CARE
        }
        if self.linked:
            require(
                self.pair[0] in answering["first"] or self.pair[1] in answering["second"],
                "each of the two says that the other leads",
            )
        require(
            self.moving in answering["first"] | answering["second"], "nobody has whom one hands to the other"
        )

    def _places_at(self, where: str) -> dict[str, Any]:
        with standing_at(self.parties[where]):
            return self.places(where)

    def after_exchange(self) -> None:
        """Both tell the same; exactly one answers, or both where they have not agreed."""
        settle(list(self.parties.values()))
        self.somebody()
        for is_pair in (True, False):
            told = [self.agreements(where, self.records(where, is_pair)[0]) for where in CARE]
            told = [[a for a in listed if a.is_linked == is_pair] for listed in told]
            require(told[0] == told[1], "the two nodes tell it differently")
            answering = {
                self.parties[where].authority
                for where in CARE
                if self.answers(where, self.records(where, is_pair)[0])
            }
            agreed = sorted((a.since, a.leader) for a in told[0] if a.since is not None)
            claims = {offer.by for a in told[0] for offer in a.offers if offer.is_claim}
            both = {self.parties[where].authority for where in CARE}
            base = both if is_pair else {self.parties["first"].authority}
            expected = ({agreed[-1][1]} if agreed else base) | claims
            require(answering == expected, f"{answering} answer instead of {expected}")
