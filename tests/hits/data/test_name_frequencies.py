"""How common names are: what the files may hold, and how tools/name_frequencies.py makes them from counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from libertad.hits.matching.datafiles import Part, frequencies, shares
from libertad.hits.matching.text import normalise_text
from tools.name_frequencies import common_shares, even, pooled, read_counts, seen_less, weighted, words

PARTS: tuple[Part, ...] = ("given", "family")
REGION = {"AG", "BB", "BR", "BZ", "CO", "DM", "DO", "GY", "HT", "JM", "KN", "LC", "SR", "TT", "VC", "VE"}


@pytest.mark.parametrize("part", PARTS)
def test_no_country_has_more_bearers_than_people(part: Part) -> None:
    sums: dict[str, float] = defaultdict(float)
    for row in frequencies(part):
        sums[row.country] += row.share
    assert set(sums) >= REGION
    assert all(0.4 < total <= 1.0 for total in sums.values())


def test_spellings_that_fold_together_add_up() -> None:
    venezuela = shares("family", normalise_text)["VE"]
    raw_shares = [
        row.share for row in frequencies("family") if (row.name, row.country) == ("rodríguez", "VE")
    ]
    assert venezuela["rodriguez"] > raw_shares[0] > 0.01


def test_names_are_as_common_as_is_known() -> None:
    given_names, family = shares("given", normalise_text), shares("family", normalise_text)
    assert given_names["BR"]["maria"] > 20 * given_names["BR"]["raimunda"]
    assert family["ES"]["garcia"] > 0.03 and family["US"]["smith"] > 0.008
    assert given_names["HT"]["jean"] > given_names["HT"]["robert"]


def test_damage_near_the_top_of_a_list_is_mended(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Luis,224\nCarlos,1\nRafael,109\nQ12,3\nJosé,5\n", "utf-8")
    assert read_counts(tmp_path / "list.csv") == Counter(
        {"luis": 224, "carlos": 109, "rafael": 109, "josé": 5}
    )


def test_a_double_name_counts_for_both_words() -> None:
    assert words(Counter({"maría josé": 2, "josé": 1})) == Counter({"maría": 2, "josé": 3})


def test_a_name_seen_once_is_worth_less_than_its_part_of_the_sample() -> None:
    estimates, left = seen_less(Counter({"singh": 6, "ali": 2, "khan": 1, "roy": 1}))
    assert estimates["roy"] < 0.1 and estimates["singh"] < 0.6
    assert sum(estimates.values()) + left == pytest.approx(1.0)


def test_a_small_country_leans_on_its_neighbours_for_what_its_sample_does_not_show() -> None:
    samples = {
        "GY": Counter({"williams": 3, "persaud": 2, "roy": 1}),
        "JM": Counter({"williams": 300, "brown": 200}),
    }
    pooled_shares = pooled(samples)
    assert 0 < pooled_shares["GY"]["brown"] < pooled_shares["GY"]["williams"]
    assert sum(pooled_shares["GY"].values()) <= 1.0
    stated = {(name, country) for name, country, _ in common_shares(pooled_shares, samples)}
    assert {("persaud", "GY"), ("brown", "GY"), ("brown", "JM")} <= stated


def test_both_sexes_weigh_the_same() -> None:
    assert even({"GY": {"john": 0.2}}, {"GY": {"mary": 0.4}}) == {"GY": {"john": 0.1, "mary": 0.2}}


def test_weights_are_read_from_source_without_running_it(tmp_path: Path) -> None:
    (tmp_path / "names.py").write_text(
        "class P:\n    table = OrderedDict((('Ana', 0.5), ('Luz', 0.5)))\n", "utf-8"
    )
    assert weighted(tmp_path / "names.py", "table") == {"ana": 0.5, "luz": 0.5}
    with pytest.raises(LookupError):
        weighted(tmp_path / "names.py", "other")
