"""A robbed or malicious member harms what is its own and nothing else (security requirement 17)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libertad.access.matrix import matrix
from libertad.exchange.authorization import full_reauthorization
from libertad.exchange.onboarding import admission
from libertad.vocabulary.body import VERBS
from tests.security.forging import ATTACKERS, Forgery, World

pytestmark = [pytest.mark.guard, pytest.mark.django_db, pytest.mark.xdist_group("forging")]
Attacked = tuple[World, dict[Forgery, dict[str, str]]]


@pytest.fixture(scope="module")
def attacked(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Attacked]:
    """Every verb, forged by every kind of authority about every other's thing; and what became of each."""
    admission.register()
    with django_db_blocker.unblock():
        world = World(tmp_path_factory.mktemp("forging"))
        try:
            yield world, world.forge()
        finally:
            world.close()


def test_every_verb_is_forged_by_every_kind_of_authority(attacked: Attacked) -> None:
    _, verdicts = attacked
    assert {forged.verb for forged in verdicts} == set(matrix().entries)
    assert {forged.attacker for forged in verdicts} == set(ATTACKERS)
    arrived = {forged.verb for forged, at in verdicts.items() if at}
    # What nobody had received would prove nothing; an authority's own file is given to no other.
    assert arrived == {verb for verb, right in matrix().entries.items() if right.kinds != {"authority"}}


def test_no_forgery_is_believed_anywhere(attacked: Attacked) -> None:
    world, verdicts = attacked
    believed = {
        str(forged): name
        for forged, at in verdicts.items()
        for name, verdict in at.items()
        if verdict == "believed" and world.knows(name, forged) and not world.lawful(forged)
    }
    assert not believed, "\n".join(f"{forged}, at {name}" for forged, name in believed.items())


def test_corrections_are_forged_and_held_as_everything_else(attacked: Attacked) -> None:
    """Each verb that corrects was forged as a correction of exactly what the victim had said."""
    world, verdicts = attacked
    forged = {forgery: at for forgery, at in verdicts.items() if forgery.correction and at}
    correcting = {verb for verb, kind in VERBS.items() if kind.CORRECTS}
    assert {forgery.verb for forgery in forged} == correcting
    held = {forgery.verb for forgery, at in forged.items() if "about" in at.values()}
    # Its file is kept for the attacker as well.
    shared = {forgery.verb for forgery in forged if world.lawful(forgery)}
    assert correcting - held <= shared and len(held) >= 6
    # What no node holds changes nothing: tests/care and tests/people/test_correcting.py, test_suspects.py.
    unheld = {"identification.decide", "return.decide", "detention.state", "detention.identity"}
    assert correcting - held <= unheld


def test_every_node_that_holds_a_forgery_raises_an_alarm_about_its_author(attacked: Attacked) -> None:
    world, verdicts = attacked
    for name in sorted(set(world.parties) - set(ATTACKERS)):
        accused = {row[0] for row in world.parties[name].rows("exchange_alarm", "who")}
        forgers = {world.of(forged.attacker) for forged, at in verdicts.items() if at.get(name) == "about"}
        assert forgers == accused == {world.of(attacker) for attacker in ATTACKERS}, name


def test_verdicts_are_those_of_the_whole_set_of_entries(attacked: Attacked) -> None:
    """A fresh judge, who takes nothing that is folded for granted, finds what was found as they arrived."""
    world, _ = attacked
    for name, party in world.parties.items():
        before = {row[0]: row[1] for row in party.rows("journal_held", "idx, reason")}
        done = party.node.writer.submit(full_reauthorization.judge_anew)
        after = {row[0]: row[1] for row in party.rows("journal_held", "idx, reason")}
        parked = {
            idx for idx, reason in before.items() if reason == "parked"
        }  # until somebody has settled it
        assert {idx: why for idx, why in after.items() if idx not in parked} == {
            idx: why for idx, why in before.items() if idx not in parked
        }, name
        assert done.settled and done.held == 0, name
