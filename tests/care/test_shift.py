"""The page for a change of shift: danger, what is overdue, and what is due before the shift ends; no more."""

from __future__ import annotations

import re

import pytest

from libertad.care import screens_everybody
from libertad.care.actions.close_danger import say_care_danger
from libertad.care.actions.name_step import name_step
from libertad.care.actions.open_care import open_care
from libertad.care.actions.take_person import take_person
from tests.care.conftest import set_to
from tests.care.people import meet
from tests.care.test_screens import text
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
PAGE = "/care/shift/"


def parts(world: World) -> dict[str, str]:
    """By title of a part of the page, its text."""
    html = world.client("caseworker").get(PAGE).content.decode()
    pieces = re.split(r"<h2[^>]*>", html)[1:]
    return {re.sub(r"<[^>]+>", "", piece.split("</h2>")[0]).strip(): piece for piece in pieces}


def test_it_lists_danger_what_is_overdue_and_what_is_due_in_the_shift(world: World) -> None:
    assert "Nothing is due" in text(world.client("supervisor").get(PAGE))
    endangered, late, soon, later = (meet(world) for _ in range(4))
    for person in (late, soon, later):
        world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", open_care, person=endangered)
    world.perform("caseworker", say_care_danger, person=endangered, words="He waits outside.")
    for person, until in (
        (late, "2018-04-09T12:30:00-04:00"),
        (soon, "2018-04-10T10:00:00-04:00"),
        (later, "2018-04-20"),
    ):
        world.perform("caseworker", name_step, person=person, kind="talk", until=until)
    set_to(world, 10, 12)
    shown = parts(world)
    (danger,), (overdue,), (ahead,) = (
        [piece for title, piece in shown.items() if start in title]
        for start in ("In danger now", "Overdue", "Due before")
    )
    assert endangered in danger and late in overdue and soon in ahead
    assert not any(later in piece for piece in shown.values()), "what is due afterwards is for the next one"
    assert "Responsible: Sgt. Name caseworker" in ahead
    page = text(world.client("caseworker").get(PAGE))
    assert "1 in danger, 1 overdue, 1 due in the next 12 h." in page


def test_what_the_page_leaves_out_it_tells(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens_everybody, "AT_SHIFT", 1)
    for _ in range(3):
        meet(world)
    set_to(world, 10, 14)
    page = world.client("caseworker").get(PAGE)
    assert "3 overdue" in text(page) and 'href="/care/everybody/"' in page.content.decode()
    assert len(re.findall(r"/care/[0-9a-f]{32}/task/", page.content.decode())) <= 2


@pytest.mark.parametrize(
    "role", ["officer", "national-lead", "deciding-authority", "prosecutor", "coordinator"]
)
def test_nobody_else_reads_it(world: World, role: str) -> None:
    assert world.client(role).get(PAGE).status_code in (403, 404)
