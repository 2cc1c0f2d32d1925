"""Weights of nicknames: each name's part among those that a nickname may mean."""

from __future__ import annotations

import csv

import pytest

from libertad.hits.matching.datafiles import FOLDER, nicknames
from tools.nickname_weights import LEAST, Pair, weighted, weights


def test_a_nickname_means_the_commoner_name_more_often() -> None:
    frequencies = {"BR": {"roberto": 0.03, "alberto": 0.01}}
    by_pair = weights((Pair("roberto", "beto", "pt"), Pair("alberto", "beto", "pt")), frequencies)
    assert list(by_pair.values()) == [0.75, 0.25]


def test_two_spellings_of_a_name_are_one_name() -> None:
    frequencies = {"BR": {"antonio": 0.02, "everton": 0.02}}
    pairs = [Pair("antônio", "tom", "pt"), Pair("antónio", "tom", "pt"), Pair("everton", "tom", "pt")]
    assert list(weights(pairs, frequencies).values()) == [0.5, 0.5, 0.5]


def test_languages_do_not_share_a_nickname() -> None:
    frequencies = {"BR": {"francisco": 0.02}, "ES": {"narciso": 0.001}}
    pairs = (Pair("francisco", "chico", "pt"), Pair("narciso", "chico", "es"))
    assert list(weights(pairs, frequencies).values()) == [1.0, 1.0]


def test_a_name_that_no_list_has_is_rare_not_impossible() -> None:
    frequencies = {"BR": {"eduardo": 9 * LEAST}}
    pairs = (Pair("eduardo", "lalo", "pt"), Pair("ladislao", "lalo", "pt"))
    assert list(weights(pairs, frequencies).values()) == pytest.approx([0.9, 0.1])


def test_the_file_has_the_weights_that_the_tool_makes_and_its_order() -> None:
    with (FOLDER / "nicknames.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows == weighted(rows)


def test_what_a_nickname_may_mean_comes_to_one() -> None:
    beto = {row.name: row.weight for row in nicknames() if (row.nickname, row.language) == ("beto", "pt")}
    assert sum(beto.values()) == pytest.approx(1.0, abs=0.01)
    assert beto["roberto"] > beto["alberto"]
