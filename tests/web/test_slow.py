"""Whoever is slow and holds a node is let go; whoever is slow and honest gets through.

The served node keeps shorter deadlines than a real one, so that windows pass; the rates are the real ones.
"""

from __future__ import annotations

import re
import socket
import threading
import time
import urllib.parse
from collections.abc import Iterator

import pytest

from libertad.attacks.target import Browser, Target
from tests.support.line import slow_line
from tests.support.populated import Populated
from tests.support.serving import server

WITHIN = 300
SHORT = {"LIBERTAD_SILENCE": "3", "LIBERTAD_RATE_OVER": "3", "LIBERTAD_HEAD_WITHIN": "3"}
FORM = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def served(populated: Populated) -> Iterator[str]:
    with server(populated.world.home, **SHORT) as url:
        yield url


@pytest.fixture(scope="module")
def cookie(populated: Populated) -> str:
    """The cookies of a signed-in officer."""
    client = populated.world.client("officer")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def connected(url: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), WITHIN)


def read_all(line: socket.socket) -> bytes:
    """All that the node says until it closes; TimeoutError where it waits for ever."""
    received = b""
    try:
        while chunk := line.recv(65536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


def test_a_body_that_stops_is_answered_and_closed(served: str) -> None:
    with connected(served) as line:
        line.sendall(FORM % (b"", 10_000) + b"login=x")
        assert read_all(line).startswith(b"HTTP/1.1 408")


def test_a_body_that_drips_is_answered_and_closed(served: str) -> None:
    with connected(served) as line:
        line.sendall(FORM % (b"", 10_000))
        ended = threading.Event()

        def drip() -> None:
            while not ended.wait(0.2):
                try:
                    line.sendall(b"x")
                except OSError:
                    return

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        try:
            assert read_all(line).startswith(b"HTTP/1.1 408")
        finally:
            ended.set()
            dripping.join()


def test_who_is_signed_in_may_be_slow_and_not_silent(served: str, cookie: str) -> None:
    """20 bytes over more than a window of three seconds, to the end: then silence, which is not."""
    with connected(served) as line:
        line.sendall(FORM % (cookie.encode(), 20))
        for _ in range(20):
            time.sleep(0.2)
            line.sendall(b"x")
        line.settimeout(WITHIN)
        assert re.match(rb"HTTP/1.1 (200|302|403)", line.recv(4096))
    with connected(served) as line:
        line.sendall(FORM % (cookie.encode(), 20))
        assert read_all(line).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("sent", [b"", b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_a_head_that_does_not_end_is_closed(served: str, sent: bytes) -> None:
    with connected(served) as line:
        line.sendall(sent)
        assert read_all(line) == b""


@pytest.mark.parametrize("head", [b"X-Long: " + b"x" * 400_000, b"X-Many: x\r\n" * 20_000])
def test_a_head_without_end_is_refused(served: str, head: bytes) -> None:
    with connected(served) as line:
        try:
            line.sendall(b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\n" + head)
        except OSError:
            return
        assert read_all(line).startswith((b"HTTP/1.1 400", b""))


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Transfer-Encoding: x\r\n",
    ],
)
def test_a_head_that_says_two_lengths_is_refused_and_hides_no_second_request(
    served: str, lengths: bytes
) -> None:
    hidden = b"GET /about/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connected(served) as line:
        line.sendall(b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\n" + lengths + b"\r\n0\r\n\r\n" + hidden)
        answer = read_all(line)
    assert answer.startswith(b"HTTP/1.1 400") and answer.count(b"HTTP/1.1 ") == 1


def test_who_takes_nothing_of_an_answer_is_let_go(served: str) -> None:
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(WITHIN)
        line.connect(("127.0.0.1", int(served.rpartition(":")[2])))
        request = b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with pytest.raises((ConnectionError, BrokenPipeError)):
            for _ in range(600):  # until the connection is no more
                line.sendall(request * 20)
                time.sleep(0.05)


def test_a_stranger_does_not_send_much_and_an_officer_may(served: str, cookie: str) -> None:
    with connected(served) as line:
        line.sendall(FORM % (b"", 2_000_000))
        assert read_all(line).startswith(b"HTTP/1.1 413")
    with connected(served) as line:
        line.sendall(FORM % (b"libertad=forged", 2_000_000))
        assert read_all(line).startswith(b"HTTP/1.1 413")
    with connected(served) as line:
        line.sendall(FORM % (cookie.encode(), 2_000_000) + b"x" * 2_000_000)
        assert not line.recv(4096).startswith(b"HTTP/1.1 413")


def test_honest_people_on_a_slow_line_get_through(served: str, cookie: str) -> None:
    """50 kbit/s, 5% of segments lost: a page, a long form of a stranger's, and an officer's upload."""
    failed: list[str] = []

    def get(browser: Browser) -> None:
        if browser.get("/sign-in/").status != 200:
            failed.append("page")

    def form(browser: Browser) -> None:
        answer = browser.post("/sign-in/", {"login": "N-officer", "password": "x" * 15_000})
        if answer.status not in (200, 422):
            failed.append(f"form {answer.status}")

    def upload(browser: Browser) -> None:
        browser.cookies = dict(part.split("=", 1) for part in cookie.split("; "))
        body = urllib.parse.urlencode({"summary": "x" * 30_000}).encode()
        answer = browser.ask(
            "POST", "/leads/report/", body, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        if answer.status != 403:  # without a form's token it is read whole and refused
            failed.append(f"upload {answer.status}")

    with slow_line(int(served.rpartition(":")[2])) as port:
        target = Target(f"http://127.0.0.1:{port}")
        threads = [threading.Thread(target=do, args=(target.stranger(),)) for do in (get, form, upload)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(3 * WITHIN)
    assert not failed and not any(thread.is_alive() for thread in threads)
