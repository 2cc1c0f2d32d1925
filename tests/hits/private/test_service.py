"""On a node of its own: what is offered is what the authority itself owns, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from libertad.access.actions.erase_person import erase_person
from libertad.exchange.peering import peers
from libertad.hits import private
from libertad.hits.private import queries, quotas, service
from libertad.hits.private.admitting import admit, dismiss, settle
from libertad.journal.node import node
from tests.exchange.transport.test_http import peer_of
from tests.hits.making import fresh, person, share
from tests.support.world import World

ABROAD = "a" * 32
NOW = 1_800_000_000_000


@pytest.fixture
def here(world: World) -> Iterator[service.Private]:
    fresh()
    service.stop()
    yield service.private()
    service.stop()


def marked_refs(here: service.Private) -> set[str]:
    return {
        row[0]
        for row in here.node.sql().all(
            "select k.ref from hits_private_mark m join hits_private_kept k on k.id = m.record"
        )
    }


def test_an_authority_answers_for_what_it_owns_and_not_for_what_others_shared(
    world: World, here: service.Private
) -> None:
    hers, shared = person(world, "Yulimar Peña Rojas"), person(world, "Ana Díaz Soto", "other-officer")
    share(world, shared)
    police = world.authorities["police"]
    assert {record.id for record in here.holding.source.every(police, world.operation)} == {f"person:{hers}"}
    assert here.holding.begin(world.actor("national-lead"), "Duty desk") > 0
    assert marked_refs(here) == {f"person:{hers}"}
    assert set(
        here.holding.source.readable_records(police, [f"person:{hers}", f"person:{shared}"], world.operation)
    ) == {f"person:{hers}"}
    owner = queries.owner(here.node.sql(), police)
    assert owner is not None
    assert owner.contact == "Duty desk"
    assert owner.marks > 0
    assert owner.waiting == 0


def test_tending_follows_the_journal_and_an_erasure_is_followed_at_once(
    world: World, here: service.Private
) -> None:
    here.holding.begin(world.actor("national-lead"), "Duty desk")
    assert marked_refs(here) == set()
    hers, his = person(world, "Yulimar Peña Rojas"), person(world, "Radesh Persaud")
    service.tend(here.holding)
    assert marked_refs(here) == {f"person:{hers}", f"person:{his}"}
    world.perform("national-lead", erase_person, person=hers, reason="Consent withdrawn")
    assert marked_refs(here) == {f"person:{his}"}
    service.tend(here.holding)
    assert marked_refs(here) == {f"person:{his}"}


def test_where_nobody_exchanges_nobody_is_asked(world: World, here: service.Private) -> None:
    hers = person(world, "Yulimar Peña Rojas")
    (record,) = here.asking.source.every(world.authorities["police"], world.operation)
    assert record.id == f"person:{hers}"
    assert private.ask(world.actor("officer"), "GY-2018-014", record) == {}


def test_quotas_admissions_and_alarms_are_kept_on_either_database(
    world: World, here: service.Private
) -> None:

    signer, _ = peer_of(world, peers.ACTIVE)
    police, centre = world.authorities["police"], world.actor("coordinator")
    actor = type(centre)(centre.officer, police, "administrator")
    node().writer.submit(lambda tx: peers.save_peer(tx.sql, signer.origin, signer.public, "", (ABROAD,)))
    admit(node(), actor, ABROAD, "Same operation", {"phone": (8, 12)})
    allowed = quotas.quotas(node().sql(), police, ABROAD)
    assert allowed is not None
    spend = [
        node().writer.submit(
            lambda tx, at=at: quotas.spend(tx, police, ABROAD, allowed, {"phone": 4, "person": 4}, at)
        )
        for at in (NOW, NOW, NOW, NOW + 2 * quotas.DAY, NOW + 2 * quotas.DAY, NOW + 40 * quotas.DAY)
    ]
    assert spend == ["", "nearly", "quota", "nearly", "quota", ""]
    left = {quota.kind: quota for quota in queries.remaining_quotas(node().sql(), police)}
    assert (left["phone"].day, left["phone"].month) == (8, 12)
    for _ in range(3):
        node().writer.submit(lambda tx: quotas.alarm(tx, police, ABROAD, "quota", NOW))
    (alarm,) = queries.alarms(node().sql(), police)
    assert (alarm.what, alarm.times, alarm.settled) == ("quota", 3, False)
    settle(node(), actor, ABROAD, "quota", alarm.day)
    assert queries.alarms(node().sql(), police)[0].settled
    dismiss(node(), actor, ABROAD)
    assert queries.remaining_quotas(node().sql(), police) == []
    assert queries.asks_made(node().sql(), police) == [] == queries.answered(node().sql(), police)
