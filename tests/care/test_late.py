"""How many people are past their hour at one care authority: each once, and whoever is in danger too."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from libertad.care.file_lines import UNOPENED, Line
from libertad.care.late import Late, late_people
from libertad.care.queue import ELSEWHERE, ENDED, INTAKE, LINKED, OURS, WAITING, Place

OWN, OTHER = "a" * 32, "b" * 32
CUT = dt.datetime(2018, 4, 9, 12, tzinfo=dt.UTC)
BEFORE, AFTER = CUT - dt.timedelta(minutes=1), CUT + dt.timedelta(hours=3)


def line(person: str, *links: str) -> Line:
    return Line(
        person=person,
        reference=person,
        bucket=UNOPENED,
        changed=BEFORE,
        danger=None,
        dues=(),
        links=links,
        places=frozenset({person}),
        owner=OWN,
        is_own=True,
        began=BEFORE,
        child=False,
        doctor=False,
        closed_at=None,
        workers=(),
        task=None,
    )


def place(queue: str = INTAKE, due: dt.datetime = BEFORE, owner: str = OWN, danger: bool = False) -> Place:
    return Place(queue, due, owner, "", "nobody", danger=danger)


def counted(places: dict[str, Place], lines: dict[str, Line] | None = None) -> Late:
    lines = lines or {person: line(person) for person in places}
    linked_by: dict[str, set[str]] = {}
    for person, known in lines.items():
        for other in known.links:
            linked_by.setdefault(other, set()).add(person)
    return late_people(places, lines, linked_by, OWN, CUT)


@pytest.mark.parametrize("queue", [name for name in OURS if name != ENDED])
def test_whoever_is_past_the_hour_counts_in_every_queue_in_danger_or_not(queue: str) -> None:
    for danger in (False, True):
        places = {"x": place(queue, BEFORE, danger=danger), "y": place(queue, AFTER, danger=danger)}
        assert counted(places) == Late(late=1, known=2)


def test_of_the_full_hour_itself_nobody_is_past() -> None:
    assert counted({"x": place(due=CUT)}) == Late(0, 1)


@pytest.mark.parametrize(
    "other",
    [
        place(ENDED),
        place(LINKED),
        place(ELSEWHERE, owner=OTHER),
        place(owner=OTHER),
    ],
)
def test_closed_files_second_records_and_others_tasks_do_not_count(other: Place) -> None:
    assert counted({"x": other}) == Late(0, 0)
    assert counted({"x": other, "y": place()}) == Late(1, 1)


def test_a_person_with_two_files_counts_once_and_is_late_if_one_is() -> None:
    lines = {"x": line("x", "y"), "y": line("y"), "z": line("z", "y"), "w": line("w")}
    places: dict[str, Any] = {"x": place(WAITING, AFTER), "y": place(WAITING, BEFORE)}
    places |= {"z": place(LINKED), "w": place(due=AFTER)}
    assert counted(places, lines) == Late(late=1, known=2)
    places["y"] = replace_due(places["y"], AFTER)
    assert counted(places, lines) == Late(late=0, known=2)


def replace_due(known: Place, due: dt.datetime) -> Place:
    return known._replace(due=due)


def test_another_authority_s_task_is_not_silent_about_ones_own() -> None:
    """Linked across countries: each counts its own, so that nobody past the hour is in no number."""
    lines = {"x": line("x", "y"), "y": replace(line("y"), owner=OTHER, is_own=False)}
    assert counted({"x": place(), "y": place(owner=OTHER)}, lines) == Late(1, 1)
