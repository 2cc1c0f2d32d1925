"""What a post sends, sends again and takes, beside a broker that takes everything, or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future

import pytest

from libertad.access.actions.appoint_officer import appoint_officer
from libertad.exchange.onboarding import admission
from libertad.exchange.peering import failures, peers
from libertad.exchange.peering.peers import now_ms
from libertad.exchange.protocol import failure_codes
from libertad.exchange.protocol.messages import ControlMessage, Parcel, pack, unpack
from libertad.exchange.receiving.receiver import StaleCursor
from libertad.exchange.transport import courier, due_peers, mail
from libertad.exchange.transport.courier import Courier
from libertad.exchange.transport.nats_mail import NoBox, NotSent
from libertad.exchange.transport.nats_transport import NatsTransport, State
from libertad.journal import restore
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.support.nodes import Party

pytestmark = pytest.mark.sqlite_only
LONG = 600  # seconds: an end for what hangs, never a measure


def until(condition: Callable[[], object]) -> None:
    """Wait for it; the test fails where it never comes."""
    ends = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.05)


def leads(party: Party) -> int:
    return len(party.rows("operations_lead", "id"))


class Held(NatsTransport):
    """A broker that takes everything, or nothing."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, list[bytes]]] = []
        self.fails = False

    def state(self) -> State:
        return State(True, True, 0, 0, 0, 0, 0)

    def begin(self, reader_origin: str, parcels: Iterable[bytes]) -> Future[None]:
        done: Future[None] = Future()
        try:
            done.set_result(self.send(reader_origin, parcels))
        except NotSent as why:
            done.set_exception(why)
        return done

    def send(self, reader_origin: str, parcels: Iterable[bytes], timeout: float = 30.0) -> None:
        if self.fails:
            raise NotSent("no broker answers")
        self.letters.append((reader_origin, list(parcels)))


def rounds(post: Courier, count: int = 1) -> int:
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
    post = Courier(three.guyana.exchange, asking=0)
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
        for module in (mail, peers, due_peers):
            monkeypatch.setattr(module, "now_ms", lambda hour=hour: began + hour * 3_600_000)
        rounds(post, 2)
    copies = to(broker, three.centre)
    assert before < len(copies) < 20 and len(to(broker, three.trinidad)) < 20
    mail.read(three.centre.exchange, three.guyana.node.key.origin, copies[-1])
    assert leads(three.centre) == 30


def test_what_a_peer_refused_before_it_knew_us_goes_out_again_with_its_first_letter(three: Three) -> None:
    """Of a sender that nobody has told it of it takes nothing; it waited for ten minutes after that."""
    guyana, trinidad = three.guyana, three.trinidad
    post, peer_post = Courier(guyana.exchange, asking=0), Courier(trinidad.exchange, asking=0)
    post.transport, peer_post.transport = broker, answers = Held(), Held()
    origin = trinidad.node.key.origin
    guyana.node.writer.submit(lambda tx: peers.change(tx.sql, origin, contact=0, given=0))
    own = guyana.node.key.origin
    trinidad.node.writer.submit(lambda tx: peers.change(tx.sql, own, contact=0, taken=0))
    rounds(post, 3)
    before = len(to(broker, trinidad))
    assert before  # as if refused
    rounds(post, 2)
    assert len(to(broker, trinidad)) == before
    rounds(peer_post, 1)
    (first, *_later) = to(answers, guyana)
    mail.read(guyana.exchange, origin, first)
    rounds(post, 1)
    assert len(to(broker, trinidad)) == before + 1
    rounds(post, 3)
    assert len(to(broker, trinidad)) <= before + 2  # and not with every letter


def test_what_was_on_its_way_when_a_peer_got_to_know_us_goes_out_again(three: Three) -> None:
    """The broker had it already and the peer refused it, while our own word that it left was still to come:
    it counted as sent after all, for ten minutes."""
    guyana, trinidad = three.guyana, three.trinidad
    post, peer_post = Courier(guyana.exchange, asking=0), Courier(trinidad.exchange, asking=0)
    answers = Held()
    origin, own = trinidad.node.key.origin, guyana.node.key.origin
    guyana.do(
        "administrator", appoint_officer, name="Sgt. of all", service_number="77", role="officer"
    )  # read by all members
    guyana.node.writer.submit(lambda tx: peers.change(tx.sql, origin, contact=0, given=0))
    trinidad.node.writer.submit(lambda tx: peers.change(tx.sql, own, contact=0, taken=0))
    peer_post.transport = answers
    rounds(peer_post, 1)
    (first, *_later) = to(answers, guyana)

    class Slow(Held):
        """It answers late: the peer's first letter is read before."""

        def send(self, reader_origin: str, parcels: Iterable[bytes], timeout: float = 30.0) -> None:
            super().send(reader_origin, parcels, timeout)
            if reader_origin == origin and len(to(self, trinidad)) == 1:
                mail.read(guyana.exchange, origin, first)

    post.transport = broker = Slow()
    rounds(post, 1)
    (refused,) = to(broker, trinidad)
    rounds(post, 1)
    assert entries_of(refused) and list(map(entries_of, to(broker, trinidad))) == [entries_of(refused)] * 2


def entries_of(letter: list[bytes]) -> list[bytes]:
    """Headers of the entries in a letter."""
    return [entry.header for parcel in letter for entry in unpack(parcel, Parcel).entries]


def test_what_did_not_leave_is_in_the_next_letter(three: Three) -> None:
    post = Courier(three.guyana.exchange, asking=0)
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
        mail.read(three.centre.exchange, three.guyana.node.key.origin, parcels)
    assert leads(three.centre) == 1


def test_what_a_killed_process_was_handing_over_leaves_with_the_next_start(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counted as sent when it was written: for ten minutes nothing that followed could be taken."""
    centre, guyana = three.centre, three.guyana
    origin = centre.node.key.origin
    post = Courier(guyana.exchange, asking=0)
    post.transport = broker = Held()
    rounds(post, 3)
    for parcels in to(broker, centre):
        mail.read(centre.exchange, guyana.node.key.origin, parcels)
    broker.letters.clear()
    lead(guyana)
    owed(guyana, origin)
    letter = mail.write(guyana.exchange, origin, everything=False)
    assert letter.entries
    with monkeypatch.context() as patch:
        patch.setattr(post, "_hand_over", lambda *arguments: None)
        post.round()  # killed before the broker has it
    guyana.exchange.memories.clear()  # as another process finds it
    started = Courier(guyana.exchange, asking=0)
    started.transport = broker
    assert rounds(started) >= 1
    for parcels in to(broker, centre):
        assert not mail.read(centre.exchange, guyana.node.key.origin, parcels).missing
    assert leads(centre) == 1
    assert guyana.node.sql().all("select 1 from exchange_owed where origin = ?", (origin,)) == []
    broker.letters.clear()
    rounds(started, 3)
    assert to(broker, centre) == [], "what has left is not sent again"


def owed(party: Party, origin: str) -> None:
    """Something that the next letter is to answer."""
    word = pack(ControlMessage(confirms=1))
    party.node.writer.submit(
        lambda tx: tx.sql.run("insert into exchange_owed (origin, word) values (?, ?)", (origin, word))
    )


def test_growth_that_is_for_others_does_not_tear_a_hole(three: Three) -> None:
    """A round without news counted as sent what it had not sent: the next letter did not follow the last."""
    post = Courier(three.guyana.exchange, asking=0)
    post.transport = broker = Held()
    rounds(post, 3)
    for parcels in to(broker, three.trinidad):
        mail.read(three.trinidad.exchange, three.guyana.node.key.origin, parcels)
    broker.letters.clear()
    lead(three.guyana)  # for the centre, not for Trinidad
    assert rounds(post, 3) >= 1 and to(broker, three.trinidad) == []
    ((place,),) = three.guyana.rows("operations_lead", "compartment")
    three.guyana.do("national-lead", lambda act: act.widen(place, [three.trinidad.authority], "the lorry"))
    rounds(post)
    (parcels,) = to(broker, three.trinidad)
    assert not mail.read(three.trinidad.exchange, three.guyana.node.key.origin, parcels).missing
    assert leads(three.trinidad) == 1


def test_one_peers_trouble_does_not_keep_the_others_letters(three: Three) -> None:
    post = Courier(three.centre.exchange, asking=0)
    post.transport = broker = Held()
    rounds(post, 3)
    broker.letters.clear()
    three.centre.exchange.cuts.add(three.guyana.node.key.origin)
    memory = three.centre.exchange.memory(three.guyana.node.key.origin)
    memory.told = None  # type: ignore[assignment]  # whatever goes wrong with one
    three.centre.appoint("coordinator")
    three.centre.do("coordinator", admission.announce_self, address="https://centre.example")
    rounds(post, 2)
    assert to(broker, three.guyana) == [] and to(broker, three.trinidad)


def test_who_has_no_box_gets_no_more_letters_until_it_is_made(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One lies at the leaf and is tried again; were that lost, another is written in time."""
    post, node = Courier(three.centre.exchange, asking=0), three.centre.node
    post.transport = broker = Held()
    rounds(post, 3)
    broker.letters.clear()
    failures.record_failure(node, three.guyana.node.key.origin, failure_codes.CARRY, "no-box-there")
    three.centre.appoint("coordinator")
    three.centre.do("coordinator", admission.announce_self, address="https://centre.example")
    rounds(post, 2)
    assert to(broker, three.guyana) == [] and to(broker, three.trinidad)
    monkeypatch.setattr(courier, "BOXLESS", -60_000)
    rounds(post)
    assert to(broker, three.guyana), "long ago"
    broker.letters.clear()
    monkeypatch.undo()
    failures.record_success(node, three.guyana.node.key.origin, failure_codes.CARRY)
    three.centre.do("coordinator", admission.announce_self, address="https://centre2.example")
    rounds(post, 2)
    assert to(broker, three.guyana), "the leaf's letter went: its box is made"


def test_who_has_no_box_at_the_hub_itself_is_written_to_once_a_minute(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no leaf the letter lies nowhere, and was written anew every five seconds."""
    post = Courier(three.centre.exchange, asking=0)
    post.transport = broker = Boxless(three.guyana.node.key.origin)
    three.centre.appoint("coordinator")
    rounds(post, 5)
    assert len(to(broker, three.guyana)) == 1
    monkeypatch.setattr(courier, "UNBOXED", -60_000)
    rounds(post)
    assert len(to(broker, three.guyana)) == 2, "a minute ago"


class Boxless(Held):
    """A hub straight away, at which one has no box."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self.origin = origin

    def send(self, reader_origin: str, parcels: Iterable[bytes], timeout: float = 30.0) -> None:
        super().send(reader_origin, parcels, timeout)
        if reader_origin == self.origin:
            raise NoBox("the reader has no box")


def test_a_pull_that_was_faster_is_no_lie(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    post = Courier(three.centre.exchange, asking=0)
    origin, calls = three.guyana.node.key.origin, []

    def moved(*arguments: object) -> None:
        calls.append(arguments)
        raise StaleCursor("the peer's state changed meanwhile: ask again")

    monkeypatch.setattr(mail, "read", moved)
    with pytest.raises(StaleCursor):
        post.take(origin, [b"parcel"])
    assert len(calls) > 1
    row = peers.get(three.centre.node.sql(), origin)
    assert row is not None and row.error == "", "what is no lie is not written beside the peer"


def test_a_lie_is_written_beside_the_peer_and_acknowledged(three: Three) -> None:
    post = Courier(three.centre.exchange, asking=0)
    origin = three.guyana.node.key.origin
    post.take(origin, [b"no parcel"])
    row = peers.get(three.centre.node.sql(), origin)
    assert row is not None and row.error.startswith("refused: not compressed as agreed")


def test_what_is_owed_is_confirmed_by_another_process(three: Three) -> None:
    """`bundle read` and `bundle write` are two processes: keys were given, and asked for, for ever."""
    centre, guyana = three.centre, three.guyana
    lead(guyana)
    letter = mail.write(guyana.exchange, centre.node.key.origin)
    mail.read(centre.exchange, guyana.node.key.origin, letter.parcels)
    centre.exchange.memories.clear()
    assert guyana.node.sql().all("select 1 from exchange_released where taken is null")
    back = mail.write(centre.exchange, guyana.node.key.origin)
    mail.record_sent(centre.exchange, guyana.node.key.origin, back)
    mail.read(guyana.exchange, centre.node.key.origin, back.parcels)
    sql = guyana.node.sql()
    readers = [centre.authority]
    assert sql.all("select 1 from exchange_released where taken is null and authority = ?", readers) == []
    assert centre.node.sql().all("select 1 from exchange_owed") == []


def _went(party: Party, peer: Party, size: int) -> None:
    origin = peer.node.key.origin
    party.node.writer.submit(lambda tx: peers.change(tx.sql, origin, taken=size, peaks=b"", note=""))


def test_a_peer_that_went_back_gets_again_what_it_lost(three: Three) -> None:
    centre, guyana = three.centre, three.guyana
    lead(guyana)
    size = guyana.node.sql().all("select size from journal_head")[0][0]
    for cursor in (size, size - 1):
        _went(centre, guyana, cursor)
        back = mail.write(centre.exchange, guyana.node.key.origin)
        mail.read(guyana.exchange, centre.node.key.origin, back.parcels[:1])
        row = peers.get(guyana.node.sql(), centre.node.key.origin)
        assert row is not None and row.given == cursor


def answered(sender: Party, reader: Party) -> None:
    back = mail.write(sender.exchange, reader.node.key.origin)
    mail.read(reader.exchange, sender.node.key.origin, back.parcels)


def test_mail_goes_on_at_once_where_a_peer_went_back(three: Three) -> None:
    """What it had lost counted as sent lately, and waited for ten minutes with all that followed."""
    centre, guyana = three.centre, three.guyana
    post = Courier(guyana.exchange, asking=0)
    post.transport = broker = Held()
    rounds(post, 3)
    for parcels in to(broker, centre):
        mail.read(centre.exchange, guyana.node.key.origin, parcels)
    answered(centre, guyana)
    guyana.exchange.seen.clear()  # from here on they have nothing but mail
    lead(guyana)
    rounds(post)
    _went(centre, guyana, 0)
    answered(centre, guyana)
    broker.letters.clear()
    rounds(post)
    done = [mail.read(centre.exchange, guyana.node.key.origin, letter) for letter in to(broker, centre)]
    assert done and not any(reading.missing for reading in done)
    assert leads(centre) == 1


def test_a_restored_node_counts_nothing_as_given_or_sent(three: Three) -> None:
    """Its log has another name: who hears of it begins at its first entry."""
    guyana, origin = three.guyana, three.centre.node.key.origin
    lead(guyana)
    mail.record_sent(guyana.exchange, origin, mail.write(guyana.exchange, origin))
    _went(guyana, three.centre, 0)
    guyana.node.writer.submit(lambda tx: peers.change(tx.sql, origin, given=1))
    with guyana.node.presence.alone():
        restore.accept(guyana.node)
    sql = guyana.node.sql()
    assert sql.all("select 1 from exchange_mailed") == []
    assert sql.all("select given from exchange_peer where given > 0") == []
