"""GET /board/live/ -> text/event-stream. Raw ASGI: no thread and no database connection per viewer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from libertad.access.actor import Actor
from libertad.access.queries import read_by
from libertad.board import painter
from libertad.board.cursor import Sealer
from libertad.board.gate import Admitted, Refusal, admit
from libertad.board.hub import RELOAD, hub
from libertad.board.queries import newest
from libertad.board.reading import read
from libertad.board.viewers import Audience, Viewer, event
from libertad.journal.models import Entry

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
FARTHEST = 5000  # entries that are looked through for a replay; beyond, the page is loaded anew
OPENERS = 4
openers = ThreadPoolExecutor(OPENERS, thread_name_prefix="board-opener")


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Streams until the viewer leaves, or until the session or the officer's access ends."""
    loop = asyncio.get_running_loop()
    opened = await loop.run_in_executor(openers, _open, scope, loop)
    if isinstance(opened, Refusal):
        await send({"type": "http.response.start", "status": opened.status, "headers": opened.headers})
        await send({"type": "http.response.body", "body": opened.body})
        return
    viewer, first = opened
    await send({"type": "http.response.start", "status": 200, "headers": headers(viewer.who)})
    if first.endswith(RELOAD):
        await send({"type": "http.response.body", "body": first})
        return
    departure = asyncio.ensure_future(_wait_for_disconnect(receive, viewer))
    hub.join(viewer)
    try:
        await send({"type": "http.response.body", "body": first, "more_body": True})
        while (data := await _next(viewer)) is not None:
            await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": viewer.farewell})
    finally:
        hub.leave(viewer)
        departure.cancel()


def headers(admitted: Admitted) -> list[tuple[bytes, bytes]]:
    """A page's own headers, and what keeps proxies from holding the stream back."""
    return [
        *admitted.headers,
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"x-accel-buffering", b"no"),
    ]


async def _wait_for_disconnect(receive: Receive, viewer: Viewer) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    viewer.queue.put_nowait(None)


async def _next(viewer: Viewer) -> bytes | None:
    """All that waits, in one piece; None at the end."""
    data = await viewer.queue.get()
    while data is not None and not viewer.queue.empty():
        chunk = viewer.queue.get_nowait()
        if chunk is None:
            viewer.farewell, data = data, None
        else:
            data += chunk
    return data


def _open(scope: Scope, loop: asyncio.AbstractEventLoop) -> Refusal | tuple[Viewer, bytes]:
    """In an opener's thread: the gates, the replay of what was missed, the clock."""
    try:
        admitted = admit(scope)
        return admitted if isinstance(admitted, Refusal) else _begin(admitted, loop)
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()


def far(actor: Actor, start: int) -> bool:
    """Whether more than FARTHEST entries of files that the actor's authority reads came after `start`.

    Of those alone: who holds old cursors would else find out how much others wrote meanwhile.
    """
    since = Entry.objects.filter(read_by(actor.authority), idx__gt=start)
    return since.values("idx")[: FARTHEST + 1].count() > FARTHEST


def _begin(admitted: Admitted, loop: asyncio.AbstractEventLoop) -> tuple[Viewer, bytes]:
    sealer, head = Sealer(admitted.account), newest()
    hello = b"retry: 1000\n\n"
    start = sealer.open(admitted.after) if admitted.after else head
    if start is None or start > head or far(admitted.actor, start):
        # A cursor of somebody else, of another journal, or of long ago: the page is loaded anew.
        return Viewer(admitted, sealer, head, loop), hello + RELOAD
    viewer = Viewer(admitted, sealer, start, loop, behind=start < head)
    audience = Audience(admitted)
    missed = b""
    while viewer.at < head:
        batch = read(viewer.at, head)
        missed += viewer.feed(audience.lines(batch.lines))
        viewer.at = batch.last
    setting = painter.clock_set(admitted.actor.operation)
    clock = event("clock", painter.clock_data(setting), sealer.seal(viewer.at))
    return viewer, hello + missed + clock
