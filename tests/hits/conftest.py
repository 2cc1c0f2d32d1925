"""Tests of the room run on a matcher that knows only 'the same', so that they are about the room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from libertad.hits import engine, index
from tests.support.exact import Exact


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(engine, "matcher", Exact)
    index.forget()
    yield
    index.forget()
