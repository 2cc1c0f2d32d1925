"""The play on many nodes: a venue that sends each call to the node of its actor, and lanes that play at once.

Each call of the plot succeeds on a node that holds everything. So a refusal here means that something has not
travelled yet, and the call is made again until it has, or until nothing can be coming any more.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from libertad.access.acting import Forbidden
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actor import Actor
from libertad.vocabulary.values import Refused
from scenarios.operation_libertad_2018.book import Event
from scenarios.operation_libertad_2018.stage import Stage
from scenarios.operation_libertad_2018.venue import Likeness, compared
from scenarios.replay import on_node
from scenarios.replay.carriage import Carriage
from scenarios.replay.hosts import Down, Host, Raised

START = dt.datetime(2018, 4, 3, 3, tzinfo=dt.UTC)
# Not a refusal, but the same cause: the roster has come and the key has not.
NOT_YET = {"KeyError", "Locked", "NotStored", "BehindMark"}


class Stuck(Exception):
    """A call of the plot was still refused when nothing could be coming any more."""


class Ended(Exception):
    """The play was given up because another part of it failed."""


class Clock:
    """The operation's time: stands at `START` until `begin`, then runs `rate` seconds a second."""

    def __init__(self, start: dt.datetime, end: dt.datetime, seconds: float) -> None:
        self.start, self.end = start, end
        self.rate = (end - start).total_seconds() / seconds
        self.ended = threading.Event()
        self._began = 0.0

    def begin(self) -> None:
        self._began = time.monotonic()

    def until(self, moment: dt.datetime) -> bool:
        """Wait for a moment; False when the play was given up meanwhile."""
        wait = (moment - self.start).total_seconds() / self.rate - (time.monotonic() - self._began)
        return not (self.ended.wait(wait) if wait > 0 else self.ended.is_set())

    @property
    def now(self) -> dt.datetime:
        return self.start + dt.timedelta(seconds=(time.monotonic() - self._began) * self.rate)


@dataclass(frozen=True)
class Acknowledged:
    """An entry that a node said was stored, and where."""

    entry: str
    compartment: str
    host: str


class Ledger:
    """Every acknowledged entry, kept by the driver; and those excepted, each with its reason."""

    def __init__(self) -> None:
        self.entries: dict[str, Acknowledged] = {}
        self.excepted: dict[str, str] = {}
        self.retried: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, host: Host, entries: Sequence[tuple[str, str]]) -> None:
        with self._lock:
            for entry, compartment in entries:
                self.entries[entry] = Acknowledged(entry, compartment, host.name)

    def all(self) -> list[Acknowledged]:
        with self._lock:
            return list(self.entries.values())

    def except_(self, entry: str, why: str) -> None:
        with self._lock:
            self.excepted[entry] = why

    def of(self, host: Host) -> list[Acknowledged]:
        with self._lock:
            return [receipt for receipt in self.entries.values() if receipt.host == host.name]

    def again(self, why: str) -> None:
        with self._lock:
            self.retried[why] += 1


class Ids(dict[str, Any]):
    """What events made, by name. Asking for what another lane makes waits for it."""

    def __init__(self, clock: Clock, patience: Callable[[], bool]) -> None:
        super().__init__()
        self._clock, self._patience = clock, patience
        self._made = threading.Condition()

    def __setitem__(self, name: str, value: Any) -> None:
        with self._made:
            super().__setitem__(name, value)
            self._made.notify_all()

    def __missing__(self, name: str) -> Any:
        with self._made:
            while not dict.__contains__(self, name):
                if self._clock.ended.is_set():
                    raise Ended(f"nobody has made '{name}'")
                if not self._patience():
                    raise Stuck(f"nobody has made '{name}'")
                self._made.wait(0.2)
            return dict.__getitem__(self, name)


@dataclass
class ManyNodes:
    """The venue: each authority of the play on its host. `patience` seconds count from when nothing more is
    planned to go wrong (`calm_from`, by time.monotonic) and nobody has got anything done (`moved`): a slow
    machine takes longer, and gives up no sooner."""

    hosts: Sequence[Host]
    carriage: Carriage
    clock: Clock
    patience: float = 60.0
    calm_from: float = 0.0
    moved: float = 0.0
    ledger: Ledger = field(default_factory=Ledger)
    homes: dict[str, Host] = field(default_factory=dict)
    after: list[Callable[[Host, on_node.Done], None]] = field(default_factory=list)
    operation: str = ""

    def __post_init__(self) -> None:
        self.by_key = {key: host for host in self.hosts for key in host.keys}
        self.waits = 0
        self._todo: dict[int, dt.datetime] = {}  # moments of the events that are not done, by their order
        self._gathering = threading.Lock()

    def patient(self, since: float = 0.0) -> bool:
        return time.monotonic() < max(self.calm_from, self.moved, since) + self.patience

    # -- the venue -------------------------------------------------------------------------

    def ring(self, key: str, authority: str, kind: str) -> None:
        host = self.by_key[key]
        self.homes[authority] = host
        host.call(on_node.ring, authority, kind)

    def join(self, key: str, authority: str) -> None:
        self.carriage.join(self.by_key["BB-centre"], self.by_key[key], authority)
        host, size, since = self.by_key[key], -1, time.monotonic()
        while not host.call(on_node.reads, authority, "operation", self.operation):
            now = host.call(on_node.holds)["size"]
            if now != size:
                size, since = now, time.monotonic()
            if not self.patient(since):
                raise Stuck(f"{key} has not received the operation")
            time.sleep(0.02)

    def found_authority(self, key: str, authority: str, **founding: Any) -> Actor:
        host = self.by_key[key]
        founder: Actor = host.call(on_node.found_first_officer, authority, **founding)
        if not self.carriage.can and self.operation:  # a stand-in enrols nobody
            own = host.call(on_node.device_of, authority)
            self.perform(replace(founder, operation=self.operation), enrol_device, public=own)
        return founder

    def perform(self, actor: Actor, action: Callable[..., Any], /, **arguments: Any) -> Any:
        host, token, since = self.homes[actor.authority], secrets.token_hex(16), time.monotonic()
        pause = 0.02
        while True:
            why = ""
            try:
                with host.working():
                    done: on_node.Done = host.call(on_node.once, token, actor, action, arguments)
                    self.ledger.add(host, done.entries)
                    self.moved = time.monotonic()
                    for hook in self.after:
                        hook(host, done)
                if action.__name__ == "open_operation":
                    self.operation = done.value
                return done.value
            except Down:
                why = "the node was down"
            except (Refused, Forbidden) as refused:
                why = f"{action.__name__}: {refused}"
            except Raised as raised:
                if raised.kind not in NOT_YET:
                    raise
                why = f"{action.__name__}: {raised.kind}"
            self.ledger.again(why)
            if self.clock.ended.is_set():
                raise Ended(f"{host.name}: {why}")
            if not self.patient(since):
                raise Stuck(f"{host.name}: {why}")
            time.sleep(pause)
            pause = min(0.5, pause * 1.5)

    def planned(self, events: Sequence[Event]) -> None:
        """These are about to be played."""
        self._todo = {event.order: event.at for event in events}

    def ended(self, event: Event) -> None:
        self._todo.pop(event.order, None)

    def arrived(self, key: str, until: dt.datetime) -> None:
        """Wait for all events before a moment, and for what they said to be on file where `key` lives."""
        host, since = self.by_key[key], time.monotonic()
        with self._gathering:  # several authorities of one node wait for the same
            while why := self._missing(host, until):
                if self.clock.ended.is_set():
                    raise Ended(f"{host.name}: {why}")
                if not self.patient(since):
                    raise Stuck(f"{host.name}: {why}")
                self.ledger.again(f"what was said before a cut: {why.lstrip('0123456789 ')}")
                time.sleep(0.2)

    def _missing(self, host: Host, until: dt.datetime) -> str:
        early = sum(at < until for at in list(self._todo.values()))
        if early:
            return f"{early} events before {until:%d %B, %H:%M} are not done"
        receipts = [receipt for receipt in self.ledger.all() if receipt.host != host.name]
        try:
            lacking = host.call(on_node.lacks, [(receipt.entry, receipt.compartment) for receipt in receipts])
        except Down:
            return "the node was down"
        left = len({*lacking} - self.ledger.excepted.keys())
        return f"{left} entries have not arrived" if left else ""

    def ask(self, actor: Actor, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
        return self.homes[actor.authority].call(function, actor, *arguments, **options)

    def likeness(self, key: str, authority: str, first: str, second: str) -> Likeness:
        """Ask the node again until both records have travelled to it."""
        host, since = self.homes[authority], time.monotonic()
        while True:
            try:
                comparison: Likeness | None = host.call(compared, authority, first, second)
            except Down:
                comparison = None
            if comparison is not None:
                return comparison
            self.ledger.again("compare two records: one has not arrived")
            if self.clock.ended.is_set():
                raise Ended(f"{host.name}: {key} does not read both records")
            if not self.patient(since):
                raise Stuck(f"{host.name}: {key} does not read both records")
            time.sleep(0.2)


def lanes(events: Sequence[Event]) -> dict[str, list[Event]]:
    """Events by whose hands are on them, each in its order."""
    by_lane: dict[str, list[Event]] = {}
    for event in events:
        by_lane.setdefault(event.lane, []).append(event)
    return by_lane


def played(
    stage: Stage, events: Sequence[Event], clock: Clock, notify: Callable[[Event], None]
) -> list[tuple[Event, BaseException]]:
    """Play all lanes at once, each event not before its time. When one fails all is given up: returns what
    failed, and after it what the other lanes were waiting for."""
    failed: list[tuple[Event, BaseException]] = []
    waiting: list[tuple[Event, BaseException]] = []

    def play(lane: Sequence[Event]) -> None:
        for event in lane:
            if not clock.until(event.at):
                return
            # Its own moment and chance, so that neither depends on what the other lanes do.
            own = replace(stage, now=event.at, rng=Random(f"{stage.data['seed']}:{event.order}"))
            try:
                event.run(own)
            except Ended as why:
                waiting.append((event, why))
                return
            except BaseException as why:
                failed.append((event, why))
                clock.ended.set()
                return
            notify(event)

    threads = [
        threading.Thread(target=play, args=(lane,), name=f"lane-{name}")
        for name, lane in lanes(events).items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed + waiting


def who_reads(stage: Stage) -> Mapping[str, Actor]:
    """By authority id, an officer of it who may read the operation's figures."""
    readers: dict[str, Actor] = {}
    for (_key, role, _number), actor in stage.cast.actors.items():
        if role != "administrator":
            readers.setdefault(actor.authority, actor)
    return readers
