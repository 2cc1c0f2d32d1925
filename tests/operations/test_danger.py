"""A team's danger to life: red and first until somebody says what was done, and never by a later check-in."""

from __future__ import annotations

import re

import pytest

from libertad.access.acting import Forbidden
from libertad.board.queries import board
from libertad.journal.models import Entry
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.close_danger import close_team_danger as close_danger
from libertad.operations.models import Team
from libertad.vocabulary.values import Refused
from tests.operations.making import a_site, a_team, at
from tests.support.shown_dangers import shown_dangers
from tests.support.shuffling import assert_order_free
from tests.support.world import World

DONE = "The coast guard took all six off the island"


def alarmed(world: World, reference: str = "T-GY-01", site: str | None = None) -> str:
    team = a_team(world, site or a_site(world), reference=reference)
    world.perform("officer", check_in, team=team, state="on-site", danger=True, happened=world.at(5, 12))
    return team


def page(world: World, role: str, address: str = "/") -> str:
    return " ".join(world.client(role).get(address).content.decode().split())


def first_group(text: str) -> str:
    match = re.search(r'<section class="todo-group.*?</section>', text)
    return match.group(0) if match else ""


def test_it_stands_red_above_overdue_teams(world: World) -> None:
    site = a_site(world)
    a_team(world, site, reference="T-GY-09", first_check_in=at(5, 1))
    alarmed(world, site=site)
    for role in ("national-lead", "coordinator", "officer"):
        text = page(world, role)
        top = first_group(text)
        assert "todo-group--danger" in top and "T-GY-01" in top and "T-GY-09" not in top, role
        assert "shape--red" in top and "Danger to life" in top
        assert text.index("todo-group--danger") < text.index("T-GY-09 has not checked in")
    assert "todo-group--danger" not in page(world, "other-lead")


def test_a_later_all_well_closes_nothing(world: World) -> None:
    team = alarmed(world)
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 13))
    world.perform("officer", check_in, team=team, state="returned", happened=world.at(5, 14))
    assert Team.objects.get(pk=team).danger
    assert "Danger to life" in first_group(page(world, "national-lead"))
    on_board = board(world.actor("coordinator"))
    assert [(late.reference, late.danger) for late in on_board.overdue] == [("T-GY-01", True)]
    text = page(world, "coordinator", "/board/table/")
    assert "Danger to life" in text and "#s-danger" in text and "urgent-red" in text


@pytest.mark.parametrize("role", ["national-lead", "coordinator"])
def test_the_lead_or_a_coordinator_closes_it_with_what_was_done(world: World, role: str) -> None:
    team = alarmed(world)
    client = world.client(role)
    answers = shown_dangers(client, f"/teams/{team}/danger/")
    assert len(answers) == 1
    assert client.post(f"/teams/{team}/danger/", {"done": " ", "answers": answers}).status_code == 200
    assert Team.objects.get(pk=team).danger
    closing = {"done": DONE, "answers": answers}
    assert client.post(f"/teams/{team}/danger/", closing).status_code == 302
    assert not Team.objects.get(pk=team).danger
    assert DONE in page(world, "officer", f"/teams/{team}/")
    for reader in ("national-lead", "coordinator", "officer"):
        assert "todo-group--danger" not in page(world, reader)
    size = Entry.objects.count()
    assert client.post(f"/teams/{team}/danger/", closing).status_code == 302  # sent twice
    assert Entry.objects.count() == size
    again = client.post(f"/teams/{team}/danger/", {**closing, "done": "Other"})
    assert "closed meanwhile" in again.content.decode()
    assert_order_free(world)


def test_a_danger_said_after_a_closing_or_arriving_late_stands_first_again(world: World) -> None:
    team = alarmed(world)
    world.perform("coordinator", close_danger, team=team, done=DONE, happened=world.at(5, 15))
    # Said before the closing, but it reached nobody until now: no closing names it.
    world.perform("officer", check_in, team=team, state="on-site", danger=True, happened=world.at(5, 14))
    assert Team.objects.get(pk=team).danger
    world.perform(
        "coordinator", close_danger, team=team, done="Found and taken home", happened=world.at(5, 16)
    )
    assert not Team.objects.get(pk=team).danger
    assert_order_free(world)


@pytest.mark.parametrize(
    "role", ["officer", "exhibits-officer", "analyst", "other-lead", "other-officer", "caseworker", "press"]
)
def test_who_may_not_close_it(world: World, role: str) -> None:
    team = alarmed(world)
    assert world.client(role).post(f"/teams/{team}/danger/", {"done": DONE}).status_code in (403, 404)
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, close_danger, team=team, done=DONE)
    assert Team.objects.get(pk=team).danger


def test_who_is_in_no_danger_is_not_closed(world: World) -> None:
    team = a_team(world, a_site(world))
    with pytest.raises(Refused, match="nobody is in danger"):
        world.perform("national-lead", close_danger, team=team, done=DONE)


def test_no_is_not_chosen_beforehand(world: World) -> None:
    team = a_team(world, a_site(world))
    text = page(world, "officer", f"/teams/{team}/check-in/")
    assert not any("checked" in field for field in re.findall(r'<input[^>]*name="danger"[^>]*>', text))
    answer = world.client("officer").post(f"/teams/{team}/check-in/", {"state": "on-site"})
    assert "Choose an answer" in answer.content.decode() and not Team.objects.get(pk=team).check_ins
