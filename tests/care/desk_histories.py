"""People met, taken and handed over on three nodes at random, and the oracle of who is responsible."""

from __future__ import annotations

import datetime as dt
import random
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.unconfirm_care import unconfirm_care
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.care import overview
from libertad.care.actions import hand_over, say_missing, take_person
from libertad.care.actions._desk import find_desk
from libertad.care.queue import ELSEWHERE, LINKED, Place
from libertad.exchange import queries_unreceived
from libertad.people import queries as people
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs import desk as say
from tests.support.linking import link_same
from tests.support.nodes import Party, settle
from tests.support.sharing import share_person
from tests.support.standing_at import standing_at

NAMES = ("centre", "police", "first", "second")
WORKERS = ("w1", "w2", "w3")


class Broken(AssertionError):
    """The property does not hold."""


def require(holds: bool, why: str) -> None:
    if not holds:
        raise Broken(why)


@dataclass
class Desk:
    """The oracle's own telling of one desk: by the words in the order in which they were said at the node."""

    worker: str = ""
    offer: str = ""
    to: str = ""
    missing: bool = False

    def hear(self, officer: str, verb: str, entry: str, **words: str) -> None:
        named = words.get("offer", "")
        match verb:
            case "take":
                self.worker, self.offer = officer, ""
            case "give" if officer == self.worker:
                self.worker, self.offer = "", ""
            case "offer" if officer == self.worker:
                self.offer, self.to = entry, words["to"]
            case "accept" if self.offer and named == self.offer and officer == self.to:
                self.worker, self.offer = officer, ""
            case "decline" if self.offer and named == self.offer and officer == self.to:
                self.offer = ""
            case "withdraw" if self.offer and named == self.offer and officer == self.worker:
                self.offer = ""
            case "missing":
                self.missing = True
            case "found":
                self.missing = False


@dataclass
class Played:
    """A history as it goes: four nodes, who was met, and what the oracle heard at each desk."""

    parties: dict[str, Party]
    chance: random.Random
    met: list[str] = field(default_factory=list)
    desks: dict[tuple[str, str], Desk] = field(default_factory=dict)
    offers: dict[str, list[str]] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)

    def desk(self, where: str, person: str) -> Desk:
        return self.desks.setdefault((where, person), Desk())

    # -- steps -----------------------------------------------------------------------------

    def meet(self) -> None:
        self.met.append(self.parties["police"].do("officer", meet_person, country="GY"))

    def let_in(self) -> None:
        """The police let the second care authority read a file too."""
        person = self.chance.choice(self.met)
        self.parties["police"].do(
            "officer",
            share_person,
            person=person,
            authority=self.parties["second"].authority,
            reason="The person moves.",
        )
        self.shared.add(person)

    def link(self) -> None:
        """Two records turn out to be of one person."""
        if len(self.met) < 2:
            return
        pair = self.chance.sample(self.met, 2)
        with suppress(Refused):
            self.parties["police"].do(
                "national-lead", link_same, person=pair[0], other=pair[1], reasons="Same passport."
            )
            self.links.append((pair[0], pair[1]))

    def travel(self) -> None:
        """One message between two nodes; all others are late."""
        taker, giver = self.chance.sample(NAMES, 2)
        pull(self.parties[taker], self.parties[giver])

    def leave(self) -> None:
        """An officer who may have people is withdrawn."""
        officer = self.chance.choice(WORKERS)
        if officer in self.left or len(self.left) == len(WORKERS) - 1:
            return
        first = self.parties["first"]
        first.do("administrator", withdraw_officer, officer=first.officers[officer], reason="Left.")
        self.left.add(officer)

    def act(self) -> None:
        """An officer of care does something at a desk, mostly what the rules allow, by a clock that may be
        wrong."""
        where = self.chance.choice(("first", "first", "first", "second"))
        party, person = self.parties[where], self.chance.choice(self.met)
        verb = self.chance.choice(
            (
                "take",
                "take",
                "give",
                "offer",
                "offer",
                "accept",
                "accept",
                "decline",
                "withdraw",
                "missing",
                "found",
            )
        )
        words, action, given = self.words(where, person, verb)
        officer = self.who(where, person, verb)
        happened = self.wrong_clock()
        with suppress(Refused, Forbidden):
            entry = party.do(officer, action, person=person, happened=happened, **given)
            self.heard(where, person, party.officers[officer], verb, entry, words)

    def old_program(self) -> None:
        """A word that no act of today would say: at an offer that is over, by anybody, dated back."""
        person = self.chance.choice(self.met)
        verb = self.chance.choice(("give", "offer", "accept", "accept", "decline", "decline", "withdraw"))
        words, _action, _given = self.words("first", person, verb)
        officer = self.who("first", person, verb)
        if officer in self.left:
            return
        content = {
            "give": lambda: say.DeskGiveBack(reasons="x"),
            "offer": lambda: say.DeskOffer(to=words["to"]),
            "accept": lambda: say.DeskAccept(offer=words["offer"]),
            "decline": lambda: say.DeskDecline(offer=words["offer"], reasons="x"),
            "withdraw": lambda: say.DeskWithdraw(offer=words["offer"]),
        }[verb]()
        back = self.earlier(dt.timedelta(hours=self.chance.randint(1, 30)))

        self.write(officer, person, verb, content, back, words)

    def who(self, where: str, person: str, verb: str) -> str:
        """Mostly the officer whose word it can be."""
        if where != "first":
            return WORKERS[0]
        named = self.desk(where, person)
        fitting = {"accept": named.to, "decline": named.to, "take": ""}.get(verb, named.worker)
        names = {self.parties[where].officers[name]: name for name in WORKERS}
        if fitting in names and self.chance.random() < 0.6:
            return names[fitting]
        return self.chance.choice(WORKERS)

    def words(self, where: str, person: str, verb: str) -> tuple[dict[str, str], Any, dict[str, Any]]:
        party = self.parties[where]
        offered = self.offers.get(person, []) if where == "first" else []
        offer = self.chance.choice(offered[-2:]) if offered else "f" * 64
        to = party.officers[self.chance.choice(WORKERS) if where == "first" else "w1"]
        return {
            "take": ({}, take_person.take_person, {}),
            "give": ({}, take_person.give_back, {"reasons": "x"}),
            "offer": ({"to": to}, hand_over.offer_person, {"to": to}),
            "accept": ({"offer": offer}, hand_over.accept_person, {"offer": offer}),
            "decline": ({"offer": offer}, hand_over.decline_person, {"offer": offer, "reasons": "x"}),
            "withdraw": ({"offer": offer}, hand_over.withdraw_offer, {"offer": offer}),
            "missing": ({}, say_missing.say_missing, {"seen": "2018-04-01", "words": "Not at the house."}),
            "found": ({}, say_missing.say_found, {"words": "Is back."}),
        }[verb]  # type: ignore[return-value]

    def heard(
        self, where: str, person: str, officer: str, verb: str, entry: str, words: dict[str, str]
    ) -> None:
        self.desk(where, person).hear(officer, verb, entry, **words)
        if verb == "offer":
            self.offers.setdefault(person, []).append(entry)

    def wrong_clock(self) -> Happened | None:
        if self.chance.random() < 0.7:
            return None
        return self.earlier(dt.timedelta(hours=self.chance.randint(0, 30)))

    @staticmethod
    def earlier(back: dt.timedelta) -> Happened:
        return Happened(at=dt.datetime.now(dt.UTC).replace(microsecond=0) - back, zone="UTC")

    # -- what random steps seldom meet ---------------------------------------------------------

    def offered(self, person: str) -> str:
        """The entry by which the first worker offers a person to the second."""
        party = self.parties["first"]
        if self.desk("first", person).worker != party.officers["w1"]:
            entry = party.do("w1", take_person.take_person, person=person)
            self.heard("first", person, party.officers["w1"], "take", entry, {})
        words = {"to": party.officers["w2"]}
        entry = party.do("w1", hand_over.offer_person, person=person, **words)
        self.heard("first", person, party.officers["w1"], "offer", entry, words)
        return str(entry)

    def declined_before_it_was_offered(self) -> None:
        """By its date, which an old program claims."""
        person = self.met[0]
        offer = self.offered(person)
        content = say.DeskDecline(offer=offer, reasons="x")
        self.write("w2", person, "decline", content, self.earlier(dt.timedelta(hours=9)), {"offer": offer})

    def accepted_when_over(self) -> None:
        person, party = self.met[0], self.parties["first"]
        words = {"offer": self.offered(person)}
        entry = party.do("w1", hand_over.withdraw_offer, person=person, **words)
        self.heard("first", person, party.officers["w1"], "withdraw", entry, words)
        self.write("w2", person, "accept", say.DeskAccept(**words), None, words)

    def accepted(self) -> None:
        person, party = self.met[0], self.parties["first"]
        words = {"offer": self.offered(person)}
        entry = party.do("w2", hand_over.accept_person, person=person, **words)
        self.heard("first", person, party.officers["w2"], "accept", entry, words)

    def recorded_twice(self) -> None:
        """Whom somebody works with already: the second record follows the first."""
        self.meet()
        pair = (self.met[0], self.met[-1])
        self.parties["police"].do(
            "national-lead", link_same, person=pair[0], other=pair[1], reasons="Same passport."
        )
        self.links.append(pair)
        settle(list(self.parties.values()))

    def left_with_people(self) -> None:
        """In some histories: who has somebody is withdrawn."""
        if self.chance.random() < 0.5:
            return
        self.meet()
        settle(list(self.parties.values()))
        first, person = self.parties["first"], self.met[-1]
        entry = first.do("w3", take_person.take_person, person=person)
        self.heard("first", person, first.officers["w3"], "take", entry, {})
        first.do("administrator", withdraw_officer, officer=first.officers["w3"], reason="Left.")
        self.left.add("w3")

    def joined_late(self) -> None:
        """While police name no care authority they meet somebody, who stays theirs; the one that they confirm
        after it gets that file as well."""
        police = self.parties["police"]
        police.do("administrator", unconfirm_care, reason="Another one is looked for")
        self.meet()
        self.holds_everywhere()
        police.do("administrator", confirm_care, care=self.parties["first"].authority, how="telephone")

    def write(
        self,
        officer: str,
        person: str,
        verb: str,
        content: Verb,
        happened: Happened | None,
        words: dict[str, str],
    ) -> None:
        """As an old program says it, that asks nothing."""
        party = self.parties["first"]

        def write_entry(act: Act) -> str:
            place = find_desk(act, content.VERB, person).place
            if not place:
                return ""
            return act.say(place, content, subject=person, supersedes={}, happened=happened)

        with suppress(Refused, Forbidden):
            entry = party.do(officer, write_entry)
            if entry:
                self.heard("first", person, party.officers[officer], verb, entry, words)

    # -- the property ----------------------------------------------------------------------

    def holds_everywhere(self) -> None:
        """At every node that knows a person somebody is responsible, with a date."""
        for where in ("first", "second"):
            with standing_at(self.parties[where]):
                for person, place in self.places(where).items():
                    require(place is not None, f"{where}: {person} stands in no queue")
                    assert place is not None
                    require(bool(place.owner) and place.due is not None, f"{where}: nobody has {person}")
                    if where == "first":  # whose desks are at this node alone: right at every moment
                        self.is_the_right_officer(person, place)
        known = self.known("first") | self.known("second")
        self.parties["police"].exchange.flush()  # as a node does every few seconds
        with standing_at(self.parties["police"]):
            waiting = set(queries_unreceived.not_received(self.actor("police", "national-lead")).values())
        for person in self.met:
            require(person in waiting or person in known, f"nobody has {person}, whom police met")

    def holds_after_exchange(self) -> None:
        """Exactly one, and the right one: the authority that the police named as they met the person, and of
        it whom the words at the desk make responsible."""
        owner: dict[str, list[str]] = {}
        for where in ("first", "second"):
            party = self.parties[where]
            with standing_at(party):
                for person, place in self.places(where).items():
                    require(place is not None, f"{where}: {person} stands in no queue")
                    assert place is not None
                    if place.queue != ELSEWHERE and place.owner == party.authority:
                        owner.setdefault(person, []).append(where)
                    if where == "first":
                        self.is_the_right_officer(person, place)
        require(self.known("second") == self.shared, "the second reads others than it was let in to")
        for person in self.met:
            require(owner.get(person) == ["first"], f"{person}: {owner.get(person)} instead of the first")
        self.parties["police"].exchange.flush()  # as a node does every few seconds
        with standing_at(self.parties["police"]):
            waiting = queries_unreceived.not_received(self.actor("police", "national-lead"))
        require(not waiting, "police have still whom care has received")

    def is_the_right_officer(self, person: str, place: Place) -> None:
        expected = self.desk("first", person)
        left = {self.parties["first"].officers[name] for name in self.left}
        worker = "" if expected.worker in left else expected.worker
        if place.queue == LINKED:
            other = self.desk("first", place.record)
            require(not expected.worker and not expected.missing, f"{person} is worked on and says 'linked'")
            require(place.record in self.linked_to(person), f"{person}: not the same person leads")
            worker = "" if other.worker in left else other.worker
        require(place.officer == worker, f"{person}: {place.officer} instead of {worker}")
        require(place.assigned == bool(worker) or place.queue == LINKED, f"{person}: nobody is assigned")
        if place.queue != LINKED:
            offered = expected.to if expected.offer and expected.to not in left else ""
            require(place.offered_to == offered, f"{person}: offered to {place.offered_to}, not {offered}")
            require((place.missing_at is not None) == expected.missing, f"{person}: missing or not")

    def linked_to(self, person: str) -> set[str]:
        reached = {person}
        while more := {b for pair in self.links for a, b in (pair, pair[::-1]) if a in reached} - reached:
            reached |= more
        return reached - {person}

    def places(self, where: str) -> dict[str, Place | None]:
        actor = self.actor(where, "w1")
        listed = people.keys(actor)
        placed = overview.places(actor, listed)
        return {person: placed.get(person) for person in listed}

    def known(self, where: str) -> set[str]:
        with standing_at(self.parties[where]):
            return set(people.keys(self.actor(where, "w1")))

    def actor(self, where: str, role: str) -> Actor:
        return replace(self.parties[where].actor(role), zone="UTC")


def pull(taker: Party, giver: Party) -> None:
    from libertad.exchange.peering import peers

    if any(peer.origin == giver.node.key.origin for peer in peers.every(taker.node.sql())):
        taker.pull(giver)
