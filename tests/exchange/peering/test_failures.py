"""What failed last, by peer and way: kept until it goes well, and never in words of somebody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from libertad.exchange.peering import failures, peers
from libertad.exchange.protocol import failure_codes
from libertad.exchange.protocol.failure_codes import ASK, LETTER_IN, LETTER_OUT
from libertad.exchange.scheduler import Pace, Scheduler
from libertad.exchange.transport.courier import Courier
from libertad.exchange.transport.nats_mail import NoBox
from libertad.exchange.transport.nats_transport import State
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.exchange.transport.test_courier import Held, rounds
from tests.support.lying import Liar
from tests.support.nodes import Party

CANARY = "Call +1 555 0199 at once, <b>your node is hacked</b>"


def stands(party: Party) -> dict[tuple[str, str], str]:
    return {(failure.origin, failure.way): failure.code for failure in failures.failures(party.node.sql())}


def pull(victim: Party, other_party: Party, trip: Any) -> None:
    """One pull by the loop, as a running node does it."""
    loop = Scheduler(victim.node, processes=False)
    loop._trip = lambda peer: trip  # type: ignore[method-assign]
    peer = peers.get(victim.node.sql(), other_party.node.key.origin)
    assert peer is not None
    loop._pull(peer, Pace())
    loop.pool.shutdown()


@contextmanager
def answering(status: int) -> Iterator[str]:
    """An address at which somebody says the canary in every place that HTTP has for words."""

    class Speaker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status, CANARY)
            self.send_header("X-Error", CANARY)
            self.end_headers()
            self.wfile.write(CANARY.encode() * 40)

        def log_message(self, *_given: Any) -> None:
            """Nothing on the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Speaker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "code"), [(200, "cut"), (404, "unknown"), (503, "cut"), (301, "unknown")])
def test_what_a_peer_says_of_its_errors_is_not_written_down(three: Three, status: int, code: str) -> None:
    from libertad.exchange.transport import http

    origin = three.guyana.node.key.origin
    with answering(status) as address:
        pull(three.centre, three.guyana, http.trip(address))
    assert stands(three.centre) == {(origin, ASK): code}
    everything = str(
        [
            three.centre.rows("exchange_failure", "*"),
            three.centre.rows("exchange_peer", "error, note, address"),
        ]
    )
    assert CANARY[:6] not in everything and "hacked" not in everything


def test_only_codes_are_written_down(three: Three) -> None:
    node = three.centre.node
    for way, code in ((ASK, CANARY), (CANARY, "down"), (ASK, "")):
        with pytest.raises(ValueError, match=":"):
            failures.record_failure(node, three.guyana.node.key.origin, way, code)
    row = (three.guyana.node.key.origin, "ask", CANARY[:16], 1, 1)
    node.writer.submit(lambda tx: tx.sql.run(failures.PUT, row) and None)
    assert stands(three.centre) == {}, "a code of nobody's is not shown"


def test_a_failure_stands_until_it_goes_well_by_that_way(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, origin, now = three.centre.node, three.guyana.node.key.origin, [1_000_000]
    monkeypatch.setattr(failures, "now_ms", lambda: now[0])

    def later(code: str, by: int) -> failures.Failure:
        now[0] += by
        failures.record_failure(node, origin, ASK, code)
        (failure,) = failures.failures(node.sql())
        return failure

    first = later("down", 0)
    assert later("down", failures.EVERY - 1) == first, "the same again, soon: no commit"
    assert later("down", 1) == first._replace(at=now[0], times=2)
    assert later("late", 1)[2:] == ("late", now[0], now[0], 1), "another code begins anew"
    assert later("late", -(10**5)).at == now[0], "the clock was set back"
    failures.record_failure(node, origin, LETTER_OUT, "not-taken")
    failures.record_success(node, origin, ASK)
    assert stands(three.centre) == {(origin, LETTER_OUT): "not-taken"}


def test_a_pull_writes_it_and_a_pull_takes_it_back(three: Three) -> None:
    origin = three.guyana.node.key.origin
    lead(three.guyana)
    liar = Liar(three.guyana, three.centre)

    def raising(why: BaseException) -> Callable[[bytes], Iterable[bytes]]:
        def go(_message: bytes) -> Iterable[bytes]:
            raise why

        return go

    for trip, code in (
        (liar.trip(lambda ask: [b"noise"]), "refused"),
        (raising(ConnectionRefusedError()), "down"),
        (raising(TimeoutError()), "late"),
        (raising(ConnectionResetError()), "cut"),
        (raising(OSError("no route")), "address"),
        (raising(RuntimeError("ours")), "here"),
    ):
        pull(three.centre, three.guyana, trip)
        assert stands(three.centre) == {(origin, ASK): code}
    pull(three.centre, three.guyana, three.guyana.exchange.answer)
    assert stands(three.centre) == {}


class Away(Held):
    """A broker that is there or not."""

    there = True

    def state(self) -> State:
        return super().state()._replace(connected=self.there)


def test_letters_that_do_not_leave_are_told_until_they_do(three: Three) -> None:
    post = Courier(three.guyana.exchange, asking=0)
    post.transport = broker = Away()
    centre = three.centre.node.key.origin
    lead(three.guyana)
    broker.there = False
    rounds(post)
    assert stands(three.guyana) == {("", LETTER_OUT): "no-broker"}
    broker.there, broker.fails = True, True
    rounds(post)
    assert stands(three.guyana)[centre, LETTER_OUT] == "not-taken"
    assert ("", LETTER_OUT) not in stands(three.guyana)
    broker.fails = False
    rounds(post)
    assert stands(three.guyana) == {}


def test_a_peer_without_a_box_is_told_and_is_no_failure(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One who is reached by bundles alone has none, for good: doctor would fail for ever."""
    post = Courier(three.guyana.exchange, asking=0)
    post.transport = broker = Held()
    lead(three.guyana)

    def unboxed(*_given: object, **_more: object) -> None:
        raise NoBox("the reader has no box")

    monkeypatch.setattr(broker, "send", unboxed)
    rounds(post)
    codes = set(stands(three.guyana).values())
    assert codes == {"no-box-there"} <= failure_codes.TOLD_ALONE


def test_what_fails_here_before_a_letter_leaves_is_told(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the event loop did, that let nobody ask the database: `doctor` said that nothing is wrong."""
    post = Courier(three.guyana.exchange, asking=0)
    post.transport = broker = Held()
    lead(three.guyana)

    def unable(*_given: object, **_more: object) -> None:
        raise RuntimeError("you cannot call this from an async context")

    monkeypatch.setattr(broker, "send", unable)
    rounds(post)
    assert set(stands(three.guyana).values()) == {"here"}


def test_a_letter_that_lies_is_told_until_one_does_not(three: Three) -> None:
    post, origin = Courier(three.centre.exchange, asking=0), three.guyana.node.key.origin
    post.take(origin, [CANARY.encode()])
    assert stands(three.centre) == {(origin, LETTER_IN): "refused"}
    giving = Courier(three.guyana.exchange, asking=0)
    giving.transport = broker = Held()
    lead(three.guyana)
    rounds(giving)
    for reader, parcels in broker.letters:
        if reader == three.centre.node.key.origin:
            post.take(origin, parcels)
    assert stands(three.centre) == {}


def test_who_writes_no_letters_any_more_is_told_nothing_of_them(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, origin = three.centre.node, three.guyana.node.key.origin
    for way, code in ((LETTER_OUT, "not-taken"), (LETTER_IN, "refused"), (ASK, "down")):
        failures.record_failure(node, origin, way, code)
    monkeypatch.delenv("LIBERTAD_NATS_URL", raising=False)
    assert Courier(three.centre.exchange).start() is False
    assert stands(three.centre) == {(origin, ASK): "down"}
