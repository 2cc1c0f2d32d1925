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
    understood = []
    for row in Entry.objects.filter(idx__gte=after).order_by("idx"):
        entry = node().understand(bytes(row.header), row.body)
        assert entry is not None
        understood.append(entry)
    return understood


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


def wrong(world: World, entries: list[Said]) -> list[str]:
    """What an entry says of its writer that is not so."""
    actors = {actor.officer: actor for actor in world.actors.values()}
    faults = []
    for entry in entries:
        actor = actors.get(entry.officer)
        if (
            actor is None
            or entry.authority != actor.authority
            or entry.operation not in ("", world.operation)
        ):
            faults.append(f"{entry.verb}: {entry.officer} for {entry.authority}")
        if entry.officer == world.actor("coordinator").officer:
            faults.append(f"{entry.verb}: written as the coordinator")
        if entry.provenance or entry.compartment == "f" * 32:
            faults.append(f"{entry.verb}: {entry.provenance} {entry.compartment}")
        if entry.verb == "compartment.open" and world.authorities["other-police"] in entry.content.reader:
            faults.append(f"{entry.verb}: another reader")
    return faults


def test_extra_fields_change_nothing(world: World, with_extras: Callable[[], None]) -> None:
    before = Entry.objects.count()
    with_extras()
    plant(world)
    new_entries = entries(before)
    assert len({entry.verb for entry in new_entries}) > 6
    assert wrong(world, new_entries) == []


def test_a_writer_taken_from_the_form_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: an action that lets a field name the officer."""
    from dataclasses import replace

    from libertad.operations.actions.report_lead import report_lead

    def careless(act: Act, *, officer: str, **values: Any) -> str:
        act.actor = replace(act.actor, officer=officer)
        monkeypatch.setattr(acting.Act, "active", lambda self: True)
        return report_lead(act, **values)

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
