"""Which request a line of the log belongs to: an id of our own, and the route's name in place of its address.

An address holds references and a header what its sender likes: neither is ever taken.
"""

from __future__ import annotations

import secrets
from contextvars import ContextVar
from dataclasses import dataclass, field

PROCESS = secrets.token_hex(8)  # this process: by it the doctor knows whom it has reached


@dataclass
class Trace:
    """A request while it is answered. Shared by the event loop and the thread that answers it."""

    route: str = ""
    request: str = field(default_factory=lambda: secrets.token_hex(6))


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def begin(route: str = "") -> Trace:
    """Begin a request in this task; whatever it awaits or hands to a thread with its context sees it."""
    trace = Trace(route)
    _current.set(trace)
    return trace


def current() -> Trace | None:
    return _current.get()


def name_route(route: str) -> None:
    """Say which route the request has turned out to be for; nothing where none was begun."""
    if (trace := _current.get()) is not None:
        trace.route = route
