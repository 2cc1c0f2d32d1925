"""Officers who are appointed before the operation reaches their node count at the others once it has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.exchange.onboarding import admission
from libertad.exchange.peering.roster import put_on_roster, unlisted
from libertad.operations.actions.set_clock import set_clock
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.support import nodes
from tests.support.nodes import Party, invited, operation, settle


@pytest.fixture
def two(tmp_path: Path, db: None) -> Iterator[tuple[Party, Party]]:
    """A centre with an operation, and police that are founded, and have an officer, before it has arrived."""
    admission.register()
    statements = nodes.schema()
    centre, guyana = (Party(tmp_path / name, statements, name) for name in ("centre", "guyana"))
    operation(centre)
    invited(centre, guyana)
    guyana.operation = ""  # as it is until the operation has arrived
    guyana.appoint("officer")
    guyana.operation = centre.operation
    yield centre, guyana
    centre.close()
    guyana.close()


def held_reasons(party: Party) -> list[tuple[str, ...]]:
    return party.rows("journal_held", "reason")


def roles(party: Party, authority: str) -> set[str]:
    rows = party.node.sql().all("select role from access_officer where authority = ?", (authority,))
    return {str(row[0]) for row in rows}


def test_what_such_an_officer_says_counts_at_the_others_once_the_operation_has_arrived(
    two: tuple[Party, Party],
) -> None:
    centre, guyana = two
    settle([centre, guyana])
    lead(guyana)
    settle([centre, guyana])
    assert held_reasons(centre), "until it is told who the officer is, what the officer says waits"
    assert roles(centre, guyana.authority) == set()
    assert put_on_roster(guyana.node) == 2  # the first administrator and the officer
    settle([centre, guyana])
    assert held_reasons(centre) == [] and roles(centre, guyana.authority) == {"administrator", "officer"}
    assert len(centre.rows("operations_lead")) == 1
    assert centre.rows("exchange_alarm") == []


def test_the_appointment_counts_whatever_arrives_first(two: tuple[Party, Party]) -> None:
    """The roster before what the officer says, in one pull with it, or after it: the same rows."""
    centre, guyana = two
    settle([centre, guyana])
    assert put_on_roster(guyana.node) == 2
    lead(guyana)
    settle([centre, guyana])
    assert held_reasons(centre) == [] and len(centre.rows("operations_lead")) == 1


def test_nothing_is_said_before_the_operation_is_there_and_nothing_twice(two: tuple[Party, Party]) -> None:
    centre, guyana = two
    assert unlisted(guyana.node, guyana.node.sql()) == [] and put_on_roster(guyana.node) == 0
    settle([centre, guyana])
    assert put_on_roster(guyana.node) == 2
    before = guyana.rows("journal_entry", "hash")
    assert put_on_roster(guyana.node) == 0
    settle([centre, guyana])
    assert put_on_roster(guyana.node) == put_on_roster(centre.node) == 0
    assert set(before) <= set(guyana.rows("journal_entry", "hash"))


def test_who_was_withdrawn_before_is_not_put_on_the_roster(two: tuple[Party, Party]) -> None:
    centre, guyana = two
    guyana.do("administrator", withdraw_officer, officer=guyana.officers["officer"], reason="Left the force")
    settle([centre, guyana])
    assert put_on_roster(guyana.node) == 1
    settle([centre, guyana])
    assert roles(centre, guyana.authority) == {"administrator"}


def test_a_withdrawal_after_it_ends_the_access_at_the_others_too(two: tuple[Party, Party]) -> None:
    centre, guyana = two
    settle([centre, guyana])
    put_on_roster(guyana.node)
    guyana.do("administrator", withdraw_officer, officer=guyana.officers["officer"], reason="Left the force")
    settle([centre, guyana])
    row = centre.node.sql().first(
        "select withdrawn from access_officer where id = ?", (guyana.officers["officer"],)
    )
    assert row is not None and row[0]
    assert put_on_roster(guyana.node) == 0


def test_an_id_that_another_authority_claims_is_not_taken_from_who_proves_it(
    two: tuple[Party, Party],
) -> None:
    """The nonce goes along: a centre that had claimed the officer's id first displaces nobody."""
    centre, guyana = two
    settle([centre, guyana])
    put_on_roster(guyana.node)
    settle([centre, guyana])
    known = f"access.Officer:{guyana.officers['officer']}"
    entries = centre.node.writer.submit(lambda tx: list(tx.entries_touching(known)))
    assert [bool(entry.body.nonce) for entry in entries] == [True]
    with pytest.raises(Exception, match=r"no such officer|another authority"):
        centre.do(
            "coordinator",
            appoint_officer,
            officer=guyana.officers["officer"],
            name="Mine",
            service_number="X-1",
            role="analyst",
        )


def test_a_node_that_asks_by_itself_tells_its_officers_by_itself(two: tuple[Party, Party]) -> None:
    """The loop of a served node says it, without anybody's deed."""
    from libertad.exchange.scheduler import Scheduler

    centre, guyana = two
    settle([centre, guyana])
    loop = Scheduler(guyana.node, every=0.05, processes=False)
    loop.start()
    try:
        for _ in range(600):
            if not unlisted(guyana.node, guyana.node.sql()):
                break
            loop.stopping.wait(0.05)
    finally:
        loop.stop()
    assert unlisted(guyana.node, guyana.node.sql()) == []
    settle([centre, guyana])
    assert "officer" in roles(centre, guyana.authority)


def test_who_is_on_the_roster_already_is_not_said_again(three: Three) -> None:
    """Officers who were appointed in the operation's file; only the first administrators were not."""
    officers = {officer for officer, *_rest in unlisted(three.guyana.node, three.guyana.node.sql())}
    assert officers == {three.guyana.officers["administrator"]}


def test_an_operation_whose_clock_shows_the_past_is_told_once(two: tuple[Party, Party]) -> None:
    """The appointment on the roster is dated before the first one, which stood after it: the node said it
    anew in every round, without end, and its journal grew."""
    centre, guyana = two
    reads = datetime(2018, 4, 4, 12, tzinfo=UTC)
    centre.do("coordinator", set_clock, reads=reads, set_at=datetime.now(UTC), rate=0.0)
    settle([centre, guyana])
    assert put_on_roster(guyana.node) == 2
    assert [put_on_roster(guyana.node) for _round in range(3)] == [0, 0, 0]
    settle([centre, guyana])
    assert roles(centre, guyana.authority) == {"administrator", "officer"} and held_reasons(centre) == []
