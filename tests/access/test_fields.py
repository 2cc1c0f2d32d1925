"""Who wrote an entry, for whom and where, comes from the session: no field of a form changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from libertad.access import acting
from libertad.access.acting import Act
from libertad.journal.folding import Said
from libertad.journal.models import Entry
from libertad.journal.node import node
from tests.security.test_at_rest import plant
from tests.support.world import World

NAMES = (
    "role",
    "authority",
    "officer",
    "actor",
    "compartment",
    "operation",
    "provenance",
    "verb",
    "subject",
    "clock",
    "interpreter",
    "is_superuser",
    "is_active",
    "withdrawn",
    "page",
    "readers",
    "reader",
)


def entries(after: int) -> list[Said]:
    found = []
    for row in Entry.objects.filter(idx__gte=after).order_by("idx"):
        said = node().understand(bytes(row.header), row.body)
        assert said is not None
        found.append(said)
    return found


@pytest.fixture
def with_extras(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Every POST of the test client carries the names above, with another's values."""
    from django.test import Client

    values = {
        "role": "coordinator",
        "authority": world.authorities["centre"],
        "operation": "f" * 32,
        "officer": world.actor("coordinator").officer,
        "actor": world.actor("coordinator").officer,
        "compartment": "f" * 32,
        "provenance": "published",
        "verb": "release.publish",
        "subject": "f" * 32,
        "reader": world.authorities["other-police"],
        "readers": world.authorities["other-police"],
    }
    real = Client.post

    def post(self: Client, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        extra = {name: values.get(name, "1") for name in NAMES}
        query = "&".join(f"{name}={value}" for name, value in extra.items())
        return real(self, f"{path}?{query}", {**extra, **(data or {})}, *args, **kwargs)

    def plant_it() -> None:
        monkeypatch.setattr(Client, "post", post)

    return plant_it


def wrong(world: World, said: list[Said]) -> list[str]:
    """What an entry says of its writer that is not so."""
    who = {actor.officer: actor for actor in world.actors.values()}
    found = []
    for one in said:
        actor = who.get(one.officer)
        if actor is None or one.authority != actor.authority or one.operation not in ("", world.operation):
            found.append(f"{one.verb}: {one.officer} for {one.authority}")
        if one.officer == world.actor("coordinator").officer:
            found.append(f"{one.verb}: written as the coordinator")
        if one.provenance or one.compartment == "f" * 32:
            found.append(f"{one.verb}: {one.provenance} {one.compartment}")
        if one.verb == "compartment.open" and world.authorities["other-police"] in one.content.reader:
            found.append(f"{one.verb}: another reader")
    return found


def test_extra_fields_change_nothing(world: World, with_extras: Callable[[], None]) -> None:
    before = Entry.objects.count()
    with_extras()
    plant(world)
    made = entries(before)
    assert len({one.verb for one in made}) > 6
    assert wrong(world, made) == []


def test_a_writer_taken_from_the_form_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: an action that lets a field name the officer."""
    from dataclasses import replace

    from libertad.operations.actions.report_lead import report_lead

    def careless(act: Act, *, officer: str, **said: Any) -> str:
        act.actor = replace(act.actor, officer=officer)
        monkeypatch.setattr(acting.Act, "active", lambda self: True)
        return report_lead(act, **said)

    before = Entry.objects.count()
    acting.perform(
        world.actor("officer"),
        careless,
        officer=world.actor("coordinator").officer,
        country="GY",
        summary="x",
        source_grade="1",
        information_grade="B",
        handling="P",
    )
    assert wrong(world, entries(before)) != []
