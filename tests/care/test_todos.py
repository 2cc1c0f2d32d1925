"""Nobody whom care has heard of waits on nobody's page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from libertad.access.queries import clock_now
from libertad.care.actions.assign_guardian import assign_guardian, end_guardian
from libertad.care.actions.identify import identify
from libertad.care.actions.open_care import open_care
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.refer import refer
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.care.models import CareFile
from libertad.care.presenters import CareTodo
from libertad.care.queries import care_todos, first_todos
from tests.care.people import CHILD, CLINIC, consent, identified, meet
from tests.care.test_family import GUARDIAN
from tests.operations.test_screens import text
from tests.support.care_rows import care_row
from tests.support.closing import close_by_two
from tests.support.linking import link_same
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


def undecided(world: World, role: str = "caseworker") -> list[CareTodo]:
    return [todo for todo in care_todos(world.actor(role)) if todo.kind == "identify"]


def test_a_file_in_which_nothing_is_decided_waits_for_a_decision(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    (todo,) = undecided(world)
    assert todo.person == person and "potential victim" in todo.why
    assert undecided(world, "deciding-authority") == []
    assert "Screen and decide" in text(world.client("second-caseworker"), "/")
    done = world.perform("caseworker", identify, person=person, status="presumed", reasons="Told so.")
    assert undecided(world) == [], "it waits for its second reader"
    world.perform(
        "second-caseworker", read_identification, identification=done, agrees="no", reasons="Nobody asked."
    )
    (todo,) = undecided(world)
    assert "did not agree" in todo.why
    identified(world, person)
    assert undecided(world) == []


def test_a_closed_file_waits_for_no_decision(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    close_by_two(world, person=person, reason="wish", afterwards="The duty line.", despite="Left.")
    assert undecided(world) == []


def test_people_without_a_protection_file_stand_on_today_until_there_is_one(world: World) -> None:
    first, second = meet(world, name="Mei"), meet(world, name="Lin")
    worker = world.client("caseworker")
    assert "2 people have no protection file yet" in text(worker, "/")
    assert "2 people have none yet." in text(worker, "/care/")
    page = text(worker, "/care/?status=unopened")
    assert "Mei" in page and "Lin" in page
    world.perform("caseworker", open_care, person=first)
    assert "1 person has no protection file yet" in text(worker, "/")
    page = text(worker, "/care/?status=unopened")
    assert "Mei" not in page and "Lin" in page
    world.perform("national-lead", link_same, person=second, other=first, reasons="Same phone.")
    assert "no protection file yet" not in text(worker, "/"), "one file is enough of one person"
    for role in ("deciding-authority", "officer", "national-lead", "coordinator", "prosecutor"):
        assert "no protection file yet" not in text(world.client(role), "/")


def test_a_decision_whose_later_one_was_refused_still_waits_for_its_reader(world: World) -> None:
    person = meet(world)
    at = world.at
    decision = {"person": person, "reasons": "Told so."}
    first = world.perform("caseworker", identify, status="presumed", happened=at(5, 9), **decision)
    later = world.perform("caseworker", identify, status="confirmed", happened=at(6, 9), **decision)
    reader = world.client("deciding-authority")
    page = f"/care/{person}/identification/"
    assert "Another decision of this person waits too: Presumed victim" in text(reader, f"{page}{later}/")
    world.perform(
        "deciding-authority", read_identification, identification=later, agrees="no", reasons="Not shown."
    )
    (todo,) = [
        todo for todo in care_todos(world.actor("deciding-authority")) if todo.kind == "second-reading"
    ]
    assert todo.args == (person, first) and undecided(world) == []
    assert care_row(CareFile, person=person).waiting == first
    assert_order_free(world)
    identified(world, person, "confirmed")
    assert "A later decision counts already" in text(reader, f"{page}{first}/")
    assert "Overtaken" in text(reader, f"/care/{person}/screening/")
    assert not care_row(CareFile, person=person).waiting


def test_what_goes_on_against_the_persons_word_stands_before_what_is_to_be_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        identified(world, meet(world, name=f"Ana {number}"))  # of each a wish is to be asked
    last = meet(world, name="Zoe")
    agreed = consent(world, last)
    world.perform("caseworker", refer, person=last, service="medical", to=CLINIC, consent=agreed)
    world.perform("caseworker", withdraw_consent, consent=agreed)
    actor = world.actor("caseworker")
    todos = care_todos(actor)
    assert todos[[todo.due is None for todo in todos].index(True)].kind == "stop"
    now = clock_now(world.operation)
    assert first_todos(actor, now, (now,), 1)[-1].first[0].kind == "stop"
    page = world.client("caseworker").get("/").content.decode()
    assert page.index("Agreement withdrawn") < page.index("Ask what the person wants")


def test_a_child_for_whom_nobody_decides_stands_on_today_until_a_guardian_is_named(world: World) -> None:
    """First of what waits at no hour; whom the child trusts, or who speaks for it, is no guardian."""
    child, adult = meet(world, CHILD, name="Mei"), meet(world, name="Lin")
    for person in (adult, child):
        world.perform("caseworker", open_care, person=person)

    def waits(role: str = "caseworker") -> list[str]:
        in_full = [todo.person for todo in care_todos(world.actor(role)) if todo.kind == "guardian"]
        spans = first_todos(world.actor(role), clock_now(world.operation), (), 99)
        assert in_full == [todo.person for span in spans for todo in span.first if todo.kind == "guardian"]
        return in_full

    assert waits() == [child] and waits("supervisor") == [child] and waits("deciding-authority") == []
    first, *_rest = [
        todo
        for span in first_todos(world.actor("caseworker"), clock_now(world.operation), (), 9)
        for todo in span.first
        if todo.due is None
    ]
    assert first.person == child and first.kind == "guardian"
    page = text(world.client("caseworker"), "/")
    assert "Name a guardian" in page and reverse("care-guardian", args=[child]) in page
    for kind in ("trusted-adult", "legal-representative"):
        world.perform("caseworker", assign_guardian, person=child, **GUARDIAN | {"kind": kind, "name": kind})
        assert waits() == [child]
    entry = world.perform("caseworker", assign_guardian, person=child, **GUARDIAN)
    assert waits() == [] and "Name a guardian" not in text(world.client("caseworker"), "/")
    world.perform("caseworker", end_guardian, person=child, entry=entry, note="She moved")
    assert waits() == [child]
    close_by_two(world, person=child, reason="wish", afterwards="The duty line.", despite="Left.")
    assert waits() == []
