"""The drill: random work, backups at random moments of it, the machine lost, restored elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import databases, drill
from tests.support.postgres import programs

pytestmark = pytest.mark.both
SEEDS = (1, 2)


@pytest.fixture(scope="module")
def server() -> tuple[str | None, Path | None]:
    if databases.KIND == "sqlite":
        return None, None
    return databases.server_url(), programs(Path(), copied=False)


@pytest.fixture(scope="module")
def template(server: tuple[str | None, Path | None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drill.make_world(tmp_path_factory.mktemp("drill"), *server)


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_acknowledged_is_there_and_nobody_erased(
    template: Path, tmp_path: Path, server: tuple[str | None, Path | None], seed: int
) -> None:
    drill.drilled(template, tmp_path, *server, seed)
