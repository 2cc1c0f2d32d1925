"""`hits link` on sets of other makers (`bench._unseen`), as it comes and with nothing learnt, beside Splink.

Ours is judged at its default threshold; Splink at the best that the labels can choose for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import _hits_run
from bench._judging import (
    Quality,
    best_f1,
    by_chance,
    calibration_error,
    clustered,
    components,
    pairs_within,
    quality,
)
from bench._unseen import ALL, CHANGING, Absent, Case
from bench.peers import matching
from libertad.hits.matching import model_file
from libertad.hits.matching.matcher import EXPECTED
from libertad.hits.matching.model import RELATIVES, Model

LISTED = 0.3  # probability from which `hits link` lists a pair for its own sake
WORTH = 5  # times the true pairs: with more than these no threshold is the best
STEPS = range(-40, 40)  # bits of Splink's thresholds for clusters


@dataclass(frozen=True)
class Judged:
    """F1 of pairs and of pairs within clusters (of two tables, of pairs again), and how far chances of the
    pairs told lie off, of which `floor` is chance alone."""

    pairs: Quality
    clusters: Quality
    error: float
    floor: float


@dataclass(frozen=True)
class Told:
    """Ours, ours with nothing learnt, and Splink; `doubles`: true pairs."""

    ours: Judged
    unlearnt: Judged
    splink: Judged | None
    records: int
    doubles: int


def true_pairs(case: Case) -> int:
    """All true pairs that could be told."""
    whole = pairs_within(case.person)
    if case.right is None:
        return whole
    sides = [{record: case.person[record] for record in ids(path)} for path in (case.left, case.right)]
    return whole - sum(map(pairs_within, sides))


def ids(path: Path) -> list[str]:
    """The ids of a table, which come first."""
    return [line.split(",", 1)[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]


def of_ours(case: Case, folder: Path, *options: str | Path) -> Judged:
    """What `hits link` tells, with its default threshold."""
    out, one_table = folder / "pairs.csv", case.right is None
    tables = [case.left] if case.right is None else [case.left, case.right]
    cluster_options = ["--clusters"] if one_table else []
    _hits_run.libertad("hits", "link", *tables, "--out", out, *cluster_options, "--no-explain", *options)
    linked = _hits_run.pairs(out)
    chances = [
        (chance, case.person[a] == case.person[b])
        for (a, b, _), chance in zip(linked.pairs, linked.probability, strict=True)
        if chance >= LISTED
    ]
    pairs = quality(sum(same for _, same in chances), len(chances), true_pairs(case), LISTED)
    clusters = clustered(linked.clusters, case.person) if one_table else pairs
    return Judged(pairs, clusters, calibration_error(chances), by_chance(chances))


def of_splink(case: Case, folder: Path) -> Judged:
    """Splink on the same rows, at the thresholds that are best for pairs and for clusters."""
    out = folder / "splink-pairs.csv"
    matching.run("unseen.py", out, *case.splink)
    person, true = case.person, true_pairs(case)
    scored = matching.scored(out)[: WORTH * true]
    pairs = best_f1(((bits, person[a] == person[b]) for a, b, bits in scored), true)
    clusters = pairs
    if case.right is None:
        each = (
            clustered(components((a, b) for a, b, bits in scored if bits >= threshold), person)
            for threshold in STEPS
        )
        clusters = max(each, key=lambda candidate: candidate.f1)
    chances = [
        (chance, person[a] == person[b])
        for a, b, bits in scored
        if (chance := 1 / (1 + 2.0 ** -max(min(bits, 60), -60))) >= LISTED
    ]
    return Judged(pairs, clusters, calibration_error(chances), by_chance(chances))


def measured(case: Case, folder: Path, beside: bool = True) -> Told:
    """One set. `beside`: with Splink."""
    usual = folder / "unlearnt.json"
    model_file.write(usual, model_file.Trained(Model(), EXPECTED, RELATIVES))
    return Told(
        of_ours(case, folder),
        of_ours(case, folder, "--model", usual),
        of_splink(case, folder) if beside else None,
        len(case.person),
        true_pairs(case),
    )


def each(
    folder: Path,
    cases: Mapping[str, Callable[[Path], Case]] = ALL,
    beside: bool = True,
    keep: Callable[[str, Told], None] = lambda name, result: None,
) -> dict[str, Told]:
    """All sets; one that cannot be had here is said and left out. `keep`: takes each once it is measured."""
    by_name: dict[str, Told] = {}
    for number, (name, prepare) in enumerate(cases.items()):
        place = folder / str(number)
        place.mkdir()
        kind = "changing" if name in CHANGING else "measuring only"
        try:
            figures = by_name[name] = measured(prepare(place), place, beside)
        except (Absent, FileNotFoundError) as why:
            print(f"unseen: {name}: SKIPPED: {why}", file=sys.stderr)
            continue
        keep(name, figures)
        print(
            f"unseen: {name} ({kind}): {figures.records:,} records, {figures.doubles:,} true pairs",
            file=sys.stderr,
        )
        for label, judged in (
            ("ours", figures.ours),
            ("unlearnt", figures.unlearnt),
            ("Splink", figures.splink),
        ):
            if judged is not None:
                print(
                    f"  {label}: pairs {judged.pairs.f1:.4f} "
                    f"({judged.pairs.precision:.3f}, {judged.pairs.recall:.3f}), "
                    f"clusters {judged.clusters.f1:.4f}, calibration error {judged.error:.4f} "
                    f"(chance {judged.floor:.4f})",
                    file=sys.stderr,
                )
    return by_name
