"""The operation's clock, its windows, grades of leads, database checks and their counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden, new_id, perform
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.founding import found_authority, make_ring
from libertad.access.models import Authority
from libertad.access.queries import clock_now, open_row, readable
from libertad.operations.actions.grade_lead import grade_lead
from libertad.operations.actions.open_operation import open_operation
from libertad.operations.actions.record_check import record_check
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.set_clock import set_clock
from libertad.operations.actions.set_window import set_window
from libertad.operations.models import Check, HitCount, Lead, Window
from libertad.vocabulary.values import Refused
from tests.operations.making import a_site, at
from tests.operations.test_leads import LEAD
from tests.support.world import World

HIT = {"database": "interpol-sltd", "about": "travel-document", "answer": "hit", "country": "GY"}
GRADE = {"source_grade": "3", "information_grade": "D", "handling": "P", "reasons": "The caller withdrew it."}


def test_the_coordinator_sets_the_clock_and_entries_follow_it(world: World) -> None:
    world.perform("coordinator", set_clock, reads=at(5, 12), set_at=dt.datetime.now(dt.UTC), rate=0)
    assert clock_now(world.operation) == at(5, 12)
    lead = world.perform("officer", report_lead, **LEAD)
    assert Lead.objects.get(pk=lead).reported_at == at(5, 12)


@pytest.mark.parametrize("rate", [-1, 1e6, float("nan"), float("inf")])
def test_a_clock_that_cannot_run_is_refused(world: World, rate: float) -> None:
    with pytest.raises(Refused) as why:
        world.perform("coordinator", set_clock, reads=at(5, 12), set_at=at(5, 12), rate=rate)
    assert why.value.field == "rate"


@pytest.mark.parametrize("role", ["analyst", "officer", "national-lead", "press", "administrator"])
def test_only_the_coordinator_sets_clock_and_windows(world: World, role: str) -> None:
    with pytest.raises(Forbidden):
        world.perform(role, set_clock, reads=at(5, 12), set_at=at(5, 12), rate=1)
    with pytest.raises(Forbidden):
        world.perform(role, set_window, name="First", opens=at(5, 8), closes=at(5, 12))


def test_a_window_is_read_by_police_and_not_by_the_press(world: World) -> None:
    window = world.perform("coordinator", set_window, name="First", opens=at(5, 8), closes=at(5, 12))
    assert readable(world.actor("other-officer"), Window).filter(pk=window).exists()
    assert not readable(world.actor("press"), Window).exists()
    world.perform("coordinator", set_window, name="First", opens=at(5, 9), closes=at(5, 12), window=window)
    assert Window.objects.get().opens == at(5, 9)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"closes": at(5, 8)}, "closes"),
        ({"closes": at(5, 7)}, "closes"),
        ({"opens": dt.datetime(2018, 4, 5, 8)}, "opens"),
        ({"name": ""}, "name"),
        ({"window": "ab" * 16}, "window"),
    ],
)
def test_a_wrong_window_names_the_field(world: World, values: dict[str, Any], names: str) -> None:
    with pytest.raises(Refused) as why:
        world.perform(
            "coordinator", set_window, **{"name": "First", "opens": at(5, 8), "closes": at(5, 12), **values}
        )
    assert why.value.field == names
    assert not Window.objects.exists()


# -- grades -----------------------------------------------------------------------------------


def test_a_new_grade_takes_the_place_of_the_old_one(world: World) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    world.perform("national-lead", grade_lead, lead=lead, **GRADE)
    row = Lead.objects.get(pk=lead)
    assert (row.source_grade, row.information_grade, row.disputed) == ("3", "D", [])
    assert open_row(world.actor("officer"), row)["reasons"] == GRADE["reasons"]


def test_a_grade_by_another_authority_stands_beside_and_lowers_nothing(world: World) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    better = {"source_grade": "1", "information_grade": "A", "handling": "P", "reasons": "Trusted."}
    world.perform("national-lead", grade_lead, lead=lead, **GRADE)
    world.perform("analyst", grade_lead, lead=lead, **better)
    row = Lead.objects.get(pk=lead)
    assert (row.source_grade, row.information_grade) == ("3", "D")
    assert row.disputed == ["source_grade", "information_grade", "handling"][: len(row.disputed)]
    on_file = {name: tuple(entries) for name, entries in row.shown.items() if entries}
    world.perform("analyst", grade_lead, lead=lead, supersedes=on_file, **better)
    assert Lead.objects.get(pk=lead).source_grade == "3", "it supersedes its own grades alone"


def test_two_grades_from_the_same_page_stand_beside_each_other_and_the_careful_one_holds(
    world: World,
) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    on_file = {name: tuple(entries) for name, entries in Lead.objects.get(pk=lead).shown.items() if entries}
    world.perform("analyst", grade_lead, lead=lead, supersedes=on_file, **GRADE)
    world.perform(
        "national-lead",
        grade_lead,
        lead=lead,
        supersedes=on_file,
        source_grade="1",
        information_grade="A",
        handling="C",
        handling_conditions="Ask Guyana first.",
        reasons="Seen by our own officer.",
    )
    row = Lead.objects.get(pk=lead)
    assert (row.source_grade, row.information_grade, row.handling) == ("3", "D", "C")
    assert row.disputed == ["source_grade", "information_grade", "handling"]


@pytest.mark.parametrize("role", ["officer", "coordinator", "other-lead", "caseworker"])
def test_who_may_not_grade(world: World, role: str) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, grade_lead, lead=lead, **GRADE)


@pytest.mark.parametrize(("field", "value"), [("reasons", " "), ("handling", "C"), ("source_grade", "0")])
def test_a_wrong_grade_is_refused(world: World, field: str, value: str) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    with pytest.raises(Refused):
        world.perform("analyst", grade_lead, lead=lead, **{**GRADE, field: value})


def test_a_lead_names_a_site_of_its_own_country(world: World) -> None:
    site = a_site(world)
    world.perform("officer", report_lead, **LEAD, site=site)
    with pytest.raises(Refused, match="no such site"):
        world.perform("other-officer", report_lead, **{**LEAD, "country": "VC"}, site=site)


# -- database checks --------------------------------------------------------------------------


def a_person(world: World) -> str:
    """A person's file of Guyana's police and care, as the people room opens it."""

    def opening(act: Act) -> str:
        person = new_id()
        act.open("person", person, [world.authorities["care"]])
        return person

    return perform(world.actor("officer"), opening)


def test_a_hit_about_a_person_goes_into_that_persons_file(world: World) -> None:
    person = a_person(world)
    world.perform("officer", record_check, **HIT, person=person, document_ends="4471", document_country="VN")
    for role in ("officer", "caseworker"):
        row = readable(world.actor(role), Check).get()
        assert open_row(world.actor(role), row)["document_ends"] == "4471"
    for role in ("coordinator", "analyst", "other-officer", "prosecutor", "press"):
        assert not readable(world.actor(role), Check).exists()
    for role in ("coordinator", "press", "other-officer"):
        count = readable(world.actor(role), HitCount).get()
        assert (count.about, count.country) == ("travel-document", "GY")


def test_a_check_about_no_person_is_the_countrys_police(world: World) -> None:
    world.perform("analyst", record_check, **{**HIT, "answer": "no-hit"})
    assert readable(world.actor("officer"), Check).count() == 1
    assert not readable(world.actor("caseworker"), Check).exists()
    assert not readable(world.actor("other-officer"), Check).exists()
    assert not HitCount.objects.exists()


def test_a_person_of_others_looks_like_none(world: World) -> None:
    person = a_person(world)
    answers = set()
    for key in (person, "ab" * 16):
        with pytest.raises(Refused) as why:
            world.perform("analyst", record_check, **HIT, person=key)
        answers.add(str(why.value))
    assert len(answers) == 1
    assert not Check.objects.exists() and not HitCount.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("database", "facebook"),
        ("about", "dream"),
        ("answer", "maybe"),
        ("country", "XX"),
        ("country", "FR"),
        ("answer", ""),
        ("document_ends", "N1234567"),
        ("document_country", "XX"),
    ],
)
def test_a_wrong_check_names_the_field_and_counts_nothing(world: World, field: str, value: str) -> None:
    with pytest.raises(Refused) as why:
        world.perform("analyst", record_check, **{**HIT, field: value})
    assert why.value.field == field
    assert not Check.objects.exists() and not HitCount.objects.exists()


def test_a_centre_invited_later_reads_what_was_on_file(world: World) -> None:
    from libertad.access.actions.invite_authority import invite_authority
    from libertad.access.founding import make_ring
    from libertad.access.models import Reader

    lead = world.perform("officer", report_lead, **LEAD)
    late = new_id()
    make_ring(late)
    world.perform(
        "coordinator",
        invite_authority,
        name="Lyon",
        kind="centre",
        country="FR",
        zone="Europe/Paris",
        authority=late,
    )
    world.perform("officer", report_lead, **LEAD)
    assert Reader.objects.filter(compartment=Lead.objects.get(pk=lead).compartment, authority=late).exists()


def test_a_centre_that_did_not_open_it_opens_no_second_one(world: World) -> None:
    """A supporting centre would lead its officers out of the operation into one of its own."""
    late = new_id()
    make_ring(late)
    world.perform(
        "coordinator",
        invite_authority,
        name="Lyon",
        kind="centre",
        country="FR",
        zone="Europe/Paris",
        part="support",
        authority=late,
    )
    first = found_authority(name="L.", rank="", service_number="FR-1", role="coordinator", authority=late)
    with pytest.raises(Refused, match="the centre that opened the one"):
        perform(
            replace(first, operation=world.operation),
            open_operation,
            name="Second",
            first_day="2018-09-03",
            last_day="2018-09-09",
            zone="America/Barbados",
            country=["BB"],
            authority_name="Lyon",
            authority_country="FR",
            officer_name="L.",
            officer_service_number="FR-1",
        )
    assert Authority.objects.get(pk=late).operation == world.operation
