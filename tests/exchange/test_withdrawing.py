"""What is withdrawn ends at once at the node: the next part of an answer is not given, nor any key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libertad.access.actions.remove_reader import remove_reader
from libertad.exchange.control import key_delivery
from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import Parcel, PullRequest, pack, unpack
from libertad.exchange.protocol.secure_channel import ASK, LAST, Channel, NotOurs, small
from libertad.exchange.sending.sender import Outgoing
from libertad.exchange.sync.endpoint import UnknownPeer
from tests.exchange.conftest import Three
from tests.exchange.making import begun
from tests.exchange.test_exchange import lead
from tests.support.nodes import Party, settle


class Listening:
    """A peer that asks once, and reads the answer part by part."""

    def __init__(self, asks: Party, answers: Party) -> None:
        self.channel = Channel(asks.node.key.seed, answers.node.key.public)
        peer = peers.get(asks.node.sql(), answers.node.key.origin)
        assert peer is not None
        self.sealed = self.channel.seal(
            ASK, pack(PullRequest(counter=peers.now_ms() + 60_000, after=peer.taken, chunk=4096))
        )
        self.parts: Iterator[bytes] = answers.exchange.answer(small(asks.node.key.origin) + self.sealed)
        self.place = 0

    def next(self) -> tuple[Parcel, bool] | None:
        """The next parcel and whether it is said to be the last; None where the answer was broken off."""
        part = next(self.parts, None)
        if part is None:
            return None
        plain, last = self.channel.answered(self.sealed, self.place, part)
        self.place += 1
        return unpack(plain, Parcel), last

    def entries(self) -> int:
        """How many entries come until the answer ends."""
        count = 0
        while (came := self.next()) is not None:
            count += len(came[0].entries)
            if came[1]:
                return count
        return count


def write_leads(three: Three, count: int = 60) -> str:
    """A file with that many entries that the centre has not got yet; its id."""
    begun(three)
    for n in range(count):
        lead(three.guyana, summary=f"Lead {n}")
    ((place,),) = set(three.guyana.rows("operations_lead", "compartment"))
    return str(place)


def first_with_entries(listening: Listening) -> None:
    while (came := listening.next()) is not None and not came[0].entries:
        pass
    assert came is not None and not came[1]


@pytest.mark.parametrize("state", [peers.SUSPENDED, peers.ENDED])
def test_a_suspension_ends_an_answer_that_is_under_way(three: Three, state: str) -> None:
    write_leads(three)
    listening = Listening(three.centre, three.guyana)
    first_with_entries(listening)
    peers.set_state(three.guyana.node, three.centre.node.key.origin, state)
    assert listening.next() is None
    with pytest.raises(UnknownPeer):
        Listening(three.centre, three.guyana)


def test_a_broken_off_answer_is_not_taken_for_a_whole_one(three: Three) -> None:
    write_leads(three)

    def suspend(parts: Iterator[bytes]) -> Iterator[bytes]:
        yield next(parts)
        peers.set_state(three.guyana.node, three.centre.node.key.origin, peers.SUSPENDED)
        yield from parts

    with pytest.raises(ConnectionError, match="cut off"):
        three.centre.pull(three.guyana, spoil=suspend, chunk=4096)


def test_a_removed_reader_gets_no_further_part(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of what was read from the disk before it was removed."""
    place = write_leads(three)
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "joint work"))
    settle([three.guyana, three.trinidad])
    for n in range(60):
        lead(three.guyana, summary=f"Later {n}")

    def remove() -> None:
        three.guyana.do(
            "national-lead",
            remove_reader,
            compartment=place,
            readers=[three.trinidad.authority],
            reason="over",
        )

    listening = Listening(three.trinidad, three.guyana)
    first_with_entries(listening)
    remove()
    assert listening.next() is None
    assert sum(len(p.entries) for p in outgoing_parcels(three.guyana, three.trinidad, place)) == 0


def test_planted_without_that_check_a_removed_reader_would_get_more(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = write_leads(three)
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "joint work"))
    settle([three.guyana, three.trinidad])
    for n in range(60):
        lead(three.guyana, summary=f"Later {n}")
    monkeypatch.setattr(Outgoing, "still_permitted", lambda *_: True)
    listening = Listening(three.trinidad, three.guyana)
    first_with_entries(listening)
    three.guyana.do(
        "national-lead", remove_reader, compartment=place, readers=[three.trinidad.authority], reason="over"
    )
    assert listening.entries() > 0  # what the test above forbids


def outgoing_parcels(giver: Party, reader: Party, place: str) -> list[Parcel]:
    """What would travel of a file now."""
    peer = peers.get(reader.node.sql(), giver.node.key.origin)
    assert peer is not None
    outgoing = Outgoing(giver.node, giver.node.sql(), reader.node.key.origin)
    return list(outgoing.fill(bytes.fromhex(place), 0, peer.taken, 65536, 64))


def test_an_authority_that_lives_elsewhere_now_ends_an_answer(three: Three) -> None:
    write_leads(three)
    listening = Listening(three.centre, three.guyana)
    first_with_entries(listening)
    three.guyana.node.writer.submit(
        lambda tx: tx.sql.run(
            "delete from exchange_peer_authority where authority = ?", (three.centre.authority,)
        )
    )
    assert listening.next() is None


def wraps(giver: Party, reader: Party) -> list[bytes]:
    """Keys that the giver would release to the reader's node now."""
    sql = giver.node.sql()
    return key_delivery.wraps_for(giver.node, sql, peers.authorities(sql, reader.node.key.origin))


def test_no_key_is_released_to_who_was_removed_before_it_asked(three: Three) -> None:
    place = write_leads(three, 3)
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "joint work"))
    assert wraps(three.guyana, three.trinidad) != []  # it would get them now
    three.guyana.node.writer.submit(lambda tx: tx.sql.run("delete from exchange_released"))
    three.guyana.do(
        "national-lead", remove_reader, compartment=place, readers=[three.trinidad.authority], reason="over"
    )
    assert wraps(three.guyana, three.trinidad) == []
    settle(list(three))
    fresh = three.guyana.node.rings.newest[bytes.fromhex(place)][2]
    assert fresh in three.centre.node.rings.known.values()
    assert fresh not in three.trinidad.node.rings.known.values()


def test_no_key_is_released_to_a_suspended_peer(three: Three) -> None:
    place = write_leads(three, 3)
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "joint work"))
    assert wraps(three.guyana, three.trinidad) != []
    three.guyana.node.writer.submit(lambda tx: tx.sql.run("delete from exchange_released"))
    peers.set_state(three.guyana.node, three.trinidad.node.key.origin, peers.SUSPENDED)
    for asker, giver in ((three.trinidad, three.guyana), (three.guyana, three.trinidad)):
        with pytest.raises(Exception, match=r"^$|no active peer"):
            asker.pull(giver)
    assert three.guyana.rows("exchange_released") == []
    key = three.guyana.node.rings.newest[bytes.fromhex(place)][2]
    assert key not in three.trinidad.node.rings.known.values()


def test_a_part_is_bound_to_its_place_and_to_being_the_last(three: Three) -> None:
    """Nobody on the way can make a broken off answer a whole one."""
    write_leads(three)
    listening = Listening(three.centre, three.guyana)
    parts: list[Any] = [next(listening.parts), next(listening.parts)]
    assert listening.channel.answered(listening.sealed, 0, parts[0])[1] is False
    with pytest.raises(NotOurs):
        listening.channel.open(LAST, parts[1])
    with pytest.raises(NotOurs):
        listening.channel.answered(listening.sealed, 0, parts[1])
