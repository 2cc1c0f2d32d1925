"""An overdue team is reached, recalled or sent elsewhere, and that is on file; the clock follows it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.board.queries import board
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.contact_team import contact_team
from libertad.operations.actions.set_clock import set_clock
from libertad.operations.models import Site, Team
from libertad.operations.queries import team as seen
from libertad.vocabulary.values import Refused
from tests.operations.making import a_site, a_team, at
from tests.support.shuffling import assert_order_free
from tests.support.world import World

AGREED: dict[str, Any] = {
    "how": "telephone",
    "outcome": "carries-on",
    "agreed": "Boat repaired, all well",
    "next_due": at(5, 18),
}


def now_is(world: World, hour: int, day: int = 5) -> None:
    reads = world.at(day, hour).at
    world.perform("coordinator", set_clock, reads=reads, set_at=dt.datetime.now(dt.UTC), rate=0.0)


def late_team(world: World) -> str:
    """Was on site at 12:00, due at 14:00; it is 15:00 UTC."""
    team = a_team(world, a_site(world))
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 12))
    now_is(world, 15)
    return team


def contact(world: World, team: str, role: str = "coordinator", **overrides: Any) -> None:
    world.perform(role, contact_team, team=team, **{**AGREED, "happened": world.at(5, 15), **overrides})


def page(world: World, role: str, address: str = "/?all=1") -> str:
    return " ".join(world.client(role).get(address).content.decode().split())


def test_a_coordinator_records_a_contact_and_the_clock_follows_what_was_agreed(world: World) -> None:
    team = late_team(world)
    assert "Record a contact" in page(world, "coordinator")
    answer = world.client("coordinator").post(
        f"/teams/{team}/contact/",
        {
            "how": "telephone",
            "outcome": "carries-on",
            "agreed": "Boat repaired, all well",
            "next_due_day": "5",
            "next_due_month": "4",
            "next_due_year": "2018",
            "next_due_time": "14:00",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    row = seen(world.actor("coordinator"), team)
    assert row is not None and row.overdue is None and row.due == at(5, 18)
    assert "Boat repaired, all well" in page(world, "coordinator")
    text = page(world, "officer", f"/teams/{team}/")
    assert "Boat repaired, all well" in text and "M. Alleyne" in text and "Telephone" in text
    on_board = board(world.actor("coordinator"))
    assert not on_board.overdue and "Boat repaired, all well" in on_board.in_touch
    now_is(world, 19)
    assert "Team T-GY-01 has not reported as agreed" in page(world, "national-lead")
    assert [late.reference for late in board(world.actor("coordinator")).overdue] == ["T-GY-01"]
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 19))
    row = seen(world.actor("coordinator"), team)
    assert row is not None and row.due == at(5, 21)
    assert_order_free(world)


def test_who_was_not_reached_stays_overdue_and_each_try_shows(world: World) -> None:
    team = late_team(world)
    for way in ("radio", "satellite"):
        contact(world, team, "national-lead", how=way, outcome="not-reached", agreed="", next_due=None)
    row = seen(world.actor("coordinator"), team)
    assert row is not None and row.overdue == dt.timedelta(hours=1)
    for text in (page(world, "national-lead"), page(world, "coordinator", "/board/table/")):
        assert "Tried: Radio 11:00 (UTC-4), Satellite telephone 11:00 (UTC-4). Not reached." in text
    with pytest.raises(Refused, match="agreed to nothing"):
        contact(world, team, outcome="not-reached")
    assert_order_free(world)


def test_a_recalled_team_leaves_its_site_and_reports_when_it_is_back(world: World) -> None:
    team = late_team(world)
    site = Team.objects.get(pk=team).site
    assert Site.objects.get(pk=site).on_site == [team]
    contact(world, team, outcome="recalled", agreed="Come back to the station")
    assert Site.objects.get(pk=site).on_site == []
    row = seen(world.actor("officer"), team)
    assert row is not None and row.due == at(5, 18)
    assert "Reached, recalled" in page(world, "national-lead", f"/sites/{site}/")
    now_is(world, 18)
    world.perform("officer", check_in, team=team, state="returned", happened=world.at(5, 17))
    row = seen(world.actor("officer"), team)
    assert row is not None and row.due is None
    with pytest.raises(Refused, match="returned"):
        contact(world, team, happened=world.at(5, 17, 30))
    assert_order_free(world)


def test_a_team_that_is_sent_elsewhere_checks_in_there(world: World) -> None:
    team, other_site = late_team(world), a_site(world, name="Bar by the ferry")
    first = Team.objects.get(pk=team).site
    contact(world, team, "national-lead", outcome="sent-elsewhere", site=other_site)
    assert Team.objects.get(pk=team).site == other_site and Site.objects.get(pk=first).on_site == []
    now_is(world, 17)
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 17))
    assert Site.objects.get(pk=other_site).on_site == [team] and Site.objects.get(pk=first).on_site == []
    with pytest.raises(Refused, match="another site"):
        contact(world, team, outcome="sent-elsewhere", site=other_site, happened=world.at(5, 17))
    with pytest.raises(Refused, match="site"):
        contact(world, team, outcome="sent-elsewhere")
    with pytest.raises(Refused, match="site"):
        contact(world, team, outcome="recalled", site=first)
    assert_order_free(world)


def test_a_silence_by_plan_ends_with_what_was_agreed(world: World) -> None:
    site = a_site(world)
    team = a_team(world, site, silent_until=at(7, 12), silent_why="No network")
    now_is(world, 15)
    contact(world, team)
    row = seen(world.actor("coordinator"), team)
    assert row is not None and row.due == at(5, 18) and not row.silent


def test_a_contact_closes_no_danger_and_is_not_the_team_s_own_word(world: World) -> None:
    team = a_team(world, a_site(world))
    world.perform("officer", check_in, team=team, state="on-site", danger=True, happened=world.at(5, 12))
    now_is(world, 15)
    contact(world, team)
    assert Team.objects.get(pk=team).danger
    assert "Danger to life" in page(world, "national-lead")
    for role in ("officer", "exhibits-officer", "analyst"):
        with pytest.raises(Forbidden):
            contact(world, team, role)
    for role in ("other-lead", "caseworker"):
        with pytest.raises(Refused, match="no such team"):
            contact(world, team, role)
    for wrong in ({"agreed": " "}, {"next_due": None}, {"next_due": at(5, 14)}, {"how": ""}, {"outcome": ""}):
        with pytest.raises(Refused):
            contact(world, team, **wrong)
    assert world.client("other-lead").get(f"/teams/{team}/contact/").status_code == 404


def test_of_the_same_minute_the_contact_recorded_later_stands_first(world: World) -> None:
    team = a_team(world, a_site(world))
    world.perform(
        "coordinator", contact_team, team=team, how="radio", outcome="not-reached", happened=world.at(5, 13)
    )
    world.perform(
        "coordinator",
        contact_team,
        team=team,
        how="satellite",
        outcome="recalled",
        agreed="Come back",
        next_due=at(5, 20),
        happened=world.at(5, 13),
    )
    text = world.client("coordinator").get(f"/teams/{team}/").content.decode()
    text = text[text.index("Check-ins and contacts") :]
    assert text.index("Satellite telephone: Reached, recalled") < text.index("Radio: Not reached")


def test_a_team_that_was_called_away_is_so_since_that_contact(world: World) -> None:
    """And not since it last checked in, hours before."""
    team = a_team(world, a_site(world))
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 12))
    now_is(world, 16)
    recalled = {"how": "satellite", "outcome": "recalled", "agreed": "Come back", "next_due": at(5, 20)}
    world.perform("coordinator", contact_team, team=team, **recalled, happened=world.at(5, 15))
    page = " ".join(world.client("coordinator").get(f"/teams/{team}/").content.decode().split())
    cell = page[page.index("Reached, recalled") :]
    assert cell.index("11:00 (UTC-4)") < cell.index("last check-in") < cell.index("08:00 (UTC-4): On site")
