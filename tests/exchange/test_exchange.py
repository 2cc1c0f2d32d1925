"""Entries travel to whom may read them, all of them and nowhere else; what is cut goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import PullRequest, pack
from libertad.exchange.protocol.secure_channel import ASK
from libertad.exchange.receiving import receiver
from libertad.exchange.sync.endpoint import UnknownPeer
from libertad.operations.actions.report_lead import report_lead
from tests.exchange.conftest import Three
from tests.support.nodes import Party, settle

LEAD: dict[str, Any] = {
    "country": "GY",
    "summary": "People locked in at the mine",
    "source_grade": "1",
    "information_grade": "A",
    "handling": "P",
}


def lead(party: Party, **overrides: Any) -> str:
    return party.do("officer", report_lead, **{**LEAD, **overrides})


def held_entries(party: Party) -> list[tuple[Any, ...]]:
    return party.rows("journal_held", "reason, detail")


def same(first: Party, second: Party, table: str, columns: str) -> None:
    assert first.rows(table, columns) == second.rows(table, columns)


def test_what_one_says_arrives_at_its_readers_and_at_nobody_else(three: Three) -> None:
    lead_id = lead(three.guyana)
    settle(list(three))
    assert three.centre.rows("operations_lead", "id") == [(lead_id,)]
    (place,) = three.guyana.rows("operations_lead", "compartment")
    assert three.trinidad.node.sql().all("select 1 from journal_entry where compartment = ?", place) == []
    key = three.guyana.node.rings.newest[bytes.fromhex(place[0])][2]
    assert key in three.centre.node.rings.known.values()
    assert key not in three.trinidad.node.rings.known.values()


def test_ten_entries_take_one_round_trip_and_few_bytes(three: Three) -> None:
    lead(three.guyana)
    settle(list(three))
    for number in range(10):
        lead(three.guyana, summary=f"Lead {number}")
    done = three.centre.pull(three.guyana)
    assert done.taken.stored == 10
    idle = three.centre.pull(three.guyana)
    assert idle.parcels == 0
    assert idle.asked < 150
    assert idle.answered < 150


def test_a_cut_answer_begins_again_where_it_was(three: Three) -> None:
    for number in range(60):
        lead(three.guyana, summary=f"Lead {number}")

    def cut(parts: Iterator[bytes]) -> Iterator[bytes]:
        for _ in range(3):
            yield next(parts)
        raise ConnectionError("the line is cut")

    before = peers.get(three.centre.node.sql(), three.guyana.node.key.origin)
    with pytest.raises(ConnectionError):
        three.centre.pull(three.guyana, spoil=cut, chunk=4096)
    after = peers.get(three.centre.node.sql(), three.guyana.node.key.origin)
    assert before is not None and after is not None
    assert before.taken < after.taken < before.taken + 61
    settle(list(three))
    same(three.centre, three.guyana, "operations_lead", "id")
    assert len(three.centre.rows("operations_lead", "id")) == 60


@pytest.mark.parametrize("how", ["flipped", "twice", "swapped", "shortened", "dropped"])
def test_a_changed_answer_is_refused_and_nothing_of_it_stored(three: Three, how: str) -> None:
    for number in range(30):
        lead(three.guyana, summary=f"Lead {number}")

    def spoil(parts: Iterator[bytes]) -> Iterator[bytes]:
        received = list(parts)
        assert len(received) > 2
        if how == "flipped":
            received[1] = received[1][:-1] + bytes([received[1][-1] ^ 1])
        elif how == "twice":
            received.insert(1, received[0])
        elif how == "swapped":
            received[0], received[1] = received[1], received[0]
        elif how == "shortened":
            received[0] = received[0][:40]
        else:
            del received[0]
        return iter(received)

    with pytest.raises(Exception, match=r"changed on the way|another question|too short"):
        three.centre.pull(three.guyana, spoil=spoil, chunk=4096)
    settle(list(three))
    assert len(three.centre.rows("operations_lead", "id")) == 30


def test_a_stranger_gets_no_answer(three: Three) -> None:
    channel = three.guyana.exchange.channel(
        peers.get(three.guyana.node.sql(), three.centre.node.key.origin)  # type: ignore[arg-type]
    )
    small = bytes.fromhex(three.guyana.node.key.origin.partition("/")[2])
    valid = small + channel.seal(ASK, pack(PullRequest(counter=peers.now_ms() + 60_000)))
    changed = valid[:-1] + bytes([valid[-1] ^ 1])
    for message in (b"", bytes(8) + valid[8:], changed, valid[:30], b"GET / HTTP/1.1"):
        with pytest.raises(UnknownPeer):
            three.centre.exchange.answer(message)
    assert list(three.centre.exchange.answer(valid))
    with pytest.raises(UnknownPeer):  # a copy of what was heard on the line
        three.centre.exchange.answer(valid)


def test_a_suspended_peer_gets_and_gives_nothing(three: Three) -> None:
    lead(three.guyana)
    peers.set_state(three.guyana.node, three.centre.node.key.origin, peers.SUSPENDED)
    with pytest.raises(UnknownPeer):
        three.centre.pull(three.guyana)
    with pytest.raises(receiver.BadParcel):
        three.guyana.pull(three.centre)
    peers.set_state(three.guyana.node, three.centre.node.key.origin, peers.ACTIVE)
    settle(list(three))
    assert len(three.centre.rows("operations_lead", "id")) == 1


def test_who_is_let_in_later_reads_what_was_said_before(three: Three) -> None:
    lead_id = lead(three.guyana)
    settle(list(three))
    ((place,),) = three.guyana.rows("operations_lead", "compartment")

    def widen(act: Any) -> None:
        act.widen(place, [three.trinidad.authority], "the same lorry was seen in Port of Spain")

    three.guyana.do("national-lead", widen)
    after = lead(three.guyana, summary="Seen again")
    settle(list(three))
    assert three.trinidad.rows("operations_lead", "id") == sorted([(lead_id,), (after,)])
    same(three.centre, three.trinidad, "operations_lead", "id, reported_at, reference")
    assert held_entries(three.trinidad) == []


def test_who_is_removed_reads_nothing_more_and_keeps_what_it_had(three: Three) -> None:
    from libertad.access.actions.remove_reader import remove_reader

    first = lead(three.guyana)
    settle(list(three))
    ((place,),) = three.guyana.rows("operations_lead", "compartment")
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "joint work"))
    settle(list(three))
    three.guyana.do(
        "national-lead",
        remove_reader,
        compartment=place,
        readers=[three.trinidad.authority],
        reason="the joint work is over",
    )
    second = lead(three.guyana, summary="Only for us")
    settle(list(three))
    assert three.trinidad.rows("operations_lead", "id") == [(first,)]
    assert three.centre.rows("operations_lead", "id") == sorted([(first,), (second,)])
    fresh = three.guyana.node.rings.newest[bytes.fromhex(place)][2]
    assert fresh in three.centre.node.rings.known.values()
    assert fresh not in three.trinidad.node.rings.known.values()


def test_a_removed_reader_gives_no_keys(three: Three) -> None:
    """It has the old key and may make one up: the file's readers take none from it."""
    import os

    from libertad.access.actions.remove_reader import remove_reader
    from libertad.exchange.control import key_delivery, key_wrap
    from libertad.journal import sealing

    lead(three.guyana)
    ((place,),) = three.guyana.rows("operations_lead", "compartment")
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "joint work"))
    settle(list(three))

    def wrapped_key() -> bytes:
        to = key_wrap.recipient_key(three.centre.node.rings, three.centre.authority)
        key = os.urandom(32)
        return key_wrap.packed(
            key_wrap.wrap(
                to.public,
                to.key_id,
                compartment=bytes.fromhex(place),
                kid=sealing.key_id(key),
                number=9,
                giver=three.trinidad.authority,
                reader=three.centre.authority,
                key=key,
            )
        )

    peer = peers.get(three.centre.node.sql(), three.trinidad.node.key.origin)
    assert peer is not None
    three.guyana.do(
        "national-lead", remove_reader, compartment=place, readers=[three.trinidad.authority], reason="over"
    )
    settle(list(three))
    assert key_delivery.take_wraps(three.centre.node, peer, [wrapped_key()]) == []
    assert three.centre.node.rings.newest[bytes.fromhex(place)][0] < 9


def test_secrets_of_recipient_keys_are_destroyed(three: Three) -> None:
    from libertad.exchange.control import dispatch, key_wrap

    rings, authority = three.centre.node.rings, three.centre.authority
    first = key_wrap.recipient_key(rings, authority)
    dispatch.tend(three.centre.node, first.made + dispatch.ROTATE + 1)
    second = key_wrap.recipient_key(rings, authority)
    assert second.key_id != first.key_id
    assert rings.recipient_secret(authority, first.key_id) is not None  # what is on its way still opens
    dispatch.tend(three.centre.node, first.made + 2 * dispatch.ROTATE + 1)
    assert rings.recipient_secret(authority, first.key_id) is None
    lead(three.guyana)
    settle(list(three))
    assert len(three.centre.rows("operations_lead", "id")) == 1


def test_two_nodes_never_give_one_reference_to_two_things(three: Three) -> None:
    lead(three.guyana)
    three.centre.appoint("analyst")
    settle(list(three))
    three.centre.do("analyst", report_lead, **LEAD)
    lead(three.guyana, summary="Another")
    settle(list(three))
    references = {row[0] for row in three.guyana.rows("operations_lead", "reference")}
    assert references == {"L-GY-001", "L-GY-002", "L-GY-BBX-001"}
