"""An authority that is in two operations answers in private from one of them, and only who is in that one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from libertad.hits.private import answering, queries, service, wire
from libertad.hits.private.holding import SEED
from libertad.journal.node import node
from libertad.operations.actions.close_operation import close_operation
from tests.exchange.test_second_operation import joins, open_second
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
    later = open_second(two.centre)
    joins(two.centre, trinidad, later, country="TT")
    settle([two.centre, two.guyana.party, trinidad])
    actor = trinidad.actor("administrator")
    if answers_from == "second":
        two.trinidad.holding.begin(replace(actor, operation=later))
    two.trinidad.upsert(HERS)
    (answer,) = two.guyana.asking.ask(
        two.guyana.party.actor("officer"),
        CASE,
        record("person:9", "Yulimar Gonzalez", "1999-03-04"),
        [two.trinidad.authority],
    )
    if answers_from == "first":
        assert answer.what == "hit"
        return
    assert (answer.what, answer.weights) == ("refused", ())
    for question in (
        evaluate(two, ("person", blinded(4))),
        wire.Sync(**sync(two), epoch=epoch(two.trinidad), after=0),
    ):
        assert say(two, question) == answering.refused("closed")
    assert queries.alarms(trinidad.node.sql(), two.trinidad.authority) == [], "it does no wrong by asking"
    assert not [row for row in queries.answered(trinidad.node.sql(), two.trinidad.authority) if row.met]


def test_a_member_taken_out_of_the_database_opens_the_second_to_nobody(two: Two) -> None:
    """Attack: where the owner seemed to be in one alone, nobody asked whether the asker is in it."""
    trinidad = two.trinidad.party
    later = open_second(two.centre)
    joins(two.centre, trinidad, later, country="TT")
    settle([two.centre, two.guyana.party, trinidad])
    two.trinidad.holding.begin(replace(trinidad.actor("administrator"), operation=later))
    two.trinidad.upsert(HERS)
    trinidad.node.sql().run(
        "delete from access_member where operation = ? and authority = ?",
        (trinidad.operation, trinidad.authority),
    )
    assert say(two, evaluate(two, ("person", blinded(4)))) == answering.refused("closed")


def test_an_epoch_of_before_there_were_several_answers_who_is_in_the_first(two: Two) -> None:
    """Its seed names no operation: once its owner joined a second one it refused everybody for a month."""
    trinidad, holding = two.trinidad.party, two.trinidad.holding
    two.trinidad.upsert(HERS)
    (held,) = trinidad.node.rings.passing(two.trinidad.authority)
    seed = trinidad.node.rings.passing_secret(two.trinidad.authority, held.key_id)
    assert seed is not None
    trinidad.node.rings.destroy_passing(two.trinidad.authority, [held.key_id])
    trinidad.node.rings.put_passing(two.trinidad.authority, held.key_id, seed[:SEED])
    holding.known.clear()
    later = open_second(two.centre)
    joins(two.centre, trinidad, later, country="TT")
    settle([two.centre, two.guyana.party, trinidad])
    current = holding.epoch(two.trinidad.authority)
    assert current is not None and current.operation == trinidad.operation
    assert not isinstance(say(two, evaluate(two, ("person", blinded(4)))), wire.Refused)


def sync(two: Two) -> dict[str, Any]:
    request = evaluate(two, ("person", blinded(4)))
    return {"counter": request.counter, "owner": request.owner, "asker": request.asker}


def test_an_epoch_stays_with_the_records_of_one_operation(world: World, second: str) -> None:
    """Closing the first let the marks of both stand in one filter, which members of either are given."""
    fresh()
    service.stop()
    here, police = service.private(), world.authorities["police"]
    second_world = replace(
        world, operation=second, actors={k: replace(a, operation=second) for k, a in world.actors.items()}
    )
    first = person(world, "Yulimar Peña Rojas")
    later = person(second_world, "Radesh Persaud")
    here.holding.begin(world.actor("national-lead"), "Duty desk")
    assert marked_refs(here) == {f"person:{first}"}
    world.perform("coordinator", close_operation, reasons="over")
    number = epoch_of(here, police)
    service.tend(here.holding)
    assert marked_refs(here) == {f"person:{first}"} and epoch_of(here, police) == number
    here.holding.begin(in_second(world, "national-lead", second))
    assert marked_refs(here) == {f"person:{later}"} and epoch_of(here, police) > number
    assert set(
        here.holding.source.readable_records(police, [f"person:{first}", f"person:{later}"], second)
    ) == {f"person:{later}"}
    service.tend(here.holding)
    assert marked_refs(here) == {f"person:{later}"}
    service.stop()


@pytest.mark.parametrize("changed", ["", "update hits_private_owner set operation = 'x'"])
def test_after_a_restore_it_answers_from_the_same_operation(world: World, second: str, changed: str) -> None:
    """A restored ring has no seed, in which the operation lies too: it began anew from the first."""
    fresh()
    service.stop()
    here, police = service.private(), world.authorities["police"]
    second_world = replace(
        world, operation=second, actors={k: replace(a, operation=second) for k, a in world.actors.items()}
    )
    first, later = person(world, "Yulimar Peña Rojas"), person(second_world, "Radesh Persaud")
    here.holding.begin(in_second(world, "national-lead", second), "Duty desk")
    assert marked_refs(here) == {f"person:{later}"} != {f"person:{first}"}
    held = [key.key_id for key in here.node.rings.passing(police)]
    here.node.rings.destroy_passing(police, held)
    here.holding.known.clear()
    if changed:
        here.node.sql().run(changed)
    service.tend(here.holding)
    current = here.holding.epoch(police)
    if changed:
        assert current is None, "nobody who writes the database moves it to other records"
    else:
        assert current is not None and current.operation == second
    assert marked_refs(here) == {f"person:{later}"}
    service.stop()


def test_an_epoch_that_began_before_the_row_named_its_operation_is_noted(world: World, second: str) -> None:
    fresh()
    service.stop()
    here, police = service.private(), world.authorities["police"]
    here.holding.begin(in_second(world, "national-lead", second), "Duty desk")
    here.node.writer.submit(lambda tx: tx.sql.run("update hits_private_owner set operation = ''"))
    service.tend(here.holding)
    row = here.node.sql().first("select operation from hits_private_owner where authority = ?", (police,))
    assert row is not None and row[0] == second
    service.stop()


def marked_refs(here: service.Private) -> set[str]:
    rows = here.node.sql().all(
        "select k.ref from hits_private_mark m join hits_private_kept k on k.id = m.record"
    )
    return {row[0] for row in rows}


def epoch_of(here: service.Private, authority: str) -> int:
    current = here.holding.epoch(authority)
    assert current is not None and node() is here.node
    return current.number
