"""What a peer with a good key sends wrongly is refused with one clear line; nothing of it is stored.

Each lie goes through the loop, as on a running node: why stands beside the peer, and carries neither bytes of
the message nor anything personal; the log says in one line that it was refused, and no more; and the exchange
with others goes on.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from libertad.exchange.authorization import entry_authorization, reauthorization
from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import ControlMessage, Parcel, PullRequest, pack
from libertad.exchange.receiving import receiver
from libertad.exchange.scheduler import BEHIND, Pace, Scheduler
from libertad.journal import header
from tests.exchange import lies
from tests.exchange.conftest import Three
from tests.exchange.lies import LIES
from tests.exchange.making import SUMMARY, begun, state
from tests.exchange.test_exchange import held_entries, lead
from tests.support.lying import Liar, Made
from tests.support.nodes import Party, settle


class Told(logging.Handler):
    """Lines of the exchange's logger, as they are written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        assert record.exc_info is None
        self.lines.append(record.getMessage())


@pytest.fixture
def exchange_log() -> Iterator[Told]:
    logger, handler = logging.getLogger("libertad.exchange"), Told()
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


def pulled(victim: Party, liar: Party, trip: Any) -> peers.Peer:
    """One pull by the loop, as a running node does it; the peer's row afterwards."""
    loop = Scheduler(victim.node, processes=False)
    loop._trip = lambda peer: trip  # type: ignore[method-assign]
    peer = peers.get(victim.node.sql(), liar.node.key.origin)
    assert peer is not None
    loop._pull(peer, Pace())
    loop.pool.shutdown()
    after = peers.get(victim.node.sql(), liar.node.key.origin)
    assert after is not None
    return after


def clean(line: str) -> None:
    """A line that a person can read, and that tells nothing of what was said."""
    assert len(line) < 300
    assert line.isascii() and line.isprintable(), line
    assert SUMMARY[:10] not in line
    assert not any(len(word.strip(":;,.()")) > 30 for word in line.split()), line


def others_speak(three: Three) -> bool:
    """Whether the centre goes on with Trinidad."""
    officer = three.trinidad.appoint("press")
    settle([three.centre, three.trinidad])
    return (officer,) in three.centre.rows("access_officer", "id")


@pytest.mark.parametrize("name", sorted(LIES))
def test_a_lie_is_refused_with_one_line_and_nothing_is_stored(
    three: Three, exchange_log: Told, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lies, "THIRD", three.trinidad)
    make, says = LIES[name]
    begun(three)
    lead_ids = [lead(three.guyana, summary=SUMMARY)]
    # What is not for the centre lies between, so that the first proof is not empty.
    three.guyana.do("national-lead", lambda act: act.open("case", f"{act.actor.operation}:GY", []))
    lead_ids += [lead(three.guyana, summary=f"{SUMMARY} {n}") for n in range(24)]
    liar, before = Liar(three.guyana, three.centre), state(three.centre)
    peer = pulled(three.centre, three.guyana, liar.trip(lambda ask: make(liar, ask)))
    assert says in peer.error
    assert state(three.centre) == before
    assert len(exchange_log.lines) == 1
    assert exchange_log.lines[0] == f"exchange with {three.guyana.node.key.origin}: refused"
    clean(peer.error)
    # Who lied is taken again once it speaks the truth, and the others never noticed.
    assert others_speak(three)
    settle(list(three))
    assert {row[0] for row in three.centre.rows("operations_lead", "id")} > set(lead_ids)


def test_the_same_error_again_is_no_new_line(three: Three, exchange_log: Told) -> None:
    lead(three.guyana)
    liar = Liar(three.guyana, three.centre)
    for _ in range(5):
        pulled(three.centre, three.guyana, liar.trip(lambda ask: [b"noise"]))
    assert len(exchange_log.lines) == 1


def test_a_planted_check_that_lets_proofs_pass_would_be_seen(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(three.guyana)
    liar = Liar(three.guyana, three.centre)
    exact = liar.honest(PullRequest(counter=1, after=liar.peer_record().taken))[0].entries[0]
    forged = liar.extension((exact.header, bytes(64), exact.body))
    with pytest.raises(Exception, match="signature"):
        three.centre.exchange.pull(three.guyana.node.key.origin, liar.trip(lambda _: [forged]))
    monkeypatch.setattr(header, "verify", lambda *_: True)
    done = three.centre.exchange.pull(three.guyana.node.key.origin, liar.trip(lambda _: [forged]))
    assert done.taken.stored == 1


def test_parcels_that_come_twice_do_no_harm(three: Three) -> None:
    begun(three)
    for n in range(20):
        lead(three.guyana, summary=f"{SUMMARY} {n}")
    liar = Liar(three.guyana, three.centre)
    twice = liar.trip(lambda ask: [parcel for parcel in liar.honest(ask) for _ in range(2)])
    done = three.centre.exchange.pull(three.guyana.node.key.origin, twice)
    assert done.taken.stored == 20
    settle(list(three))
    assert len(three.centre.rows("operations_lead", "id")) == 21


def test_what_follows_the_last_part_is_not_read(three: Three) -> None:
    begun(three)
    lead_id = lead(three.guyana)
    liar, read = Liar(three.guyana, three.centre), []
    honest = liar.trip(lambda ask: liar.honest(ask))

    def append_garbage(message: bytes) -> Iterator[bytes]:
        yield from honest(message)
        read.append(1)
        yield b"garbage"

    three.centre.exchange.pull(three.guyana.node.key.origin, append_garbage)
    assert read == []
    assert (lead_id,) in three.centre.rows("operations_lead", "id")


def test_what_is_dated_a_month_ahead_waits(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    class Earlier:
        time = staticmethod(lambda: __import__("time").time() - 40 * 24 * 3600)

    lead(three.guyana)
    with monkeypatch.context() as patched:
        patched.setattr(entry_authorization, "time", Earlier)
        settle(list(three))
        assert {reason for reason, _ in held_entries(three.centre)} == {"future"}
        assert three.centre.rows("operations_lead", "id") == []
    three.centre.node.writer.submit(reauthorization.rejudge)
    assert held_entries(three.centre) == []
    assert len(three.centre.rows("operations_lead", "id")) == 1


def test_a_tree_that_was_claimed_and_never_was_harms_its_own_node_alone(
    three: Three, exchange_log: Told
) -> None:
    """It signed a size that it never reached: what it says afterwards cannot follow, and a person is told."""
    from libertad.journal.tree import Frontier, grow

    liar = Liar(three.guyana, three.centre)
    peer, end = liar.peer_record(), 1 << 50
    needed: list[bytes] = []
    while True:
        try:
            root = grow(Frontier.from_bytes(peer.peaks), end, [], needed).root()
            break
        except ValueError:
            needed.append(bytes([len(needed)]) * 32)
    claim = Parcel(
        start=peer.taken, end=end, head=end, proof=needed, note=three.guyana.node.signed(end, root)
    )
    pulled(three.centre, three.guyana, liar.trip(lambda _: [claim]))
    assert liar.peer_record().taken == end
    lead(three.guyana)
    peer = pulled(three.centre, three.guyana, three.centre.trip_to(three.guyana))
    assert peer.error == BEHIND
    assert three.centre.rows("operations_lead", "id") == []
    assert others_speak(three)


def test_a_cursor_beyond_the_peers_tree_is_told_and_moves_nothing(three: Three) -> None:
    lead(three.guyana)
    here, origin = three.centre.node, three.guyana.node.key.origin
    here.writer.submit(lambda tx: peers.change(tx.sql, origin, taken=10**6))
    peer = pulled(three.centre, three.guyana, three.centre.trip_to(three.guyana))
    assert (peer.taken, peer.error) == (10**6, BEHIND)


def test_a_suspended_peer_is_not_taken_from_even_in_the_middle_of_an_answer(three: Three) -> None:
    for n in range(40):
        lead(three.guyana, summary=f"{SUMMARY} {n}")
    liar, before = Liar(three.guyana, three.centre), state(three.centre)[0]

    def parcels(ask: PullRequest) -> Made:
        peers.set_state(three.centre.node, three.guyana.node.key.origin, peers.SUSPENDED)
        yield from liar.honest(ask)

    peer = pulled(three.centre, three.guyana, liar.trip(parcels))
    assert "ask again" in peer.error or "no active peer" in peer.error
    assert state(three.centre)[0] == before


def test_words_of_any_kind_change_nothing_that_is_not_proven(three: Three, exchange_log: Told) -> None:
    """Keys, checkpoints, requests, receipts, successions, forks that are noise: passed over, none stored."""
    lead(three.guyana)
    settle(list(three))
    junk = [b"", b"x", bytes(16), bytes(200), pack(PullRequest(counter=1))]
    word = ControlMessage(
        number=(1 << 53) - 1,
        confirms=(1 << 53) - 1,
        opened=[*junk, bytes(16)],
        wraps=junk,
        got=[("", b""), ("f" * 32, bytes(32))],
        recipients=junk,
        notes=["", "x", "a\n\nb\n", "\x00"],
        cosigned="nonsense",
        prove=[0, 1, (1 << 53) - 1],
        proofs=[(0, 0, []), (1, 2, [b"x"])],
        erase=junk,
        receipts=junk,
        successions=junk,
        slips=junk,
        letters=junk,
        carried=junk,
        forks=[[], junk[:4], [b"\x8a", b"", b"", b""]],
    )
    liar, tables = (
        Liar(three.guyana, three.centre),
        ("exchange_alarm", "exchange_recipient", "journal_device"),
    )
    before = [three.centre.rows(table) for table in tables]
    peer = pulled(
        three.centre,
        three.guyana,
        liar.trip(lambda ask: [Parcel(start=ask.after, end=ask.after, head=ask.after, word=word)]),
    )
    assert peer.error == ""
    assert [three.centre.rows(table) for table in tables] == before
    assert exchange_log.lines == []  # slips and letters, of 0.1, are passed over
    for line in exchange_log.lines:
        clean(line)


def test_while_one_peer_answers_for_ever_another_pull_goes_on(three: Three) -> None:
    liar, go, answering = Liar(three.guyana, three.centre), threading.Event(), threading.Event()

    def slowly(ask: PullRequest) -> Made:
        yield Parcel(start=ask.after, end=ask.after, head=ask.after)
        answering.set()
        go.wait(60)
        yield b"noise"

    thread = threading.Thread(
        target=pulled, args=(three.centre, three.guyana, liar.trip(slowly)), daemon=True
    )
    thread.start()
    assert answering.wait(60)
    assert others_speak(three)
    go.set()
    thread.join(60)
    assert "not compressed as agreed" in liar.peer_record().error


def test_bombs_take_no_memory() -> None:
    """In a process of its own: the most that it ever held, with every bomb unpacked."""
    code = """
import resource, sys
from libertad.exchange.protocol.messages import BadMessage, Parcel, PullRequest, unpack
from tests.exchange.lies import lists
from tests.support.lying import bomb
bombs = [bomb(1 << 30, 1 << 30), bomb(1 << 30, None), bomb(1 << 30, 1000), lists(3_900_000)]
bombs.append(bomb(3_900_000, 3_900_000))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for one in bombs:
    for kind in (PullRequest, Parcel):
        try:
            unpack(one, kind)
        except BadMessage:
            continue
        sys.exit("taken")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    from tests.support.serving import ROOT

    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**__import__("os").environ, "DJANGO_SETTINGS_MODULE": "libertad.web.settings.test"},
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 40_000  # kB; each bomb is a gigabyte, the lists would be 250 MB


def test_what_waits_to_be_stored_is_bounded(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large parcels are stored before sixteen of them have come together."""
    from libertad.exchange.receiving import receive_pipeline

    for n in range(30):
        lead(three.guyana, summary=f"{SUMMARY} {n}")
    monkeypatch.setattr(receive_pipeline, "AT_ONCE", 1e9)
    lengths: list[int] = []
    push = receive_pipeline.ReceivePipeline.push

    def pushed(self: receive_pipeline.ReceivePipeline) -> None:
        lengths.append(len(self.waiting))
        push(self)

    monkeypatch.setattr(receive_pipeline.ReceivePipeline, "push", pushed)
    three.centre.pull(three.guyana, chunk=4096)
    assert max(lengths) > 1
    lengths.clear()
    for n in range(30):
        lead(three.guyana, summary=f"{SUMMARY} {n}")
    monkeypatch.setattr(receive_pipeline, "HELD", 1)
    three.centre.pull(three.guyana, chunk=4096)
    assert max(lengths) == 1


def test_an_unknown_device_is_kept_waiting_and_asked_for(three: Three) -> None:
    lead(three.guyana)
    liar = Liar(three.guyana, three.centre)
    ask = PullRequest(counter=1, after=liar.peer_record().taken)
    exact = liar.honest(ask)[0].entries[0]
    head = header.decode(exact.header)._replace(device=bytes(16))
    parcel = liar.extension((head.encode(), exact.signature, exact.body))
    done = receiver.take(three.centre.node, three.guyana.node.key.origin, [parcel])
    assert (done.stored, len(done.gaps)) == (0, 1)
