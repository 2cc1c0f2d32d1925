"""Two forces that ask each other in private, a fresh pair for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.private_sides import Two, made


@pytest.fixture
def two(tmp_path: Path, db: None) -> Iterator[Two]:
    found = made(tmp_path)
    yield found
    found.close()
