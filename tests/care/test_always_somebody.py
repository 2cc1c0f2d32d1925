"""Always somebody: at every node that knows a person somebody is responsible, with a date; after exchange
exactly one, and the right one.

Random histories on three nodes through the real acts, journals and exchange: the police that meet people,
and two care authorities, of which the second is let in later. Messages are late and out of order, clocks are
wrong, an old program says words that no act would say. Who is right is told by an oracle of this file's own.
Each rule that is broken on purpose must be noticed by the same property.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.care import desk, fold_desk, overview, owners, queue
from libertad.care.actions import hand_over, say_missing, take_person
from libertad.care.actions._desk import find_desk
from libertad.care.desk import Task
from libertad.care.queue import ELSEWHERE, LINKED, Place
from libertad.exchange import queries_unreceived
from libertad.exchange.onboarding import admission
from libertad.journal.folding import Said
from libertad.people import queries as people
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs import desk as say
from tests.support import nodes
from tests.support.linking import link_same
from tests.support.nodes import Party, invited, operation, settle
from tests.support.sharing import share_person
from tests.support.standing_at import standing_at

NAMES = ("centre", "police", "first", "second")
WORKERS = ("w1", "w2", "w3")
SOAK = bool(os.environ.get("LIBERTAD_SOAK"))


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
        party, person = self.parties["first"], self.chance.choice(self.met)
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
        back = self.wrong_clock() or self.earlier(dt.timedelta(hours=self.chance.randint(1, 30)))

        def write(act: Act) -> str:
            place = find_desk(act, content.VERB, person).place
            return act.say(place, content, subject=person, supersedes={}, happened=back) if place else ""

        with suppress(Refused, Forbidden):
            entry = party.do(officer, write)
            if entry:
                self.heard("first", person, party.officers[officer], verb, entry, words)

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

    # -- the property ----------------------------------------------------------------------

    def holds_everywhere(self) -> None:
        """At every node that knows a person somebody is responsible, with a date."""
        for where in ("first", "second"):
            with standing_at(self.parties[where]):
                for person, place in self.places(where).items():
                    require(place is not None, f"{where}: {person} stands in no queue")
                    assert place is not None
                    require(bool(place.owner) and place.due is not None, f"{where}: nobody has {person}")
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


# -- histories -------------------------------------------------------------------------------


_founded: list[dict[str, Party]] = []


def founded(home: Path) -> dict[str, Party]:
    """All of them, closed."""
    statements = nodes.schema()
    parties = {name: Party(home / name, statements, name) for name in NAMES}
    operation(parties["centre"])
    invited(parties["centre"], parties["police"])
    invited(parties["centre"], parties["first"], kind="care")
    invited(parties["centre"], parties["second"], kind="care", country="TT")
    settle(list(parties.values()))
    for role in ("officer", "national-lead"):
        parties["police"].appoint(role)
    for name, workers in (("first", WORKERS), ("second", WORKERS[:1])):
        for worker in workers:
            parties[name].officers[worker] = parties[name].appoint("caseworker")
            parties[name].roles[worker] = "caseworker"
    settle(list(parties.values()))
    parties["police"].do("administrator", confirm_care, care=parties["first"].authority, how="telephone")
    settle(list(parties.values()))
    for party in parties.values():
        party.node.close()
    return parties


@pytest.fixture
def play(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, db: None) -> Iterator[Callable[..., None]]:
    """Play a history and ask the property on the way and at its end."""
    admission.register()
    if not _founded:
        _founded.append(founded(tmp_path_factory.mktemp("founded")))
    opened: list[Party] = []

    def go(seed: int, steps: int = 24) -> None:
        home = tmp_path / f"{seed}-{len(opened)}"
        parties = {name: party.copy(home / name) for name, party in _founded[0].items()}
        opened.extend(parties.values())
        played = Played(parties, random.Random(seed))
        try:
            run(played, steps)
        finally:
            for party in parties.values():
                opened.remove(party)
                party.close()

    yield go


STEPS = (
    "meet",
    "let_in",
    "link",
    "travel",
    "travel",
    "travel",
    "leave",
    *("act",) * 14,
    *("old_program",) * 4,
)


def run(played: Played, steps: int) -> None:
    played.meet()
    played.holds_everywhere()
    settle(list(played.parties.values()))
    for number in range(steps):
        getattr(played, played.chance.choice(STEPS))()
        if number % 6 == 5:
            played.holds_everywhere()
    settle(list(played.parties.values()))
    played.holds_everywhere()
    played.holds_after_exchange()


@pytest.mark.parametrize("seed", range(3))
def test_always_somebody_and_after_exchange_the_right_one(play: Callable[..., None], seed: int) -> None:
    play(seed)


@pytest.mark.long
def test_always_somebody_in_long_histories(play: Callable[..., None]) -> None:
    for seed in range(100, 200 if SOAK else 112):
        play(seed, 80)


# -- mutants ---------------------------------------------------------------------------------


def accepts_a_dead_offer(task: Task, offer: str, officer: str) -> bool:
    return True


def still_open_when_accepted(task: Task, entry: Said) -> Task:
    """Two accepted hand-overs both count: an offer is not over once it is accepted."""
    changed = real_after(task, entry)
    return replace(changed, offer=task.offer) if isinstance(entry.content, say.DeskAccept) else changed


def by_claimed_dates(entries: Any, key: Any = None) -> list[Said]:
    """A decline that is dated back stands before its offer."""
    return sorted(entries)


def forgets_who_follows(*given: Any) -> dict[str, Place]:
    return {person: place for person, place in real_places(*given).items() if place.queue != LINKED}


def the_last_let_in_takes(named: Any, countries: Any, met_by: str, country: str) -> str:
    return min(named, key=lambda authority: (named[authority], authority))


def received_when_sent(actor: Actor, files: Any = None) -> dict[str, str]:
    return {}


def has_left_and_has_people(line: Any, left: Any) -> str:
    return real_worker(line, ())


real_after, real_places, real_worker = desk.after, queue.places_of, queue._worker
MUTANTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "a dead offer is accepted": (desk, "is_asked", accepts_a_dead_offer),
    "two accepted hand-overs both count": (desk, "after", still_open_when_accepted),
    "a decline is dated back": (fold_desk, "as_said", by_claimed_dates),
    "a link forgets who follows": (queue, "places_of", forgets_who_follows),
    "who was let in later takes the person": (owners, "choose_taker", the_last_let_in_takes),
    "received as soon as it is sent": (queries_unreceived, "not_received", received_when_sent),
    "whoever has left still has people": (queue, "_worker", has_left_and_has_people),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_rule_is_noticed(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch, mutant: str
) -> None:
    monkeypatch.setattr(*MUTANTS[mutant])
    with pytest.raises(Broken):
        for seed in range(12):
            play(seed)
