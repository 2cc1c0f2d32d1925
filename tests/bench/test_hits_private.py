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
    lines = {line["what"]: line for line in hits_private.lines(300, tmp_path)}
    (recall,) = (line for label, line in lines.items() if "recall" in label)
    assert 0.6 < recall["ours"] <= 1
    (size,) = (line for label, line in lines.items() if "bytes both ways, most" in label)
    assert 256 <= size["ours"] <= hits_private.BYTES
    (marks,) = (line for label, line in lines.items() if "filter, bytes" in label)
    assert marks["ours"] < 100
    assert all(line["ours"] > 0 for line in lines.values())
