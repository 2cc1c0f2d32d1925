"""One pair has one chance, whether a table is linked with a register or its rows are asked of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench import _doubled, _said, _small, _unseen
from bench._doubled import Doubling
from bench._judging import calibration_error
from libertad.hits.matching import tables
from libertad.hits.matching.calibration import linked
from libertad.hits.matching.lexicon import Floats
from libertad.hits.matching.linking import Linked, link
from libertad.hits.matching.matcher import EXPECTED
from libertad.hits.matching.model import RELATIVES, Model
from libertad.hits.matching.model_file import Trained
from libertad.hits.matching.query_batch import asker
from libertad.hits.matching.segment import Segment
from tests.support import datasets

datasets.matching()

Chances = dict[tuple[str, str], float]


def log_odds(chance: Floats) -> Floats:
    held = chance.clip(1e-4, 1 - 1e-4)
    odds: Floats = np.log2(held / (1 - held))
    return odds


def chances_by_pair(links: Linked) -> Chances:
    pairs = zip(links.one, links.other, links.probability.tolist(), strict=True)
    return {(links.left.ids[i], links.right.ids[j]): chance for i, j, chance in pairs}


def within_a_bit(left: Chances, right: Chances) -> tuple[int, float, float]:
    """How many pairs both tell of which either believes something; the share of them that is within a bit;
    how far half of them are apart at most."""
    pairs = [pair for pair in left if pair in right and max(left[pair], right[pair]) >= 0.1]
    apart = np.abs(
        log_odds(np.array([left[pair] for pair in pairs]))
        - log_odds(np.array([right[pair] for pair in pairs]))
    )
    return len(pairs), float((apart <= 1).mean()), float(np.median(apart))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Chances, Chances]:
    """What is told of each pair by `link` and by `ask`, both with the usual model."""
    folder = tmp_path_factory.mktemp("people")
    _said.write(folder, 2000, 77, 200)
    questions, people = (
        tables.read_table(path, tables.columns_of(path))
        for path in (folder / "queries.csv", folder / "people.csv")
    )
    ask = asker(Segment.of(people), 20, -6.6)
    asking = {
        (question.id, hit.id): hit.probability for question in questions.records() for hit in ask(question)
    }
    return chances_by_pair(link(questions, people, trained=Trained(Model(), EXPECTED, RELATIVES))), asking


def test_a_pair_has_one_chance_within_a_bit_whoever_asks(both: tuple[Chances, Chances]) -> None:
    linking, asking = both
    count, close, median = within_a_bit(asking, linking)
    assert count > 180 and close > 0.95 and median < 0.1


def test_learning_from_tables_that_teach_little_changes_no_chance(tmp_path: Path) -> None:
    """Without a model for either: what 1,000 questions to 2,500 persons teach is not worth another answer."""
    _said.write(tmp_path, 2500, 81, 500)
    questions, people = (
        tables.read_table(path, tables.columns_of(path))
        for path in (tmp_path / "queries.csv", tmp_path / "people.csv")
    )
    links, ask = link(questions, people), asker(Segment.of(people), 20, -6.6)
    asking = {
        (question.id, hit.id): hit.probability for question in questions.records() for hit in ask(question)
    }
    count, close, _ = within_a_bit(asking, chances_by_pair(links))
    assert count > 450 and close > 0.95
    assert "hardly better" in links.refused and not links.learnt


def test_with_what_link_has_learnt_asking_gives_the_same_chance(tmp_path: Path) -> None:
    """Of 1,200 persons, misspelt otherwise than is believed, of whom half are in the register."""
    columns = (*_unseen.BORN, *_unseen.PLACED)
    rows, person = _doubled.doubled(Doubling(2600, 0.24, _unseen.TEN, columns, 608))
    again = [row for row in rows if row["id"] != person[row["id"]]]
    known = {person[row["id"]] for row in again}
    strangers = [row for row in rows if row["id"] == person[row["id"]] and row["id"] not in known][:600]
    away = {row["id"] for row in [*again, *strangers]}
    halves = [*again, *strangers], [row for row in rows if row["id"] not in away]
    queries, register = (
        tables.read_table(path, tables.columns_of(path))
        for path in (_small.write_csv(tmp_path / f"{len(half)}.csv", half) for half in halves)
    )
    links = link(queries, register)
    assert links.learnt and not links.refused
    ask = asker(Segment.of(register), 20, -6.6, Trained.of(links))
    asking = {
        (question.id, hit.id): hit.probability for question in queries.records() for hit in ask(question)
    }
    count, close, _ = within_a_bit(asking, chances_by_pair(links))
    assert count > 550 and close > 0.95


def test_what_is_asked_for_and_likely_is_linked(both: tuple[Chances, Chances]) -> None:
    linking, asking = both
    likely = [pair for pair, chance in asking.items() if chance > 0.5]
    assert sum(pair in linking for pair in likely) > 0.97 * len(likely)


def test_where_columns_are_poor_chances_are_not_told_too_high(tmp_path: Path) -> None:
    """Names, a town and a sex, nothing else: by their bits alone, such pairs were told to be of one person
    half again as often as they were."""
    rows, person = _doubled.doubled(
        Doubling(3000, 0.05, ("VE",), ("given_name", "family_name", "place", "sex"), 606)
    )
    case = _unseen.make_case(tmp_path, person, rows)
    links = link(tables.read_table(case.left, tables.columns_of(case.left)))
    likely = links.probability >= 0.3
    same = [
        person[links.left.ids[i]] == person[links.left.ids[j]]
        for i, j in zip(links.one, links.other, strict=True)
    ]
    chances = [
        (chance, is_same)
        for chance, is_same, told_ in zip(links.probability.tolist(), same, likely, strict=True)
        if told_
    ]
    assert len(chances) > 90
    assert calibration_error(chances) < 0.085  # chance alone .035; .074, and .054 before pairs competed
    assert abs(np.mean([p for p, _ in chances]) - np.mean([s for _, s in chances])) < 0.075


def test_whoever_is_told_twice_is_seldom_taken_for_a_third(tmp_path: Path) -> None:
    """Of 1,500 records 600 double one each: by their own bits alone fifty wrong pairs were told."""
    rows, person = _doubled.doubled(Doubling(1500, 0.4, ("HT",), _unseen.BORN, 612))
    case = _unseen.make_case(tmp_path, person, rows)
    links = link(tables.read_table(case.left, tables.columns_of(case.left)))
    same = [
        person[links.left.ids[i]] == person[links.left.ids[j]]
        for i, j in zip(links.one, links.other, strict=True)
    ]
    likely = links.probability >= 0.3
    assert (likely & ~np.array(same)).sum() < 20 and (likely & np.array(same)).sum() > 570


def test_the_curve_of_a_table_never_falls_and_rises_with_its_doubles() -> None:
    bits = np.linspace(-20, 35, 200)
    for learnt in (True, False):
        low, middle, high = (linked(doubles, learnt)(bits) for doubles in (1e-5, 0.3, 50.0))
        for curve in (low, middle, high):
            assert (np.diff(curve) >= 0).all() and curve[0] < 0.01 and curve[-1] > 0.999
        assert (low <= middle).all() and (middle <= high).all() and (high - low).max() > 0.05


def test_bits_of_weights_that_are_only_believed_are_worth_less() -> None:
    bits = np.linspace(-4, 10, 50)
    for doubles in (0.01, 1.0):
        assert (linked(doubles, learnt=False)(bits) < linked(doubles, learnt=True)(bits)).all()
