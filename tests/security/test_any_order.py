"""The same words in any order of arrival give the same devices, members, officers and readers."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.exchange.peering import guarded, peers
from libertad.exchange.receiving.receiver import BadParcel
from libertad.exchange.sync.endpoint import Exchange, UnknownPeer
from libertad.vocabulary.verbs.access import DeviceRevoke
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import lead
from tests.security.test_forging_access import operation_file
from tests.security.test_thiefs_succession import another, recover, robbed, show, succeed
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle

pytestmark = [pytest.mark.django_db]
ORDERS = 6


def believed(party: Party) -> dict[str, Any]:
    """What a node believes of who may speak, and which entries it has folded."""
    beliefs: dict[str, Any] = {
        table: party.rows(table, columns)
        for table, columns in (
            ("access_authority", "id, kind, country, part"),
            ("access_officer", "id, authority, role, withdrawn"),
            ("access_reader", "id"),
            ("access_node", "id, origin"),
        )
    }
    devices = guarded.standing_devices(party.node.sql()).items()
    beliefs["devices"] = sorted((name, authority) for name, (_, authority) in devices if authority)
    beliefs["entries"] = sorted(
        bytes(row[0])
        for row in party.node.sql().all(
            "select hash from journal_entry where idx not in (select idx from journal_held) and device in "
            "(select id from journal_device where authority <> '')"
        )
    )
    return beliefs


def copies(party: Party, home: Path) -> list[Party]:
    """The party's node several times as it stands now; the party goes on as one more."""
    party.node.close()
    parties = [party.copy(home / f"order{number}") for number in range(ORDERS)]
    again = party.copy(home / "again")
    party.__dict__.update(again.__dict__)
    return parties


def attacked(three: Three, home: Path) -> tuple[Party, list[bytes]]:
    """What happens beside the observers: a theft, what the thief says, what the others say of it."""
    thief = robbed(three, home)
    another(thief)  # by an entry of the stolen device
    lead(thief, summary="By what the thief enrolled")
    slips = succeed(thief)  # and by a slip
    place = operation_file(thief)
    stolen = three.guyana.node.rings.device(three.guyana.authority)[0]
    from libertad.journal.header import device_id

    content = DeviceRevoke(device=device_id(stolen).hex(), reason="forged", last=-1)
    thief.appoint("press")
    with lawless():
        thief.do("national-lead", lambda act: act.say(place, content, subject=act.actor.authority))
    lead(three.guyana, summary="By the true one, who does not know yet")
    three.guyana.do(
        "national-lead", withdraw_officer, officer=three.guyana.officers["officer"], reason="left"
    )
    three.centre.pull(three.guyana)
    for country in ("VC", "GY"):
        three.centre.do(
            "coordinator",
            invite_authority,
            authority=three.guyana.authority,
            name="guyana",
            kind="police",
            country=country,
            zone="America/Guyana",
        )
    recover(three)
    return thief, slips


def test_the_order_in_which_words_arrive_decides_nothing(three: Three, tmp_path: Path) -> None:
    lead(three.guyana)
    settle(list(three))
    observers = copies(three.trinidad, tmp_path)
    thief, slips = attacked(three, tmp_path)
    views = []
    for number, observer in enumerate(observers):
        arrive(random.Random(number), observer, three, thief, slips)
        views.append(believed(observer))
    first = views[0]
    assert {row[2] for row in first["access_authority"] if row[0] == three.guyana.authority} == {"GY"}
    assert len(first["devices"]) >= 3
    for number, view in enumerate(views[1:], 1):
        for part, value in view.items():
            assert value == first[part], (number, part)
    for party in (*observers, thief):
        party.close()


def arrive(dice: random.Random, observer: Party, three: Three, thief: Party, slips: list[bytes]) -> None:
    """Everything reaches the observer, in small parts and an order of its own."""
    small = {"chunk": 600, "limit": 1}
    for party in (three.centre, three.guyana, thief):  # which have heard the observer before, as another
        party.node.writer.submit(
            lambda tx: peers.change(tx.sql, observer.node.key.origin, counter_in=0, given=0)
        )
        party.exchange = Exchange(party.node)

    def knows(tx: Any) -> None:
        peers.save_peer(tx.sql, thief.node.key.origin, thief.node.key.public, "")
        peers.change(tx.sql, thief.node.key.origin, state=peers.ACTIVE)

    def from_thief() -> None:
        observer.node.writer.submit(knows)
        observer.pull(thief, **small)

    steps: list[Callable[[], object]] = [lambda: show(slips, observer)]
    steps += [lambda: observer.pull(three.centre, **small)] * dice.randrange(4, 12)
    steps += [lambda: observer.pull(three.guyana, **small)] * dice.randrange(2, 8)
    steps += [from_thief] * dice.randrange(4, 12)
    dice.shuffle(steps)
    for step in steps:
        try:
            step()
        except (UnknownPeer, BadParcel, LookupError):
            continue  # not known yet, or not known any more
    for _ in range(8):
        observer.pull(three.centre)
        observer.pull(three.guyana)
        from_thief()
