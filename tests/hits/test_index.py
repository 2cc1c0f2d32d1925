"""An index takes up what was said since: what this process heard is not read again, what others wrote is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libertad.hits import changed_subjects, index
from libertad.journal import reading
from libertad.journal.node import node
from tests.hits.making import person
from tests.support.world import World


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The parts of the journal that were read again."""
    parts: list[tuple[int, int]] = []
    real = reading.stored

    def stored(sql: Any, start: int, end: int) -> Iterator[reading.Stored]:
        parts.append((start, end))
        return real(sql, start, end)

    monkeypatch.setattr(changed_subjects.reading, "stored", stored)
    return parts


def is_indexed(world: World, *ids: str) -> bool:
    here = index.up_to_date(world.authorities["police"])
    return all(f"person:{person_id}" in here.subjects for person_id in ids)


def test_what_this_process_said_is_not_opened_again(world: World, read: list[tuple[int, int]]) -> None:
    assert is_indexed(world, person(world, "Ana Ruiz"))
    read.clear()
    assert is_indexed(world, person(world, "Luz Rojas"), person(world, "Eva Luna"))
    assert read == []


def test_what_another_process_said_is_read_from_the_journal(
    world: World, read: list[tuple[int, int]]
) -> None:
    assert is_indexed(world, person(world, "Ana Ruiz"))
    read.clear()
    noticed = person(world, "Luz Rojas")
    node().listeners.remove(index._on_commit)
    unheard = person(world, "Eva Luna")
    node().listeners.append(index._on_commit)
    after = person(world, "Rosa Paz")
    assert is_indexed(world, noticed, unheard, after)
    assert len(read) == 1
    assert is_indexed(world, person(world, "Inés Sol")) and len(read) == 1


def test_news_that_could_not_be_taken_up_stay_news(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_indexed(world, person(world, "Ana Ruiz"))
    two = person(world, "Luz Rojas")
    with monkeypatch.context() as broken:
        broken.setattr(index, "gather_all", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            is_indexed(world)
    assert is_indexed(world, two)
