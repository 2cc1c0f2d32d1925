"""Appending, verifying, taking in and rebuilding, each beside its reference. `libertad bench journal`."""

from __future__ import annotations

import os
import sqlite3
import statistics
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.node import Bench, operation
from bench.report import line, percentile, show

LEAD = {
    "country": "GY",
    "summary": "A house with a high wall, vans at night, no windows to the street",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
}
ROUNDS = 7
EACH = 300
FEW = 60
WRITING = 8.0  # seconds of writing over HTTP
WHOLE = 3  # rounds over the whole journal, each beside its reference
MANY = 30_000  # entries to verify and to take in: a second or more, beside which starting a process is small


class Bare:
    """The reference of appending: one row of the same size, one durable commit, SQLite FULL."""

    def __init__(self, folder: Path) -> None:
        self.db = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
        self.db.execute("pragma journal_mode=wal")
        self.db.execute("pragma synchronous=full")
        self.db.execute("create table entry (idx integer primary key, data blob)")

    def commits(self, count: int) -> float:
        row = os.urandom(700)
        start = time.perf_counter()
        for _ in range(count):
            self.db.execute("begin immediate")
            self.db.execute("insert into entry (data) values (?)", (row,))
            self.db.execute("commit")
        return count / (time.perf_counter() - start)


def appending(bench: Bench) -> list[dict[str, Any]]:
    from libertad.access.acting import Call, perform, perform_together
    from libertad.operations.actions.report_lead import report_lead

    bare = Bare(bench.home)
    tens = [Call(bench.officer, report_lead, LEAD)] * 10

    def singly(count: int) -> float:
        start = time.perf_counter()
        for _ in range(count):
            perform(bench.officer, report_lead, **LEAD)
        return count / (time.perf_counter() - start)

    def ten(count: int) -> float:
        start = time.perf_counter()
        for _ in range(count // 10):
            perform_together(tens)
        return count / (time.perf_counter() - start)

    measured: dict[str, list[float]] = {"bare": [], "one": [], "ten": []}
    for _ in range(ROUNDS):
        for name, run in (("bare", bare.commits), ("one", singly), ("ten", ten)):
            measured[name].append(run(EACH))
    middle = {name: statistics.median(rates) for name, rates in measured.items()}
    name = "bare SQLite FULL commits"
    return [
        line(
            "append through the screen's action, one a commit",
            middle["one"],
            middle["bare"],
            name,
            "entries/s",
        ),
        line("append, ten actions a commit", middle["ten"], middle["bare"], name, "entries/s"),
    ]


def nacl(entries: list[Any], publics: dict[bytes, bytes], seconds: float = 2.0) -> float:
    """The reference of verifying: PyNaCl's VerifyKey over the same headers and signatures, on one core."""
    from nacl.signing import VerifyKey

    from libertad.journal.header import CONTEXT, decode

    keys = {device: VerifyKey(public) for device, public in publics.items()}
    work = [(keys[decode(e.header).device], CONTEXT + e.header, e.signature) for e in entries[:2000]]
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for key, message, signature in work:
            key.verify(message, signature)
        done += len(work)
    return done / (time.perf_counter() - start)


def grown(bench: Bench, count: int) -> None:
    from libertad.access.acting import Act
    from libertad.journal.node import node
    from libertad.operations.actions.report_lead import report_lead

    def hundred(tx: Any) -> None:
        for _ in range(100):
            report_lead(Act(tx, bench.officer), **LEAD)

    for _ in range(count // 100):
        node().writer.submit(hundred)


def verifying(bench: Bench) -> list[dict[str, Any]]:
    from libertad.journal import ingest, reading
    from libertad.journal.checking import Foreign
    from libertad.journal.node import node
    from libertad.journal.sql import Sql
    from libertad.journal.verify import verify

    grown(bench, MANY)
    here = node()
    publics = here.writer.submit(ingest.publics)
    entries = [Foreign(e.header, e.signature, e.body) for e in reading.stored(Sql())]
    rest = entries[100:]
    measured: dict[tuple[str, int], list[float]] = defaultdict(list)
    for _ in range(WHOLE):
        for processes in (1, 2):
            measured["nacl", 1].append(nacl(entries, publics, 1.0))
            start = time.perf_counter()
            report = verify(here, processes=processes)
            measured["verify", processes].append(report.size / (time.perf_counter() - start))
            assert report.clean, report.findings[:3]
        for processes in (1, 2):
            _forget(here, 100)
            measured["nacl", 1].append(nacl(entries, publics, 1.0))
            start = time.perf_counter()
            count = _take_in(here, rest, publics, processes)
            measured["ingest", processes].append(count / (time.perf_counter() - start))
            assert count == len(rest)
    assert verify(here).clean
    middle = {which: statistics.median(rates) for which, rates in measured.items()}
    reference = middle.pop(("nacl", 1))
    name = "PyNaCl verifying the signatures alone, one core"
    return [
        line(
            f"{task} with open and fold, {n} process{'es' if n > 1 else ''}",
            middle[task, n],
            reference,
            name,
            "entries/s",
        )
        for task, n in sorted(middle, key=lambda which: (which[0] != "verify", which[1]))
    ]


def _take_in(
    here: Any, entries: list[Any], publics: dict[bytes, bytes], processes: int, size: int = 500
) -> int:
    from libertad.journal import ingest, reading
    from libertad.journal.checking import check, check_and_pack, unpack

    batches = [entries[i : i + size] for i in range(0, len(entries), size)]
    stored = 0
    with reading.calm():
        if processes == 1:
            for batch in batches:
                checked = check(batch, publics)
                stored += here.writer.submit(lambda tx, c=checked: ingest.ingest(tx, c)).stored
            return stored
        with ProcessPoolExecutor(processes - 1, mp_context=get_context("spawn")) as pool:
            futures = [pool.submit(check_and_pack, batch, publics) for batch in batches]
            here_too: dict[int, list[Any]] = {}
            storing: deque[Any] = deque()  # the next batch is unpacked while the disk takes this one
            last = len(batches)
            for number, batch in enumerate(batches):
                # Where the other process is behind, this one takes its last batch off it.
                while number < last and not futures[number].done() and futures[last - 1].cancel():
                    last -= 1
                    here_too[last] = check(batches[last], publics)
                checked = here_too.pop(number, None) or unpack(batch, futures[number].result())
                storing.append(here.writer.send(lambda tx, c=checked: ingest.ingest(tx, c)))
                while len(storing) > 2:
                    stored += storing.popleft().result().stored
            stored += sum(future.result().stored for future in storing)
    return stored


def _forget(here: Any, size: int) -> None:
    """Take the journal back to its first entries, as if the others had never come."""
    from libertad.journal import folding
    from libertad.journal.sql import Sql
    from libertad.journal.tree import leaf_hash
    from libertad.journal.trees import Trees, tree_of_place

    def job(tx: Any) -> None:
        frontier = Trees()
        for place, exact in tx.sql.all(
            "select place, header from journal_entry where idx < ? order by idx", (size,)
        ):
            frontier.append(tree_of_place(place), leaf_hash(bytes(exact)))
        for projection in folding.PROJECTIONS:
            table = projection.model._meta.db_table
            tx.sql.run(
                f"delete from {table} where id in (select substr(key, ?) from journal_touch "
                "where key like ? group by key having min(entry) >= ?)",
                (len(projection.label) + 2, projection.label + ":%", size),
            )
        tx.sql.run("delete from journal_touch where entry >= ?", (size,))
        tx.sql.run("delete from journal_entry where idx >= ?", (size,))
        tx.sql.run("delete from journal_tile")
        tx.sql.run("delete from journal_signed")
        tx.caches.clear()
        tx.frontier, tx.start, tx.tiles = frontier, -1, []

    here.writer.submit(job)
    here.seals.adopt(Sql())  # the rows went behind the node's back


def rebuilding(bench: Bench) -> list[dict[str, Any]]:
    """All rows gone, rebuilt while somebody writes."""
    from libertad.access.acting import perform
    from libertad.journal.node import node
    from libertad.journal.rebuild import rebuild
    from libertad.journal.sql import Sql
    from libertad.operations.actions.report_lead import report_lead

    stop = threading.Event()
    durations = []

    def write() -> None:
        while not stop.wait(0.05):
            start = time.perf_counter()
            perform(bench.officer, report_lead, **LEAD)
            durations.append(time.perf_counter() - start)

    thread = threading.Thread(target=write)
    thread.start()
    rates = []
    for _ in range(3):
        Sql().run("delete from operations_lead")
        done = rebuild(node())
        rates.append(done.entries / done.seconds)
    stop.set()
    thread.join()
    return [
        line(
            "rebuild while the node writes",
            statistics.median(rates),
            10_000,
            "the bound asked for",
            "entries/s",
        ),
        line(
            "longest wait of a writer during rebuilds",
            max(durations) * 1000,
            1000,
            "the bound asked for",
            "ms",
        ),
    ]


def over_http(bench: Bench) -> list[dict[str, Any]]:
    """16 clients that each post leads as fast as they are answered."""
    from bench.http import Server  # not above: other processes import this module as they start

    with Server(bench.home) as server:
        clients = [server.client("officer") for _ in range(16)]
        times: list[float] = []
        end = time.monotonic() + WRITING

        def post(client: Any) -> None:
            while time.monotonic() < end:
                start = time.perf_counter()
                client.post("/leads/report/", {**LEAD, "origin": "hotline"})
                times.append(time.perf_counter() - start)

        threads = [threading.Thread(target=post, args=(c,)) for c in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    rate = len(times) / WRITING
    return [
        line(
            f"16 concurrent writers over HTTP ({rate:.0f}/s), p99",
            percentile(times, 0.99) * 1000,
            100,
            "the bound asked for",
            "ms",
        ),
    ]


def copying(bench: Bench) -> list[dict[str, Any]]:
    """People recorded, each in a file of its own, beside the same without copies of the keys."""
    from unittest.mock import patch

    from libertad.access.acting import perform
    from libertad.journal import key_copies
    from libertad.people.actions.meet_person import meet_person

    def people(count: int) -> float:
        start = time.perf_counter()
        for _ in range(count):
            perform(bench.officer, meet_person, country="GY")
        return count / (time.perf_counter() - start)

    measured: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(ROUNDS):
        measured["with"].append(people(FEW))
        with patch.object(key_copies, "copy_added", lambda sql, rings: 0):
            measured["without"].append(people(FEW))
    middle = {name: statistics.median(rates) for name, rates in measured.items()}
    name = "without copies of the keys"
    return [
        line("people recorded, with a copy of each key", middle["with"], middle["without"], name, "people/s")
    ]


def main() -> None:
    lines: list[dict[str, Any]] = []
    with operation() as bench:
        parts: list[Callable[[Bench], list[dict[str, Any]]]] = [
            appending,
            copying,
            verifying,
            rebuilding,
            over_http,
        ]
        for part in parts:
            lines += part(bench)
    show(lines)


if __name__ == "__main__":
    main()
