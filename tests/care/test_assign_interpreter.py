"""interpreter.assign: who may say it, of what, and what a wrong value answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden
from libertad.access.matrix import matrix, roles
from libertad.care.actions.assign_interpreter import assign_interpreter, end_interpreter
from libertad.care.models import Interpreters
from libertad.care.queries_interpreters import InterpreterSeen, interpreters
from libertad.vocabulary.values import Refused
from tests.care.people import consent, meet
from tests.care.test_closing import END
from tests.care.test_screens import WHEN, post, text
from tests.support.closing import close_by_two
from tests.support.forms import form_at
from tests.support.world import World

VALUES: dict[str, Any] = {
    "name": "generated",
    "language": "spa",
    "way": "in-person",
    "briefed": "yes",
}


def test_there_has_to_be_a_file(world: World) -> None:
    with pytest.raises(Refused, match="no such file"):
        world.perform("caseworker", assign_interpreter, person="0" * 32, **VALUES)


@pytest.mark.parametrize("role", roles())
def test_who_may_not_say_it_is_refused(world: World, role: str) -> None:
    """Whoever may, is asked for the file first."""
    allowed = matrix().may_say(role, "interpreter.assign", "desk")
    assert allowed == (role in ("caseworker", "supervisor"))
    with pytest.raises(Refused if allowed else (Refused, Forbidden)):
        world.perform(role, assign_interpreter, person="0" * 32, **VALUES)


def listed(world: World, person: str, role: str = "caseworker") -> list[InterpreterSeen]:
    return interpreters(world.actor(role), person)


def test_the_last_word_about_an_interpreter_holds_and_who_ended_stands_last(world: World) -> None:
    person = meet(world)
    first = world.perform("caseworker", assign_interpreter, person=person, **VALUES | {"briefed": "no"})
    world.perform("caseworker", assign_interpreter, person=person, **VALUES | {"name": "I-02"})
    assert [(seen.name, seen.briefed) for seen in listed(world, person)] == [
        ("generated", False),
        ("I-02", True),
    ]
    world.perform("caseworker", assign_interpreter, person=person, **VALUES | {"name": "Generated"})
    assert ("Generated", True) in [(seen.name, seen.briefed) for seen in listed(world, person)]
    with pytest.raises(Refused, match="stands no more"):  # it was said anew since
        world.perform("caseworker", end_interpreter, person=person, entry=first, note="Moved away")
    entry = next(seen.entry for seen in listed(world, person) if seen.name == "Generated")
    with pytest.raises(Refused, match="say why"):
        world.perform("caseworker", end_interpreter, person=person, entry=entry, note=" ")
    world.perform("caseworker", end_interpreter, person=person, entry=entry, note="Moved away")
    assert [(seen.name, seen.ended, seen.note) for seen in listed(world, person)] == [
        ("I-02", False, ""),
        ("Generated", True, "Moved away"),
    ]


def test_only_caseworkers_of_its_readers_read_it_and_the_database_tells_no_name(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", assign_interpreter, person=person, **VALUES)
    for role in ("officer", "national-lead", "deciding-authority", "prosecutor", "coordinator"):
        assert listed(world, person, role) == []
    (row,) = Interpreters.objects.values()
    assert set(row) == {"id", "compartment", "operation", "provenance", "person", "sealed"}
    assert b"generated" not in bytes(row["sealed"])


def test_a_caseworker_assigns_one_and_ends_it_on_the_page(world: World) -> None:
    person = meet(world)
    consent(world, person)
    page = reverse("care-safety", args=[person])
    assert "Nobody is assigned" in text(world.client("caseworker").get(page))
    answer = post(world, "caseworker", "care-interpreter", person, **VALUES | {"name": " ", "briefed": "no"})
    assert "Error: Assign an interpreter" in text(answer) and listed(world, person) == []
    post(world, "caseworker", "care-interpreter", person, **VALUES | {"briefed": "no"})
    shown = text(world.client("caseworker").get(page))
    assert "generated" in shown and "Not briefed yet" in shown and "Spanish" in shown
    (seen,) = listed(world, person)
    briefed = f"{reverse('care-interpreter', args=[person])}?entry={seen.entry}"
    answer = world.client("caseworker").get(page).content.decode()
    assert f'href="{briefed}"' in answer and "Make a plan" in answer
    form = form_at(world.client("caseworker"), briefed)
    assert (form.fields["name"], form.fields["briefed"]) == (["generated"], ["yes"])
    world.client("caseworker").post(briefed, {**form.fields, **WHEN})
    assert "Briefed" in text(world.client("caseworker").get(page))
    (seen,) = listed(world, person)
    assert seen.briefed
    post(world, "caseworker", "care-interpreter-end", person, seen.entry, note="The person asks for a woman")
    shown = text(world.client("caseworker").get(page))
    assert "No more" in shown and "The person asks for a woman" in shown and "Not briefed yet" not in shown
    again = reverse("care-interpreter-end", args=[person, seen.entry])
    assert world.client("caseworker").get(again).status_code == 404
    for role in ("officer", "deciding-authority"):
        assert world.client(role).get(reverse("care-interpreter", args=[person])).status_code in (403, 404)


def test_in_a_closed_file_nobody_is_assigned(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", assign_interpreter, person=person, **VALUES)
    close_by_two(world, person=person, despite="Nothing waits", **END)
    with pytest.raises(Refused, match="closed"):
        world.perform("caseworker", assign_interpreter, person=person, **VALUES | {"name": "I-02"})
    assert "Assign an interpreter" not in text(
        world.client("caseworker").get(reverse("care-safety", args=[person]))
    )
