"""The scenario played once for a whole module: a real database and home, filled by `create()`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from libertad.journal.node import close_node
from scenarios.operation_libertad_2018 import play
from scenarios.operation_libertad_2018.stage import Stage
from tests.support.databases import emptied


@contextmanager
def home_of_its_own(home: Path) -> Iterator[None]:
    """The node lives in `home` within the block."""
    before = settings.LIBERTAD_HOME
    close_node()
    home.mkdir(parents=True, exist_ok=True)
    settings.LIBERTAD_HOME = home
    try:
        yield
    finally:
        close_node()
        settings.LIBERTAD_HOME = before


@contextmanager
def played(home: Path, blocker: Any) -> Iterator[Stage]:
    """Plays the operation into the test's database, which is emptied before and afterwards.

    `blocker` is pytest-django's: tests that use this ask for no database fixture of their own.
    """
    with blocker.unblock(), home_of_its_own(home):
        emptied()
        try:
            yield play.create()
        finally:
            emptied()
