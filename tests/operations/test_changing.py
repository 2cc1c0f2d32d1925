"""An operation's name, days and countries are changed by who coordinates it; what was said stays on file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libertad.access.acting import Forbidden, perform
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.operations.actions.change_operation import change_operation
from libertad.operations.actions.set_window import set_window
from libertad.operations.models import Operation
from libertad.vocabulary.values import Refused
from tests.exchange.conftest import Three, three
from tests.support.nodes import settle
from tests.support.world import World

__all__ = ["three"]


def form(world: World, **overrides: Any) -> dict[str, Any]:
    now = Operation.objects.get()
    first, last = now.first_day.split("-"), now.last_day.split("-")
    return {
        "name": now.name,
        "zone": now.zone,
        "country": now.countries,
        "first_day_day": first[2],
        "first_day_month": first[1],
        "first_day_year": first[0],
        "last_day_day": last[2],
        "last_day_month": last[1],
        "last_day_year": last[0],
        **overrides,
    }


def test_days_and_countries_are_changed_and_what_was_said_stays(world: World) -> None:
    client, before = world.client("coordinator"), Operation.objects.get()
    assert 'href="/operation/change/"' in client.get("/operation/").content.decode()
    page = client.get("/operation/change/").content.decode()
    assert f'value="{before.name}"' in page
    entries = Entry.objects.count()
    values = form(world, last_day_day="30", last_day_month="4", country=[*before.countries, "NA", "ZM"])
    assert client.post("/operation/change/", values).status_code == 302
    now = Operation.objects.get()
    assert (now.last_day, now.first_day) == ("2018-04-30", before.first_day)
    assert set(now.countries) - set(before.countries) == {"NA", "ZM"}
    assert Entry.objects.count() == entries + 1
    assert client.post("/operation/change/", form(world)).status_code == 302  # the same: nothing is said
    assert Entry.objects.count() == entries + 1 and rebuild(node()).changed == 0


def test_a_window_that_the_days_have_left_behind_is_told_as_such(world: World) -> None:
    first = datetime.fromisoformat(Operation.objects.get().first_day).replace(hour=14, tzinfo=UTC)
    window = {"name": "Dawn", "opens": first, "closes": first + timedelta(hours=2)}
    world.perform("coordinator", set_window, **window)
    client = world.client("coordinator")
    assert "before the first action day" not in client.get("/operation/").content.decode()
    later = first + timedelta(days=1)
    values = form(world, first_day_day=str(later.day), first_day_month=str(later.month))
    assert client.post("/operation/change/", values).status_code == 302
    assert "before the first action day" in client.get("/operation/").content.decode()


def test_a_country_with_members_stays_and_days_are_in_order(world: World) -> None:
    client, before = world.client("coordinator"), Operation.objects.get()
    left = [country for country in before.countries if country != "GY"]
    answer = client.post("/operation/change/", form(world, country=left)).content.decode()
    assert "Guyana has members or sites in the operation" in answer
    answer = client.post("/operation/change/", form(world, last_day_year="2017")).content.decode()
    assert "lies before the first day" in answer
    assert Operation.objects.get().last_day == before.last_day


def test_nobody_but_the_coordinator_changes_it(world: World) -> None:
    assert world.client("officer").get("/operation/change/").status_code == 404
    now = Operation.objects.get()
    values = {"name": "Mine", "first_day": now.first_day, "last_day": now.last_day, "zone": now.zone}
    with pytest.raises((Forbidden, Refused)):
        perform(world.actor("national-lead"), change_operation, country=now.countries, **values)


def test_other_nodes_learn_the_change(three: Three) -> None:
    three.centre.do(
        "coordinator",
        change_operation,
        name="Operation Long",
        first_day="2018-04-03",
        last_day="2018-05-31",
        zone="America/Barbados",
        country=["BB", "GY", "NA", "TT"],
    )
    settle(list(three))
    for party in three:
        ((name, last),) = party.rows("operations_operation", "name, last_day")
        assert (name, last) == ("Operation Long", "2018-05-31")
        assert party.rows("journal_held") == []
