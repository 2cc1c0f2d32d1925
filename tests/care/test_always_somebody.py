"""Always somebody: at every node that knows a person somebody is responsible, with a date; after exchange
exactly one, and the right one.

Random histories on three nodes through the real acts, journals and exchange: the police that meet people,
and two care authorities, of which the second is let in later. Messages are late and out of order, clocks are
wrong, an old program says words that no act would say. Who is right is told by an oracle of this file's own.
Each rule that is broken on purpose must be noticed by the same property.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from libertad.access.actions import confirm_care as confirming
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actor import Actor
from libertad.care import desk, fold_desk, leading, leading_rows, owners, queue
from libertad.care.desk import Task
from libertad.care.leading import Agreement, Standing
from libertad.care.queue import INTAKE, LINKED, Place
from libertad.exchange import queries, queries_unreceived
from libertad.exchange.onboarding import admission
from libertad.journal.folding import Said
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs import desk as say
from tests.care.desk_histories import NAMES, WORKERS, Broken, Played
from tests.care.leading_histories import STEPS as LEADING
from tests.care.leading_histories import Led
from tests.support import nodes
from tests.support.nodes import Party, invited, operation, settle
from tests.support.standing_at import standing_at

SOAK = bool(os.environ.get("LIBERTAD_SOAK"))

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
    for name in ("first", "second"):
        parties[name].appoint("supervisor")
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

    def go(seed: int, steps: int = 24, histories: type[Played] = Played) -> None:
        home = tmp_path / f"{seed}-{len(opened)}"
        parties = {name: party.copy(home / name) for name, party in _founded[0].items()}
        opened.extend(parties.values())
        played = histories(parties, random.Random(seed))
        try:
            if isinstance(played, Led):
                lead(played, steps)
            else:
                (offline if isinstance(played, Offline) else run)(played, steps)
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
    for seldom in (
        played.declined_before_it_was_offered,
        played.accepted_when_over,
        played.accepted,
        played.recorded_twice,
        played.joined_late,
        played.left_with_people,
    ):
        seldom()
        played.holds_everywhere()
    for number in range(steps):
        getattr(played, played.chance.choice(STEPS))()
        if number % 6 == 5:
            played.holds_everywhere()
    settle(list(played.parties.values()))
    played.holds_everywhere()
    played.holds_after_exchange()


def lead(played: Led, steps: int) -> None:
    """Two care authorities with a linked person, and one who moves from one to the other."""
    played.begin()
    played.somebody()
    played.accepted_when_over()
    for number in range(steps):
        getattr(played, played.chance.choice(LEADING))()
        if number % 4 == 3:
            played.somebody()
    played.after_exchange()
    for ending in played.chance.sample(("unlinked", "erased"), 2):
        getattr(played, ending)()
    if played.linked:
        played.removed()


@pytest.mark.parametrize("seed", range(2))
def test_two_care_authorities_never_both_stop_and_after_exchange_agree(
    play: Callable[..., None], seed: int
) -> None:
    play(seed, 16, Led)


@pytest.mark.parametrize("seed", range(3))
def test_always_somebody_and_after_exchange_the_right_one(play: Callable[..., None], seed: int) -> None:
    play(seed)


class Offline(Played):
    """A care node that nothing reaches for a day."""


def offline(played: Played, people: int) -> None:
    """Police meet people, and a day later the care node is back: until then they are police's, with nobody
    lost and nobody received; then they are care's, dated by when they were met, and late at once."""
    police, first = played.parties["police"], played.parties["first"]
    a_day_ago = Happened(at=datetime.now(UTC) - timedelta(hours=25), zone="America/Guyana")
    reached = [party for name, party in played.parties.items() if name != "first"]
    for _person in range(people):
        played.met.append(police.do("officer", meet_person, country="GY", happened=a_day_ago))
        settle(reached)
        played.holds_everywhere()
    with standing_at(police):
        waiting = queries_unreceived.not_received(played.actor("police", "national-lead"))
    assert set(waiting.values()) == set(played.met) and not played.known("first")
    settle(list(played.parties.values()))
    played.holds_everywhere()
    played.holds_after_exchange()
    with standing_at(first):
        places = played.places("first")
    assert set(places) == set(played.met)
    for place in places.values():
        assert place is not None and place.queue == INTAKE
        assert a_day_ago.at < place.due < datetime.now(UTC), "late at once, by when the person was met"


def test_a_care_node_that_is_offline_for_a_day_loses_nobody(play: Callable[..., None]) -> None:
    play(1, 3, Offline)


@pytest.mark.nightly
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


def no_file_waits(*given: Any) -> list[str]:
    return []


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
    "earlier files wait for ever": (confirming, "waiting_files", no_file_waits),
    "whoever has left still has people": (queue, "_worker", has_left_and_has_people),
}


def nothing_is_over(agreement: Agreement, name: str) -> Agreement:
    return agreement


def leads_what_is_not_linked(*given: Any) -> Standing:
    agreements, authority, record, _links, present = given
    everybody = {name for one in agreements for _authority, name in one.records}
    return real_standing(agreements, authority, record, everybody, present)


def nothing_is_erased(*given: Any) -> frozenset[str]:
    return frozenset()


real_standing = leading.standing_of
LEAD_MUTANTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "an offer that was taken back is accepted": (leading, "_without", nothing_is_over),
    "what is not linked any more is led on": (leading_rows, "standing_of", leads_what_is_not_linked),
    "whoever has erased the person leads on": (queries, "asked_to_erase", nothing_is_erased),
}


@pytest.mark.parametrize("mutant", LEAD_MUTANTS)
def test_a_broken_rule_of_leading_is_noticed(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch, mutant: str
) -> None:
    monkeypatch.setattr(*LEAD_MUTANTS[mutant])
    with pytest.raises(Broken):
        for seed in range(4):
            play(seed, 0, Led)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_rule_is_noticed(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch, mutant: str
) -> None:
    monkeypatch.setattr(*MUTANTS[mutant])
    with pytest.raises(Broken):
        for seed in range(12):
            play(seed)
