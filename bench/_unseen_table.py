"""What `hits bench --part unseen --keep FILE` measured, kept as JSON.

`python -m bench._unseen_table` prints the table of `docs/benchmarks.md` from `bench/unseen.json`, and what
is missed under it.

A set measured again takes the place of its figures before; Splink's, which our changes do not touch, stay
where the run was without Splink.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bench._hits_unseen import Told
from bench._unseen import CHANGING, MEASURING

FILE = Path(__file__).with_name("unseen.json")
BOUND = 0.02  # of the calibration error
HEAD = (
    "| set | records; true pairs | clusters, F1: ours; nothing learnt; Splink | pairs told, F1: the same | "
    "calibration error: ours (chance alone); nothing learnt; Splink |",
    "| --- | --- | --- | --- | --- |",
)
Kept = dict[str, Told]


def read(path: Path = FILE) -> Kept:
    """Name of a set -> what was measured; nothing where there is no such file."""
    return msgspec.json.decode(path.read_bytes(), type=Kept) if path.exists() else {}


def keep(path: Path, name: str, told: Told) -> None:
    """One set, with what is kept of the others. Raises OSError."""
    kept = read(path)
    if told.splink is None and name in kept:
        told = Told(told.ours, told.unlearnt, kept[name].splink, told.records, told.doubles)
    kept[name] = told
    order = [one for one in (*MEASURING, *CHANGING) if one in kept]
    ordered = {one: kept[one] for one in [*order, *sorted(kept.keys() - set(order))]}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(ordered)) + b"\n")


def table(kept: Mapping[str, Told]) -> Iterator[str]:
    """Lines of the table: the sets for measuring only, then those for changing."""
    yield from HEAD
    for title, sets in (("for measuring only", MEASURING), ("for changing", CHANGING)):
        yield f"| **{title}** | | | | |"
        for name in sets:
            if name in kept:
                yield _line(name, kept[name])


def _line(name: str, told: Told) -> str:
    each = (told.ours, told.unlearnt, told.splink)
    clusters = "; ".join(_figure(one.clusters.f1 if one else None) for one in each)
    pairs = "; ".join(_figure(one.pairs.f1 if one else None) for one in each)
    errors = [_figure(one.error if one else None) for one in each]
    errors[0] += f" ({_figure(told.ours.floor)})"
    return f"| {name} | {told.records:,}; {told.doubles:,} | {clusters} | {pairs} | {'; '.join(errors)} |"


def _figure(value: float | None) -> str:
    """Four figures behind the point; a dash where nothing was measured."""
    return "-" if value is None else f"{value:.4f}".removeprefix("0")


def verdicts(kept: Mapping[str, Told]) -> Iterator[str]:
    """Lines under the table: what was asked for, and on which sets it is missed, none left out."""
    beside = {name: told for name, told in kept.items() if told.splink is not None}
    splinks = {name: told.splink.clusters.f1 for name, told in beside.items() if told.splink is not None}
    less = {name: _gap(f1 - 0.02, beside[name].ours.clusters.f1) for name, f1 in splinks.items()}
    yield f"- **Splink's best less .02**, clusters: {_missed(less)}."
    clusters = {name: _gap(told.unlearnt.clusters.f1, told.ours.clusters.f1) for name, told in kept.items()}
    pairs = {name: _gap(told.unlearnt.pairs.f1, told.ours.pairs.f1) for name, told in kept.items()}
    yield f"- **The own unlearnt model**, clusters: {_missed(clusters)}; pairs told: {_missed(pairs)}."
    errors = {name: _gap(told.ours.error, BOUND) for name, told in kept.items()}
    yield f"- **Calibration error of at most .02**: {_missed(errors)}."
    for title, sets in (("measuring only", MEASURING), ("changing", CHANGING)):
        ours, theirs = mean({name: told for name, told in beside.items() if name in sets})
        yield f"- F1 of clusters on average of those for {title}: {_figure(ours)}, Splink {_figure(theirs)}."


def _gap(first: float, second: float) -> float:
    """How far the first figure lies above the second, as the table shows both."""
    return round(round(first, 4) - round(second, 4), 4)


def _missed(gaps: Mapping[str, float]) -> str:
    """By how much on which sets, the widest first; gaps above 0 are misses."""
    wide = sorted(((gap, name) for name, gap in gaps.items() if gap > 0), reverse=True)
    if not wide:
        return "reached on every set"
    return "**missed** on " + "; ".join(f"{name} (by {_figure(gap)})" for gap, name in wide)


def mean(kept: Mapping[str, Told]) -> tuple[float, float]:
    """F1 of clusters, ours and Splink's, on average of the sets that have both."""
    both = [(one.ours.clusters.f1, one.splink.clusters.f1) for one in kept.values() if one.splink is not None]
    sides = list(zip(*both, strict=True)) or [(), ()]
    ours, theirs = (sum(side) / max(len(side), 1) for side in sides)
    return ours, theirs


if __name__ == "__main__":
    found = read(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
    print("\n".join((*table(found), "", *verdicts(found))))
