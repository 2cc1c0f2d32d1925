"""Asking the host of one-time pages: this node calls it; what it replies is believed if it signed it."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from libertad.answer_page.messages import MOST_ITEMS, Item, Reply, Request
from libertad.answer_page.signing import NotSigned, public, read_reply, sign_request, signing_key

PATH = "/node/"
TIMEOUT = 8.0  # seconds: an officer waits for it
WHOLE = 15.0  # seconds for a whole exchange, however small the pieces in which its reply comes
MOST = 1024 * 1024  # bytes of a reply
SKEW = 300.0  # seconds by which the host's clock may be off before somebody is told
HERE = ("localhost", "127.0.0.1", "::1")


class HostFailed(Exception):
    """The host does not answer, or what answers at its address is not the one that the settings name."""


def is_set() -> bool:
    """Whether this node has a host to ask."""
    return bool(settings.LIBERTAD_ANSWER_HOST and settings.LIBERTAD_ANSWER_HOST_KEY)


def link_to(token: str) -> str:
    """A page's whole address."""
    return f"{str(settings.LIBERTAD_ANSWER_HOST).rstrip('/')}/a/{token}/"


def ask(items: Sequence[Item]) -> list[Reply]:
    """The host's replies to these, in as many requests as it takes. Raises HostFailed."""
    return [_ask(items[at : at + MOST_ITEMS]) for at in range(0, len(items), MOST_ITEMS)]


def greet() -> Reply:
    """The host's reply to nothing: that it is there, knows this node, and takes it for what time. Raises
    HostFailed."""
    return _ask(())


def _ask(items: Iterable[Item]) -> Reply:
    host = str(settings.LIBERTAD_ANSWER_HOST_KEY)
    key = signing_key(Path(settings.LIBERTAD_HOME) / "secrets" / "answer-page")
    request = Request(
        sender=public(key),
        host=host,
        sent_at=time.time_ns() // 1_000_000,
        nonce=os.urandom(16).hex(),
        items=tuple(items),
    )
    message = sign_request(request, key)
    try:
        reply = read_reply(_post(message), message, host)
    except NotSigned:
        raise HostFailed("what answers there is not the host that the settings name") from None
    except (OSError, http.client.HTTPException) as why:
        raise HostFailed(f"it does not answer ({type(why).__name__})") from None
    if reply.nonce != request.nonce:
        raise HostFailed("it replied to another request")
    return reply


def clock_is_off(reply: Reply) -> bool:
    """Whether the host takes the time for another than this node does."""
    return abs(reply.clock / 1000 - time.time()) > SKEW


def _post(message: bytes) -> bytes:
    url = urlsplit(str(settings.LIBERTAD_ANSWER_HOST))
    name = url.hostname or ""
    if url.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            name, url.port, timeout=TIMEOUT, context=_trusted()
        )
    elif url.scheme == "http" and name in HERE:
        connection = http.client.HTTPConnection(name, url.port, timeout=TIMEOUT)
    else:
        raise HostFailed("its address begins with https://")
    cut = threading.Timer(WHOLE, _cut, [connection])
    cut.daemon = True
    cut.start()
    try:
        headers = {"Content-Type": "application/octet-stream", "Accept-Encoding": "identity"}
        connection.request("POST", url.path.rstrip("/") + PATH, body=message, headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise HostFailed(f"it answered {answer.status}: does it name this node's key?")
        body = answer.read(MOST + 1)
    finally:
        cut.cancel()
        connection.close()
    if len(body) > MOST:
        raise HostFailed("it sent more than a reply has")
    return body


def _cut(connection: http.client.HTTPConnection) -> None:
    """End an exchange that takes too long: whoever waits for a piece of it has an end of file."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _trusted() -> ssl.SSLContext:
    """The system's authorities of certificates, and the file that LIBERTAD_ANSWER_CA names beside them."""
    context = ssl.create_default_context()
    if settings.LIBERTAD_ANSWER_CA:
        context.load_verify_locations(cafile=settings.LIBERTAD_ANSWER_CA)
    return context
