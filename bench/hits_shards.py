"""One index in several shards: the same answers, and what they cost; then 100 million persons, simulated.

`libertad bench hits_shards --json`. `--count N`: synthetic persons (50,000); `--most N`: the largest single
shard that is measured besides (4 times as many); `--asked N`: questions, half of them about absent persons.
The shards are real segments in this process, asked one after the other, so that CPU is what is measured and
not the network. Lines that begin with 'simulated' are computed by `bench._sharded` from what was measured.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import numpy as np

from bench import _said
from bench._sharded import ROUND_TRIP, SHARDS, SLOW, Costs, Load, Simulated, by_keys, simulate
from bench.report import line, percentile, show
from libertad.hits.matching import Hit, Record, tables
from libertad.hits.matching.asked import Asked
from libertad.hits.matching.calibrating import first
from libertad.hits.matching.matcher import EXPECTED, hits
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.postings import Keys, Postings
from libertad.hits.matching.segment import Segment
from libertad.hits.matching.sharding import Answer, Heard, Part, Question, gather

COUNT, ASKED, SEED = 50_000, 100, 2018
SPLIT = (1, 2, 4, 8, 16)
ROUNDS = 2
WITHIN = 0.1  # bits that a shared hit may differ by
PERSONS, WANTED_MS, BYTES = 100_000_000, 10.0, 250.0
BOUND, ONE = "the bound asked for", "one index"


@dataclass
class Run:
    """All questions put to one number of shards. Bytes are of the messages, as MessagePack."""

    shards: int
    answers: list[Answer]
    load: Load
    memory: int
    wire: tuple[float, float]  # a question and shard without hits; the hits of a question
    keys: list[Any] = field(default_factory=list)


@contextmanager
def counted(part: Part, lookups: list[tuple[Keys, Any]]) -> Iterator[None]:
    """What is looked up in the shard's records by key, and how much stands under each."""
    find = Postings.find

    def counting(self: Postings, key: Keys) -> Any:
        which, number = find(self, key)
        if self is part.segment.by:
            lookups.append((key, np.bincount(which, minlength=len(key))))
        return which, number

    with patch.object(Postings, "find", counting):
        yield


def once(parts: Sequence[Part], question: Question) -> tuple[list[float], list[Heard], list[list[Hit]]]:
    """Seconds of CPU of each shard in both rounds, and what each said."""
    took, replies = [], []
    for part in parts:
        start = time.process_time()
        replies.append(part.hear(question))
        took.append(time.process_time() - start)
    known, hit_lists = Heard.together(replies), []
    for at, part in enumerate(parts):
        start = time.process_time()
        hit_lists.append(part.ask(question, known))
        took[at] += time.process_time() - start
    return took, replies, hit_lists


def run(records: Sequence[Record], shards: int, queries: Sequence[Record]) -> Run:
    """Split, ask, count."""
    parts = Part.split(records, shards)
    question_of, seconds, keys, postings, pairs, sizes, hit_sizes = [], [], [], [], [], [], []
    answers, looked = [], []
    for number, record in enumerate(queries):
        question = Question(record)
        rounds = [once(parts, question) for _ in range(ROUNDS)]
        seconds += np.min([took for took, _, _ in rounds], axis=0).tolist()
        _, replies, hit_lists = rounds[0]
        sizes += [size(question) + size(reply) + size(Heard.together(replies)) for reply in replies]
        hit_sizes.append(sum(size(hit_list) for hit_list in hit_lists))
        for part in parts:
            lookups: list[tuple[Keys, Any]] = []
            with counted(part, lookups):
                candidates = len(Asked.of(part.segment, record).candidates())
            question_of.append(number)
            looked.append(lookups[-1])
            keys.append(len(lookups[-1][0]))
            postings.append(int(lookups[-1][1].sum()))
            pairs.append(candidates)
        answers.append(gather(question, parts))
    load = Load(
        len(records) / shards,
        np.array(question_of),
        *(np.array(column, float) for column in (seconds, keys, postings, pairs)),
    )
    memory = sum(part.bytes for part in parts)
    return Run(shards, answers, load, memory, (float(np.mean(sizes)), float(np.mean(hit_sizes))), looked)


def size(message: Any) -> int:
    return len(msgspec.msgpack.encode(message))


def alone(records: Sequence[Record], queries: Sequence[Record]) -> tuple[list[list[Hit]], list[float]]:
    """What one index answers, and seconds of CPU of each question."""
    segment, model = Segment.of(records), Model()
    prior, answers, seconds = Prior.of(EXPECTED, len(segment)), [], []
    for record in queries:
        took = []
        for _ in range(ROUNDS):
            start = time.process_time()
            ranked = hits(Asked.of(segment, record), model, prior, first(), 20, 0.0, record.id)
            took.append(time.process_time() - start)
        answers.append(ranked)
        seconds.append(min(took))
    return answers, seconds


@dataclass
class Same:
    """Answers beside those of one index: hits of one that the other has not, and how far bits are apart."""

    lost: int = 0
    more: int = 0
    apart: list[float] = field(default_factory=list)
    same_ids: int = 0

    @classmethod
    def of(cls, expected: Sequence[Sequence[Hit]], answers: Sequence[Answer]) -> Same:
        total = cls()
        for expected_hits, answer in zip(expected, answers, strict=True):
            a, b = ({hit.id: hit.bits for hit in group} for group in (expected_hits, answer.hits))
            total.lost += len(a.keys() - b.keys())
            total.more += len(b.keys() - a.keys())
            total.same_ids += a.keys() == b.keys()
            total.apart += [abs(a[id_] - b[id_]) for id_ in a.keys() & b.keys()]
        return total


def people(path: Path) -> list[Record]:
    """The rows of a table."""
    return list(tables.rows(path, tables.columns_of(path)))


def measure(count: int, largest: int, query_count: int, folder: Path) -> list[dict[str, Any]]:
    _said.write(folder, count, SEED, query_count // 2)
    records = people(folder / "people.csv")
    questions = people(folder / "queries.csv")
    expected, seconds = alone(records, questions)
    rows, runs = [], []
    for shards in SPLIT:
        split_run = run(records, shards, questions)
        runs.append(split_run)
        same, read = Same.of(expected, split_run.answers), float(runs[0].load.postings.mean())
        rows += lines(split_run, same, len(questions), seconds, count, read)
    large = runs[0]
    if largest > count:
        _said.write(folder / "large", largest, SEED, query_count // 2)
        large = run(people(folder / "large" / "people.csv"), 1, questions)
        runs.append(large)
    return rows + simulated(runs, large)


def lines(
    run: Run, same: Same, query_count: int, seconds: list[float], count: int, postings: float
) -> list[dict[str, Any]]:
    """What was measured of one number of shards. `seconds`, `postings`: of one index."""
    title = f"{count:,} persons in {run.shards} shards"
    ms, alone_ms = run.load.seconds * 1e3, [took * 1e3 for took in seconds]
    told(
        f"{title}: {same.lost} hits lost, {same.more} more, {len(same.apart)} shared, of which "
        f"{sum(gap > WITHIN for gap in same.apart)} by more than {WITHIN} bits apart, "
        f"at most {max(same.apart, default=0.0):.3f}"
    )
    within = sum(gap <= WITHIN for gap in same.apart) / max(len(same.apart), 1)
    cpu, private = "CPU a question", "what asking in private may cost"
    rows = [
        ("answers with the same ids", same.same_ids / query_count, 1.0, ONE, "/s"),
        (f"hits within {WITHIN} bits", within, 1.0, ONE, "/s"),
        (f"{cpu} and shard, p50", percentile(ms.tolist(), 0.5), percentile(alone_ms, 0.5), ONE, "ms"),
        (f"{cpu} and shard, p99", percentile(ms.tolist(), 0.99), percentile(alone_ms, 0.99), ONE, "ms"),
        (f"{cpu}, all shards", float(ms.sum() / query_count), float(np.mean(alone_ms)), ONE, "ms"),
        ("postings read a question and shard", float(run.load.postings.mean()), postings, ONE, "postings"),
        ("bytes a question and shard, both ways and rounds", run.wire[0], 4096.0, private, "bytes"),
        ("bytes of a question's hits", run.wire[1], 4096.0, private, "bytes"),
        ("memory a record", run.memory / count, BYTES, BOUND, "bytes"),
    ]
    return [shown(f"{title}: {label}", *rest) for label, *rest in rows]


def shown(label: str, own: float, reference: float, name: str, unit: str) -> dict[str, Any]:
    """A share is told as 'of 1', and better when larger."""
    row = line(label, own, max(reference, 1e-9), name, unit)
    return row | {"unit": "of 1"} if unit == "/s" else row


def simulated(runs: Sequence[Run], large: Run) -> list[dict[str, Any]]:
    """100 million persons; not run."""
    costs = Costs.of([run.load for run in runs])
    wide = max(runs, key=lambda run: run.shards)
    each, ratios = costs.each * 1e6, np.percentile(costs.ratios, [50, 99])
    told(
        f"simulated: fitted µs: a question {each[0]:.0f}, a key {each[1]:.2f}, "
        f"a posting {each[2]:.3f}, a pair {each[3]:.2f}"
    )
    told(f"simulated: measured over fitted, half and 99 of 100: {ratios[0]:.2f}, {ratios[1]:.2f}")
    told(f"simulated: assumed {ROUND_TRIP * 1e3} ms between nodes, and {SLOW} of a shard's answers too late")
    memory, wire = large.memory / large.load.records / large.shards, (wide.wire[0], large.wire[1])
    told_all = [simulate(costs, PERSONS, shards, memory, wire) for shards in SHARDS]
    for simulation in told_all:
        told(f"simulated: {simulation}")
    for shards in (16, 128):
        asks, busiest = by_keys(large.keys, shards)
        told(
            f"sharded by key instead, {shards}: {asks:.1f} shards asked, "
            f"the busiest has {busiest:.2f} of the postings"
        )
    sufficient: list[Simulated] = [candidate for candidate in told_all if candidate.p99_ms <= WANTED_MS]
    best = sufficient[0] if sufficient else min(told_all, key=lambda candidate: candidate.p99_ms)
    title, full = (
        f"simulated, {PERSONS:,} persons in {best.shards} shards",
        PERSONS * BYTES / best.shards / 1e9,
    )
    rows = [
        (": an answer, p99", best.p99_ms, WANTED_MS, BOUND, "ms"),
        (": CPU a question, all shards", best.cpu_s * 1e3, WANTED_MS * best.shards, f"{BOUND} a shard", "ms"),
        (": memory a node", best.memory_gb, full, "250 bytes a record", "GB"),
        (": a question on the wire", best.wire_kb, 4.0 * best.shards, "4 KB a shard", "KB"),
        (": answers to which no shard is missing", best.whole, 1.0, "all", "/s"),
        (", each kept twice: the same", best.whole_twice, 1.0, "all", "/s"),
    ]
    return [shown(f"{title}{label}", *rest) for label, *rest in rows]


def told(what: str) -> None:
    """Details that are not in the table, on the error stream."""
    print(what, file=sys.stderr)


def main() -> None:
    options = argparse.ArgumentParser(prog="libertad bench hits_shards", description=__doc__.splitlines()[0])
    options.add_argument("--json", action="store_true")
    options.add_argument("--count", type=int, default=COUNT)
    options.add_argument("--most", type=int)
    options.add_argument("--asked", type=int, default=ASKED)
    arguments = options.parse_args()
    largest = 4 * arguments.count if arguments.most is None else arguments.most
    with tempfile.TemporaryDirectory(
        prefix="libertad-bench-", dir=os.environ.get("LIBERTAD_BENCH_DIR")
    ) as folder:
        show(measure(arguments.count, largest, arguments.asked, Path(folder)))


if __name__ == "__main__":
    main()
