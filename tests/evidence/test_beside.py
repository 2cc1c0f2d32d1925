"""What stands beside an exhibit from other rooms: its site, its owner, its database checks."""

from __future__ import annotations

from libertad.access.acting import Act
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from libertad.vocabulary.verbs.operations import CheckRecord
from tests.support.world import World


def test_a_database_check_of_the_exhibit_is_shown(world: World) -> None:
    paper = world.perform(
        "officer", seize, country="GY", kind="travel-document", description="Passport, red", person="0" * 32
    )

    def check(act: Act) -> str:
        row = act.get(Exhibit, paper)
        assert row is not None
        content = CheckRecord(
            database="interpol-sltd", about="travel-document", answer="hit", country="GY", exhibit=paper
        )
        return act.say(row["compartment"], content, subject="c" * 32)

    world.perform("officer", check)
    page = world.client("officer").get(f"/exhibits/{paper}/").content.decode()
    assert "stolen and lost travel documents" in page and ">Hit<" in page
    assert "a person whose file you do not read" in page
