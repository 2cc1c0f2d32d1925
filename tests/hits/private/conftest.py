"""Two forces that ask each other in private, a fresh pair for each test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.nodes import Party
from tests.support.private_sides import Two, ask_each_other, founded

_founded: list[Sequence[Party]] = []


@pytest.fixture
def two(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, db: None) -> Iterator[Two]:
    """Founded once a process, and copied for each test."""
    if not _founded:
        _founded.append(founded(tmp_path_factory.mktemp("founded")))
    nodes = ask_each_other(party.copy(tmp_path / party.name) for party in _founded[0])
    yield nodes
    nodes.close()
