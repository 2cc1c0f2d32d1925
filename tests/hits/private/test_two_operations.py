"""An authority that is in two operations answers in private from one of them, and only who is in that one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from libertad.hits.private import answering, queries, service, wire
from libertad.journal.node import node
from libertad.operations.actions.close_operation import close_operation
from tests.exchange.test_second_operation import joins, opened
from tests.hits.making import fresh, person
from tests.hits.private.test_refusals import blinded, epoch, evaluate, say
from tests.operations.test_second_operation import in_second
from tests.operations.test_second_operation import second as second
from tests.support.nodes import settle
from tests.support.private_sides import CASE, Two, record
from tests.support.world import World

HERS = record("person:1", "Yulimar Gonzalez Rojas", "1999-03-04", phone="+58 412 555 7391")


@pytest.mark.parametrize("answers_from", ["first", "second"])
def test_who_is_not_in_the_operation_that_is_answered_from_is_told_nothing(
    two: Two, answers_from: str
) -> None:
    """Attack: Guyana's police, admitted in the first, ask Trinidad's, who answer from the second."""
    trinidad = two.trinidad.party
    later = opened(two.centre)
    joins(two.centre, trinidad, later, country="TT")
    settle([two.centre, two.guyana.party, trinidad])
    actor = trinidad.actor("administrator")
    if answers_from == "second":
        two.trinidad.holding.begin(replace(actor, operation=later))
    two.trinidad.put(HERS)
    (found,) = two.guyana.asking.ask(
        two.guyana.party.actor("officer"), CASE, record("person:9", "Yulimar Gonzalez", "1999-03-04"),
        [two.trinidad.authority],
    )  # fmt: skip
    if answers_from == "first":
        assert found.what == "hit"
        return
    assert (found.what, found.weights) == ("refused", ())
    for question in (
        evaluate(two, ("person", blinded(4))),
        wire.Sync(**sync(two), epoch=epoch(two.trinidad), after=0),
    ):
        assert say(two, question) == answering.refused("closed")
    assert queries.alarms(trinidad.node.sql(), two.trinidad.authority) == [], "it does no wrong by asking"
    assert not [one for one in queries.answered(trinidad.node.sql(), two.trinidad.authority) if one.met]


def sync(two: Two) -> dict[str, Any]:
    said = evaluate(two, ("person", blinded(4)))
    return {"counter": said.counter, "owner": said.owner, "asker": said.asker}


def test_an_epoch_stays_with_the_records_of_one_operation(world: World, second: str) -> None:
    """Closing the first let the marks of both stand in one filter, which members of either are given."""
    fresh()
    service.stop()
    here, police = service.private(), world.authorities["police"]
    there = replace(
        world, operation=second, actors={k: replace(a, operation=second) for k, a in world.actors.items()}
    )
    first = person(world, "Yulimar Peña Rojas")
    later = person(there, "Radesh Persaud")
    here.holding.begin(world.actor("national-lead"), "Duty desk")
    assert known(here) == {f"person:{first}"}
    world.perform("coordinator", close_operation, reasons="over")
    number = epoch_of(here, police)
    service.tend(here.holding)
    assert known(here) == {f"person:{first}"} and epoch_of(here, police) == number
    here.holding.begin(in_second(world, "national-lead", second))
    assert known(here) == {f"person:{later}"} and epoch_of(here, police) > number
    assert set(here.holding.source.some(police, [f"person:{first}", f"person:{later}"], second)) == {
        f"person:{later}"
    }
    service.tend(here.holding)
    assert known(here) == {f"person:{later}"}
    service.stop()


def known(here: service.Private) -> set[str]:
    rows = here.node.sql().all(
        "select k.ref from hits_private_mark m join hits_private_kept k on k.id = m.record"
    )
    return {row[0] for row in rows}


def epoch_of(here: service.Private, authority: str) -> int:
    found = here.holding.epoch(authority)
    assert found is not None and node() is here.node
    return found.number
