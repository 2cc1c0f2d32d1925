"""Three nodes that never ask each other: everything arrives by letters, over real brokers that are killed."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from nats.aio.client import Client

from libertad.exchange import joined, mailing, nats_hub, nats_mail, peers
from libertad.exchange.box import small
from libertad.exchange.nats_mail import NotSent
from libertad.exchange.nats_transport import NatsTransport, State
from libertad.exchange.peers import now_ms
from libertad.exchange.postal import Post, waited
from libertad.exchange.taking import Moved
from tests.exchange.brokers import Brokers
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import held, lead, same
from tests.support import apart, nodes
from tests.support.nodes import Party, invited, operation

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("nats")]
LONG = 120  # seconds: an end for what hangs, never a measure


class Station:
    """A party's post, that can be down and up again."""

    def __init__(self, party: Party, brokers: Brokers) -> None:
        self.party, self.brokers = party, brokers
        self.post: Post | None = None

    def up(self, handler: Callable[[Post], Callable[[str, bytes], None]] | None = None) -> None:
        key = self.party.node.key
        post = self.post = Post(self.party.exchange, every=0.1, asking=0)
        transport = NatsTransport(
            self.brokers.leaf_url(key.origin), key.origin, key.seed, seal=post.seal, open=post.open,
            handler=handler(post) if handler else post.take, tick=0.05, poll=0.5,
        )  # fmt: skip
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
    client = Client()
    client._public_nkey = brokers.operator.public
    await client.connect(
        brokers.hub_url, signature_cb=brokers.operator.sign,
        tls=ssl.create_default_context(cafile=str(brokers.certificate)),
    )  # fmt: skip
    await nats_hub.provide(client.jetstream(), origins, backoff=(1.0,))
    await client.close()


def until(what: Callable[[], object]) -> None:
    """Wait for it; the test fails where it never comes."""
    ends = time.monotonic() + LONG
    while not what():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.05)


def forwarded(station: Station) -> int:
    """Messages that its leaf has carried to the hub; -1 while a letter is being handed over."""
    assert station.post is not None
    state = station.post.state()
    return state.forwarded if state is not None and not station.post.leaving else -1


def leads(party: Party) -> int:
    return len(party.rows("operations_lead", "id"))


@pytest.fixture
def mailed(tmp_path: Path, db: None) -> Iterator[Mailed]:
    """Joined by invitations; nobody has pulled, and nobody ever does."""
    joined.register()
    statements = nodes.schema()
    three = Three(*(Party(tmp_path / name, statements, name) for name in Three._fields))
    operation(three.centre)
    invited(three.centre, three.guyana)
    invited(three.centre, three.trinidad, country="TT")
    folder = tmp_path / "brokers"
    folder.mkdir()
    brokers = Brokers(folder, {party.node.key.origin: party.node.key.seed for party in three})
    made = Mailed(three, brokers)
    try:
        apart.run(provide(brokers, [party.node.key.origin for party in three]))
        for station in made.stations.values():
            station.up()
        for party in three[1:]:
            until(partial(party.rows, "operations_operation", "id"))
            for role in ("officer", "national-lead"):
                party.appoint(role)
        yield made
    finally:
        for station in made.stations.values():
            station.down()
        brokers.stop()
        for party in three:
            party.close()


def test_what_is_said_arrives_at_its_readers_through_leaves(mailed: Mailed) -> None:
    centre, guyana, trinidad = mailed.three
    said = lead(guyana)
    until(lambda: centre.rows("operations_lead", "id") == [(said,)])
    ((place,),) = guyana.rows("operations_lead", "compartment")
    assert trinidad.node.sql().all("select 1 from journal_entry where compartment = ?", (place,)) == []
    # The police learnt of each other from the journal, and write to each other.
    guyana.do("national-lead", lambda act: act.widen(place, [trinidad.authority], "the same lorry"))
    until(lambda: trinidad.rows("operations_lead", "id") == [(said,)])
    for party in mailed.three:
        assert held(party) == []
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
    assert held(centre) == []


def test_a_receiver_that_was_down_gets_its_letters(mailed: Mailed) -> None:
    centre, guyana, _trinidad = mailed.three
    mailed.stations["centre"].down()
    gone = forwarded(mailed.stations["guyana"])
    for number in range(20):
        lead(guyana, summary=f"Lead {number}")
    until(lambda: forwarded(mailed.stations["guyana"]) > gone)
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

    def unwilling(post: Post) -> Callable[[str, bytes], None]:
        def take(origin: str, parcel: bytes) -> None:
            if origin == guyana.node.key.origin and not held:
                held.append(1)
                raise RuntimeError("not now")
            post.take(origin, parcel)

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

    def crashing(post: Post) -> Callable[[str, bytes], None]:
        def take(origin: str, parcel: bytes) -> None:
            post.take(origin, parcel)
            if leads(centre):
                raise Crash

        return take

    def counting(post: Post) -> Callable[[str, bytes], None]:
        def take(origin: str, parcel: bytes) -> None:
            before = leads(centre)
            post.take(origin, parcel)
            again.append(leads(centre) - before)

        return take

    station.up(crashing)
    lead(guyana)
    until(lambda: leads(centre) == 1)
    theirs = (
        "select count(*) from journal_entry e join journal_device d on d.id = e.device where authority = ?"
    )
    size = centre.node.sql().all(theirs, (guyana.authority,))
    station.down()
    station.up(counting)
    until(lambda: again)  # the same letter, a second time
    assert set(again) == {0} and leads(centre) == 1
    assert centre.node.sql().all(theirs, (guyana.authority,)) == size
    lead(guyana)
    until(lambda: leads(centre) == 2)
    assert held(centre) == []


def test_the_brokers_files_hold_no_name_no_place_and_no_word(mailed: Mailed) -> None:
    _centre, guyana, _trinidad = mailed.three
    mailed.stations["centre"].down()  # so that its letters lie on the broker
    canary = "Ozymandia Quillfeather at the mine"
    gone = forwarded(mailed.stations["guyana"])
    lead(guyana, summary=canary)
    until(lambda: forwarded(mailed.stations["guyana"]) > gone)
    places = [row[0] for row in guyana.rows("access_compartment", "id")]
    whose = [party.authority for party in mailed.three]
    people = [officer for party in mailed.three for officer in party.officers.values()]
    ids = [guyana.operation, *places, *whose, *people]
    assert len(ids) > 10
    words = [canary.encode(), canary[:9].encode(), *(one.encode() for one in ids)]
    words += [bytes.fromhex(one) for one in ids]
    words += [party.node.key.origin.encode() for party in mailed.three]
    stores = [
        one for one in mailed.brokers.folder.rglob("*")
        if one.is_file() and "store" in one.relative_to(mailed.brokers.folder).as_posix()
    ]  # fmt: skip
    kept = b"".join(one.read_bytes() for one in stores)
    # The search does find what lies there: the sender's name in front of each sealed letter.
    assert small(guyana.node.key.origin) in kept
    assert [word for word in words if word in kept] == []
    # And it would find these words: they are in the node's own files.
    own = b"".join(one.read_bytes() for one in guyana.node.home.glob("libertad.sqlite3*"))
    assert guyana.authority.encode() in own and bytes.fromhex(places[0]) in own


# -- without a broker ------------------------------------------------------------------------


class Held(NatsTransport):
    """A broker that takes everything, or nothing."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, list[bytes]]] = []
        self.fails = False

    def state(self) -> State:
        return State(True, True, 0, 0, 0, 0, 0)

    def send(self, reader_origin: str, parcels: Iterable[bytes], timeout: float = 30.0) -> None:
        if self.fails:
            raise NotSent("no broker answers")
        self.letters.append((reader_origin, list(parcels)))


def rounds(post: Post, count: int = 1) -> int:
    sent = 0
    for _each in range(count):
        sent += post.round()
        until(lambda: not post.leaving)
    return sent


def to(held_back: Held, party: Party) -> list[list[bytes]]:
    return [parcels for origin, parcels in held_back.letters if origin == party.node.key.origin]


def test_a_peer_that_is_silent_for_days_finds_few_copies(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for an answer was written again at every round, keys included: 17,280 copies a day."""
    post = Post(three.guyana.exchange, asking=0)
    post.transport = broker = Held()
    for number in range(30):
        lead(three.guyana, summary=f"Lead {number}")
    rounds(post, 5)
    before = len(to(broker, three.centre))
    assert before <= 2
    began = now_ms()
    origin = three.centre.node.key.origin
    three.guyana.node.writer.submit(lambda tx: peers.change(tx.sql, origin, contact=began))
    for hour in range(1, 73):
        for module in (mailing, peers):
            monkeypatch.setattr(module, "now_ms", lambda hour=hour: began + hour * 3_600_000)
        rounds(post, 2)
    copies = to(broker, three.centre)
    assert before < len(copies) < 20 and len(to(broker, three.trinidad)) < 20
    mailing.read(three.centre.exchange, three.guyana.node.key.origin, copies[-1])
    assert leads(three.centre) == 30


def test_what_did_not_leave_is_in_the_next_letter(three: Three) -> None:
    post = Post(three.guyana.exchange, asking=0)
    post.transport = broker = Held()
    rounds(post, 3)
    broker.letters.clear()
    broker.fails = True
    lead(three.guyana)
    rounds(post, 2)
    assert broker.letters == []
    broker.fails = False
    rounds(post)
    for parcels in to(broker, three.centre):
        mailing.read(three.centre.exchange, three.guyana.node.key.origin, parcels)
    assert leads(three.centre) == 1


def test_growth_that_is_for_others_does_not_tear_a_hole(three: Three) -> None:
    """A round without news counted as sent what it had not sent: the next letter did not follow the last."""
    post = Post(three.guyana.exchange, asking=0)
    post.transport = broker = Held()
    rounds(post, 3)
    for parcels in to(broker, three.trinidad):
        mailing.read(three.trinidad.exchange, three.guyana.node.key.origin, parcels)
    broker.letters.clear()
    lead(three.guyana)  # for the centre, not for Trinidad
    assert rounds(post, 3) >= 1 and to(broker, three.trinidad) == []
    ((place,),) = three.guyana.rows("operations_lead", "compartment")
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "the lorry"))
    rounds(post)
    (parcels,) = to(broker, three.trinidad)
    assert not mailing.read(three.trinidad.exchange, three.guyana.node.key.origin, parcels).missing
    assert leads(three.trinidad) == 1


def test_one_peers_trouble_does_not_keep_the_others_letters(three: Three) -> None:
    post = Post(three.centre.exchange, asking=0)
    post.transport = broker = Held()
    rounds(post, 3)
    broker.letters.clear()
    three.centre.exchange.cuts.add(three.guyana.node.key.origin)
    memory = three.centre.exchange.memory(three.guyana.node.key.origin)
    memory.told = None  # type: ignore[assignment]  # whatever goes wrong with one
    three.centre.appoint("coordinator")
    three.centre.do("coordinator", joined.announce_self, address="https://centre.example")
    rounds(post, 2)
    assert to(broker, three.guyana) == [] and to(broker, three.trinidad)


def test_a_pull_that_was_faster_is_no_lie(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    post = Post(three.centre.exchange, asking=0)
    origin, calls = three.guyana.node.key.origin, []

    def moved(*given: object) -> None:
        calls.append(given)
        raise Moved("the peer's state changed meanwhile: ask again")

    monkeypatch.setattr(mailing, "read", moved)
    with pytest.raises(Moved):
        post.take(origin, b"parcel")
    assert len(calls) > 1
    row = peers.get(three.centre.node.sql(), origin)
    assert row is not None and row.error == "", "what is no lie is not written beside the peer"


def test_a_lie_is_written_beside_the_peer_and_acknowledged(three: Three) -> None:
    post = Post(three.centre.exchange, asking=0)
    origin = three.guyana.node.key.origin
    post.take(origin, b"no parcel")
    row = peers.get(three.centre.node.sql(), origin)
    assert row is not None and row.error.startswith("refused: not compressed as agreed")


def test_what_is_owed_is_confirmed_by_another_process(three: Three) -> None:
    """`bundle read` and `bundle write` are two processes: keys were given, and asked for, for ever."""
    centre, guyana = three.centre, three.guyana
    lead(guyana)
    letter = mailing.write(guyana.exchange, centre.node.key.origin)
    mailing.read(centre.exchange, guyana.node.key.origin, letter.parcels)
    centre.exchange.memories.clear()
    assert guyana.node.sql().all("select 1 from exchange_released where taken is null")
    back = mailing.write(centre.exchange, guyana.node.key.origin)
    mailing.read(guyana.exchange, centre.node.key.origin, back.parcels)
    sql = guyana.node.sql()
    readers = [centre.authority]
    assert sql.all("select 1 from exchange_released where taken is null and authority = ?", readers) == []
    assert centre.node.sql().all("select 1 from exchange_owed") == []


def _went(party: Party, other: Party, taken: int) -> None:
    party.node.writer.submit(lambda tx: peers.change(tx.sql, other.node.key.origin, taken=taken))


def test_a_peer_that_went_back_gets_again_what_it_lost(three: Three) -> None:
    centre, guyana = three.centre, three.guyana
    lead(guyana)
    size = guyana.node.sql().all("select size from journal_head")[0][0]
    for given in (size, size - 1):
        _went(centre, guyana, given)
        back = mailing.write(centre.exchange, guyana.node.key.origin)
        mailing.read(guyana.exchange, centre.node.key.origin, back.parcels[:1])
        row = peers.get(guyana.node.sql(), centre.node.key.origin)
        assert row is not None and row.given == given
