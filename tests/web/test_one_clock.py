"""A page has one clock, the operation's; what is due this minute is due now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from libertad.look.times import late, time_left
from libertad.operations.actions.set_clock import set_clock
from libertad.web.home import groups
from libertad.web.todo_item import Waiting
from tests.access.signing import sign_in
from tests.support.world import World

NOON = datetime(2018, 4, 5, 16, tzinfo=UTC)


@pytest.mark.parametrize("left", [timedelta(0), timedelta(seconds=59)])
def test_what_is_due_this_minute_is_due_now(left: timedelta) -> None:
    assert (time_left(left), late(left)) == ("now", "due now")
    assert time_left(timedelta(minutes=1)) == "in 1 min"


def test_what_is_due_now_does_not_stand_under_before_midnight(world: World) -> None:
    items = [Waiting(str(at), "", "/", "Open", NOON + at) for at in (timedelta(0), timedelta(hours=1))]
    parts = groups(world.actor("caseworker"), NOON, items, True)
    assert [(part.title, part.count) for part in parts] == [("Due now", 1), ("Before midnight", 1)]


@pytest.mark.django_db(transaction=True)
def test_the_end_of_the_session_is_told_by_the_operations_clock(world: World) -> None:
    from django.test import Client

    world.perform("coordinator", set_clock, reads=NOON, set_at=datetime.now(UTC), rate=0)
    client = Client()
    sign_in(client, "N-officer", "correct horse battery")
    text = client.get("/leads/").content.decode()
    until = re.search(r"Signed in until <time datetime=\"([^\"]+)\">([^<]+)</time>", text)
    assert until is not None
    assert NOON < datetime.fromisoformat(until[1]) <= NOON + timedelta(hours=13)
    assert until[2].endswith("(UTC-4)")
    sessions = client.get("/codes/sessions/").content.decode()
    assert "Signed in on 5 April 2018, 1" in sessions
