"""When what an audit missed counts as turned up: pure, from the chain alone."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from libertad.evidence.custody import Event, chain
from libertad.evidence.queries_store import turned_up
from tests.evidence.test_custody import START, TAKEN, event, offer

AUDITED = START + timedelta(minutes=15)
SEALED = event("seal", 5, number="SVG1")


def after(*events: Event) -> str:
    custody = chain([TAKEN, SEALED, *events])
    assert custody is not None
    step = turned_up(custody, AUDITED)
    return step.id if step else ""


@pytest.mark.parametrize(
    "step",
    [
        event("accept", 20, "b", "x", offer="o", seal_read="SVG1", seal_state="damaged"),
        event("accept", 20, "b", "x", offer="o", seal_read="SVG7", seal_state="intact"),
        event("seal", 20, "a", "x", opened="SVG7", number="SVG2"),
    ],
)
def test_who_finds_its_seal_broken_or_another_has_it_in_hand(step: Event) -> None:
    """It is not missing any more, whatever is wrong with its seal."""
    assert after(offer(10, "a", "b", "o"), step) == "x"


def test_who_does_not_hold_it_makes_nothing_turn_up() -> None:
    assert not after(event("store", 20, "c"), event("return", 25, "c", signed="yes"))
    assert not after(event("accept", 20, "c"))


def test_an_acceptance_that_a_person_set_aside_makes_nothing_turn_up() -> None:
    accepted = [offer(10, "a", "b", "o"), event("accept", 20, "b", "x", offer="o")]
    assert after(*accepted) == "x"
    settled = event("settle", 30, "d", keep=TAKEN.id, aside=("x",))
    assert not after(*accepted, msgspec.structs.replace(settled, authority="lab"))
