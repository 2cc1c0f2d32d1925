"""Today costs by what waits, not by how many people are on file."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from libertad.evidence.actions.seize import seize
from libertad.journal import sealing
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from libertad.vocabulary.values import PersonName
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def met(world: World, count: int, **fields: Any) -> list[str]:
    return [
        world.perform("officer", meet_person, country="GY", name=(PersonName(text="Yesenia"),), **fields)
        for _ in range(count)
    ]


def count_opened(client: Client, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many sealed rows Today opens, by what it shows."""
    opened_rows: list[bytes] = []
    real = sealing.open_columns

    def count_open(blob: bytes, *rest: Any) -> bytes:
        opened_rows.append(blob)
        return real(blob, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "open_columns", count_open)
        assert client.get("/").status_code == 200
    return len(opened_rows)


@pytest.mark.parametrize("role", ["officer", "national-lead", "exhibits-officer", "caseworker"])
def test_who_is_in_no_danger_is_not_opened(world, monkeypatch, role) -> None:
    met(world, 1, danger="yes", needs=("doctor",))
    client = world.client(role)
    client.get("/")
    before = count_opened(client, monkeypatch)
    met(world, 4, danger="no")
    world.perform("officer", seize, country="GY", kind="mobile-phone", description="Telephone")
    world.perform(
        "officer",
        report_lead,
        country="GY",
        summary="A mine.",
        source_grade="2",
        information_grade="B",
        handling="P",
        workplace="gold-mine",
        site="",
    )
    if role == "caseworker":  # what somebody needs is read once, for the hour by which care takes the person
        client.get("/")
    assert count_opened(client, monkeypatch) <= before + 1  # the lead, where it waits


def test_a_row_from_before_its_danger_stood_in_it_is_looked_at(world) -> None:
    (key,) = met(world, 1, danger="yes", needs=("doctor",))
    row = Person.objects.get(pk=key)
    assert row.danger == "open"
    row.danger = ""
    row.save()
    assert "A person in danger, perhaps a child" in world.client("national-lead").get("/").content.decode()
