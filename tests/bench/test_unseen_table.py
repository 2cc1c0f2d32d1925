"""The table of link on sets of other makers is what was kept of it, misses included; it needs no data."""

from __future__ import annotations

from pathlib import Path

from bench import _unseen_table
from bench._hits_unseen import Judged, Told
from bench._judging import Quality


def test_what_was_measured_is_kept_with_splinks_figures_of_before(tmp_path: Path) -> None:
    def judged(f1: float) -> Judged:
        return Judged(Quality(f1, 1, 1), Quality(f1, 1, 1), 0.011, 0.0041)

    file = tmp_path / "kept.json"
    _unseen_table.keep(file, "RLdata10000", Told(judged(0.9), judged(0.95), judged(0.99), 10_000, 1000))
    _unseen_table.keep(file, "FEBRL 2, 5,000", Told(judged(1.0), judged(0.9), None, 5000, 1934))
    _unseen_table.keep(file, "RLdata10000", Told(judged(0.94), judged(0.95), None, 10_000, 1000))
    figures = _unseen_table.read(file)
    lines = list(_unseen_table.table(figures))
    assert list(figures) == ["FEBRL 2, 5,000", "RLdata10000"]
    assert (
        "| RLdata10000 | 10,000; 1,000 | .9400; .9500; .9900 | .9400; .9500; .9900 | "
        ".0110 (.0041); .0110; .0110 |" in lines
    )
    assert any(line.startswith("| FEBRL 2") and "1.0000; .9000; -" in line for line in lines)
    splinks, unlearnt, error, *means = _unseen_table.verdicts(figures)
    assert splinks == "- **Splink's best less .02**, clusters: **missed** on RLdata10000 (by .0300)."
    assert "clusters: **missed** on RLdata10000 (by .0100); pairs told: **missed** on RLdata" in unlearnt
    assert error == "- **Calibration error of at most .02**: reached on every set." and len(means) == 2
    assert _unseen_table.mean(figures) == (0.94, 0.99)


def test_the_table_in_the_docs_is_made_of_what_was_kept() -> None:
    """And what is missed is told under it, set by set."""
    docs = (Path(__file__).parents[2] / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    measured = _unseen_table.read()
    assert "\n".join((*_unseen_table.table(measured), "", *_unseen_table.verdicts(measured))) in docs
