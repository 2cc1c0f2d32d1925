"""Three nodes that never ask each other: everything arrives by letters, over real brokers that are killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from libertad.exchange.onboarding import admission
from libertad.exchange.peering import peers
from libertad.exchange.protocol.secure_channel import small
from libertad.exchange.transport import nats_hub, nats_mail
from libertad.exchange.transport.courier import Courier, waited
from libertad.exchange.transport.nats_transport import NatsTransport
from scenarios.brokers import Brokers, operator_client
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import held_entries, lead, same
from tests.exchange.transport.test_courier import LONG, leads, until
from tests.support import apart, nodes
from tests.support.nodes import Party, invited, operation

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("nats")]


class Station:
    """A party's post, that can be down and up again."""

    def __init__(self, party: Party, brokers: Brokers) -> None:
        self.party, self.brokers = party, brokers
        self.post: Courier | None = None

    def up(self, handler: Callable[[Courier], Callable[[str, Sequence[bytes]], None]] | None = None) -> None:
        key = self.party.node.key
        post = self.post = Courier(self.party.exchange, every=0.1, asking=0)
        transport = NatsTransport(
            self.brokers.leaf_url(key.origin),
            key.origin,
            key.seed,
            seal=post.seal,
            open=post.open,
            handler=handler(post) if handler else post.take,
            tick=0.05,
            poll=0.5,
        )
        post.start(transport)
        assert waited(post, LONG)

    def down(self) -> None:
        if self.post is not None:
            self.post.stop()
            self.post = None


class Mailed:
    """Three parties, their stations, and the brokers."""

    def __init__(self, three: Three, brokers: Brokers) -> None:
        self.three, self.brokers = three, brokers
        self.stations = {party.name: Station(party, brokers) for party in three}


async def provide(brokers: Brokers, origins: list[str]) -> None:
    client = await operator_client(brokers.hub_url, brokers.operator, brokers.certificate)
    await nats_hub.provide(client.jetstream(), origins, backoff=(1.0,))
    await client.close()


def bytes_of(file: Path) -> bytes:
    """A broker's file; it may go as soon as what lies in it was fetched."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def on_the_hub(mailed: Mailed, to: Party, by: Party) -> int:
    """Letters of one node that lie on the hub for another, as the hub's own files have them."""
    box = nats_hub.stream(to.node.key.origin)
    folder = mailed.brokers.folder / "hub-store"
    blocks = [bytes_of(path) for path in folder.rglob("*.blk") if box in path.parts]
    return sum(block.count(small(by.node.key.origin)) for block in blocks)


@pytest.fixture
def mailed(tmp_path: Path, db: None) -> Iterator[Mailed]:
    """Joined by invitations; nobody has pulled, and nobody ever does."""
    admission.register()
    statements = nodes.schema()
    three = Three(*(Party(tmp_path / name, statements, name) for name in Three._fields))
    operation(three.centre)
    invited(three.centre, three.guyana)
    invited(three.centre, three.trinidad, country="TT")
    folder = tmp_path / "brokers"
    folder.mkdir()
    brokers = Brokers(folder, {party.node.key.origin: party.node.key.seed for party in three})
    world = Mailed(three, brokers)
    try:
        apart.run(provide(brokers, [party.node.key.origin for party in three]))
        for station in world.stations.values():
            station.up()
        for party in three[1:]:
            until(partial(party.rows, "operations_operation", "id"))
            for role in ("officer", "national-lead"):
                party.appoint(role)
        yield world
    finally:
        for station in world.stations.values():
            station.down()
        brokers.stop()
        for party in three:
            party.close()


def test_what_is_said_arrives_at_its_readers_through_leaves(mailed: Mailed) -> None:
    centre, guyana, trinidad = mailed.three
    lead_id = lead(guyana)
    until(lambda: centre.rows("operations_lead", "id") == [(lead_id,)])
    ((place,),) = guyana.rows("operations_lead", "compartment")
    assert trinidad.node.sql().all("select 1 from journal_entry where compartment = ?", (place,)) == []
    # The police learnt of each other from the journal, and write to each other.
    guyana.do("national-lead", lambda act: act.widen(place, [trinidad.authority], "the same lorry"))
    until(lambda: trinidad.rows("operations_lead", "id") == [(lead_id,)])
    for party in mailed.three:
        assert held_entries(party) == []
        post = mailed.stations[party.name].post
        assert post is not None
        state = post.state()
        assert state is not None and state.through_leaf and state.failed == 0
    row = peers.get(guyana.node.sql(), centre.node.key.origin)
    assert row is not None and row.bytes_in > 0 and row.bytes_out > 0 and row.error == ""
    until(lambda: not guyana.node.sql().all("select 1 from exchange_released where taken is null"))


def test_the_hub_is_killed_on_the_way_and_comes_back(mailed: Mailed) -> None:
    centre, guyana, _trinidad = mailed.three
    for number in range(400):
        lead(guyana, summary=f"Lead {number} " + "x" * 400)
    until(lambda: leads(centre) > 0)
    mailed.brokers.hub.kill()
    lead(guyana, summary="said while the hub was down")
    assert leads(centre) < 401
    mailed.brokers.hub.start()
    until(lambda: leads(centre) == 401)
    same(centre, guyana, "operations_lead", "id, reference")
    assert held_entries(centre) == []


def test_a_receiver_that_was_down_gets_its_letters(mailed: Mailed) -> None:
    centre, guyana, _trinidad = mailed.three
    mailed.stations["centre"].down()
    before = on_the_hub(mailed, centre, guyana)
    for number in range(20):
        lead(guyana, summary=f"Lead {number}")
    until(lambda: on_the_hub(mailed, centre, guyana) > before)
    assert leads(centre) == 0
    mailed.stations["centre"].up()
    until(lambda: leads(centre) == 20)


def test_a_letter_that_overtakes_another_is_taken_after_it(
    mailed: Mailed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that went down had fetched one and not taken it: the broker brings that one again later."""
    centre, guyana, _trinidad = mailed.three
    monkeypatch.setattr(nats_mail, "BACKOFF", (3.0,))
    station = mailed.stations["centre"]
    station.down()
    held: list[int] = []

    def unwilling(post: Courier) -> Callable[[str, Sequence[bytes]], None]:
        def take(origin: str, parcels: Sequence[bytes]) -> None:
            if origin == guyana.node.key.origin and not held:
                held.append(1)
                raise RuntimeError("not now")
            post.take(origin, parcels)

        return take

    station.up(unwilling)
    lead(guyana)
    until(lambda: held)
    lead(guyana, summary="The second overtakes the first")
    until(lambda: leads(centre) == 2)
    row = peers.get(centre.node.sql(), guyana.node.key.origin)
    assert row is not None and row.error == ""


def test_a_crash_between_our_commit_and_the_ack_brings_the_letter_again(mailed: Mailed) -> None:
    centre, guyana, _trinidad = mailed.three
    station = mailed.stations["centre"]
    station.down()

    class Crash(BaseException):
        """As kill -9: nothing after it happens."""

    again: list[int] = []

    def crashing(post: Courier) -> Callable[[str, Sequence[bytes]], None]:
        def take(origin: str, parcels: Sequence[bytes]) -> None:
            post.take(origin, parcels)
            if leads(centre):
                raise Crash

        return take

    def counting(post: Courier) -> Callable[[str, Sequence[bytes]], None]:
        def take(origin: str, parcels: Sequence[bytes]) -> None:
            before = leads(centre)
            post.take(origin, parcels)
            again.append(leads(centre) - before)

        return take

    station.up(crashing)
    lead(guyana)
    until(lambda: leads(centre) == 1)
    query = (
        "select count(*) from journal_entry e join journal_device d on d.id = e.device where authority = ?"
    )
    size = centre.node.sql().all(query, (guyana.authority,))
    station.down()
    station.up(counting)
    until(lambda: again)  # the same letter, a second time
    assert set(again) == {0} and leads(centre) == 1
    assert centre.node.sql().all(query, (guyana.authority,)) == size
    lead(guyana)
    until(lambda: leads(centre) == 2)
    assert held_entries(centre) == []


def test_the_brokers_files_hold_no_name_no_place_and_no_word(mailed: Mailed) -> None:
    centre, guyana, _trinidad = mailed.three
    mailed.stations["centre"].down()  # so that its letters lie on the broker
    canary = "Ozymandia Quillfeather at the mine"
    before = on_the_hub(mailed, centre, guyana)
    lead(guyana, summary=canary)
    until(lambda: on_the_hub(mailed, centre, guyana) > before)
    places = [row[0] for row in guyana.rows("access_compartment", "id")]
    authorities = [party.authority for party in mailed.three]
    people = [officer for party in mailed.three for officer in party.officers.values()]
    ids = [guyana.operation, *places, *authorities, *people]
    assert len(ids) > 10
    words = [canary.encode(), canary[:9].encode(), *(key.encode() for key in ids)]
    words += [bytes.fromhex(key) for key in ids]
    words += [party.node.key.origin.encode() for party in mailed.three]
    stores = [
        path
        for path in mailed.brokers.folder.rglob("*")
        if path.is_file() and "store" in path.relative_to(mailed.brokers.folder).as_posix()
    ]
    on_disk = b"".join(map(bytes_of, stores))
    # The search does find what lies there: the sender's name in front of each sealed letter.
    assert small(guyana.node.key.origin) in on_disk
    assert [word for word in words if word in on_disk] == []
    # And it would find these words: they are in the node's own files.
    own = b"".join(path.read_bytes() for path in guyana.node.home.glob("libertad.sqlite3*"))
    assert guyana.authority.encode() in own and bytes.fromhex(places[0]) in own
