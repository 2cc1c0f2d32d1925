"""`/healthz` and `/metrics`: answered in the event loop from the newest look, before any page's machinery.

They are for programs of this machine, and for whoever has the token. To all others these addresses are ones
that do not exist: the request goes on to the screens, which say what they say of any unknown address.
"""

from __future__ import annotations

import ipaddress
from typing import Any

import msgspec

from libertad.web import health, metrics, tracing, watch_token
from libertad.web.health import Health

HEALTH, METRICS = "/healthz", "/metrics"
PATHS = (HEALTH, METRICS)
LOCAL = (b"localhost", b"127.0.0.1", b"[::1]")
# A proxy sets some of these, and a browser others; a program that asks for itself sets none.
PROXIED = (b"forwarded", b"via", b"x-real-ip", b"origin", b"referer")


async def answer(scope: Any, receive: Any, send: Any, screens: Any) -> None:
    """Answer who may know; hand everybody else on to the screens."""
    now = health.latest()
    if now is None or scope["method"] not in ("GET", "HEAD") or not may_watch(scope):
        await screens(scope, receive, send)
        return
    if scope["path"] == METRICS:
        status, kind, body = 200, metrics.CONTENT_TYPE, metrics.exposition(now).encode()
    else:
        status, kind, body = 200 if now.ready() else 503, b"application/json", health_body(now)
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def may_watch(scope: Any) -> bool:
    """A program of this machine that came here without a proxy, or whoever has the token."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.partition(b" ")
            return scheme.lower() == b"bearer" and watch_token.opens(token.strip())
    return _of_this_machine(scope)


def _of_this_machine(scope: Any) -> bool:
    """A proxy on this machine has its address as well: its headers tell it. One that sets none of them serves
    nobody, since production sends whoever comes without X-Forwarded-Proto to https for ever."""
    try:
        address = ipaddress.ip_address((scope.get("client") or ("", 0))[0])
    except ValueError:
        return False
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    proxied = any(name in PROXIED or name.startswith(b"x-forwarded") for name, _value in scope["headers"])
    return address.is_loopback and not proxied and len(hosts) == 1 and _name(hosts[0]) in LOCAL


def _name(host: bytes) -> bytes:
    """A Host header without its port."""
    name, colon, port = host.rpartition(b":")
    return name if colon and port.isdigit() else host


def health_body(now: Health) -> bytes:
    """What `/healthz` says: its fields are in docs/watching.md."""
    problems = now.all_problems()
    ready = now.ready()
    return msgspec.json.encode(
        {
            "status": "not ready" if not ready else "attention" if problems else "ready",
            "ready": ready,
            "problems": [
                {"kind": problem.kind, "what": problem.what, "mend": problem.mend} for problem in problems
            ],
            "database": now.database,
            "rings": now.rings,
            "locked": now.locked,
            "writer": now.writer,
            "writer_busy_seconds": now.writer_busy,
            "disk_free_bytes": now.disk_free,
            "exchange_peers": now.peers,
            "exchange_peers_failing": now.failing,
            "exchange_age_seconds": now.exchange_age,
            "broker": now.broker,
            "background": list(now.background),
            "look_age_seconds": int(now.age()),
            "instance": tracing.PROCESS,
        }
    )


class Counting:
    """The screens, counting the answers that say that something broke."""

    def __init__(self, screens: Any) -> None:
        self.screens = screens

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def count_failure(message: Any) -> None:
            if message["type"] == "http.response.start":
                metrics.failures.answers += message["status"] >= 500 and message["status"] != 503
            await send(message)

        await self.screens(scope, receive, count_failure)
