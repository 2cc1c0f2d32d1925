"""The benchmark of asking in private measures what it says it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import hits_private
from bench.peers import openmined
from tests.support import datasets

datasets.matching()

pytestmark = [pytest.mark.sqlite_only]


def test_it_finds_persons_by_the_real_messages_and_says_what_that_costs(
    tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits_private, "ASKED", 30)
    monkeypatch.setattr(hits_private, "ROUNDS", 1)
    monkeypatch.setattr(openmined, "costs", lambda tokens, asks: None)
    found = {one["what"]: one for one in hits_private.lines(300, tmp_path)}
    (recall,) = (one for what, one in found.items() if "recall" in what)
    assert 0.6 < recall["ours"] <= 1
    (size,) = (one for what, one in found.items() if "bytes both ways, most" in what)
    assert 256 <= size["ours"] <= hits_private.BYTES
    (marks,) = (one for what, one in found.items() if "filter, bytes" in what)
    assert marks["ours"] < 100
    assert all(one["ours"] > 0 for one in found.values())
