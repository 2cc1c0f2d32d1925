"""Sets of other makers are told from those that only measure, doubled as published, and skipped in words."""

from __future__ import annotations

import random
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from bench import _doubled, _hits_unseen, _unseen, hits
from bench._doubled import Doubling
from bench._hits_unseen import Judged, Told
from bench._judging import Quality
from tests.support import datasets

datasets.matching()

SMALL = Doubling(400, 0.25, ("CO", "GY"), _unseen.BORN, 9)


def test_at_least_five_sets_are_for_changing_and_five_for_measuring_alone() -> None:
    assert len(_unseen.CHANGING) >= 5 and len(_unseen.MEASURING) >= 5
    assert not _unseen.CHANGING.keys() & _unseen.MEASURING.keys()
    assert _unseen.GENERATED, "some need neither a network nor what others made"


def test_a_register_is_doubled_by_the_share_that_was_asked_for() -> None:
    rows, person = _doubled.doubled(SMALL)
    again, countries = (
        _doubled.doubled(SMALL),
        {resident.country.code for resident, _ in zip(_doubled.persons(SMALL), range(300), strict=False)},
    )
    assert (rows, person) == again, "a seed is one table for ever"
    assert len(rows) == len(person) == 400 and countries == {"CO", "GY"}
    twice = [key for key, count in Counter(person.values()).items() if count == 2]
    assert len(twice) == 100 == 400 - len(set(person.values()))
    by_id = {row["id"]: row for row in rows}
    doubles = [(by_id[person[id_]], row) for id_, row in by_id.items() if id_ != person[id_]]
    wrong = Counter(name for first, row in doubles for name in SMALL.columns if row[name] != first[name])
    assert min(wrong[name] for name in SMALL.columns) > 20
    assert wrong["family_name"] > wrong["given_name"], "surnames are chosen more often"


def test_errors_have_the_shares_that_were_published() -> None:
    rng = random.Random(3)
    born = [_doubled.wrong("birth_date", "1987-05-12", ["1999-01-01"], rng) for _ in range(20_000)]
    shares = _doubled.ERRORS["birth_date"]
    whole = sum(shares.values())
    assert born.count("") / len(born) == pytest.approx(shares["missing"] / whole, abs=0.01)
    assert born.count("1999-01-01") / len(born) == pytest.approx(shares["another"] / whole, abs=0.01)
    assert sum(_doubled.CHOSEN[name] for name in ("given_name", "family_name", "birth_date")) == 35


def test_what_cannot_be_had_is_skipped_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(*arguments: object, **options: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(_unseen, "PLACE", tmp_path / "unseen")
    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    name = "FEBRL's generator A, 10,000"
    assert _hits_unseen.each(tmp_path, {name: _unseen.CHANGING[name]}) == {}
    assert f"{name}: SKIPPED: dataset_A_10000.csv" in capsys.readouterr().err


def test_a_file_of_another_hash_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_unseen, "PLACE", tmp_path)
    (tmp_path / "dataset_A_10000.csv").write_text("rec_id\n1\n")
    with pytest.raises(_unseen.Absent, match="has the hash"):
        _unseen.fetched("dataset_A_10000.csv")


def test_a_generated_set_is_judged_at_the_default_and_beside_what_is_not_learnt(tmp_path: Path) -> None:
    figures = _hits_unseen.each(
        tmp_path, {"few": lambda folder: _unseen.doubles(SMALL, folder)}, beside=False
    )["few"]
    assert figures.records == 400 and figures.doubles == 100 and figures.splink is None
    for judged in (figures.ours, figures.unlearnt):
        assert 0.7 < judged.pairs.f1 <= 1 and 0.7 < judged.clusters.f1 <= 1 and 0 <= judged.error < 0.3


def test_of_two_tables_only_pairs_across_are_true(tmp_path: Path) -> None:
    rows = [
        [{"id": f"{side}{n}", "given_name": "Ana", "family_name": "", "birth_date": ""} for n in range(2)]
        for side in "ab"
    ]
    case = _unseen.make_case(tmp_path, {"a0": "1", "a1": "1", "b0": "1", "b1": "2"}, *rows)
    assert _hits_unseen.true_pairs(case) == 2
    assert case.splink[0].read_text().splitlines()[0] == "unique_id,first_name"


def test_lines_tell_ours_beside_what_is_not_learnt_and_beside_splink(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged(f1: float, clusters: float, error: float) -> Judged:
        return Judged(Quality(f1, 1, 1), Quality(clusters, 1, 1), error, 0.0)

    names: list[str] = []

    def each(folder: Path, cases: dict[str, object], beside: bool, keep: object) -> dict[str, Told]:
        assert beside
        names.extend(cases)
        return {"few": Told(judged(0.8, 0.9, 0.01), judged(0.6, 0.6, 0.1), judged(0.4, 0.45, 0.2), 400, 100)}

    monkeypatch.setattr(_hits_unseen, "each", each)
    lines = {
        (line["what"], line["reference_name"]): line
        for line in hits.unseen(tmp_path, 0, ["FEBRL 1", "RLdata"])
    }
    assert names == ["FEBRL 1, 1,000", "RLdata10000"]
    assert lines["few, clusters, F1", "ours with nothing learnt"]["ratio"] == 1.5
    splink = "Splink 5, its threshold chosen by the labels"
    assert lines["few, clusters, F1", splink]["ratio"] == lines["few, pairs told, F1", splink]["ratio"] == 2.0
    assert lines["few, calibration error of pairs told", hits.BOUND]["ratio"] == 2.0
    assert hits.share_wrong("no error", 0.0, 0.02, hits.BOUND)["ours"] == 0
