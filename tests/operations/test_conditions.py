"""What a visit measured is kept with the visit, and the site's page shows what was measured when."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.operations.actions.correct_visit import correct_visit
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.models import Visit
from libertad.operations.queries import visits
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import VisitRecord
from tests.operations.making import a_site, a_team
from tests.operations.test_screens import text
from tests.support.shuffling import assert_order_free
from tests.support.world import World

FOUND = ["retention-of-identity-documents", "excessive-overtime"]


def moment(day: int) -> dict[str, str]:
    parts = zip(("day", "month", "year", "time"), (str(day), "4", "2018", "10:00"), strict=True)
    return {f"happened_{part}": text for part, text in parts}


def test_the_sites_page_shows_what_was_measured_when(world: World) -> None:
    client, site = world.client("officer"), a_site(world)
    team = a_team(world, site)
    sent: dict[str, Any] = {"team": team, "outcome": "people-found", "people": "2"}
    first = (
        sent
        | moment(4)
        | {
            "hours_a_day": "14,5",
            "days_a_week": "7",
            "conditions": FOUND,
            "living_space_m2": "12",
        }
    )
    later = sent | moment(6) | {"hours_a_day": "9", "conditions_absent": ["excessive-overtime"]}
    for visit in (first, later):
        answer = client.post(f"/sites/{site}/visit/", visit)
        assert answer.status_code == 302, answer.content.decode()[:4000]
    page = client.get(f"/sites/{site}/")
    (part,) = [part for part in page.context["parts"] if part.title == "Conditions, as they were measured"]
    assert [[cell.text for cell in row.cells] for row in part.table.rows] == [
        ["6 April 2018", "", "9 hours a day", "", "Excessive overtime"],
        [
            "4 April 2018",
            "12 m² as measured, people not counted",
            "14.5 hours a day, 7 days a week",
            "Excessive overtime, retention of identity documents",
            "",
        ],
    ]
    assert "Excessive overtime, retention of identity documents" in page.content.decode()


def test_a_site_that_nobody_measured_has_no_such_part(world: World) -> None:
    client, site = world.client("officer"), a_site(world)
    world.perform("officer", record_visit, site=site, team=a_team(world, site), outcome="found-empty")
    titles = [part.title for part in client.get(f"/sites/{site}/").context["parts"]]
    assert "Conditions, as they were measured" not in titles


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"hours_a_day": 0.0}, "hours_a_day"),
        ({"hours_a_day": 25.0}, "hours_a_day"),
        ({"hours_a_day": float("nan")}, "hours_a_day"),
        ({"days_a_week": 0}, "days_a_week"),
        ({"days_a_week": 8}, "days_a_week"),
        ({"conditions": FOUND, "conditions_absent": FOUND[:1]}, "conditions_absent"),
        ({"conditions": ["heat"]}, "conditions"),
    ],
)
def test_what_nobody_can_have_measured_is_refused(world: World, wrong: dict[str, Any], field: str) -> None:
    site = a_site(world)
    with pytest.raises(Refused) as why:
        world.perform(
            "officer", record_visit, site=site, team=a_team(world, site), outcome="found-empty", **wrong
        )
    assert why.value.field == field
    assert not Visit.objects.exists()


def test_the_form_says_which_box_is_wrong(world: World) -> None:
    client, site = world.client("officer"), a_site(world)
    sent = {"team": a_team(world, site), "outcome": "found-empty", **moment(4)}
    for wrong, field in (
        ({"hours_a_day": "25"}, "hours_a_day"),
        ({"days_a_week": "9"}, "days_a_week"),
        ({"conditions": FOUND, "conditions_absent": FOUND}, "conditions_absent"),
    ):
        answer = client.post(f"/sites/{site}/visit/", {**sent, **wrong})
        assert answer.status_code == 200 and field in answer.context["form"].errors, wrong
    assert not Visit.objects.exists()


def test_conditions_are_corrected_with_a_reason_and_both_stay_on_file(world: World) -> None:
    site = a_site(world)
    visit = world.perform(
        "officer",
        record_visit,
        site=site,
        team=a_team(world, site),
        outcome="found-empty",
        hours_a_day=14.0,
        conditions=FOUND,
        conditions_absent=["deception"],
    )
    world.perform(
        "officer",
        correct_visit,
        visit=visit,
        reasons="The rota was of another farm.",
        conditions=(FOUND[0],),
        hours_a_day=None,
    )
    (row,) = visits(world.actor("officer"), site=site)
    assert (list(row.conditions), row.hours_a_day) == ([FOUND[0]], None)
    assert list(row.conditions_absent) == ["deception"]
    page = world.client("officer").get(f"/sites/{site}/").content.decode()
    assert "The rota was of another farm." in page and "Excessive overtime" in page


def test_a_correction_cannot_make_an_indicator_found_and_not_found(world: World) -> None:
    site = a_site(world)
    visit = world.perform(
        "officer",
        record_visit,
        site=site,
        team=a_team(world, site),
        outcome="found-empty",
        conditions=FOUND,
    )
    with pytest.raises(Refused):
        world.perform("officer", correct_visit, visit=visit, reasons="x", conditions_absent=(FOUND[0],))


def test_visits_of_before_carry_no_conditions(world: World) -> None:
    """An entry of 0.1 has none of these fields, and means that nobody looked."""
    old = VisitRecord(site="s", outcome="found-empty")
    assert (old.hours_a_day, old.days_a_week, old.conditions, old.conditions_absent) == (None, None, (), ())


def test_the_head_of_a_site_tells_the_newest_measure_with_its_day(world: World) -> None:
    site = a_site(world)  # registered with 12 m² for 8 people
    lead = world.client("national-lead")
    page, listed = text(lead, f"/sites/{site}/"), text(lead, "/sites/")
    assert "1.5 m² a person" in page and "1.5 m² a person" in listed
    values = {"outcome": "found-empty", "living_space_m2": 12.5, "living_space_people": 5}
    team = a_team(world, site)
    world.perform("officer", record_visit, site=site, team=team, happened=world.at(8, 14, 5), **values)
    page, listed = text(lead, f"/sites/{site}/"), text(lead, "/sites/")
    assert "2.5 m² a person" in page and "1.5 m² a person" not in page
    assert "12.5 m² for 5 people, as measured on 8 April 2018" in page
    assert "2.5 m² a person" in listed and "1.5 m² a person" not in listed
    world.perform(  # recorded late, of an earlier day: it takes no newer one's place
        "officer",
        record_visit,
        site=site,
        team=team,
        happened=world.at(7, 14, 5),
        outcome="found-empty",
        living_space_m2=40.0,
        living_space_people=5,
    )
    assert "2.5 m² a person" in text(lead, f"/sites/{site}/")
    assert_order_free(world)


def test_a_number_that_has_to_be_whole_says_so_and_from_where_to_where(world: World) -> None:
    site = a_site(world)
    officer = world.client("officer")
    form = {"team": a_team(world, site), "outcome": "found-empty"}
    page = text(officer, f"/sites/{site}/visit/", {**form, "days_a_week": "7,5"})
    assert "a whole number from 1 to 7" in page and "7,55" not in page
    page = text(officer, f"/sites/{site}/visit/", {**form, "outcome": "people-found", "people": "minus two"})
    assert "is not a whole number: write it in digits, such as 20" in page and "0.50" not in page
