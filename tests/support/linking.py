"""Two records are of one person, as two officers say it, in one step: for tests of what comes after."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from libertad.access.acting import Act
from libertad.access.matrix import matrix
from libertad.people.actions.answer_link import confirm_link
from libertad.people.actions.link_same import link_same as say_same
from libertad.people.actions.propose_link import propose_link
from libertad.people.linking import PROPOSE, linkers
from libertad.vocabulary.values import Refused
from tests.support.sharing import colleague
from tests.support.world import World


def link_same(act: Act, *, person: str, other: str, reasons: str, recorded_twice: bool = False) -> None:
    """Proposed by a colleague and confirmed by the actor; where the actor's role only proposes, the other
    way round."""
    roles = matrix().entries[PROPOSE].say
    confirms = act.actor.role in linkers()
    other_officer = colleague(act, roles if confirms else linkers())
    if other_officer is None:
        raise Refused("entry", "there is no second officer")
    second = Act(act.tx, other_officer, act.happened, act.source)
    first, last = (second, act) if confirms else (act, second)
    entry = propose_link(first, person=person, other=other, reasons=reasons, recorded_twice=recorded_twice)
    confirm_link(last, entry=entry, words=reasons)


def unchecked(act: Act, **values: Any) -> None:
    """A program that says the words itself: also with a proof that is nowhere."""
    with patch.object(Act, "_here", lambda *_: []):
        say_same(act, **values)


def confirm_waiting(world: World, entry: str, second: str = "national-lead") -> None:
    """A second person confirms what was proposed."""
    world.perform(second, confirm_link, entry=entry, words="Generated")
