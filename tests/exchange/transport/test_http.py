"""The endpoint over a real server: strangers learn nothing, nobody holds it up, who is slow is let go."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn

from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import PullRequest, pack
from libertad.exchange.protocol.secure_channel import ASK, Channel, small
from libertad.exchange.receiving.receiver import MOST_ASK
from libertad.exchange.transport import http
from libertad.exchange.transport.http import Bucket, HttpEndpoint, Reading, trip
from libertad.journal.checkpoint import Signer
from tests.exchange.conftest import Three
from tests.exchange.making import begun
from tests.exchange.test_exchange import lead
from tests.support.sealed import believe
from tests.support.serving import server
from tests.support.world import World

pytestmark = [pytest.mark.sqlite_only]  # of the line and the decoder: the same on any database
WITHIN = 300.0  # a guard against hanging; nothing is measured by it


def exchanged(base: str, sent: bytes) -> bytes:
    """Everything that comes back for these bytes, until the server closes, before it read all or after."""
    host, _, port = base.partition("//")[2].partition(":")
    with socket.create_connection((host, int(port)), WITHIN) as connection:
        answer = b""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            while part := connection.recv(65536):
                answer += part
        return answer


def request(method: str, path: str, body: bytes = b"", *headers: str, close: bool = True) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body or method in ("POST", "PUT"):
        lines.append(f"Content-Length: {len(body)}")
    if close:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def masked(answer: bytes, path: str) -> bytes:
    """Without what differs from one answer to the next at any address."""
    stripped = answer.replace(path.encode(), b"/PATH/")
    stripped = re.sub(rb"(?im)^(date|content-length|set-cookie): [^\r]*\r\n", b"", stripped)
    stripped = re.sub(rb"nonce(=|-)[\"']?[A-Za-z0-9+/=_-]+[\"']?", b"NONCE", stripped)
    stripped = re.sub(rb"name=\"(?:csrfmiddlewaretoken|submission)\" value=\"[^\"]*\"", b"TOKEN", stripped)
    return re.sub(rb"hx-headers='[^']*'", b"HEADERS", stripped)


def peer_of(world: World, state: str) -> tuple[Signer, Channel]:
    """A node that the world's node has on file, and its channel to it."""
    from libertad.exchange.models import Peer
    from libertad.journal.node import node

    signer = Signer(bytes(range(32)))
    row, _ = Peer.objects.update_or_create(
        origin=signer.origin, defaults={"public": signer.public, "state": state}
    )
    believe(row)
    return signer, Channel(signer.seed, node().key.public)


@pytest.fixture
def served(world: World) -> Iterator[str]:
    with server(world.home) as base:
        yield base


def test_a_stranger_gets_what_any_unknown_address_gives(world: World, served: str) -> None:
    signer, channel = peer_of(world, peers.SUSPENDED)
    valid = small(signer.origin) + channel.seal(ASK, pack(PullRequest(counter=1)))
    bodies = {
        "nothing": b"",
        "noise": bytes(range(256)),
        "a form": b"a=1&b=2",
        "handlers": bytes(7) + b"\x01" + b"x" * 50,
        "succession": bytes(7) + b"\x02" + b"\x91\xc4\x01x",
        "suspended": valid,
        "changed": valid[:-1] + bytes([valid[-1] ^ 1]),
        "large": bytes(MOST_ASK - 1),
        "larger": bytes(MOST_ASK + 9),
    }
    for name, body in bodies.items():
        exchange_answer, unknown_answer = (
            masked(exchanged(served, request("POST", path, body)), path)
            for path in ("/exchange/", "/nowhere/")
        )
        assert exchange_answer.startswith(b"HTTP/1.1 404"), name
        assert exchange_answer == unknown_answer, name
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"):
        exchange_answer, unknown_answer = (
            masked(exchanged(served, request(method, path, b"x" if method == "PUT" else b"")), path)
            for path in ("/exchange/", "/nowhere/")
        )
        assert exchange_answer == unknown_answer, method
    # Active, it is answered; a copy of that is a stranger's again.
    peer_of(world, peers.ACTIVE)
    assert exchanged(served, request("POST", "/exchange/", valid)).startswith(b"HTTP/1.1 200")
    again = masked(exchanged(served, request("POST", "/exchange/", valid)), "/exchange/")
    assert again == masked(exchanged(served, request("POST", "/nowhere/", valid)), "/nowhere/")


def test_requests_in_one_line_are_answered_in_turn(world: World, served: str) -> None:
    signer, channel = peer_of(world, peers.ACTIVE)
    asks = [
        small(signer.origin) + channel.seal(ASK, pack(PullRequest(counter=count))) for count in (1, 1, 2)
    ]  # the second is refused
    sent = b"".join(
        request("POST", "/exchange/", ask, close=place == len(asks) - 1) for place, ask in enumerate(asks)
    )
    statuses = re.findall(rb"HTTP/1.1 (\d{3}) ", exchanged(served, sent))
    assert statuses == [b"200", b"404", b"200"]
    mixed = request("POST", "/exchange/", b"x", close=False) + request("GET", "/nowhere/")
    assert re.findall(rb"HTTP/1.1 (\d{3}) ", exchanged(served, mixed)) == [b"404", b"404"]


# -- in this process, with short times ------------------------------------------------------


async def screens(scope: Any, receive: Any, send: Any) -> None:
    """Stands for all unknown addresses."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"x-said", b"unknown")]})
    await send({"type": "http.response.body", "body": b"there is nothing here"})


@contextmanager
def running(endpoint: HttpEndpoint) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        server = uvicorn.Server(
            uvicorn.Config(endpoint, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(WITHIN)


@pytest.fixture
def guyana(three: Three) -> HttpEndpoint:
    begun(three)
    return HttpEndpoint(lambda: three.guyana.exchange, screens)


def pull(three: Three, base: str, **options: Any) -> Any:
    return three.centre.exchange.pull(three.guyana.node.key.origin, trip(base), **options)


def test_a_pull_over_http(three: Three, guyana: HttpEndpoint) -> None:
    lead_ids = [lead(three.guyana, summary=f"Lead {n}") for n in range(30)]
    with running(guyana) as base:
        assert pull(three, base, chunk=4096).taken.stored == 30
        assert pull(three, base).parcels == 0
    assert {row[0] for row in three.centre.rows("operations_lead", "id")} > set(lead_ids)


def test_bodies_that_drip_are_let_go_and_hold_nobody_up(three: Three, guyana: HttpEndpoint) -> None:
    guyana.body_within = 0.5
    lead(three.guyana)
    with running(guyana) as base, ExitStack() as stack:
        host, port = "127.0.0.1", int(base.rpartition(":")[2])
        slow = [stack.enter_context(socket.create_connection((host, port), WITHIN)) for _ in range(40)]
        for connection in slow:
            connection.sendall(
                b"POST /exchange/ HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" + bytes(100)
            )
        assert pull(three, base).taken.stored == 1
        for connection in slow:
            answer = b""
            while part := connection.recv(4096):
                answer += part
            assert answer.startswith(b"HTTP/1.1 408")  # and the connection was closed
    assert not guyana.reading.held


def test_a_huge_body_is_cut_off_early(three: Three, guyana: HttpEndpoint) -> None:
    with running(guyana) as base:
        port = int(base.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), WITHIN) as connection:
            connection.sendall(b"POST /exchange/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n")
            sent = 0
            with pytest.raises(OSError):
                while sent < 1 << 30:
                    sent += connection.send(bytes(65536))
            assert sent < 32 << 20
        assert pull(three, base).parcels == 0
    assert not guyana.reading.held


def test_who_does_not_take_its_answer_is_let_go(three: Three, guyana: HttpEndpoint) -> None:
    """It asks for megabytes and reads nothing; the generator behind it ends, and others are answered."""
    guyana.part_within = 0.5
    ended = threading.Event()
    channel = Channel(three.centre.node.key.seed, three.guyana.node.key.public)
    ask = small(three.centre.node.key.origin) + channel.seal(
        ASK, pack(PullRequest(counter=peers.now_ms() + 60_000))
    )

    def endless(_: bytes) -> Iterator[bytes]:
        try:
            while True:
                yield bytes(200_000)
        finally:
            ended.set()

    answer = three.guyana.exchange.answer
    three.guyana.exchange.answer = endless  # type: ignore[method-assign, assignment]
    with running(guyana) as base, socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", int(base.rpartition(":")[2])))
        connection.sendall(request("POST", "/exchange/", ask))
        assert ended.wait(WITHIN)
        three.guyana.exchange.answer = answer  # type: ignore[method-assign]
        assert pull(three, base).parcels == 0


def test_for_who_has_gone_nothing_more_is_made(three: Three, guyana: HttpEndpoint) -> None:
    ended = threading.Event()

    def endless(_: bytes) -> Iterator[bytes]:
        try:
            while True:
                yield bytes(1000)
        finally:
            ended.set()

    three.guyana.exchange.answer = endless  # type: ignore[method-assign, assignment]
    with running(guyana) as base:
        port = int(base.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), WITHIN) as connection:
            connection.sendall(request("POST", "/exchange/", b"x"))
            assert connection.recv(1000)
        assert ended.wait(WITHIN)


def _read_request(connection: socket.socket) -> None:
    """A question with its body."""
    whole = b""
    while True:
        head, separator, body = whole.partition(b"\r\n\r\n")
        size = re.search(rb"(?i)content-length: (\d+)", head)
        if separator and len(body) >= int(size[1] if size else 0):
            return
        if not (received := connection.recv(65536)):
            return
        whole += received


@contextmanager
def talker(*said: bytes, drip: float = 0.0, reset: bool = False) -> Iterator[str]:
    """A server that says these bytes to whoever comes, whatever it is asked; dripping, until it is left.

    It hears the whole question first: what is closed with bytes unread is reset. `reset`: so it is anyway.
    """
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(8)
        listening.settimeout(0.1)
        ending = threading.Event()

        def talk() -> None:
            while not ending.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    try:
                        _read_request(connection)
                        if reset:
                            connection.setsockopt(
                                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                            )
                        for payload in said:
                            connection.sendall(payload)
                        while drip and not ending.wait(drip):
                            connection.sendall(b"x")
                    except OSError:
                        continue

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ending.set()
            thread.join(WITHIN)


OK = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize("said", [(b"",), (OK,), (OK + struct.pack(">I", 100) + b"x" * 40,)])
def test_a_line_that_is_reset_was_cut_off(said: tuple[bytes, ...]) -> None:
    with talker(*said, reset=True) as base, pytest.raises(ConnectionError) as caught:
        list(trip(base, within=0.6)(b"ask"))
    assert str(caught.value) == "the answer was cut off"


@pytest.mark.parametrize(
    ("said", "drip", "why", "words"),
    [
        ((OK + struct.pack(">I", 1 << 30),), 0.01, ConnectionError, "announced 1,073,741,824 bytes"),
        ((OK + struct.pack(">I", 100) + b"x" * 99,), 0.0, ConnectionError, "the answer was cut off"),
        ((OK + b"\x00\x00",), 0.0, ConnectionError, "the answer was cut off"),
        ((OK + struct.pack(">I", 600),), 0.05, TimeoutError, ""),
        ((OK,), 0.4, TimeoutError, ""),
        ((b"HTTP/1.1 200 OK\r\nX-Long: ",), 0.05, TimeoutError, ""),
        ((b"SSH-2.0-OpenSSH_9.6 secret\r\n",), 0.0, ConnectionError, "is no node"),
        ((b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",), 0.0, ConnectionError, "is no node"),
        ((OK[:-2] + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",), 0.0, ConnectionError, "was cut off"),
        ((b"HTTP/1.1 503 No\r\n\r\n",), 0.0, ConnectionError, "its node is down"),
        ((b"HTTP/1.1 404 No\r\n\r\n",), 0.0, http.NotKnown, "does not know this node"),
        ((b"HTTP/1.1 302 Go\r\nLocation: /\r\n\r\n",), 0.0, http.NotKnown, "it answered 302"),
        ((b"",), 0.0, ConnectionError, ""),
    ],
)
def test_what_answers_wrongly_is_left(said: tuple[bytes, ...], drip: float, why: Any, words: str) -> None:
    """Bounded in time and memory, and with words that hold nothing of what was sent."""
    with talker(*said, drip=drip) as base, pytest.raises(why, match=words or None) as caught:
        list(trip(base, within=0.6)(b"ask"))
    assert "secret" not in str(caught.value)


# -- how often, how much -------------------------------------------------------------------


def test_a_burst_then_a_steady_rate() -> None:
    bucket = Bucket(burst=5, rate=2)
    assert [bucket.take("a", 0.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert bucket.take("b", 0.0)  # another address has its own
    assert [bucket.take("a", 0.4), bucket.take("a", 0.5), bucket.take("a", 0.6)] == [False, True, False]
    assert [bucket.take("a", 1000.0) for _ in range(6)] == [True] * 5 + [False]


def test_the_bucket_forgets_rather_than_grows() -> None:
    bucket = Bucket()
    for n in range(3 * Bucket.MOST):
        bucket.take(str(n), float(n))
    assert len(bucket.left) <= Bucket.MOST


def test_who_asks_too_often_gets_what_an_unknown_address_gives(three: Three, guyana: HttpEndpoint) -> None:
    guyana.bucket = Bucket(burst=3, rate=0.0)
    with running(guyana) as base:
        for _ in range(3):
            pull(three, base)
        with pytest.raises(http.NotKnown):
            pull(three, base)
        answer = exchanged(base, request("POST", "/exchange/", b"x"))
        assert (answer[:12], b"there is nothing here" in answer) == (b"HTTP/1.1 404", True)


def test_bytes_that_are_being_read_are_bounded_by_address_and_in_all() -> None:
    reading = Reading(most=100, each=40)
    assert reading.grow("a", 40)
    assert not reading.grow("a", 1)
    assert reading.grow("b", 40)
    assert not reading.grow("c", 21)
    assert reading.grow("c", 20)
    reading.free("a", 40)
    assert reading.grow("c", 20)
    for name, size in (("b", 40), ("c", 40)):
        reading.free(name, size)
    assert not reading.held
