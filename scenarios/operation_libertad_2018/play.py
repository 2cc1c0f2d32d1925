"""Play the operation: all at once (`create`), or its seven days in some minutes (`live`)."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings

from libertad.access.queries import authority_names
from libertad.journal.folding import batches
from libertad.journal.node import node
from libertad.journal.transaction import Transaction
from libertad.vocabulary import yamlfile
from libertad.vocabulary.values import Happened
from scenarios.operation_libertad_2018 import forging, guide, members, timeline
from scenarios.operation_libertad_2018.book import Event
from scenarios.operation_libertad_2018.stage import Stage
from scenarios.operation_libertad_2018.venue import OneNode, Venue

UTC = dt.UTC
Progress = Callable[[int, int, str], None]
GROUP = 40


def parameters() -> dict[str, Any]:
    """The scenario's parameters; what is published and what is generated is said in the file."""
    values: dict[str, Any] = yamlfile.read(Path(__file__).with_name("parameters.yaml"))
    return values


def silent(done: int, of: int, words: str) -> None:
    """No progress shown."""


def founded(venue: Venue, data: dict[str, Any], progress: Progress = silent) -> Stage:
    """Found the authorities and open the operation, wherever it is played."""
    rng = Random(data["seed"] + 1)
    when = Happened(at=dt.datetime(2018, 3, 1, 14, tzinfo=UTC), zone="America/Barbados")
    total, made = len(data["centres"]) - 1 + len(data["countries"]), 0

    def step(words: str) -> None:
        nonlocal made
        made += 1
        progress(made, total, words)

    cast = members.found_operation(data, rng, when, step, venue)
    return Stage(cast, data, rng, now=when.at)


def found_operation(progress: Progress = silent) -> Stage:
    """Found them all on this process's node, with the demo's sign-ins."""
    stage = founded(OneNode(), parameters(), progress)
    members.accounts(stage.cast, Path(settings.LIBERTAD_HOME), dict(authority_names()))
    return stage


def create(progress: Progress = silent) -> Stage:
    """The whole operation at once, its clock standing still on the last evening."""
    stage = found_operation(progress)
    events = timeline.write(stage.data)
    done = 0
    for group in groups(events):
        _played(stage, group)
        done += len(group)
        progress(done, len(events), f"{group[-1].at:%d %B, %H:%M} UTC")
    guide.write(stage, Path(settings.LIBERTAD_HOME))
    set_clock(stage, dt.datetime.fromisoformat(stage.data["clock"]), 0)
    keep_parts()
    return stage


def keep_parts() -> None:
    """What was taken back in it erased a file, and so renewed its authority's key part. A demo has no safe:
    its parts lie in its home and are made anew with it, and nobody is asked to save them."""
    rings = node().rings
    rings.saved_parts(rings.part_marks(), "")


def meet_forgery(stage: Stage, other: forging.ChangedNode) -> None:
    """A bundle of a changed node arrives on the last evening, and the five minutes lead to its alarm."""
    stage.ids["alarm forged"] = forging.receive_forgery(stage.cast.actor("BB-centre", "coordinator"), other)
    guide.write(stage, Path(settings.LIBERTAD_HOME))


def groups(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Events that are performed in one transaction: up to `GROUP`, and each that stands alone by itself."""
    for alone, together in itertools.groupby(events, key=lambda event: event.alone):
        yield from batches(together, 1 if alone else GROUP)


def _played(stage: Stage, group: list[Event]) -> None:
    if not group[0].alone:
        node().writer.submit(lambda tx: _group(stage, tx, group))
        return
    stage.now = group[0].at
    group[0].run(stage)


def _group(stage: Stage, tx: Transaction, events: list[Event]) -> None:
    venue = stage.cast.venue
    assert isinstance(venue, OneNode)  # noqa: S101  one transaction is one node's
    venue.tx = tx
    try:
        for event in events:
            stage.now = event.at
            event.run(stage)
    finally:
        venue.tx = None


def set_clock(stage: Stage, reads: dt.datetime, rate: float) -> None:
    """Set the operation's clock."""
    stage.now = reads
    stage.do(
        "BB-centre",
        "coordinator",
        "set_clock",
        source="decision",
        reads=reads,
        set_at=dt.datetime.now(UTC).replace(microsecond=0),
        rate=rate,
    )


def live(minutes: float, progress: Progress = silent, sleep: Callable[[float], None] = time.sleep) -> Stage:
    """Play the seven days in `minutes`: what came before at once, then each event at its time."""
    stage = found_operation(progress)
    events = timeline.write(stage.data)
    start = dt.datetime(2018, 4, 3, 3, tzinfo=UTC)
    end = dt.datetime.fromisoformat(stage.data["clock"])
    rate = (end - start).total_seconds() / (minutes * 60)
    before = [e for e in events if e.at < start]
    for group in groups(before):
        _played(stage, group)
    set_clock(stage, start, rate)
    began = time.monotonic()
    rest = events[len(before) :]
    for n, event in enumerate(rest, 1):
        wait = (event.at - start).total_seconds() / rate - (time.monotonic() - began)
        if wait > 0:
            sleep(wait)
        stage.now = event.at
        event.run(stage)
        progress(n, len(rest), f"{event.at:%d %B, %H:%M} UTC")
    guide.write(stage, Path(settings.LIBERTAD_HOME))
    set_clock(stage, end, 0)
    return stage
