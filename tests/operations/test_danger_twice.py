"""Two dangers to life of one team: both are read, each is closed by who has read it, and each rings."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.close_danger import close_team_danger
from libertad.operations.models import Team
from libertad.operations.queries import team as team_of
from libertad.vocabulary.values import Refused
from tests.operations.making import a_site, a_team
from tests.support.browsing import signed_in
from tests.support.shown_dangers import shown_dangers
from tests.support.shuffling import assert_order_free
from tests.support.world import World

MEN, FIRE = "Men with guns at the gate", "Fire in the kitchen, two people inside"
DONE = "The special unit holds the gate"
Open = Callable[..., Page]


def says(world: World, team: str, role: str, words: str, minute: int) -> str:
    happened = world.at(5, 12, minute)
    entry: str = world.perform(
        role, check_in, team=team, state="on-site", danger=True, note=words, happened=happened
    )
    return entry


def two_phones(world: World) -> tuple[str, str, str]:
    """(team, the first danger, the second): said by two officers of one team within nine minutes."""
    team = a_team(world, a_site(world))
    first = says(world, team, "officer", MEN, 0)
    return team, first, says(world, team, "exhibits-officer", FIRE, 9)


def page(world: World, role: str, address: str = "/") -> str:
    return " ".join(world.client(role).get(address).content.decode().split())


def test_each_is_shown_with_words_officer_and_time_newest_first_on_all_three_pages(world: World) -> None:
    team, first, second = two_phones(world)
    for role in ("national-lead", "coordinator"):
        for address in ("/?part=danger", f"/teams/{team}/", f"/teams/{team}/danger/"):
            text = page(world, role, address)
            assert -1 < text.index(FIRE) < text.index(MEN), (role, address)
            for part in ("08:00", "08:09", "Guyana police"):
                assert part in text, (role, address, part)
        assert "2 dangers are open" in page(world, role)
        assert f'data-rings="{second} {first}"' in page(world, role)
    shown = team_of(world.actor("national-lead"), team)
    assert shown is not None
    assert [(danger.words, danger.entry) for danger in shown.dangers] == [(MEN, first), (FIRE, second)]
    assert len({danger.officer for danger in shown.dangers}) == 2
    assert_order_free(world)


def test_one_without_words_says_so(world: World) -> None:
    team = a_team(world, a_site(world))
    says(world, team, "officer", "", 0)
    for address in ("/", f"/teams/{team}/", f"/teams/{team}/danger/"):
        assert "Said without words" in page(world, "national-lead", address), address


@pytest.mark.parametrize("role", ["national-lead", "coordinator"])
def test_what_came_between_page_and_answer_stays_open_and_rings(world: World, role: str) -> None:
    team = a_team(world, a_site(world))
    first = says(world, team, "officer", MEN, 0)
    client, address = world.client(role), f"/teams/{team}/danger/"
    answers = shown_dangers(client, address)
    assert answers == [first]
    second = says(world, team, "exhibits-officer", FIRE, 9)
    answer = client.post(address, {"done": DONE, "answers": answers}, follow=True)
    text = " ".join(answer.content.decode().split())
    assert "Another danger is open, which your page did not show" in text and FIRE in text
    assert Team.objects.get(pk=team).danger
    today = page(world, role, "/?part=danger")
    assert FIRE in today and MEN not in today and f'data-rings="{second}"' in today
    assert client.post(address, {"done": DONE, "answers": answers}).status_code == 302  # sent twice
    assert Team.objects.get(pk=team).danger
    assert shown_dangers(client, address) == [second]
    assert client.post(address, {"done": DONE, "answers": [second]}).status_code == 302
    assert not Team.objects.get(pk=team).danger
    assert_order_free(world)


def test_a_form_that_showed_none_closes_none(world: World) -> None:
    """A page from before the upgrade, or one that somebody made up."""
    team, first, second = two_phones(world)
    client, address = world.client("national-lead"), f"/teams/{team}/danger/"
    text = client.post(address, {"done": DONE}).content.decode()
    assert "showed no danger" in text and FIRE in text and MEN in text
    assert "closed meanwhile" in client.post(address, {"done": DONE, "answers": "f" * 64}).content.decode()
    with pytest.raises(Refused, match="showed no danger"):
        world.perform("national-lead", close_team_danger, team=team, done=DONE, answers=())
    assert shown_dangers(client, address) == [second, first]


def test_a_refused_form_shows_what_came_meanwhile_before_it_is_sent_again(world: World) -> None:
    team = a_team(world, a_site(world))
    first = says(world, team, "officer", MEN, 0)
    client, address = world.client("national-lead"), f"/teams/{team}/danger/"
    second = says(world, team, "officer", FIRE, 9)
    text = client.post(address, {"done": " ", "answers": [first]}).content.decode()
    assert FIRE in text and re.findall(r'name="answers" value="(\w+)"', text) == [second, first]


@pytest.mark.look
def test_an_open_today_and_board_ring_again_for_the_second_danger_of_one_team(
    world: World, live_server: Any, open_page: Open
) -> None:
    team = a_team(world, a_site(world))
    says(world, team, "officer", MEN, 0)
    lead = signed_in(world, "national-lead", open_page(), live_server.url)
    lead.clock.install()
    lead.goto(f"{live_server.url}/")
    aloud = lead.locator("#danger-aloud")
    expect(aloud).to_have_text("")
    says(world, team, "exhibits-officer", FIRE, 9)
    lead.clock.run_for(21_000)
    expect(aloud).to_have_text(re.compile(f"In danger now: Danger to life: team .*{FIRE}"))
    lead.evaluate("document.getElementById('danger-aloud').textContent = 'heard'")
    world.perform(
        "coordinator",
        close_team_danger,
        team=team,
        done=DONE,
        answers=[danger.entry for danger in team_of(world.actor("coordinator"), team).dangers[:1]],  # type: ignore[union-attr]
    )
    lead.clock.run_for(21_000)
    expect(lead.locator("#danger-now")).not_to_contain_text(MEN)
    expect(aloud).to_have_text("heard")  # one fewer is no new one
    assert not lead.console.errors and not lead.console.refused  # type: ignore[attr-defined]
