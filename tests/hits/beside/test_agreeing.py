"""The cross-check tells what each finds, what neither key nor rule brought together, and how far apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from libertad.hits.beside.agreeing import Joined, agreement, listed, spearman
from libertad.hits.beside.splinked import Scored
from libertad.hits.matching.linking import Linked

pytestmark = pytest.mark.xdist_group("beside")


def scored(linked: Linked, bits: np.ndarray, rows: slice = slice(None)) -> Scored:
    shift = 0 if linked.alone else len(linked.left)
    return Scored(linked.one[rows], linked.other[rows] + shift, bits[rows].astype(np.float64))


def test_who_says_the_same_agrees(linked: Linked) -> None:
    agreed = agreement(linked, Joined.of(linked, scored(linked, linked.bits)), 0.0)
    assert agreed.ours == agreed.splink == agreed.both > 50
    assert (agreed.of_ours, agreed.of_splink, agreed.rank_correlation) == (1.0, 1.0, 1.0)
    assert agreed.median_bits_apart == 0 and agreed.most_apart == ()
    assert agreed.compared_by_both == len(linked.one)
    assert agreed.rank_correlation_without_relatives is not None
    assert agreed.rank_correlation_without_relatives < 1.0  # ours counts relatives against, this does not


def test_who_finds_none_and_who_finds_others_is_told(linked: Linked) -> None:
    none = agreement(linked, Joined.of(linked, scored(linked, linked.bits - 1000)), 0.0)
    assert (none.splink, none.both, none.of_ours, none.of_splink) == (0, 0, 0.0, None)
    assert none.rank_correlation == 1.0 and none.median_bits_apart == 1000
    assert len(none.most_apart) == 10
    opposite = agreement(linked, Joined.of(linked, scored(linked, -linked.bits)), 0.0)
    assert opposite.rank_correlation == -1.0 and opposite.both == 0


def test_what_only_one_compared_is_told_apart(linked: Linked) -> None:
    """Of the pairs that ours finds, half are taken from ours and half from Splink."""
    best = np.argsort(-linked.bits)
    first, second = np.sort(best[:20]), np.sort(best[20:40])
    rest = np.sort(best[40:])
    our_links = replace(
        linked,
        **{name: getattr(linked, name)[np.concatenate([first, rest])] for name in ("one", "other", "bits")},
    )
    splink_rows = np.concatenate([second, rest])
    shift = len(linked.left)
    splink = Scored(
        linked.one[splink_rows], linked.other[splink_rows] + shift, linked.bits[splink_rows].astype(float)
    )
    threshold = float(linked.bits[best[39]])
    agreed = agreement(our_links, Joined.of(our_links, splink), threshold)
    assert (agreed.only_ours, agreed.only_ours_not_compared) == (20, 20)
    assert (agreed.only_splink, agreed.only_splink_not_compared, agreed.lost_by_our_keys) == (20, 20, 20)
    assert agreed.both == 0 and agreed.compared_by_both == len(rest)


def test_every_pair_is_listed_with_why(linked: Linked, truth: set[tuple[str, str]]) -> None:
    joined = Joined.of(linked, scored(linked, linked.bits, slice(0, 0)))
    rows = listed(linked, joined, 0.0)
    assert len(rows) == (linked.bits >= 0).sum()
    assert float(rows[0][2]) == pytest.approx(float(linked.bits.max()), abs=0.01)
    assert {row[3] for row in rows} == {""} and "bits" in rows[0][4]
    assert sum((row[0], row[1]) in truth for row in rows) > 100


def test_equal_values_share_their_ranks() -> None:
    assert spearman(np.array([1.0, 1.0, 2.0, 3.0]), np.array([1.0, 1.0, 4.0, 9.0])) == 1.0
    assert spearman(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(0.9487)
    assert spearman(np.array([1.0, 2.0]), np.array([1.0, 2.0])) is None
    assert spearman(np.ones(5), np.arange(5.0)) is None
