"""A world that is copied is the world that was made, and no test finds in it what another one wrote."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from libertad.figures import daily, hourly, queries
from libertad.journal.node import close_node, node
from libertad.journal.rebuild import rebuild
from libertad.journal.verify import verify
from tests.operations.making import a_site
from tests.support.databases import emptied, filled_tables
from tests.support.world import World, build
from tests.support.world_copy import Original

pytestmark = pytest.mark.usefixtures("transactional_db")


def rows() -> dict[str, list[str]]:
    """Every row as the database writes it, so that a number that became a text is another row."""
    held: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in filled_tables():
            if connection.vendor == "sqlite":
                cursor.execute(f'select * from "{table}" limit 1')
                quoted = " || ',' || ".join(f'quote("{column[0]}")' for column in cursor.description)
            else:
                quoted = f'"{table}"::text'
            cursor.execute(f'select {quoted} from "{table}"')
            held[table] = sorted(str(row) for row in cursor.fetchall())
    return held


def files(home: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(home)): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in [home, *sorted(home.rglob("*"))]
    }


def test_a_copy_has_what_was_made_to_the_last_byte(home: Path) -> None:
    made: list[Any] = []

    def make(place: Path) -> World:
        world = build(place)
        close_node()
        made.extend((rows(), files(place)))
        return world

    original = Original(make)
    world = original.copy(home)
    assert [rows(), files(home)] == made
    assert verify(node()).clean and rebuild(node()).changed == 0
    a_site(world)
    assert verify(node()).clean


def test_what_one_test_did_is_not_in_the_next(home: Path, tmp_path: Path, settings: Any) -> None:
    original = Original(build)
    first = original.copy(home)
    before = rows()
    a_site(first)
    actor = first.actors.pop("officer")
    hourly.HOURS[actor, "2018-04-09"] = 7
    daily.TOLD_OF.add((actor, dt.datetime(2018, 4, 9)))
    cache.set("tries-of-1", 5)
    queries.then("", dt.datetime(2018, 4, 9), 7)
    assert queries.then.cache_info().currsize
    close_node()
    emptied()
    settings.LIBERTAD_HOME = tmp_path / "next"
    second = original.copy(tmp_path / "next")
    assert rows() == before and second.actor("officer") == actor
    assert not hourly.HOURS and not daily.TOLD_OF and cache.get("tries-of-1") is None
    assert not queries.then.cache_info().currsize
    assert verify(node()).clean
