"""Splink itself, on DuckDB, over the small register: it scores as it is told, and what it learns serves."""

from __future__ import annotations

import math
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from libertad.hits.beside import learning, splinked
from libertad.hits.beside.agreeing import Joined, agreement
from libertad.hits.beside.checking import checked
from libertad.hits.beside.columns import Prepared
from libertad.hits.beside.settings import Settings, settings
from libertad.hits.beside.splinked import Missing, Scored, Splink
from libertad.hits.matching.linking import Linked, link
from libertad.hits.matching.model import Model
from tests.hits.beside.conftest import Sides

pytestmark = pytest.mark.xdist_group("beside")
CHANCE = 1 / 1000


@pytest.fixture(scope="module")
def splink(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Splink:
    return Splink(prepared, "duckdb", tmp_path_factory.mktemp("splink"))


@pytest.fixture(scope="module")
def sampled(splink: Splink) -> Settings:
    return splink.sampled(settings(Model(), splink.prepared.filled, CHANCE, True))


@pytest.fixture(scope="module")
def scored(splink: Splink, sampled: Settings) -> Scored:
    return splink.scored(sampled, -20.0)


def test_every_level_has_its_weight_and_no_backend_is_named(sampled: Settings) -> None:
    levels = [level for each in sampled["comparisons"] for level in each["comparison_levels"]]
    assert all("u_probability" in level for level in levels if not level.get("is_null_level"))
    assert "duckdb" not in str(sampled) and "sql_dialect" not in str(sampled)
    usual = Model().fields["birth"]
    birth = next(
        comparison for comparison in sampled["comparisons"] if comparison["output_column_name"] == "birth"
    )
    assert birth["comparison_levels"][-1]["u_probability"] == usual.u[-1]  # what the model says stays


def test_true_pairs_are_found(scored: Scored, sides: Sides, truth: set[tuple[str, str]]) -> None:
    left, right = sides
    pairs = {
        (left.ids[first], right.ids[second - len(left)])
        for first, second, bits in zip(scored.one, scored.other, scored.bits, strict=True)
        if bits > 0
    }
    assert len(pairs & truth) > 0.85 * len(truth)


def test_a_rare_value_weighs_more(scored: Scored, sampled: Settings) -> None:
    """Splink takes our shares: pairs alike in the same ways have bits of their own."""
    prior = math.log2(CHANCE / (1 - CHANCE))
    highest = sum(
        max(
            math.log2(level["m_probability"] / level["u_probability"])
            for level in each["comparison_levels"][1:]
        )
        for each in sampled["comparisons"]
    )
    assert np.isfinite(scored.bits).all() and prior < scored.bits.max() < prior + 2 * highest
    assert len(np.unique(np.round(scored.bits, 6))) > 0.9 * len(scored.bits)


def test_the_whole_check_agrees_but_for_relatives(linked: Linked, sides: Sides, tmp_path: Path) -> None:
    report = checked(linked, *sides, "duckdb", tmp_path, 0.5)
    agreed = report.agreement
    assert agreed.of_ours is not None and agreed.of_ours > 0.85
    assert agreed.rank_correlation_without_relatives is not None
    assert agreed.rank_correlation_without_relatives > 0.85
    assert len(report.rows()) == 1 + agreed.ours + agreed.splink - agreed.both
    assert report.as_json()["share_of_ours"] == agreed.of_ours
    assert (tmp_path / "settings.json").exists()


def test_another_model_agrees_less(linked: Linked, splink: Splink, sampled: Settings) -> None:
    """The figure tells: with weights upside down the order is lost."""
    wrong = {
        **sampled,
        "comparisons": [
            {
                **each,
                "comparison_levels": [
                    level
                    if level.get("is_null_level")
                    else {
                        **level,
                        "m_probability": level["u_probability"],
                        "u_probability": level["m_probability"],
                    }
                    for level in each["comparison_levels"]
                ],
            }
            for each in sampled["comparisons"]
        ],
    }
    agreed = agreement(linked, Joined.of(linked, splink.scored(wrong, -500.0)), 0.0)
    assert agreed.rank_correlation is not None and agreed.rank_correlation < 0.3


def test_what_it_learns_links_as_well(
    splink: Splink, sides: Sides, linked: Linked, truth: set[tuple[str, str]]
) -> None:
    model, unlearnt = learning.taught(splink, tuple(map(len, sides)))
    assert {"name", "birth"}.isdisjoint(unlearnt)
    links = link(*sides, trained=model)

    def right(pairs: Linked) -> int:
        best = np.argsort(-pairs.bits)[: len(truth)]
        return sum((pairs.left.ids[pairs.one[at]], pairs.right.ids[pairs.other[at]]) in truth for at in best)

    assert right(links) > 0.95 * right(linked) > 100
    assert 0.1 < model.expected < 1.0  # 150 of 400


def test_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(name: str) -> None:
        monkeypatch.setattr(splinked, "find_spec", lambda package: None if package == name else object())

    lacks("splink")
    with pytest.raises(Missing, match=r"make splink.*requirements/splink\.txt"):
        splinked.needed("duckdb")
    lacks("pyspark")
    splinked.needed("duckdb")
    with pytest.raises(Missing, match="make spark"):
        splinked.needed("spark")


@pytest.mark.soak
def test_spark_gives_the_same_pairs_by_the_same_settings(
    splink: Splink, sampled: Settings, scored: Scored, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where `make spark` has brought it, and there is a Java."""
    pytest.importorskip("pyspark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("no Java")
    options = "--conf spark.sql.shuffle.partitions=4 --conf spark.ui.enabled=false"
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", f"--master local[2] {options} pyspark-shell")
    spark_scored = Splink(splink.prepared, "spark", splink.folder).scored(sampled, -20.0)
    order, spark_order = (np.lexsort((scores.other, scores.one)) for scores in (scored, spark_scored))
    assert np.array_equal(spark_scored.one[spark_order], scored.one[order])
    assert np.array_equal(spark_scored.other[spark_order], scored.other[order])
    assert spark_scored.bits[spark_order] == pytest.approx(scored.bits[order], abs=1e-9)
