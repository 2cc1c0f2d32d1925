"""A tasking stands on the Today of each officer named in the team, and of lead and coordinator, until it is
acknowledged, and again when it changes."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.operations import queries
from libertad.operations.actions.acknowledge_tasking import acknowledge_tasking
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.contact_team import contact_team
from libertad.operations.actions.correct_team import correct_team
from libertad.operations.actions.set_window import set_window
from libertad.operations.models import Team
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.operations.making import a_site, a_team, at
from tests.operations.test_screens import moment, text
from tests.support.shuffling import assert_order_free
from tests.support.world import World

NAMED = ("officer", "exhibits-officer")


def ids(world: World, *roles: str) -> tuple[str, ...]:
    return tuple(world.actor(role).officer for role in roles)


def tasked(world: World, *roles: str, **overrides: Any) -> str:
    return a_team(world, a_site(world), member=ids(world, *(roles or NAMED)), **overrides)


def today(world: World, role: str) -> list[str]:
    return [item.title for item in waiting(world.actor(role)) if "asking" in item.title]


def seen(world: World, team: str, role: str = "national-lead") -> Any:
    found = queries.team(world.actor(role), team)
    assert found is not None
    return found


def acknowledge(world: World, team: str, role: str = "officer") -> str:
    tasking = seen(world, team).tasking
    return str(world.perform(role, acknowledge_tasking, team=team, tasking=tasking))


def test_it_stands_on_exactly_the_todays_of_those_named_and_of_who_leads(world: World) -> None:
    tasked(world, "officer")
    assert today(world, "officer") == ["Your tasking: team T-GY-01"]
    for role in ("national-lead", "coordinator"):
        (item,) = [each for each in waiting(world.actor(role)) if "asking" in each.title]
        assert item.title.startswith("Tasking of team T-GY-01 not acknowledged since")
        assert "Sgt. Name officer" in item.why
    for role in ("exhibits-officer", "other-officer", "other-lead", "caseworker", "prosecutor", "analyst"):
        assert not today(world, role), role


def test_it_stands_until_each_has_acknowledged_it_and_says_by_whom(world: World) -> None:
    team = tasked(world)
    acknowledge(world, team)
    assert not today(world, "officer") and today(world, "exhibits-officer")
    (item,) = [each for each in waiting(world.actor("coordinator")) if "asking" in each.title]
    assert "exhibits-officer" in item.why and "Name officer" not in item.why
    page = text(world.client("national-lead"), f"/teams/{team}/")
    assert "Acknowledged" in page and "Not acknowledged" in page
    acknowledge(world, team, "exhibits-officer")
    assert not any(today(world, role) for role in ("exhibits-officer", "national-lead", "coordinator"))


def test_a_changed_tasking_asks_again_and_a_change_of_who_is_in_it_only_the_new(world: World) -> None:
    team = tasked(world, "officer")
    acknowledge(world, team)
    world.perform("national-lead", correct_team, team=team, reasons="Earlier.", first_check_in=at(5, 11))
    assert today(world, "officer") == ["Your tasking has changed: team T-GY-01"]
    acknowledge(world, team)
    world.perform("national-lead", correct_team, team=team, reasons="One more.", member=ids(world, *NAMED))
    assert not today(world, "officer") and today(world, "exhibits-officer")
    other = a_site(world, name="Landing")
    world.perform("officer", check_in, team=team, state="on-the-way", happened=world.at(5, 11))
    sent = {"how": "radio", "outcome": "sent-elsewhere", "agreed": "Go to the landing.", "site": other}
    world.perform(
        "coordinator", contact_team, team=team, next_due=at(5, 20), happened=world.at(5, 12), **sent
    )
    assert today(world, "officer"), "sent elsewhere is another tasking"


def test_what_changed_while_it_was_read_is_not_acknowledged(world: World) -> None:
    team = tasked(world, "officer")
    read = seen(world, team).tasking
    world.perform("national-lead", correct_team, team=team, reasons="Earlier.", first_check_in=at(5, 11))
    with pytest.raises(Refused, match="changed") as why:
        world.perform("officer", acknowledge_tasking, team=team, tasking=read)
    assert why.value.field == "tasking" and today(world, "officer")
    page = text(world.client("officer"), f"/teams/{team}/acknowledge/", {"tasking": " ".join(read)})
    assert "changed while you read it" in page and " ".join(seen(world, team).tasking) in page


def test_nobody_acknowledges_for_another(world: World) -> None:
    team = tasked(world, "officer")
    tasking = seen(world, team).tasking
    for role in ("exhibits-officer", "national-lead", "other-officer", "coordinator", "caseworker"):
        with pytest.raises((Refused, Forbidden)):
            world.perform(role, acknowledge_tasking, team=team, tasking=tasking)
        assert world.client(role).get(f"/teams/{team}/acknowledge/").status_code in (403, 404)
    assert today(world, "officer")


def test_who_has_no_access_any_more_does_not_count_as_having_acknowledged(world: World) -> None:
    team = tasked(world, "officer")
    acknowledge(world, team)
    officer = world.actor("officer").officer
    world.perform("administrator", withdraw_officer, officer=officer, reason="Left the force.")
    (item,) = [each for each in waiting(world.actor("national-lead")) if "asking" in each.title]
    assert "no access any more" in item.why
    world.perform(
        "national-lead", correct_team, team=team, reasons="New.", member=ids(world, "exhibits-officer")
    )
    acknowledge(world, team, "exhibits-officer")
    assert not today(world, "national-lead")


@pytest.mark.parametrize("role", ["other-officer", "caseworker", "prosecutor", "coordinator"])
def test_only_officers_of_the_countrys_police_are_named(world: World, role: str) -> None:
    site = a_site(world)
    with pytest.raises(Refused) as why:
        a_team(world, site, member=ids(world, role))
    assert why.value.field == "member" and not Team.objects.exists()


def test_from_the_form_to_the_officers_page_and_back(world: World) -> None:
    site = a_site(world)
    lead, officer = world.client("national-lead"), world.client("officer")
    values = {
        "reference": "T-1",
        "every_minutes": "120",
        **moment("first_check_in", 5, "10:00"),
    }
    assert "Name the officers in it" in text(lead, f"/sites/{site}/team/", values)
    assert not Team.objects.exists()
    page = text(
        lead, f"/sites/{site}/team/", values | {"member": ids(world, "officer"), "others": "Two constables"}
    )
    assert "Two constables" in page and "Sgt. Name officer" in page
    team = Team.objects.get().pk
    assert f"/teams/{team}/acknowledge/" in text(officer, "/")
    asked = text(officer, f"/teams/{team}/acknowledge/")
    assert "Mine above the falls" in asked and "two hours up the river" in asked
    tasking = seen(world, team).tasking
    assert "Acknowledged" in text(officer, f"/teams/{team}/acknowledge/", {"tasking": " ".join(tasking)})
    assert not today(world, "officer") and not today(world, "national-lead")


def test_who_is_in_a_team_lies_sealed(world: World) -> None:
    team = tasked(world, "officer")
    row = Team.objects.filter(pk=team).values().get()
    assert world.actor("officer").officer not in str({k: v for k, v in row.items() if k != "sealed"})


def test_the_phone_gets_the_team_in_which_its_officer_is_named(world: World) -> None:
    a_team(world, a_site(world), reference="T-GY-02")
    team = tasked(world, "officer")
    found = queries.team_of_officer(world.actor("officer"), "GY")
    assert found is not None and found.id == team


def test_in_whatever_order_its_entries_come_the_row_is_the_same(world: World) -> None:
    team = tasked(world)
    acknowledge(world, team)
    world.perform("national-lead", correct_team, team=team, reasons="Earlier.", first_check_in=at(5, 11))
    acknowledge(world, team, "exhibits-officer")
    assert_order_free(world)


def test_how_many_are_in_a_team_follows_from_who_is_named(world: World) -> None:
    """Names and a number that was asked beside them told two truths."""
    lead, site = world.client("national-lead"), a_site(world)
    values = {
        "reference": "T-1",
        "every_minutes": "120",
        "member": ids(world, *NAMED),
        "others": "Cst. A. Khan\nCst. B. Low",
        **moment("first_check_in", 5, "10:00"),
    }
    assert "4 officers at site" in text(lead, f"/sites/{site}/team/", values)
    team = Team.objects.get().pk
    more = {"officers": 3, "reasons": "Three joined from the coast guard."}
    world.perform("national-lead", correct_team, team=team, **more)
    assert "7 officers at site" in text(lead, f"/teams/{team}/")
    shown = text(lead, f"/teams/{team}/correct/")
    assert 'name="officers" value="3"' in shown and "Cst. A. Khan" in shown


def test_who_is_tasked_reads_when_with_whom_and_what_each_does(world: World) -> None:
    window = world.perform("coordinator", set_window, name="First night", opens=at(5, 12), closes=at(5, 20))
    team = a_team(
        world,
        a_site(world),
        member=ids(world, *NAMED),
        others=("Cst. A. Khan",),
        officers=2,
        window=window,
        task="Sgt. Browne leads; Cst. Khan keeps the exhibits.",
    )
    times = "5 April 2018, 08:00 (UTC-4) – 5 April 2018, 16:00 (UTC-4)"
    (item,) = [each for each in waiting(world.actor("officer")) if "asking" in each.title]
    assert f"First night: {times}." in item.why
    page = text(world.client("officer"), f"/teams/{team}/acknowledge/")
    assert times in page and "Cst. Khan keeps the exhibits." in page
    assert "Sgt. Name exhibits-officer (exhibits officer), Cst. A. Khan, 2 officers not named" in page
    assert "Sgt. Name officer" not in page.partition("With you")[2]
    assert "Cst. Khan keeps the exhibits." in text(world.client("national-lead"), f"/teams/{team}/")


def test_a_changed_task_is_acknowledged_anew(world: World) -> None:
    team = tasked(world, "officer")
    acknowledge(world, team)
    world.perform("national-lead", correct_team, team=team, reasons="Wrong.", task="Search the huts only.")
    assert today(world, "officer") == ["Your tasking has changed: team T-GY-01"]
