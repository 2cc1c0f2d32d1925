"""The page 'Everybody' and Today: whose task each person is, by when, in order, and for care alone."""

from __future__ import annotations

import re

import pytest

from libertad.access.actions.erase_person import erase_person
from libertad.access.actions.open_file import open_file
from libertad.access.models import Compartment
from libertad.access.queries import clock_now
from libertad.care import file_lines, overview, queue, screens_everybody
from libertad.care.actions.close_danger import say_care_danger
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.refer import refer
from libertad.care.queries import everybody, overdue, queue_counts
from libertad.journal.models import Entry
from tests.care.conftest import set_to
from tests.care.people import CHILD, CLINIC, consent, identified, meet
from tests.operations.test_screens import text
from tests.support.closing import close_by_two
from tests.support.elsewhere import elsewhere
from tests.support.linking import link_same
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


def page(world: World, query: str = "") -> str:
    return text(world.client("caseworker"), f"/care/everybody/{query}")


def rows(shown: str) -> list[str]:
    """The people of the page in its order, each by name."""
    return re.findall(r'class="who-for">.*?<br>\s*(\w+)', shown, re.DOTALL)


def stands(world: World, person: str) -> queue.Place:
    placed, _total = overview.everybody(world.actor("caseworker"), queue.QUEUES, 0, 50)
    (place,) = [place for key, place in placed if key == person]
    return place


def test_who_is_in_danger_is_first_then_whose_hour_has_passed(world: World) -> None:
    ana, bea, cam = meet(world, name="Ana"), meet(world, CHILD, name="Bea"), meet(world, name="Cam")
    world.perform("caseworker", open_care, person=cam)
    assert rows(page(world)) == ["Bea", "Ana", "Cam"], "a child within the hour, then a day, then three"
    set_to(world, 11)
    shown = page(world)
    assert "2 overdue" in shown and "Nobody has taken this person yet" in shown
    world.perform("caseworker", say_care_danger, person=ana, words="He has found her.")
    shown = page(world)
    assert rows(shown) == ["Ana", "Bea", "Cam"] and shown.index("In danger now") < shown.index("Overdue")
    assert "3 people, each with somebody responsible and a date" in shown
    assert rows(page(world, "?queue=intake")) == ["Bea"] and rows(page(world, "?queue=closed")) == []
    assert "limits assumed" in shown
    assert stands(world, bea).owner == world.authorities["care"]


def test_a_person_goes_through_the_queues_by_what_is_recorded(world: World) -> None:
    ana = meet(world, name="Ana")
    assert stands(world, ana).queue == queue.INTAKE
    agreed = consent(world, ana)
    place = stands(world, ana)
    assert (place.queue, place.officer) == (queue.ASSIGNED, world.actor("caseworker").officer)
    world.perform("caseworker", refer, person=ana, service="medical", to=CLINIC, consent=agreed)
    assert stands(world, ana).queue == queue.WAITING
    assert "Last at work" in page(world)
    bea = meet(world, name="Bea")
    identified(world, bea, review_on="2018-04-20")
    assert (stands(world, bea).queue, stands(world, bea).why) == (queue.FOLLOW_UP, "review")
    close_by_two(world, person=bea, reason="wish", afterwards="Line.", despite="Left.")
    assert stands(world, bea).queue == queue.ENDED
    cam = meet(world, name="Cam")
    world.perform("national-lead", link_same, person=cam, other=ana, reasons="Same phone.")
    place = stands(world, cam)
    assert (place.queue, place.record, place.due) == (queue.LINKED, ana, stands(world, ana).due)
    world.perform("national-lead", link_same, person=cam, other=bea, reasons="Same phone.")
    assert stands(world, bea).queue == queue.ENDED, "a closed file stands for itself"


def test_another_process_and_an_erasure_are_seen_at_once(world: World) -> None:
    ana = meet(world, name="Ana")
    assert stands(world, ana).queue == queue.INTAKE
    elsewhere(world, "caseworker", open_care, person=ana)
    assert stands(world, ana).queue == queue.ASSIGNED
    done = {"person": ana, "reason": "The person asks for it.", "everything": True}
    world.perform("caseworker", erase_person, **done)
    for index in overview._indexes.values():
        assert ana not in index.queues.places and ana not in str(index.queues.listed)
    assert rows(page(world)) == []


def test_who_only_looks_makes_nothing_be_read_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = meet(world, name="Ana")
    world.perform("caseworker", open_care, person=ana)
    assert stands(world, ana).queue == queue.ASSIGNED
    file = Compartment.objects.get(kind="care", about=ana).pk
    look = {"compartment": file, "subject": f"person:{ana}", "page": "care"}
    asked, people_in = [], file_lines.people_in
    monkeypatch.setattr(file_lines, "people_in", lambda *given: asked.append(given) or people_in(*given))
    entries = Entry.objects.count()
    assert world.client("caseworker").get(f"/care/{ana}/").status_code == 200
    elsewhere(world, "caseworker", open_file, **look)
    assert stands(world, ana).queue == queue.ASSIGNED and not asked
    assert Entry.objects.count() == entries + 2
    elsewhere(world, "caseworker", open_file, **look)
    elsewhere(world, "caseworker", record_wish, person=ana, wish="stay", words="Here.")
    assert stands(world, ana) and len(asked) == 1, "what is said beside a look is read"


def test_whose_worker_has_left_stands_in_the_intake(world: World) -> None:
    ana = meet(world, name="Ana")
    world.perform("caseworker", record_wish, person=ana, wish="stay", words="Here.")
    worker = world.actor("caseworker").officer
    assert stands(world, ana).officer == worker
    index = next(
        i for (authority, *_), i in overview._indexes.items() if authority == world.authorities["care"]
    )
    place = index.placed(frozenset({worker})).places[ana]
    assert (place.queue, place.why, place.officer) == (queue.INTAKE, "worker-left", "")


def test_a_page_goes_on_where_the_last_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens_everybody, "SIZE", 2)
    for name in ("Ana", "Bea", "Cam"):
        meet(world, name=name)
    listed = [rows(page(world, f"?page={number}")) for number in (1, 2, 3)]
    assert [len(part) for part in listed] == [2, 1, 0]
    assert "3 people" in page(world, "?page=2")


def test_today_says_whom_nobody_has_taken_and_which_files_have_no_step(world: World) -> None:
    meet(world, CHILD, name="Ana")
    world.perform("caseworker", open_care, person=meet(world, name="Bea"))
    today = text(world.client("caseworker"), "/")
    assert "Nobody has taken this person yet" not in today
    set_to(world, 14)
    today = text(world.client("caseworker"), "/")
    assert "Nobody has taken this person yet" in today
    assert "1 protection file has no dated step" in today
    now = clock_now(world.actor("caseworker").operation)
    assert queue_counts(world.actor("caseworker"), now)["intake"].overdue == 1
    listed, total = overdue(world.actor("caseworker"), (queue.INTAKE,), now, 8)
    assert total == len(listed) == 1


@pytest.mark.parametrize("role", ["national-lead", "officer", "coordinator", "deciding-authority"])
def test_it_is_for_caseworkers_alone(world: World, role: str) -> None:
    meet(world, CHILD, name="Ana")
    set_to(world, 14)
    client, actor = world.client(role), world.actor(role)
    assert client.get("/care/everybody/").status_code == client.get("/care/everybodyy/").status_code
    assert "Nobody has taken" not in text(client, "/")
    assert everybody(actor, queue.QUEUES, 0, 50) == ([], 0)
    assert queue_counts(actor, clock_now(actor.operation)) == {}
    assert overdue(actor, queue.QUEUES, clock_now(actor.operation), 5) == ([], 0)
