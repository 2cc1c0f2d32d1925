"""The same seed gives the same operation, played twice into an emptied database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from libertad.figures.queries import figures, summary
from libertad.people import queries as people
from scenarios.operation_libertad_2018 import play
from scenarios.operation_libertad_2018.stage import Stage
from tests.support.played import home_of_its_own


def _all(stage: Stage) -> Any:
    coordinator = stage.cast.actor("BB-centre", "coordinator")
    lead = stage.cast.actor("VC", "national-lead")
    seen_figures = figures(coordinator)
    return (
        summary(coordinator),
        dict(seen_figures.lines),
        [(release.number, release.total) for release in seen_figures.releases],
        sorted((person.reference, person.name, person.met_at) for person in people.people(lead)),
    )


@pytest.mark.xdist_group("scenario")
def test_the_same_seed_gives_the_same_figures(transactional_db: None, tmp_path: Path) -> None:
    with home_of_its_own(tmp_path / "one"):
        first = _all(play.create())
    call_command("flush", verbosity=0, interactive=False)
    with home_of_its_own(tmp_path / "two"):
        assert _all(play.create()) == first
