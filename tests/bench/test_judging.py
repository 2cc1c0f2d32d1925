"""The measures of a matcher, by values worked out by hand."""

from __future__ import annotations

import math
import random

import pytest

from bench._judging import (
    Answer,
    best_f1,
    by_chance,
    calibration,
    calibration_error,
    clustered,
    components,
    missed,
    pair,
    pairs_within,
    quality,
    recall_above,
    recall_at,
)


def test_a_pair_is_the_same_in_either_order() -> None:
    assert pair("b", "a") == pair("a", "b") == ("a", "b")


def test_precision_recall_and_f1() -> None:
    scores = quality(right=3, said=4, true=6)
    assert (scores.precision, scores.recall) == (0.75, 0.5)
    assert scores.f1 == pytest.approx(0.6)
    assert quality(0, 0, 0).f1 == 0


def test_the_best_f1_counts_true_pairs_that_were_never_said() -> None:
    # at 0.9: 1 of 1 right of 4; at 0.8: 2 of 2; at 0.7: 2 of 3; at 0.6: 3 of 4, which is the best: 2*3/(4+4)
    best = best_f1([(0.6, True), (0.9, True), (0.7, False), (0.8, True)], true=4)
    assert (best.f1, best.threshold) == (0.75, 0.6)
    assert best_f1([], true=4).f1 == 0


def test_equal_scores_are_taken_or_left_together() -> None:
    # one threshold only: 1 right of 2 said, 1 true
    assert best_f1([(0.5, True), (0.5, False)], true=1).f1 == pytest.approx(2 / 3)


def test_pairs_of_clusters() -> None:
    truth = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "2"}
    assert pairs_within(truth) == 4
    # said {a, b}, {c, d}, e not said at all: 1 of 2 pairs right, of 4
    scores = clustered({"a": "x", "b": "x", "c": "y", "d": "y"}, truth)
    assert (scores.precision, scores.recall) == (0.5, 0.25)
    assert clustered(dict.fromkeys(truth, "same"), truth).precision == 0.4


def test_linked_records_are_one_cluster_however_long_the_chain() -> None:
    cluster_of = components([("a", "b"), ("c", "d"), ("b", "c"), ("x", "y")])
    assert len({cluster_of[record] for record in "abcd"}) == 1
    assert cluster_of["x"] == cluster_of["y"] != cluster_of["a"]


ANSWERS = [
    Answer("q1", "p1", (("p1", 9.0), ("p9", 3.0))),
    Answer("q2", "p2", (("p8", 6.0), ("p2", 5.0))),
    Answer("q3", "p3", (("p7", 8.0),)),
    Answer("q4", "p4", ()),
    Answer("q5", "", (("p6", 7.0),)),
    Answer("q6", "", (("p6", 4.0),)),
    Answer("q7", "", ()),
    Answer("q8", "", (("p5", 2.0),)),
]


def test_recall_above_a_threshold() -> None:
    recall = recall_above(ANSWERS, 5.0)
    assert (recall.listed, recall.first, recall.wrong) == (0.5, 0.25, 0.5)
    assert recall.false == 0.25


def test_recall_at_a_share_of_false_hits_takes_the_lowest_threshold_that_keeps_it() -> None:
    assert recall_at(ANSWERS, 0.25) == recall_above(ANSWERS, 5.0)
    assert recall_at(ANSWERS, 0.01) == recall_above(ANSWERS, 8.0)
    assert recall_at(ANSWERS, 0.01).false == 0
    tied = [*ANSWERS, Answer("q9", "", (("p4", 4.0),))]  # as high as q6: five absent, one may be false
    assert recall_at(tied, 0.2).false == 0.2


def test_no_hit_at_all_is_no_recall() -> None:
    recall = recall_at([Answer("q", "p", ()), Answer("r", "", ())])
    assert (recall.threshold, recall.listed, recall.false) == (math.inf, 0, 0)


def test_calibration_by_bins_of_equal_width() -> None:
    outcomes = [(0.95, True), (0.97, True), (0.93, False), (0.12, False), (0.18, True), (1.0, True)]
    assert [(round(p, 4), true, n) for p, true, n in calibration(outcomes)] == [
        (0.15, 0.5, 2),
        (0.9625, 0.75, 4),
    ]
    assert calibration_error(outcomes) == pytest.approx((0.35 * 2 + 0.2125 * 4) / 6)
    assert calibration_error([]) == 0


def test_the_error_by_chance_is_that_of_probabilities_that_are_right() -> None:
    chance = random.Random(7)
    probabilities = [chance.random() ** 3 for _ in range(400)]
    errors = [
        calibration_error([(probability, chance.random() < probability) for probability in probabilities])
        for _ in range(400)
    ]
    expected = by_chance([(probability, True) for probability in probabilities])
    assert expected == pytest.approx(sum(errors) / len(errors), rel=0.05)
    assert by_chance([(1.0, True), (0.0, False)]) == by_chance([]) == 0


def test_misses_are_counted_by_kind_of_noise() -> None:
    noise = {"q1": ["age"], "q2": ["age", "initial"], "q3": ["initial"], "q4": []}
    assert missed(ANSWERS, 5.0, noise) == {"initial": "1 of 2", "none": "1 of 1"}
