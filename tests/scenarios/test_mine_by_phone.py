"""The scenario's team at a mine says by the field app's codec whom it met: the node holds the same of each.

What was drawn of the people of one gold mine goes through the app's own core, sealed and signed in Node.js,
handed over by a link that is cut, and is compared with what the node's own action makes of the same words.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from libertad.field import codes
from libertad.journal.node import node
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person, Tally
from scenarios.operation_libertad_2018 import play, timeline
from tests.field_app.speaking import phone
from tests.support.sealed_rows import opened
from tests.support.serving import server
from tests.support.world import World

pytestmark = pytest.mark.sqlite_only
MINE = "gold-mine"
# What is each one's own, or of the moment.
OWN = ("reference", "counting", "id")


def people_of_a_mine() -> list[dict[str, Any]]:
    """What the scenario drew of each person met at the first gold mine of Guyana where people were found."""
    book = timeline.written(play.parameters())
    kinds = book.data["workplaces"]["GY"]
    sites = [f"GY-{n}" for n, kind in enumerate(kinds) if kind == MINE]
    return next(book.met[site] for site in sites if book.met.get(site))


def meeting(drawn: dict[str, Any]) -> dict[str, Any]:
    """The same words as the app has them."""
    return {"values": {name: value for name, value in msgspec.to_builtins(drawn).items() if value}}


def content(person: Person) -> str:
    """All that is sealed in the row, but for the names of the entries that said it."""
    assert person.opened_for is not None
    columns = {name: value for name, value in person.opened_for[1].items() if name not in OWN}
    return re.sub(r"\b[0-9a-f]{64}\b", "", str(columns))


def test_the_mine_s_people_are_the_same_by_the_app_as_by_the_node(world: World, tmp_path: Path) -> None:
    drawn = people_of_a_mine()
    assert drawn
    code = codes.give(world.actors["administrator"], world.actors["officer"].officer, 14)[0]
    meetings = [{"do": "meet", "meeting": meeting(each), "options": {"source": "said"}} for each in drawn]
    with server(world.home) as address:
        acts = [{"do": "enrol", "code": code}, *meetings, {"do": "handOver"}, {"do": "handOver"}]
        answer = phone(address, tmp_path / "phone.json", *acts, cut=[9_000])
    assert answer["undelivered"] == [], answer["results"][-2:]
    node().rings.refresh()
    by_phone = opened(Person)
    assert len(by_phone) == len(drawn) == Tally.objects.count()
    before = {person.pk for person in by_phone}
    for each in drawn:
        world.perform("officer", meet_person, country="GY", source="said", **each)
    by_node = [person for person in opened(Person) if person.pk not in before]
    assert sorted(map(content, by_phone)) == sorted(map(content, by_node))
    assert {person.seen_as for person in by_phone} == {person.seen_as for person in by_node}
    assert all(person.met_at > dt.datetime(2026, 1, 1, tzinfo=dt.UTC) for person in by_phone)
