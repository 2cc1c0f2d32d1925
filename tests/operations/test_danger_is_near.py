"""After a danger to life a team is heard of soon: plan, silence and the rest of the form wait for that."""

from __future__ import annotations

import datetime as dt

import pytest

from libertad.access.acting import Act
from libertad.operations import queries
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.close_danger import close_team_danger
from libertad.operations.actions.contact_team import contact_team
from libertad.operations.contacted import NEAR
from libertad.operations.models import Team
from libertad.operations.presenters import TeamSeen
from libertad.vocabulary.verbs.operations import TeamCheckIn
from tests.operations.making import a_site, a_team, at
from tests.support.shuffling import assert_order_free
from tests.support.world import World

SILENT = {"silent_until": at(6, 10), "silent_why": "No network in the valley"}


def team_of(world: World, team: str) -> TeamSeen:
    row = queries.team(world.actor("national-lead"), team)
    assert row is not None
    return row


def alarm(world: World, team: str, **overrides: object) -> None:
    happened = world.at(5, 12)
    world.perform(
        "officer", check_in, team=team, state="on-site", danger=True, happened=happened, **overrides
    )


@pytest.mark.parametrize("plan", [{"every_minutes": 1440}, {"every_minutes": 720, **SILENT}])
def test_the_next_check_in_is_near_whatever_was_planned(world: World, plan: dict[str, object]) -> None:
    team = a_team(world, a_site(world), **plan)
    alarm(world, team)
    row = team_of(world, team)
    assert row.due == at(5, 12) + NEAR
    assert dt.timedelta(minutes=30) >= NEAR
    assert not row.silent and row.silent_until is None
    assert_order_free(world)


def test_a_far_time_chosen_beside_the_danger_is_brought_near(world: World) -> None:
    team = a_team(world, a_site(world))
    alarm(world, team, next_due=at(6, 12))
    assert team_of(world, team).due == at(5, 12) + NEAR
    later = a_team(world, a_site(world), reference="T-GY-02")
    alarm(world, later, next_due=at(5, 12, 10))
    assert team_of(world, later).due == at(5, 12, 10)


def test_what_an_older_node_said_is_near_as_well(world: World) -> None:
    """Its entry carries the plan's time; the danger is in the same words."""
    team = a_team(world, a_site(world), **SILENT)
    site = Team.objects.get(pk=team).site

    def spoken(act: Act) -> str:
        content = TeamCheckIn(state="on-site", site=site, next_due=at(6, 0), danger=True)
        return act.say(Team.objects.get(pk=team).compartment, content, subject=team)

    world.perform("officer", spoken, happened=world.at(5, 12))
    assert team_of(world, team).due == at(5, 12) + NEAR


def test_all_well_leaves_it_near_until_somebody_closes_the_danger(world: World) -> None:
    team = a_team(world, a_site(world), every_minutes=1440)
    alarm(world, team)
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 13))
    assert team_of(world, team).due == at(5, 13) + NEAR
    world.perform("national-lead", close_team_danger, team=team, done="Fetched", happened=world.at(5, 14))
    assert team_of(world, team).due == at(6, 13)
    assert_order_free(world)


def test_what_a_coordinator_agreed_with_the_team_counts(world: World) -> None:
    team = a_team(world, a_site(world))
    alarm(world, team)
    world.perform(
        "coordinator",
        contact_team,
        team=team,
        how="radio",
        outcome="carries-on",
        agreed="They hide",
        next_due=at(5, 15),
        happened=world.at(5, 13),
    )
    assert team_of(world, team).due == at(5, 15)


def test_a_team_that_says_when_it_speaks_again_is_due_then(world: World) -> None:
    """Silent by plan or not: it has a network after all and has promised to call."""
    team = a_team(world, a_site(world), every_minutes=120, **SILENT)
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 12))
    assert team_of(world, team).due == at(6, 10) and team_of(world, team).silent_until
    client = world.client("officer")
    answer = client.post(f"/teams/{team}/check-in/", {"danger": "no", "state": "on-site", "again_in": "30"})
    assert answer.status_code == 302
    row = team_of(world, team)
    assert row.last_check_in is not None and row.due == row.last_check_in + dt.timedelta(minutes=30)
    assert row.silent_until is None


@pytest.mark.parametrize("before", ["", "on-site"])
def test_danger_is_taken_without_where_the_team_stands(world: World, before: str) -> None:
    team = a_team(world, a_site(world))
    if before:
        world.perform("officer", check_in, team=team, state=before, happened=world.at(4, 13))
    answer = world.client("officer").post(f"/teams/{team}/check-in/", {"danger": "yes"})
    assert answer.status_code == 302
    row = Team.objects.get(pk=team)
    assert row.danger and row.state == (before or "on-the-way")
    quiet = world.client("officer").post(f"/teams/{team}/check-in/", {"danger": "no"}).content.decode()
    assert "Say where the team stands" in quiet


def test_the_form_says_so(world: World) -> None:
    team = a_team(world, a_site(world))
    text = world.client("officer").get(f"/teams/{team}/check-in/").content.decode()
    assert "In danger, 30 minutes at the most" in text
