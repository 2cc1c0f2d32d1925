"""Corrections of sites, visits and checks: only what changes, in place of what was shown, with the reason."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.models import Account
from libertad.access.queries import open_row
from libertad.operations import queries
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.correct_check import correct_check
from libertad.operations.actions.correct_lead import correct_lead
from libertad.operations.actions.correct_site import correct_site
from libertad.operations.actions.correct_team import correct_team
from libertad.operations.actions.correct_visit import correct_visit
from libertad.operations.actions.record_check import record_check
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Check, HitCount, Site, SiteCount, Team, Visit
from libertad.vocabulary.values import Place, Refused
from libertad.vocabulary.verbs.operations import SiteRegister
from libertad.web.waiting import waiting
from tests.operations.making import a_site, a_team
from tests.operations.test_leads import LEAD
from tests.operations.test_screens import text
from tests.support.lawless import lawless
from tests.support.shuffling import assert_order_free
from tests.support.world import World

WHY = "The owner's paper has another name."
NO_HIT = {"database": "interpol-sltd", "about": "travel-document", "answer": "no-hit", "country": "GY"}


def entries_on_file(row: Any) -> dict[str, tuple[str, ...]]:
    return {name: tuple(entries) for name, entries in row.shown.items() if entries}


def a_visit(world: World, site: str = "", people: int = 5) -> str:
    site = site or a_site(world)
    values = {"outcome": "people-found", "people": people, "note": "Six beds."}
    team = a_team(world, site)
    return str(
        world.perform("officer", record_visit, site=site, team=team, happened=world.at(5, 13), **values)
    )


def a_check(world: World, **overrides: Any) -> str:
    return str(world.perform("officer", record_check, happened=world.at(5, 13), **NO_HIT | overrides))


@pytest.fixture(autouse=True)
def _analyst_of_the_force(world: World) -> None:
    """The analyst of these tests is the force's own: what it recorded nobody else corrects."""
    officer = world.perform(
        "administrator", appoint_officer, name="Name own analyst", service_number="N-own", role="analyst"
    )
    world.actors["analyst"] = replace(world.actors["national-lead"], officer=officer, role="analyst")
    Account.objects.create_user("N-OWN", "correct horse battery", officer)


# -- right ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("exhibits-officer", "site"),
        ("coordinator", "site"),
        ("analyst", "visit"),
        ("exhibits-officer", "visit"),
        ("officer", "check"),
        ("exhibits-officer", "check"),
        ("caseworker", "site"),
        ("prosecutor", "check"),
    ],
)
def test_who_may_not_supersede_may_not_correct(world: World, role: str, kind: str) -> None:
    key = {"site": a_site, "visit": a_visit, "check": a_check}[kind](world)
    correct = {"site": correct_site, "visit": correct_visit, "check": correct_check}[kind]
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, correct, **{kind: key}, reasons=WHY, **_change(kind))
    path = f"/{kind}s/{key}/correct/"
    assert world.client(role).post(path, {}).status_code in (403, 404)


def _change(kind: str) -> dict[str, Any]:
    return {"site": {"name": "Other"}, "visit": {"people": 6}, "check": {"note": "Other"}}[kind]


@pytest.mark.parametrize("kind", ["site", "visit", "check"])
def test_another_countrys_lead_learns_nothing(world: World, kind: str) -> None:
    own_key = {"site": a_site, "visit": a_visit, "check": a_check}[kind](world)
    correct = {"site": correct_site, "visit": correct_visit, "check": correct_check}[kind]
    answers = []
    for key in (own_key, "ab" * 16):
        with pytest.raises(Refused) as why:
            world.perform("other-lead", correct, **{kind: key}, reasons=WHY, **_change(kind))
        answers.append(str(why.value))
        assert world.client("other-lead").get(f"/{kind}s/{key}/correct/").status_code == 404
    assert answers[0] == answers[1]


# -- fold -------------------------------------------------------------------------------------


def test_a_site_is_corrected_in_what_changes_alone(world: World) -> None:
    key = a_site(world)
    before = Site.objects.get()
    lead = world.perform("officer", report_lead, **LEAD)
    place = Place(lat=6.2, lon=-59.3, within_m=50, words="past the second fall")
    world.perform(
        "national-lead",
        correct_site,
        site=key,
        reasons=WHY,
        name="Mine below the falls",
        network="",
        place=place,
        access=("river", "air"),
        lead=(lead,),
        workplace="gold-mine",
        living_space_m2=15.0,
    )
    row, actor = Site.objects.get(), world.actor("analyst")
    site = queries.site(actor, key)
    assert site is not None
    assert (site.name, site.network, site.lat, site.place) == ("Mine below the falls", "", 6.2, place.words)
    assert (row.living_space_m2, row.living_space_people) == (15.0, 8)
    assert sorted(row.access) == ["air", "river"] and row.leads == [lead] and row.reference == "GY-01"
    assert row.shown["workplace"] == before.shown["workplace"], "what was not changed is not said again"
    assert row.registered_at == before.registered_at and site.corrections == [WHY] and not site.versions
    assert SiteCount.objects.count() == 1


def test_the_anonymous_count_follows_a_corrected_kind(world: World) -> None:
    key = a_site(world)
    world.perform("analyst", correct_site, site=key, reasons=WHY, workplace="farm")
    count = SiteCount.objects.get()
    assert count.workplace == "farm" and Site.objects.get().workplace == "farm"
    assert open_row(world.actor("analyst"), Site.objects.get())["counting"] == count.pk


def test_two_corrections_of_one_value_show_both_until_a_third_settles_them(world: World) -> None:
    key = a_site(world)
    old = entries_on_file(Site.objects.get())
    for role, name in (("national-lead", "Upper mine"), ("analyst", "Lower mine")):
        world.perform(role, correct_site, site=key, reasons=WHY, name=name, network="x", supersedes=old)
    site = queries.site(world.actor("analyst"), key)
    assert site is not None and site.versions == {"name": ["Upper mine", "Lower mine"]}
    page = text(world.client("officer"), f"/sites/{key}/")
    assert "Name: Upper mine or Lower mine. Two corrections are on file" in page
    world.perform("analyst", correct_site, site=key, reasons="Asked again.", name="Lower mine")
    site = queries.site(world.actor("analyst"), key)
    assert site is not None and not site.versions and site.name == "Lower mine"


def test_corrections_of_different_values_do_not_contradict(world: World) -> None:
    key = a_site(world)
    old, same = (
        entries_on_file(Site.objects.get()),
        {"name": "Mine above the falls", "network": "none for days"},
    )
    world.perform(
        "analyst", correct_site, site=key, reasons=WHY, supersedes=old, **{**same, "name": "Upper mine"}
    )
    world.perform(
        "national-lead", correct_site, site=key, reasons=WHY, supersedes=old, **{**same, "network": "2G"}
    )
    site = queries.site(world.actor("analyst"), key)
    assert site is not None and not site.versions
    assert (site.name, site.network) == ("Upper mine", "2G")


def test_a_visit_is_corrected_and_the_site_with_it(world: World) -> None:
    key = a_visit(world)
    world.perform("officer", correct_visit, visit=key, reasons="Counted again.", people=6)
    assert Visit.objects.get().people == 6 and Site.objects.get().people == 6
    world.perform(
        "national-lead", correct_visit, visit=key, reasons="Wrong house.", outcome="found-empty", people=0
    )
    row = Visit.objects.get()
    assert (row.outcome, row.people) == ("found-empty", 0) and Site.objects.get().status == "found-empty"
    assert row.at == world.at(5, 13).at


def test_while_one_of_two_corrections_says_that_people_were_met_they_were(world: World) -> None:
    key = a_visit(world)
    old = entries_on_file(Visit.objects.get())
    world.perform(
        "officer", correct_visit, visit=key, reasons="Other.", supersedes=old, outcome="aborted", people=0
    )
    world.perform("national-lead", correct_visit, visit=key, reasons="More.", supersedes=old, people=7)
    row = Visit.objects.get()
    assert (row.outcome, row.people) == ("people-found", 7)
    assert Site.objects.get().status == "people-met"
    page = text(world.client("officer"), f"/sites/{row.site}/")
    assert "Outcome: Visit broken off or People found" in page or "People found" in page
    assert "Two corrections are on file" in page


def test_a_hit_that_was_none_is_taken_back_from_the_count_and_a_new_one_added(world: World) -> None:
    key = a_check(world, answer="hit")
    assert HitCount.objects.count() == 1
    world.perform("analyst", correct_check, check=key, reasons="Another number.", answer="no-hit")
    assert Check.objects.get().answer == "no-hit" and not HitCount.objects.exists()
    world.perform("analyst", correct_check, check=key, reasons="It was right.", answer="hit", about="phone")
    assert HitCount.objects.get().about == "phone"
    other_check = a_check(world)
    world.perform("national-lead", correct_check, check=other_check, reasons="Answered later.", answer="hit")
    assert HitCount.objects.count() == 2


def test_while_a_hit_stands_beside_another_answer_it_is_a_hit(world: World) -> None:
    key = a_check(world, answer="no-answer")
    old = entries_on_file(Check.objects.get())
    for answer in ("hit", "no-hit"):
        world.perform("analyst", correct_check, check=key, reasons="Asked.", answer=answer, supersedes=old)
    check = queries.check(world.actor("analyst"), key)
    assert check is not None and check.answer == "hit" and check.versions == {"answer": ["hit", "no-hit"]}
    assert HitCount.objects.count() == 1
    assert "Answer: Hit or No hit" in text(world.client("analyst"), "/checks/")


def test_folds_of_corrections_do_not_depend_on_order(world: World) -> None:
    visit, check = a_visit(world), a_check(world, answer="hit")
    site = Site.objects.get()
    old = entries_on_file(site)
    for role, name in (("national-lead", "Upper mine"), ("analyst", "Lower mine")):
        world.perform(role, correct_site, site=site.pk, reasons=WHY, name=name, supersedes=old)
    world.perform("analyst", correct_site, site=site.pk, reasons=WHY, workplace="farm")
    world.perform("officer", correct_visit, visit=visit, reasons=WHY, people=6)
    world.perform("analyst", correct_check, check=check, reasons=WHY, answer="no-hit")
    assert_order_free(world)


def test_a_correction_alone_is_no_site(world: World) -> None:
    """Another node may send the correction of what it did not send: nothing half known is shown."""

    def alone(act: Act) -> None:
        place = act.compartment("police", f"{world.operation}:GY")
        act.say(place, SiteRegister(name="Half", reasons=WHY), subject="cd" * 16)

    a_site(world)
    with lawless():
        perform(world.actor("national-lead"), alone)
    assert Site.objects.count() == 1


# -- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"name": "Other", "reasons": " "}, "reasons"),
        ({"name": "Mine above the falls"}, "reasons"),
        ({"name": " "}, "name"),
        ({"workplace": "circus"}, "workplace"),
        ({"country": "VC"}, "country"),
        ({"living_space_m2": None}, "living_space_m2"),
        ({"living_space_people": 0}, "living_space_people"),
        ({"lead": ("ab" * 16,)}, "lead"),
    ],
)
def test_a_wrong_correction_names_the_field_and_changes_nothing(
    world: World, values: dict[str, Any], names: str
) -> None:
    key = a_site(world)
    before = Site.objects.values().get()
    with pytest.raises(Refused) as why:
        world.perform("national-lead", correct_site, site=key, **{"reasons": WHY, **values})
    assert why.value.field == names
    assert Site.objects.values().get() == before


def test_only_values_of_this_file_can_be_superseded(world: World) -> None:
    key, other_key = a_site(world), a_site(world, name="Other")
    foreign = {"name": tuple(Site.objects.get(pk=other_key).shown["name"])}
    with pytest.raises(Refused) as why:
        world.perform("analyst", correct_site, site=key, reasons=WHY, name="New", supersedes=foreign)
    assert why.value.field == "supersedes"


def test_a_visit_of_nobody_with_people_is_refused(world: World) -> None:
    key = a_visit(world)
    with pytest.raises(Refused) as why:
        world.perform("officer", correct_visit, visit=key, reasons=WHY, outcome="found-empty")
    assert why.value.field == "people"
    with pytest.raises(Refused) as why:
        world.perform("officer", correct_visit, visit=key, reasons=WHY, team="ab" * 16)
    assert why.value.field == "team"


# -- screens ----------------------------------------------------------------------------------


def test_a_site_is_corrected_on_its_page(world: World) -> None:
    key = a_site(world)
    client = world.client("national-lead")
    assert f"/sites/{key}/correct/" in text(client, f"/sites/{key}/")
    assert f"/sites/{key}/correct/" not in text(world.client("coordinator"), f"/sites/{key}/")
    assert "Nothing is deleted" not in text(client, f"/sites/{key}/correct/")
    sent = {
        "name": "Mine below the falls",
        "workplace": "gold-mine",
        "place": "two hours up the river",
        "lat": "6.1",
        "lon": "-59.3",
        "within_m": "500",
        "access": ["river"],
        "network": "none for days",
        "living_space_m2": "12",
        "living_space_people": "8",
        "shown": json.dumps(Site.objects.get().shown),
    }
    assert "Nothing has been saved yet" in text(client, f"/sites/{key}/correct/", sent)
    before = Site.objects.get().shown
    page = text(client, f"/sites/{key}/correct/", {**sent, "reasons": WHY})
    assert "Mine below the falls" in page and "another name" in page
    after = Site.objects.get().shown
    assert {name for name in after if after[name] != before[name]} == {"name"}


def test_a_visit_and_a_check_are_corrected_on_their_pages(world: World) -> None:
    visit, check = a_visit(world), a_check(world)
    row = Visit.objects.get()
    officer, analyst = world.client("officer"), world.client("analyst")
    assert f"/visits/{visit}/correct/" in text(officer, f"/sites/{row.site}/")
    sent = {
        "team": row.team,
        "outcome": "people-found",
        "people": "6",
        "note": "Six beds.",
        "reasons": "Counted again.",
        "shown": json.dumps(row.shown),
    }
    page = text(officer, f"/visits/{visit}/correct/", sent)
    assert "People found: 6" in page and "<del>5</del>" in page and "Counted again." in page
    assert f"/checks/{check}/correct/" in text(analyst, "/checks/")
    assert f"/checks/{check}/correct/" not in text(officer, "/checks/")
    sent = {
        "database": "interpol-sltd",
        "about": "travel-document",
        "answer": "hit",
        "document_ends": "4471",
        "reasons": "Answered later.",
        "shown": json.dumps(Check.objects.get().shown),
    }
    page = text(analyst, f"/checks/{check}/correct/", sent)
    assert "Corrected: Answered later." in page and "ends in 4471" in page
    assert HitCount.objects.count() == 1


def test_the_board_tells_that_a_site_was_corrected(world: World) -> None:
    key = a_site(world)
    world.perform("analyst", correct_site, site=key, reasons=WHY, name="Other")
    page = text(world.client("coordinator"), "/board/")
    assert "What is on file of GY-01 was corrected." in page


# -- leads and teams --------------------------------------------------------------------------


def test_the_words_of_a_lead_are_corrected_and_its_grades_stay(world: World) -> None:
    lead = world.perform("analyst", report_lead, **LEAD)
    before = queries.lead(world.actor("analyst"), lead)
    assert before is not None
    world.perform(
        "national-lead",
        correct_lead,
        lead=lead,
        reasons="The mill is north of it.",
        summary="A house north of the mill",
        supersedes={"summary": tuple(before.shown["summary"])},
    )
    after = queries.lead(world.actor("analyst"), lead)
    assert after is not None and after.summary == "A house north of the mill"
    assert (after.source_grade, after.workplace) == (before.source_grade, before.workplace)
    page = text(world.client("analyst"), f"/leads/{lead}/")
    assert f"<del>{before.summary}</del>" in page and "The mill is north of it." in page
    with pytest.raises(Refused):
        world.perform("national-lead", correct_lead, lead=lead, reasons="x", summary=" ")
    with pytest.raises(Refused):
        world.perform("national-lead", correct_lead, lead=lead, reasons="x", country="VC")
    assert_order_free(world)


def test_a_lead_is_corrected_by_who_reported_it_alone(world: World) -> None:
    """The centre's own lead about the country is not the force's to rewrite: it is graded, not corrected."""
    lead = world.perform("coordinator", report_lead, **LEAD)
    with pytest.raises(Forbidden):
        world.perform("national-lead", correct_lead, lead=lead, reasons=WHY, summary="Other")
    assert "Correct this lead" not in text(world.client("national-lead"), f"/leads/{lead}/")


def test_a_team_is_corrected_and_one_recorded_twice_is_taken_back(world: World) -> None:
    site = a_site(world)
    team, twice = a_team(world, site), a_team(world, site, reference="Again")
    actor = world.actor("national-lead")
    world.perform("national-lead", correct_team, team=team, reasons="Two fell ill.", officers=4)
    assert Team.objects.get(pk=team).officers == 4
    world.perform("national-lead", correct_team, team=twice, reasons="Recorded twice.", taken_back=True)
    assert [row.id for row in queries.teams(actor)] == [team], "nothing is expected of it any more"
    assert not [item for item in waiting(actor) if item.reference == "Again" or "Again" in item.title]
    page = text(world.client("national-lead"), f"/teams/{twice}/")
    assert "There is no such team" in page and "Recorded twice." in page and "<del>yes</del>" in page
    assert_order_free(world)


def test_a_team_that_spoke_or_asks_for_help_is_not_taken_back(world: World) -> None:
    team = a_team(world, a_site(world))
    world.perform("officer", check_in, team=team, state="on-site", danger=True, happened=world.at(5, 12))
    with pytest.raises(Refused) as why:
        world.perform("national-lead", correct_team, team=team, reasons=WHY, taken_back=True)
    assert why.value.field == "taken_back"
    assert [row.danger for row in queries.teams(world.actor("national-lead"))] == [True]


def test_the_pages_of_lead_and_team_correct(world: World) -> None:
    lead, team = world.perform("analyst", report_lead, **LEAD), a_team(world, a_site(world))
    client = world.client("national-lead")
    for path, field, value in (
        (f"/leads/{lead}/correct/", "summary", "Other words"),
        (f"/teams/{team}/correct/", "officers", "9"),
    ):
        form = client.get(path).context["form"]
        data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
        moment = {"first_check_in_day": "5", "first_check_in_month": "4", "first_check_in_year": "2018"}
        moment["first_check_in_time"] = "10:00"
        data.pop("first_check_in", None)
        data.pop("taken_back", None)
        answer = client.post(path, data | moment | {"reasons": WHY, field: value})
        assert answer.status_code == 302, answer.context["form"].errors
    assert Team.objects.get(pk=team).officers == 9
