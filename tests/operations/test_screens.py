"""Every page of this room, by the client, as the roles that use it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from libertad.access.models import Authority
from libertad.operations import queries
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.set_clock import set_clock
from libertad.operations.actions.set_window import set_window
from libertad.operations.models import Check, HitCount, Lead, Operation, Site, Team, Visit, Window
from tests.operations.making import a_site, a_team, at
from tests.operations.test_leads import LEAD
from tests.people.making import meet
from tests.support.forms import forms_of
from tests.support.world import World

SITE = {
    "country": "GY",
    "name": "Mine above the falls",
    "workplace": "gold-mine",
    "place": "up the river",
    "lat": "6.1",
    "lon": "-59.3",
    "within_m": "500",
    "access": ["river"],
    "living_space_m2": "12",
    "living_space_people": "8",
}


def moment(name: str, day: int, time: str) -> dict[str, str]:
    return {f"{name}_day": str(day), f"{name}_month": "4", f"{name}_year": "2018", f"{name}_time": time}


def clock_at(world: World, day: int, hour: int) -> None:
    import datetime as dt

    world.perform("coordinator", set_clock, reads=at(day, hour), set_at=dt.datetime.now(dt.UTC), rate=0)


def text(client: Client, path: str, data: dict[str, Any] | None = None) -> str:
    answer = client.get(path) if data is None else client.post(path, data, follow=True)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


def test_empty_lists_say_what_to_do_first(world: World) -> None:
    client = world.client("national-lead")
    for path, words in (
        ("/leads/", "No lead yet"),
        ("/sites/", "No site here"),
        ("/teams/", "No team is assigned yet"),
        ("/checks/", "No check here"),
    ):
        assert words in text(client, path)
    assert "No window is set yet" in text(client, "/operation/")


def test_from_a_lead_to_a_site_to_a_team_to_a_visit(world: World) -> None:
    clock_at(world, 5, 12)
    officer, lead = world.client("officer"), world.client("national-lead")
    key = world.perform("officer", report_lead, **LEAD)
    assert "Register a site from this lead" in text(officer, f"/leads/{key}/")
    assert "L-GY-001" in text(officer, f"/sites/register/?lead={key}")
    page = text(officer, "/sites/register/", {**SITE, "lead": [key]})
    assert "Mine above the falls" in page and "1.5 m² a person" in page and "L-GY-001" in page
    site = Site.objects.get()
    assert "GY-01" in text(officer, f"/leads/{key}/")
    team = {
        "reference": "River 1",
        "officers": "8",
        "window": "",
        "every_minutes": "120",
        "others": "Cpl. B.",
    }
    page = text(lead, f"/sites/{site.pk}/team/", {**team, **moment("first_check_in", 5, "10:00")})
    assert "River 1" in page and "in 2 h 00 min" in page
    row = Team.objects.get()
    assert row.first_check_in == at(5, 14)  # 10:00 in Guyana
    page = text(officer, f"/teams/{row.pk}/check-in/", {"danger": "no", "state": "on-site", "again_in": "30"})
    assert "in 30 min" in page
    assert "Team on site now" in text(officer, "/sites/")
    page = text(
        officer,
        f"/sites/{site.pk}/visit/",
        {"team": row.pk, "outcome": "people-found", "people": "6", **moment("happened", 5, "08:00")},
    )
    assert "People found: 6" in page
    assert "Potential victims met" in text(officer, "/sites/?status=people-met")
    assert "No site here" in text(officer, "/sites/?status=found-empty")


def test_a_site_tells_who_is_on_file_apart_from_the_heads_that_a_visit_counted(world: World) -> None:
    site = a_site(world)
    team = a_team(world, site)
    world.perform("officer", record_visit, site=site, team=team, outcome="people-found", people=6)
    officer, centre = world.client("officer"), world.client("coordinator")
    page = text(officer, f"/sites/{site}/")
    assert "Nobody on file yet. 6 people found" in page and "Potential victims met" not in page
    meet(world, site=site)
    page = text(officer, f"/sites/{site}/")
    assert "1 person on file. 6 people found" in page and "Potential victims met" in page
    assert "people met" not in page + text(officer, "/sites/")
    page = text(centre, f"/sites/{site}/")
    assert "6 people found" in page and "on file." not in page, "the centre reads no such file"


def test_overdue_follows_the_clock_and_a_planned_silence_holds_it_back(world: World) -> None:
    site = a_site(world)
    team = a_team(world, site)
    quiet = a_team(world, site, reference="Quiet", silent_until=at(6, 12), silent_why="No network.")
    clock_at(world, 5, 15)
    late, silent = sorted(queries.teams(world.actor("coordinator")), key=lambda row: row.id != team)
    assert late.overdue is not None and late.overdue.total_seconds() == 3 * 3600
    assert silent.id == quiet and silent.overdue is None and silent.silent and silent.due == at(6, 12)
    page = text(world.client("coordinator"), "/teams/")
    assert "3 h 00 min overdue" in page and "Silent by plan" in page
    clock_at(world, 6, 13)
    assert all(row.overdue is not None for row in queries.teams(world.actor("coordinator")))


def test_a_team_silent_by_plan_stands_on_the_today_of_all_who_can_act_for_it(world: World) -> None:
    team = a_team(world, a_site(world), silent_until=at(6, 12), silent_why="No network.")
    a_team(world, a_site(world), reference="Loud")
    clock_at(world, 5, 10)
    for key in (team, str(Team.objects.exclude(pk=team).get().pk)):
        world.perform("officer", check_in, team=key, state="on-site", happened=world.at(5, 9))
    for role, button in (
        ("officer", "Check in"),
        ("exhibits-officer", "Check in"),
        ("national-lead", "Check in"),
        ("coordinator", "Open the team"),
        ("analyst", ""),
        ("other-officer", ""),
    ):
        today = text(world.client(role), "/")
        assert ("It is silent by plan until then." in today) is bool(button), role
        assert not button or button in today, role
        assert ("Next check-in of a team on site." in today) is (role == "officer"), role


def test_danger_is_first_on_the_phone_and_shows_at_once(world: World) -> None:
    site = a_site(world)
    team = a_team(world, site)
    client = world.client("officer")
    page = text(client, f"/teams/{team}/check-in/")
    assert page.index("Is anyone hurt or in danger now?") < page.index("Where does the team stand?")
    page = text(client, f"/teams/{team}/check-in/", {"danger": "yes", "state": "on-site"})
    assert "strip__cell--danger" in page
    assert "Danger to life" in text(world.client("coordinator"), "/teams/")


def test_a_lead_is_graded_anew_from_what_the_page_showed(world: World) -> None:
    key = world.perform("officer", report_lead, **LEAD)
    client = world.client("analyst")
    on_file = json.dumps(Lead.objects.get().shown)
    new = {
        "source_grade": "3",
        "information_grade": "D",
        "handling": "P",
        "reasons": "Withdrawn.",
        "shown": on_file,
    }
    assert "Regrade a lead" in text(client, f"/leads/{key}/grade/")
    assert "Withdrawn." in text(client, f"/leads/{key}/grade/", new)
    second = {**new, "source_grade": "1", "reasons": "Seen by an officer."}
    lead = world.client("national-lead")
    told = lead.post(f"/leads/{key}/grade/", second)
    (form,) = forms_of(told.content.decode(), f"/leads/{key}/grade/")
    page = text(lead, f"/leads/{key}/grade/", {**second, "despite": form.offered["despite"][0]})
    assert "Two are on file" in page and Lead.objects.get().source_grade == "3"
    for spoilt in ("x", "[]", '{"source_grade": ["zz"]}', '{"source_grade": 3}'):
        assert "out of date" in text(client, f"/leads/{key}/grade/", {**new, "shown": spoilt})


def test_a_check_and_its_hit(world: World) -> None:
    client = world.client("officer")
    page = text(
        client,
        "/checks/record/",
        {
            "country": "GY",
            "database": "interpol-sltd",
            "about": "travel-document",
            "answer": "hit",
            "document_ends": "4471",
            "document_country": "VN",
        },
    )
    assert "Hits in the whole operation: 1, of them travel documents: 1" in page and "ends in 4471" in page
    assert "4471" not in text(world.client("caseworker"), "/checks/")
    assert HitCount.objects.count() == 1 and Check.objects.get().person == ""
    page = text(client, "/checks/record/", {"person": "ab" * 16, "country": "GY", "database": "other"})
    assert "Nothing has been saved yet" in page


def test_the_operations_page_windows_clock_and_invitation(world: World) -> None:
    client = world.client("coordinator")
    page = text(
        client,
        "/operation/windows/set/",
        {"name": "First", **moment("opens", 5, "06:00"), **moment("closes", 5, "10:00")},
    )
    assert "5 April 2018, 06:00 (UTC-4)" in page.replace("\u2212", "-").replace("–", "-")
    window = Window.objects.get()
    assert window.opens == at(5, 10)
    changed = {
        "name": "First light",
        "shown": json.dumps(window.shown),
        **moment("opens", 5, "05:00"),
        **moment("closes", 5, "10:00"),
    }
    assert "First light" in text(client, f"/operation/windows/{window.pk}/", changed)
    assert Window.objects.get().opens == at(5, 9)
    page = text(client, "/operation/windows/set/", {**changed, **moment("closes", 5, "04:00")})
    assert "the window closes after it opens" in page
    page = text(client, "/operation/clock/", {**moment("reads", 6, "08:00"), "rate": "0"})
    assert "6 April 2018, 08:00" in page
    values = {"name": "Jamaica police", "kind": "police", "country": "JM"}
    assert "Say where its data will live" in text(client, "/operation/invite/", values)
    page = text(client, "/operation/invite/", values | {"lives": "here"})
    assert "Jamaica police" in page
    assert Authority.objects.get(name="Jamaica police").zone == "America/Jamaica"
    assert client.post("/operation/open/", {}).status_code in (200, 422)
    assert Operation.objects.count() == 1, "an empty form opens nothing"


def test_members_see_the_operation_without_its_windows(world: World) -> None:
    world.perform("coordinator", set_window, name="Secret hour", opens=at(5, 8), closes=at(5, 12))
    assert "Secret hour" in text(world.client("officer"), "/operation/")
    for role in ("press", "caseworker", "prosecutor"):
        page = text(world.client(role), "/operation/")
        assert "Operation Test" in page and "Secret hour" not in page


@pytest.mark.parametrize(
    "role", ["other-officer", "other-lead", "caseworker", "prosecutor", "press", "administrator"]
)
def test_what_may_not_be_known_is_not_found(world: World, role: str) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    site = a_site(world)
    team = a_team(world, site)
    client = world.client(role)
    for path in (
        f"/leads/{lead}/",
        f"/leads/{lead}/grade/",
        f"/sites/{site}/",
        f"/sites/{site}/visit/",
        f"/sites/{site}/team/",
        f"/teams/{team}/",
        f"/teams/{team}/check-in/",
    ):
        for method in (client.get, client.post):
            answer, nowhere = method(path), method(path.replace(site, "ab" * 16).replace(team, "cd" * 16))
            assert answer.status_code in (403, 404, 405)
            assert answer.status_code == nowhere.status_code
    assert not Visit.objects.exists() and Team.objects.get(pk=team).check_ins == 0


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("/sites/register/", {**SITE, "lat": "91"}, "latitude goes from -90 to 90"),
        ("/sites/register/", {**SITE, "lat": "here"}, "cannot be read"),
        ("/sites/register/", {**SITE, "living_space_m2": "0"}, "above 0"),
        ("/sites/register/", {**SITE, "workplace": "circus"}, "circus"),
        ("/sites/register/", {**SITE, "country": "VC"}, "VC"),
        ("/sites/{site}/visit/", {"team": "{team}", "outcome": "people-found"}, "say how many"),
        (
            "/sites/{site}/visit/",
            {"team": "{team}", "outcome": "found-empty", "people": "2"},
            "the number is 0",
        ),
        (
            "/sites/{site}/visit/",
            {"team": "{team}", "outcome": "aborted", **moment("happened", 31, "08:00")},
            "is not a date that exists",
        ),
        ("/teams/{team}/check-in/", {"danger": "no", "state": "asleep"}, "asleep"),
        ("/checks/record/", {"country": "GY", "database": "facebook"}, "facebook"),
    ],
)
def test_a_wrong_form_names_the_field_and_saves_nothing(
    world: World, path: str, data: dict[str, Any], words: str
) -> None:
    site = a_site(world)
    team = a_team(world, site)
    sent = {name: team if value == "{team}" else value for name, value in data.items()}
    page = text(world.client("officer"), path.format(site=site, team=team), sent)
    assert "Nothing has been saved yet" in page and words in page
    assert Site.objects.count() == 1 and not Visit.objects.exists() and not Check.objects.exists()


def test_counts_are_the_same_for_all_members(world: World) -> None:
    a_site(world)
    a_site(world, workplace="farm")
    for role in ("press", "caseworker", "coordinator", "other-officer"):
        counts = queries.site_counts(world.actor(role))
        assert (counts.total, counts.by_country, counts.by_kind) == (
            2,
            {"GY": 2},
            {"farm": 1, "gold-mine": 1},
        )


def test_no_title_names_a_place(world: World) -> None:
    site = a_site(world)
    world.perform("officer", check_in, team=a_team(world, site), state="on-site")
    page = text(world.client("officer"), f"/sites/{site}/")
    title = page[page.index("<title>") : page.index("</title>")]
    assert "falls" not in title and "GY-" not in title


def test_a_coordinator_without_an_operation_opens_one(home: Any, transactional_db: None) -> None:
    from libertad.access.founding import found_authority
    from libertad.access.models import Account

    officer = found_authority(
        name="M. Alleyne", rank="Insp.", service_number="BB-001", role="coordinator", zone="America/Barbados"
    )
    account = Account.objects.create_user("BB-001", "correct horse battery", officer.officer)
    client = Client()
    client.force_login(account, backend="libertad.web.signing_in.Backend")
    answer = client.get("/operation/", follow=True)
    assert "Open an operation" in answer.content.decode()
    day = {"first_day_day": "3", "first_day_month": "4", "first_day_year": "2018"}
    last = {name.replace("first", "last"): value for name, value in day.items()}
    sent = {"name": "Spring", "zone": "America/Barbados", "country": ["BB", "GY"], **day, **last}
    for wrong, words in (
        ({"last_day_day": "2"}, "lies before the first day"),
        ({"last_day_day": "31"}, "is not a date that exists"),
        ({"zone": "Mars/Base"}, "That is not a time zone"),
    ):
        assert words in text(client, "/operation/open/", {**sent, **wrong})
        assert not Operation.objects.exists()
    page = text(client, "/operation/open/", sent)
    assert "Spring" in page and "Barbados, Guyana" in page
    assert Authority.objects.get().kind == "centre"
