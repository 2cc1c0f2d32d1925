"""The replay: sixteen nodes, seven days, what went wrong, and what is proved at the end."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scenarios.operation_libertad_2018 import play, timeline
from scenarios.operation_libertad_2018.book import Event
from scenarios.operation_libertad_2018.fixed import FIXED
from scenarios.operation_libertad_2018.stage import Stage
from scenarios.replay import checks, faults, on_node
from scenarios.replay.carriage import Carriage
from scenarios.replay.checks import Check
from scenarios.replay.hosts import Down, Host, Nursery
from scenarios.replay.injecting import Injector
from scenarios.replay.playing import START, Clock, Ids, ManyNodes, played, who_reads
from scenarios.replay.ports import free_ports
from scenarios.replay.report import Report
from scenarios.replay.snapshots import Snapshot, take

UTC = dt.UTC
Progress = Callable[[int, int, str], None]
LEVELS = faults.LEVELS
MOST = 16


@dataclass
class Options:
    """`seconds`: how long the seven days last. `data`: its parameters, by default the whole operation."""

    carriage: Callable[[], Carriage]
    nodes: int = 16
    care_nodes: int = 2
    level: str = "harsh"
    seed: int = 1
    seconds: float = 120.0
    patience: float = 150.0  # seconds in which nothing moves; other work may starve all nodes for a minute
    home: Path | None = None
    data: dict[str, Any] | None = None
    progress: Progress = play.silent
    keep: bool = False
    # Told what is being done, for output that nobody watches.
    doing: Callable[[str], None] | None = None
    # For tests: called with the hosts when all is quiet, before anything is looked at.
    meddle: Callable[[Mapping[str, Host]], None] | None = None
    # What more is done then, and what it proves.
    more: Callable[[Mapping[str, Host]], list[Check]] | None = None


def layout(data: dict[str, Any], nodes: int, care_nodes: int) -> list[tuple[str, tuple[str, ...]]]:
    """(host, authorities of the play on it). Prosecution lives with its police; care never does."""
    police = [f"{centre['key']}-centre" for centre in data["centres"]] + list(data["countries"])
    if not 1 <= nodes <= len(police):
        raise ValueError(f"nodes: from 1 to {len(police)}")
    if care_nodes not in (1, 2):
        raise ValueError("care_nodes: 1, or 2 with the deciding authorities on their own")
    shared: list[list[str]] = [police[n::nodes] for n in range(nodes)]
    hosts = []
    for keys in shared:
        with_courts = [
            k for key in keys for k in ((key, f"{key}-prosecution") if key in data["countries"] else (key,))
        ]
        hosts.append((keys[0], tuple(with_courts)))
    care = tuple(f"{code}-care" for code in data["countries"])
    deciding = tuple(f"{code}-deciding" for code in data["countries"])
    return (
        [*hosts, ("care", care + deciding)]
        if care_nodes == 1
        else [*hosts, ("care", care), ("deciding", deciding)]
    )


@contextmanager
def running(options: Options, data: dict[str, Any]) -> Iterator[list[Host]]:
    """All node processes, started; they end with the block, and their homes go unless kept."""
    scratch = options.home or Path(tempfile.mkdtemp(prefix="libertad-replay-"))
    nursery = Nursery(scratch / "nursery")
    places = layout(data, options.nodes, options.care_nodes)
    ports = free_ports(len(places))
    hosts = [
        Host(name, keys, scratch / "nodes" / name, nursery, port)
        for (name, keys), port in zip(places, ports, strict=True)
    ]
    try:
        yield hosts
    finally:
        for host in hosts:
            with suppress(Exception):
                host.stop()
        nursery.close()
        if not options.keep:
            shutil.rmtree(scratch, ignore_errors=True)


def replay(options: Options) -> Report:
    """Run it all. The report says whether it holds; nothing is raised for what went wrong in it."""
    data = options.data or play.parameters()
    report = Report(options.level, options.seed, options.nodes, options.seconds, doing=options.doing)
    with running(options, data) as hosts:
        carriage = options.carriage()
        try:
            _run(options, data, hosts, carriage, report)
        except Exception as why:
            report.fail(why)
        finally:
            report.wrong += [f"{host.name} ended by itself: {words}" for host in hosts for words in host.fell]
            report.errors += getattr(carriage, "errors", [])[:20]
            carriage.stop()
    return report


def _run(
    options: Options, data: dict[str, Any], hosts: Sequence[Host], carriage: Carriage, report: Report
) -> None:
    report.stand_in = not carriage.can
    clock = Clock(START, dt.datetime.fromisoformat(data["clock"]), options.seconds)
    venue = ManyNodes(hosts, carriage, clock, options.patience)
    try:
        _steps(options, data, venue, report)
    finally:
        report.count(venue.ledger)


def _steps(options: Options, data: dict[str, Any], venue: ManyNodes, report: Report) -> None:
    hosts, carriage, clock = venue.hosts, venue.carriage, venue.clock
    with report.part("start the nodes"):
        for host in hosts:
            host.at_start.append(carriage.started)
            host.start()
        carriage.start(hosts)
    with report.part("found the authorities"):
        stage = play.founded(venue, data, options.progress)
        stage.ids = Ids(clock, venue.patient)
        carriage.founded()
        for host in hosts:
            venue.ledger.add(host, host.call(on_node.entries_written))
    events = timeline.write(data)
    first = next((n for n, event in enumerate(events) if event.at >= START), len(events))
    progress = Told(options.progress, len(events))
    with report.part("play the weeks before"):
        if not _played(venue, stage, events[:first], clock, progress, report):
            return
    plan = faults.plan(options.level, options.seed, *_sides(hosts, data))
    injector = Injector(plan, venue, stage, carriage, clock, hosts[0].home.parents[1])
    report.faults = injector.played
    with report.part("play the seven days"):
        clock.begin()
        last = max([clock.end, *(fault.until for fault in plan)])
        venue.calm_from = time.monotonic() + (last - START).total_seconds() / clock.rate
        play.set_clock(stage, START, min(clock.rate, 100_000))
        injector.begin()
        whole = _played(venue, stage, events[first:], clock, progress, report)
        injector.ended()
        if not whole:
            report.wrong += _waiting(carriage)
            return
    with report.part("wait for quiet"):
        stage.now = clock.end
        canaries = plant(stage)
        play.set_clock(stage, clock.end, 0)
        if not quiet(hosts, carriage, options.patience):
            report.wrong.append("it did not become quiet: something is left to carry")
            report.wrong += _waiting(carriage)
    if options.meddle is not None:
        options.meddle({host.name: host for host in hosts})
    proved: list[Check] = []
    if options.more is not None:
        with report.part("ask in private"):
            proved = options.more({host.name: host for host in hosts})
    with report.part("ask every node what it holds"):
        actors = who_reads(stage)
        snapshots = [snapshot(host, {a: actors[a] for a in _living(host, stage)}) for host in hosts]
        report.nodes_told = [(node.name, node.origin, node.size, len(node.held)) for node in snapshots]
    with report.part("compare and search"):
        report.checks = [
            *prove(snapshots, hosts, venue, injector, canaries, FIXED if options.data is None else {}),
            *proved,
        ]
    report.take(snapshots)


class Told:
    """Counts events that are done, over all lanes."""

    def __init__(self, progress: Progress, of: int) -> None:
        self.progress, self.of, self.done = progress, of, 0
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        with self._lock:
            self.done += 1
            self.progress(self.done, self.of, f"{event.at:%d %B, %H:%M} UTC")


def _played(
    venue: ManyNodes, stage: Stage, events: list[Event], clock: Clock, progress: Told, report: Report
) -> bool:
    def done(event: Event) -> None:
        venue.ended(event)
        progress(event)

    venue.planned(events)
    failed = played(stage, events, clock, done)
    report.trace += "".join(getattr(why, "trace", "") for _, why in failed)
    report.wrong += [
        f"{event.lane} at {event.at:%d %B, %H:%M} UTC: {type(why).__name__}: {why}" for event, why in failed
    ]
    return not failed


def _sides(hosts: Sequence[Host], data: dict[str, Any]) -> tuple[list[str], list[str], str]:
    """Hosts that may lose a database, the others, and the one of the officer who is withdrawn."""
    lead = next(host.name for host in hosts if "BB-centre" in host.keys)
    # All of them may be on one host, of a small replay.
    police = [h.name for h in hosts if h.name != lead and any(key in data["countries"] for key in h.keys)]
    other_hosts = [host.name for host in hosts if host.name not in police]
    withdrawn = next((host.name for host in hosts if "BZ" in host.keys), "")
    return police or [lead], other_hosts, withdrawn


def _living(host: Host, stage: Stage) -> list[str]:
    return [stage.cast.authorities[key] for key in host.keys]


def plant(stage: Stage) -> dict[str, str]:
    """Words that occur nowhere else, said where few may read: word -> where."""
    canaries = {}
    for code in stage.data["countries"]:
        word = f"quetzal {code} river report"
        stage.do(
            code,
            "officer",
            "report_lead",
            source="said",
            country=code,
            summary=word,
            source_grade="2",
            information_grade="B",
            handling="P",
            workplace="farm",
            origin="public",
        )
        canaries[word] = f"the police file of {code}"
        person = dict.get(stage.ids, f"person {code}/0")
        if person is None:
            continue
        word = f"hoatzin {code} own words"
        stage.do(code, "officer", "state_person", source="said", person=person, topic="family", words=word)
        canaries[word] = f"a person's file in {code}"
        word = f"kiskadee {code} safe place"
        stage.do(
            f"{code}-care",
            "caseworker",
            "plan_safety",
            source="said",
            person=person,
            reach=word,
            avoid="",
            checked=(stage.now - dt.timedelta(days=1)).date().isoformat(),
        )
        canaries[word] = f"a protection file in {code}"
    return canaries


def quiet(hosts: Sequence[Host], carriage: Carriage, patience: float, still: float = 1.0) -> bool:
    """Wait until nothing moves: the carriage says so, and no node has grown for a while.

    Given up once there is no quiet though no node has grown for twice the patience.
    """
    until, last, since = time.monotonic() + 2 * patience, None, time.monotonic()
    while time.monotonic() < until:
        try:
            sizes = [host.call(on_node.holds)["size"] for host in hosts]
        except Down:
            sizes = None
        if sizes is not None and sizes != last:
            until = time.monotonic() + 2 * patience
        if sizes is None or sizes != last or not carriage.quiet():
            last, since = sizes, time.monotonic()
        elif time.monotonic() - since >= still:
            return True
        time.sleep(0.1)
    return False


def _waiting(carriage: Carriage) -> list[str]:
    """What is left to carry, and why."""
    carriage.quiet()
    return list(getattr(carriage, "waits", []))[:10]


def snapshot(host: Host, actors: Mapping[str, Any]) -> Snapshot:
    answer: Snapshot = host.call(take, host.name, dict(actors))
    return answer


def prove(
    snapshots: list[Snapshot],
    hosts: Sequence[Host],
    venue: ManyNodes,
    injector: Injector,
    canaries: Mapping[str, str],
    fixed: Mapping[str, int],
) -> list[Check]:
    """Every proof, on what the nodes told and on their files as they lie on the disk."""
    ledger = venue.ledger
    proofs = [
        checks.figures_equal(snapshots),
        checks.rows_equal(snapshots),
        checks.acknowledged_everywhere(snapshots, ledger.entries.values(), ledger.excepted),
        checks.opens_nowhere_else(snapshots),
        checks.files_keep_silent(snapshots, {host.name: host.home for host in hosts}),
        checks.canaries_known(snapshots, canaries),
        checks.journals_whole(snapshots),
    ]
    if fixed:
        proofs.append(checks.fixed_points(snapshots, fixed))
    if injector.forged or injector.got_through:
        proofs.append(checks.forged_nowhere(snapshots, [*injector.forged, *injector.got_through]))
    return proofs


__all__ = ["Options", "field", "layout", "quiet", "replace", "replay", "running"]
