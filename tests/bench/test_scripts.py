"""The set of names in many scripts: two halves without a word in common, as many pairs and scripts as were
asked for, and others who are hard to tell."""

from __future__ import annotations

from typing import Any

import pytest

from bench import _scripts
from bench._judging import area
from tests.support import datasets

ABC = "abcdefghijklmnopqrstuvwxyz"


def _word(at: int, vowel: str) -> str:
    return f"{ABC[at % 26]}{vowel}{ABC[at // 26]}a"


@pytest.fixture(scope="module")
def name_tables() -> dict[str, Any]:
    """As `bench.peers.scripts.names`, of words that are made up: no network."""
    if not (datasets.matching() / "popnames").is_dir():
        pytest.skip("LIBERTAD_DATA has no popnames")

    def words(start: int, size: int = 80) -> dict[str, list[str]]:
        return {chr(start + at): [_word(at, "o"), _word(at, "u")] for at in range(size)}

    scripts = [
        "Han surnames",
        "Han given",
        "Hangul surnames",
        "Hangul given",
        "Cyrillic surnames",
        "Hebrew",
        "Devanagari",
        "Bengali",
        "Arabic",
        "Persian",
    ]
    tables = {script: words(0x4E00 + 100 * at) for at, script in enumerate(scripts)}
    letters = [chr(0x628 + at) for at in range(14)]
    keys = [f"{a}{b} {c}{a}" for a in letters for b in letters for c in letters[:6]]
    people = [
        [key, f"{tag} {key}".title(), country]
        for key in keys
        for tag in ("bin", "ould")
        for country in ("EG", "IR")
    ]
    names = tables["Han surnames"] | tables["Han given"]
    return {
        "words": tables,
        "wade-giles": {name: [forms[1]] for name, forms in names.items()},
        "people": people,
    }


def test_halves_share_no_word_and_no_person(name_tables: dict[str, Any]) -> None:
    native = ("Latin", "Hebrew", "Devanagari", "Bengali", "Arabic, persons")
    lefts = {
        half: {pair.left for pair in _scripts.pairs(name_tables, half) if pair.kind in native}
        for half in _scripts.HALVES
    }
    assert lefts["change"].isdisjoint(lefts["measure"])
    for half in _scripts.HALVES:
        for pair in _scripts.pairs(name_tables, half):
            if pair.kind == "Devanagari":
                assert {_scripts.half_of(word) for word in pair.left.split()} == {half}


def test_there_are_2000_pairs_in_six_scripts_each_half_and_half_of_them_are_others(
    name_tables: dict[str, Any],
) -> None:
    pairs = _scripts.pairs(name_tables, "measure")
    assert len(pairs) > 4000
    assert len({pair.kind.split(",")[0] for pair in pairs}) >= 8
    assert 0.45 < sum(pair.same for pair in pairs) / len(pairs) < 0.6


def test_others_share_a_word(name_tables: dict[str, Any]) -> None:
    pairs = [pair for pair in _scripts.pairs(name_tables, "change") if pair.kind == "Latin, two spellings"]
    names = {pair.left: pair.right for pair in pairs if pair.same}
    for pair in pairs:
        if not pair.same:
            right, own = set(pair.right.split()), set(names[pair.left].split())
            assert right & own and right != own


def test_the_pairs_are_the_same_at_every_run(name_tables: dict[str, Any]) -> None:
    assert _scripts.pairs(name_tables, "measure") == _scripts.pairs(name_tables, "measure")


def test_the_area_counts_ties_half() -> None:
    assert area([(2.0, True), (1.0, False)]) == 1
    assert area([(1.0, True), (1.0, False)]) == 0.5
    assert area([(0.0, True), (1.0, False), (-1.0, False)]) == 0.5


def test_ratios_are_of_plain_letters() -> None:
    assert _scripts.ratios([_scripts.Pair("x", "Peña", "PENA", True)]) == [100.0]
