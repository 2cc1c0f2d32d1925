"""Asking in private: what a token, and a record asked of a peer, cost; and how many persons are found so.

`libertad bench hits_private --json`. `--count N`: synthetic persons of the owner (1,000,000); the asker has a
twentieth as many of its own, from another seed. Two nodes in this process, each with its database, talk by
the real messages without a network; CPU is that of both ends together, their commits included.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bench import _pair, _said
from bench._judging import Answer, recall_at
from bench.peers import openmined
from bench.report import line, percentile, show

BOUND = "the bound asked for"
COUNT, ASKED = 1_000_000, 1000
SETUP, CPU, BYTES, RECALL, FALSE = 55.0, 10.0, 4096.0, 0.80, 0.01
ROUNDS, PIECE = 15, 2000
STATED = 73.0  # microseconds a token of OpenMined's setup, as measured before, where it is not installed
MUCH = dict.fromkeys(("person", "document", "phone", "field"), (1 << 30, 1 << 30))


@dataclass
class Told:
    """What asking took: milliseconds of CPU and bytes of each record asked; whom it found."""

    cpu: list[float]
    sizes: list[int]
    answers: list[Answer]
    met: list[bool]


def setup() -> tuple[float, ...]:
    """Microseconds a token, best of rounds: CPU on one core; by the clock there, and on both cores."""
    from libertad.hits.private.marking import Marking, marked
    from libertad.hits.private.oprf import SUITE

    key, rng = SUITE.key(bytes(32), b"bench"), random.Random(1)
    inputs = [(key, f"year {rng.random()} 1990".encode()) for _ in range(PIECE)]
    single, alone, both = [], [], []
    marking = Marking()
    marking.all(inputs)  # started
    for _ in range(ROUNDS):
        start, clock = time.process_time(), time.perf_counter()
        marked(inputs)
        single.append(time.process_time() - start)
        alone.append(time.perf_counter() - clock)
        clock = time.perf_counter()
        marking.all(inputs)
        both.append(time.perf_counter() - clock)
    marking.close()
    return tuple(min(times) / PIECE * 1e6 for times in (single, alone, both))


def population(folder: Path, count: int) -> tuple[list[Any], list[Any], list[Any], dict[str, str]]:
    """Records of the owner and of the asker, the queries, and who each query is about ('': nobody)."""
    import csv

    from libertad.hits.matching import tables

    _said.write(folder / "owner", count, asked=ASKED)
    _said.write(folder / "asker", max(count // 20, ASKED), seed=2, asked=ASKED)
    with (folder / "owner" / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["id"]: row["person"] for row in csv.DictReader(file)}
    owner, asker, queries = (
        list(tables.rows(path, tables.columns_of(path)))
        for path in (folder / name for name in ("owner/people.csv", "asker/people.csv", "owner/queries.csv"))
    )
    asker = [msgspec.structs.replace(record, id=f"a{record.id}") for record in asker]
    return owner, asker, queries, truth


def hold(side: Any, records: list[Any]) -> tuple[float, float, int, int]:
    """Begin an epoch with all records but a hundred, then add those.

    Seconds of CPU of both, the process beside included; marks, and bytes of the filter.
    """
    first, extra = records[100:], records[:100]
    side.kept.records = {record.id: record for record in first}
    start = _spent()
    marks = side.holding.begin(side.party.actor("administrator"))
    side.holding.marking.close()
    while multiprocessing.active_children():  # joins those that have ended, whose time counts from then on
        time.sleep(0.05)
    whole = _spent() - start
    side.holding.marking = type(side.holding.marking)()
    sql = side.party.node.sql()
    (size,) = sql.first(
        "select sum(length(marks)) from hits_private_part where authority = ?", (side.authority,)
    )
    start = _spent()
    side.upsert(*extra)
    side.holding.publish(side.authority, 0)
    return whole, _spent() - start, marks, size


def _spent() -> float:
    """Seconds of CPU of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def ask(two: Any, queries: list[Any], truth: dict[str, str]) -> Told:
    """Every query, one after the other, as an officer asks."""
    from libertad.vocabulary.values import Refused

    actor, figures = two.guyana.party.actor("officer"), Told([], [], [], [])
    owner = two.trinidad.party.node.sql()
    two.guyana.asking.synced.fresh = 1 << 40
    two.guyana.asking.ask(actor, "GY-2018-014", queries[0], [two.trinidad.authority])  # takes the filter
    two.guyana.asking.name_shares(two.guyana.authority)  # once an hour
    for number, query in enumerate(queries):
        two.trinidad.heard.clear()
        start = time.process_time()
        try:
            hits = two.guyana.asking.ask(actor, f"GY-2018-{number}", query, [two.trinidad.authority])
        except Refused:  # nothing to ask by
            figures.answers.append(Answer(query.id, truth[query.id], ()))
            continue
        figures.cpu.append((time.process_time() - start) * 1000)
        figures.sizes.append(sum(map(len, two.trinidad.heard)))
        figures.met.append(len(two.trinidad.heard) > 2)
        figures.answers.append(Answer(query.id, truth[query.id], _hits(owner, two.trinidad.authority, hits)))
    return figures


def _hits(owner: Any, here: str, hits: list[Any]) -> tuple[tuple[str, float], ...]:
    """Which records the asker was told of: only who has the owner's log as well knows them."""
    from libertad.hits.private import queries

    named = [(queries.met(owner, here, hit.handle), hit.bits) for hit in hits if hit.what == "hit"]
    return tuple(sorted(((met.ref, bits) for met, bits in named if met), key=lambda pair: -pair[1]))


def lines(count: int, home: Path) -> list[dict[str, Any]]:
    """Everything, on nodes under `home`."""
    from tests.support.private_sides import ask_each_other, founded

    single, alone, both = setup()
    owner, asker, queries, truth = population(home / "people", count)
    two = ask_each_other([side.copy(home / side.name) for side in founded(home / "founded")], MUCH)
    try:
        two.guyana.kept.records.update((record.id, record) for record in asker)
        took, added, tokens, size = hold(two.trinidad, owner)
        figures = ask(two, queries, truth)
    finally:
        two.close()
    recall = recall_at(figures.answers, FALSE)
    peer = openmined.costs(20_000, ASKED)
    name = "OpenMined PSI" if peer else "OpenMined PSI as measured before"
    label = f"private, {count:,} persons"
    missed = [cpu for cpu, met in zip(figures.cpu, figures.met, strict=True) if not met]
    opened = [cpu for cpu, met in zip(figures.cpu, figures.met, strict=True) if met]
    mean = sum(figures.cpu) / len(figures.cpu)
    rows = [
        line("private, a token's setup on one core", single, SETUP, BOUND, "us"),
        line("private, a token's setup on one core", single, peer.setup if peer else STATED, name, "us"),
        line("private, a token's setup by the clock, both cores", both, alone, "one core", "us"),
        line(f"{label}: a token's setup with its commit, CPU", took / tokens * 1e6, SETUP, BOUND, "us"),
        line(f"{label}: 100 records more", added * 1000, took * 1000, "all of them anew", "ms"),
        line(f"{label}: filter, bytes a record and peer", size / len(owner), BYTES, BOUND, "bytes"),
        line(f"{label}: one record asked, mean CPU of both ends", mean, CPU, BOUND, "ms"),
        line(f"{label}: one record asked, p99 CPU", percentile(figures.cpu, 0.99), CPU, BOUND, "ms"),
        line(f"{label}: asked in vain, mean CPU", sum(missed) / len(missed), CPU, BOUND, "ms"),
        line(f"{label}: asked and opened, mean CPU", sum(opened) / len(opened), CPU, BOUND, "ms"),
        line(
            f"{label}: one record asked, bytes both ways, mean",
            sum(figures.sizes) / len(figures.sizes),
            BYTES,
            BOUND,
            "bytes",
        ),
        line(f"{label}: one record asked, bytes both ways, most", max(figures.sizes), BYTES, BOUND, "bytes"),
        line(f"{label}: recall at {recall.false:.1%} false hits", recall.listed, RECALL, BOUND, "of 1/s"),
    ]
    rows[-1]["unit"] = "of 1"  # larger is better
    rows.append(line(f"{label}: tokens a record", tokens / len(owner), 1, "one", "tokens"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--count", type=int, default=COUNT)
    chosen = parser.parse_args()
    home = _pair.django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    os.nice(5)
    try:
        show(lines(chosen.count, home))
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
