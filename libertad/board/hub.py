"""The live board of one process: one thread reads the journal by index and hands out what is new.

It runs only while somebody watches, and holds one database connection however many do. A second thread
draws the parts of the board, so that a large map never delays a line of the feed.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque

from django.db import connections

from libertad.board import painter
from libertad.board.gate import still_in
from libertad.board.reading import NewLine, read
from libertad.board.viewers import Audience, Viewer, event

TICK = 0.1
CHECK_EVERY = 2.0
BEAT_EVERY = 10.0
KEPT = 2000
BEAT = b": beat\n\n" + event("ping", "1")
RELOAD = event("reload", "1")
log = logging.getLogger("libertad.board")


class Hub:
    """Viewers join and leave from any loop; everything else happens in the two threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.reader: threading.Thread | None = None
        self.painter: threading.Thread | None = None
        self.joining: list[Viewer] = []
        self.leaving: set[Viewer] = set()
        self.audiences: dict[object, Audience] = {}
        self.painted: queue.SimpleQueue[tuple[Audience, dict[str, str], list[Viewer]]] = queue.SimpleQueue()
        self.last = -1
        self.recent: deque[NewLine] = deque(maxlen=KEPT)
        self.floor = -1

    # -- from the loops --------------------------------------------------------------------

    def join(self, viewer: Viewer) -> None:
        with self.lock:
            self.joining.append(viewer)
            if self.reader is None:
                self.last = self.floor = viewer.at
                self.recent.clear()
                self.reader = threading.Thread(target=self._read_loop, name="board-reader", daemon=True)
                self.reader.start()

    def leave(self, viewer: Viewer) -> None:
        with self.lock:
            if viewer in self.joining:
                self.joining.remove(viewer)
            elif any(viewer in audience.viewers for audience in self.audiences.values()):
                self.leaving.add(viewer)

    # -- the reader ------------------------------------------------------------------------

    def _read_loop(self) -> None:
        checked = beaten = time.monotonic()
        while True:
            started = time.monotonic()
            try:
                if not self._turn():
                    return
                if started - checked >= CHECK_EVERY:
                    checked = started
                    self._check()
                if started - beaten >= BEAT_EVERY:
                    beaten = started
                    self._send([(viewer, BEAT) for viewer in self._everybody()])
            except Exception:
                # The database is away or busy: viewers keep what they have, and miss nothing.
                log.exception("the live board could not read the journal; trying again")
                connections.close_all()
                time.sleep(1)
            time.sleep(max(0.0, TICK - (time.monotonic() - started)))

    def _turn(self) -> bool:
        """One look at the journal; False when nobody watches any more."""
        with self.lock:
            joining, self.joining = self.joining, []
            for viewer in self.leaving:
                self._forget(viewer)
            self.leaving.clear()
            if not joining and not self.audiences:
                self.reader = None
                connections.close_all()
                return False
        batch = read(self.last)
        self.last = batch.last
        if len(self.recent) + len(batch.lines) > KEPT:
            dropped = (list(self.recent) + batch.lines)[-KEPT - 1]
            self.floor = max(self.floor, dropped.place)
        self.recent.extend(batch.lines)
        out: list[tuple[Viewer, bytes | None]] = []
        for audience in self.audiences.values():
            audience.dirty |= batch.draws
            lines = audience.lines(batch.lines)
            for viewer in audience.viewers:
                if data := viewer.feed(lines):
                    out.append((viewer, data))
                viewer.at = max(viewer.at, batch.last)
        for viewer in joining:
            if data := self._admit(viewer):
                out.append((viewer, data))
        self._paint()
        out += self._pictures()
        self._send(out)
        return True

    def _admit(self, viewer: Viewer) -> bytes:
        """Everything between the viewer's place and ours, from memory or from the journal."""
        key = Audience.key(viewer.who)
        with self.lock:
            audience = self.audiences.setdefault(key, Audience(viewer.who))
            audience.viewers.append(viewer)
        missed = b""
        if viewer.at < self.floor:
            while viewer.at < self.last:
                batch = read(viewer.at, self.last)
                missed += viewer.feed(audience.lines(batch.lines))
                viewer.at = batch.last
        elif viewer.at < self.last:
            missed = viewer.feed(audience.lines([line for line in self.recent if line.place > viewer.at]))
            viewer.behind = True
            viewer.at = self.last
        if viewer.behind:
            with self.lock:
                audience.waiting.append(viewer)
        return missed

    def _pictures(self) -> list[tuple[Viewer, bytes | None]]:
        out: list[tuple[Viewer, bytes | None]] = []
        while True:
            try:
                audience, parts, whole = self.painted.get_nowait()
            except queue.Empty:
                return out
            for viewer in audience.viewers:
                changed_parts = {**audience.parts, **parts} if viewer in whole else parts
                if changed_parts:
                    out.append((viewer, viewer.pictures(changed_parts)))

    def _check(self) -> None:
        """Whose session or access has ended sees nothing more; the page asks anew and is sent to sign in."""
        everybody = self._everybody()
        valid = still_in(viewer.who for viewer in everybody)
        ended = [viewer for viewer in everybody if (viewer.who.session, viewer.who.actor) not in valid]
        with self.lock:
            for viewer in ended:
                self._forget(viewer)
        self._send([(viewer, data) for viewer in ended for data in (RELOAD, None)])

    def _everybody(self) -> list[Viewer]:
        return [viewer for audience in self.audiences.values() for viewer in audience.viewers]

    def _forget(self, viewer: Viewer) -> None:
        key = Audience.key(viewer.who)
        audience = self.audiences.get(key)
        if audience is None:
            return
        audience.viewers = [remaining for remaining in audience.viewers if remaining is not viewer]
        audience.waiting = [remaining for remaining in audience.waiting if remaining is not viewer]
        if not audience.viewers:
            del self.audiences[key]

    @staticmethod
    def _send(out: list[tuple[Viewer, bytes | None]]) -> None:
        """One call into each loop, whatever the number of its viewers."""
        loops = {viewer.loop for viewer, _data in out}
        for loop in loops:
            deliveries = [(viewer, data) for viewer, data in out if viewer.loop is loop]
            try:
                loop.call_soon_threadsafe(_deliver, deliveries)
            except RuntimeError:
                continue  # that loop has closed, and its viewers with it

    # -- the painter -----------------------------------------------------------------------

    def _paint(self) -> None:
        if self.painter is None or not self.painter.is_alive():
            self.painter = threading.Thread(target=self._paint_loop, name="board-painter", daemon=True)
            self.painter.start()

    def _paint_loop(self) -> None:
        clocks: dict[str, painter.Setting] = {}
        read_at = 0.0
        while self.audiences:
            try:
                with self.lock:
                    every = list(self.audiences.values())
                if any(audience.dirty for audience in every) or time.monotonic() - read_at > 1:
                    read_at = time.monotonic()
                    clocks = {a.actor.operation: painter.clock_set(a.actor.operation) for a in every}
                for audience in every:
                    setting = clocks.get(audience.actor.operation)
                    minute = painter.minute_of(setting)
                    if audience.minute < 0 and not audience.dirty and not audience.waiting:
                        # Its pages have just been drawn.
                        audience.minute, audience.clock = minute, setting
                    elif painter.due(audience, time.monotonic(), minute):
                        self._paint_one(audience, setting, minute)
            except Exception:
                log.exception("the live board could not be drawn; trying again")
                connections.close_all()
                time.sleep(1)
            time.sleep(TICK / 2)
        connections.close_all()

    def _paint_one(self, audience: Audience, setting: painter.Setting, minute: int) -> None:
        started = time.monotonic()
        audience.dirty = False
        with self.lock:
            whole, audience.waiting = audience.waiting, []
        parts = painter.paint(audience)
        changed_parts = painter.changed(audience, parts)
        if audience.clock != setting:
            audience.clock = setting
            changed_parts["clock"] = painter.clock_data(setting)
        audience.parts, audience.painted_at, audience.minute = parts, started, minute
        if changed_parts or whole:
            self.painted.put((audience, changed_parts, whole))
        # As long as the drawing took belongs to the others: lines of the feed come first.
        time.sleep(min(1.0, time.monotonic() - started))


def _deliver(deliveries: list[tuple[Viewer, bytes | None]]) -> None:
    for viewer, data in deliveries:
        viewer.enqueue(data)


hub = Hub()
