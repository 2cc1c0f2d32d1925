"""Viewers of the live board, and the audiences that see the same."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation

from libertad.access.actor import Actor
from libertad.board.cursor import Sealer
from libertad.board.gate import Admitted
from libertad.board.lines import Teller
from libertad.board.page_objects import FeedItem
from libertad.board.reading import NewLine

WAITING = 2000  # events that a slow viewer may have waiting before its line is cut


def event(name: str, data: str, cursor: str = "") -> bytes:
    """One server-sent event; the data may have several lines."""
    head = f"id: {cursor}\n" if cursor else ""
    body = "".join(f"data: {line}\n" for line in data.splitlines()) or "data: \n"
    return f"{head}event: {name}\n{body}\n".encode()


@lru_cache(maxsize=4096)
def drawn(item: FeedItem, language: str) -> str:
    """A line of the feed, drawn once for all who see the same words."""
    html = render_to_string("board/_feed_item.html", {"item": item, "LANGUAGE_CODE": language})
    return json.dumps({"id": item.id, "html": html.strip()})


class Audience:
    """Everybody who sees the same: one authority, role, operation, zone and language.

    The pictures are drawn for it without an officer, so that nothing of one officer's is in them.
    """

    def __init__(self, admitted: Admitted) -> None:
        self.actor: Actor = replace(admitted.actor, officer="")
        self.language = admitted.language
        self.teller = Teller(self.actor)
        self.viewers: list[Viewer] = []
        self.waiting: list[Viewer] = []
        self.parts: dict[str, str] = {}
        self.dirty = False
        self.painted_at = 0.0
        self.minute = -1
        self.clock: tuple[object, ...] | None = None

    @staticmethod
    def key(admitted: Admitted) -> tuple[Actor, str]:
        return replace(admitted.actor, officer=""), admitted.language

    def lines(self, new: list[NewLine]) -> list[tuple[int, str, str]]:
        """(index, kind, data) of the new lines that this audience may read."""
        with translation.override(self.language):
            return [
                (line.place, line.row.kind, drawn(self.teller.item(line.row), self.language))
                for line in new
                if line.for_(self.actor)
            ]


@dataclass(eq=False)
class Viewer:
    """One open stream. `at`: the index up to which it has everything that is for it.

    `behind`: its page was drawn before the newest entry, so the parts of the board are sent whole."""

    who: Admitted
    sealer: Sealer
    at: int
    loop: asyncio.AbstractEventLoop
    behind: bool = False
    farewell: bytes = b""
    queue: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)

    def feed(self, lines: list[tuple[int, str, str]]) -> bytes:
        """Events for the lines that this viewer does not have yet."""
        return b"".join(
            event("feed", data, self.sealer.seal(index))
            for index, kind, data in lines
            if index > self.at and self.who.kind in ("", kind)
        )

    def pictures(self, parts: dict[str, str]) -> bytes:
        """Events for parts of the board, at the viewer's own place in the journal."""
        return b"".join(event(name, html, self.sealer.seal(self.at)) for name, html in parts.items())

    def enqueue(self, data: bytes | None) -> None:
        """In the viewer's own loop. A viewer that does not read is cut, and comes back by its cursor."""
        if self.queue.qsize() > WAITING:
            data = None
        self.queue.put_nowait(data)
