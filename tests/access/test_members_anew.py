"""After an update from a version that kept no members of each operation: the same rights as before, no more
and no fewer, also while a ring of the node is locked."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.chosen_operation import working_as
from libertad.access.grounds import Grounds
from libertad.access.members_anew import fold_members
from libertad.access.models import Account, CareConfirmed, Compartment, Member, Reader
from libertad.access.queries import actor_of, is_member, operations_of
from libertad.access.receiving import receiving, unconfirmed
from libertad.figures.queries import summary
from libertad.journal import folding, upgrade
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.journal.transaction import TOUCH, Transaction
from libertad.journal.verify import verify
from libertad.operations import queries
from libertad.operations.actions.open_operation import open_operation
from tests.operations.test_second_operation import SECOND
from tests.people.making import meet
from tests.support.world import World

pytestmark = [pytest.mark.django_db]
OLDER = 9  # the last rules without members


def as_before(tx: Transaction) -> None:
    """The rows as that version kept them: no members, and care confirmed by the authority alone."""
    known = folding.by_label()
    members, confirmed = known["access.Member"], known["access.CareConfirmed"]
    for (key,) in tx.sql.all("select id from access_member"):
        tx.write(members, key, None)
    for touch, idx in tx.sql.all("select key, entry from journal_touch where key like 'access.Member:%'"):
        _touch(tx, touch, idx, there=False)
    for (key,) in tx.sql.all("select id from access_careconfirmed"):
        authority = key.partition(":")[2]
        values = folding.compute(
            confirmed,
            key,
            tx.entries_touching(confirmed.touch(key)),
            tx.node.rings.sealing_key,
            tx.node.rings.authorities,
            tx.node.owner,
        )
        assert values is not None
        old = tuple(authority if value == key else value for value in values)
        for (idx,) in tx.sql.all("select entry from journal_touch where key = ?", (confirmed.touch(key),)):
            _touch(tx, confirmed.touch(key), idx, there=False)
            _touch(tx, confirmed.touch(authority), idx, there=True)
        tx.write(confirmed, key, None)
        tx.write(confirmed, authority, old)
    tx.sql.run(upgrade.PUT, (OLDER,))
    tx.caches.rights.clear()
    tx.caches.touches.clear()


def _touch(tx: Transaction, touch: str, idx: int, there: bool) -> None:
    tx.sql.run(TOUCH if there else "delete from journal_touch where key = ? and entry = ?", (touch, idx))
    tx.sealing.touched(touch, idx, there)


def rights(world: World) -> dict[str, Any]:
    """What each officer may be and see: as the pages ask it."""
    answers: dict[str, Any] = {}
    for role, world_actor in world.actors.items():
        account = Account.objects.filter(officer=world_actor.officer).first()
        actor = actor_of(account) if account is not None else world_actor
        assert actor is not None, role
        answers[role] = (
            actor,
            operations_of(actor),
            is_member(actor),
            receiving(actor).state,
            [(row.pk, row.kind, row.country, row.part) for row in queries.members(actor)],
        )
    answers["unconfirmed"] = [(row.pk, row.operation) for row in unconfirmed()]
    figures = summary(world.actor("coordinator"))
    answers["figures"] = {name: value for name, value in figures.items() if name != "as_of"}
    answers["rows"] = list(Member.objects.order_by("pk").values()), list(CareConfirmed.objects.values())
    return answers


@pytest.fixture
def older(world: World) -> World:
    meet(world, danger="yes")
    node().writer.submit(as_before)
    return world


def test_all_may_what_they_could(world: World) -> None:
    meet(world, danger="yes")
    before = rights(world)
    node().writer.submit(as_before)
    assert not Member.objects.exists() and upgrade.pending(node().sql())
    upgrade.at_start(node())
    assert rights(world) == before and not upgrade.pending(node().sql())
    assert rebuild(node()).changed == 0 and verify(node()).clean


def test_while_another_ring_is_locked_nobody_loses_a_right_or_care(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack on the time between: one of the node's rings stays locked, so that nothing is rebuilt."""
    before = rights(world)["rows"]
    node().writer.submit(as_before)
    ring = node().rings.open.pop(world.authorities["prosecution"])
    try:
        upgrade.at_start(node())
        assert upgrade.pending(node().sql())
        assert (list(Member.objects.order_by("pk").values()), list(CareConfirmed.objects.values())) == before
        person = meet(world, danger="yes")
        place = Compartment.objects.get(kind="person", about=person).pk
        assert Reader.objects.filter(pk=f"{place}:{world.authorities['care']}").exists()
        roster = node().writer.submit(lambda tx: Grounds(tx).roster(world.operation))
        assert roster == set(world.authorities.values()), "who is alone may sign alone"
    finally:
        node().rings.open[world.authorities["prosecution"]] = ring


def test_rows_and_entries_that_were_put_there_make_nobody_a_member(world: World) -> None:
    """Attack: whoever writes the database does so between the migration and the first start."""
    outsider = world.actor("other-lead")
    second = str(world.perform("coordinator", open_operation, **SECOND))
    node().writer.submit(as_before)
    key, first = f"{second}:{outsider.authority}", f"{world.operation}:{outsider.authority}"
    Member.objects.bulk_create(
        [
            Member(
                id=key,
                operation=second,
                authority=outsider.authority,
                kind="police",
                country="VC",
                part="coordination",
                compartment=Compartment.objects.get(about=second).pk,
            ),
            Member(
                id=first,
                operation=world.operation,
                authority=outsider.authority,
                kind="centre",
                country="BB",
                part="coordination",
                compartment=Compartment.objects.get(kind="operation", about=world.operation).pk,
            ),
        ]
    )
    sql = node().sql()
    (idx,) = sql.all("select min(entry) from journal_touch where key like 'access.Authority:%'")[0]
    sql.run(TOUCH, (f"access.Member:{key}", idx))
    sql.run(TOUCH, (f"access.Authority:{outsider.authority}", idx))
    node().writer.submit(fold_members)
    assert not Member.objects.filter(pk=key).exists()
    assert not Member.objects.filter(pk=first).exists(), "what was added is not told from what was said"
    account = Account.objects.get(officer=outsider.officer)
    actor = working_as(account, second)
    assert actor is not None and actor.operation == world.operation


def test_done_twice_it_is_the_same(older: World) -> None:
    node().writer.submit(fold_members)
    rows = list(Member.objects.order_by("pk").values()), list(CareConfirmed.objects.values())
    node().writer.submit(fold_members)
    assert rows == (list(Member.objects.order_by("pk").values()), list(CareConfirmed.objects.values()))
    assert receiving(older.actor("administrator")).state == "confirmed"
