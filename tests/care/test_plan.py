"""The case plan: goals with dates, who writes them, and the second officer who reads just what waits."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.actions.erase_person import erase_person
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.models import Opening
from libertad.access.submissions import new_submission
from libertad.care.actions.name_step import name_step
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_plan import read_plan, record_goal
from libertad.care.actions.take_person import take_person
from libertad.care.plan import plan_of, second_readers
from libertad.care.plan_models import PlanGoal, PlanUnread
from libertad.care.queries_plan import goals, plans_to_read, unread
from libertad.journal.seals import RowChanged
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.plans import PlanRead, PlanRecord
from libertad.web.waiting import waiting
from tests.access.test_appointments import acting, administrator
from tests.care.people import meet
from tests.care.test_copied_database import copied
from tests.care.test_desk import said
from tests.care.test_hand_over import stands
from tests.care.test_wall import masked
from tests.support.closing import close_by_two
from tests.support.sealed_rows import opened
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
GOAL = {
    "area": "housing",
    "goal": "A room of my own with a lock",
    "doing": "She asks at Ottersgate house; I write to the town",
    "until": "2018-05-01",
    "progress": "not-begun",
}
WAITS = "A case plan waits for you as its second reader"


def take(world: World) -> str:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    return person


def write(world: World, person: str, by: str | Actor = "caseworker", **values: Any) -> str:
    new_submission()
    actor = by if isinstance(by, Actor) else world.actor(by)
    entry: str = perform(actor, record_goal, person=person, **(GOAL | values))
    return entry


def read(
    world: World, person: str, by: str | Actor, *entries: str, agrees: str = "yes", words: str = ""
) -> str:
    new_submission()
    actor = by if isinstance(by, Actor) else world.actor(by)
    return perform(actor, read_plan, person=person, goals=entries, agrees=agrees, words=words)


def waits(actor: Actor) -> list[str]:
    return [item.title for item in waiting(actor) if "case plan" in item.title.lower()]


# -- what stands -------------------------------------------------------------------------------------


def goal(**values: str) -> PlanRecord:
    return PlanRecord(**(GOAL | values))


def test_a_reading_counts_for_just_the_words_that_it_names_and_for_none_of_the_readers() -> None:
    first, second = said(0, "w1", goal(), 0), said(1, "w1", goal(goal="School"), 0)
    plan = plan_of([first, second, said(2, "s1", PlanRead(goals=(first.id,), agrees="yes"), 0)])
    assert [entry.id for entry in plan.unread] == [second.id] and plan.authors == ["w1"]
    own = said(2, "w1", PlanRead(goals=(first.id, second.id), agrees="yes"), 0)
    assert len(plan_of([first, second, own]).unread) == 2
    changed = said(3, "w2", goal(progress="reached", corrects=first.id, version=first.id), 0)
    both = said(2, "s1", PlanRead(goals=(first.id, second.id), agrees="yes"), 0)
    assert [entry.id for entry in plan_of([first, second, both, changed]).unread] == [changed.id]
    stranger = said(3, "w2", goal(corrects="f" * 64, version="f" * 64), 0)
    assert not plan_of([first, second, both, stranger]).unread, "of a goal that is not here"


def test_an_objection_stands_until_what_it_is_about_was_changed() -> None:
    first = said(0, "w1", goal(), 0)
    no = said(1, "s1", PlanRead(goals=(first.id,), agrees="no", words="Too early"), 0)
    assert plan_of([first, no]).objection is no
    changed = said(2, "w1", goal(until="2018-06-01", corrects=first.id, version=first.id), 0)
    assert plan_of([first, no, changed]).objection is None


def test_who_reads_second() -> None:
    roles = {"s1": "supervisor", "w1": "caseworker", "w2": "caseworker", "a": "administrator"}
    assert second_readers(roles, ["w1"]) == {"s1"}
    assert second_readers(roles, ["s1", "w1"]) == {"w2"}
    assert second_readers({"w1": "caseworker", "a": "administrator"}, ["w1"]) == set()


# -- writing -----------------------------------------------------------------------------------------


def test_whose_task_the_person_is_writes_the_plan_and_a_supervisor_does(world: World) -> None:
    person = meet(world)
    with pytest.raises(Refused, match="take the person first"):
        write(world, person)
    world.perform("caseworker", take_person, person=person)
    with pytest.raises(Refused, match="take the person first"):
        write(world, person, "second-caseworker")
    write(world, person)
    write(world, person, "supervisor", area="learning")
    assert len(opened(PlanGoal)) == 2
    for role in ("officer", "deciding-authority", "prosecutor", "national-lead"):
        with pytest.raises(Forbidden):
            write(world, person, role)


def test_a_goal_is_changed_by_who_read_its_last_word_and_what_it_said_stays(world: World) -> None:
    person = take(world)
    first = write(world, person)
    changed = write(world, person, corrects=first, version=first, progress="under-way", note="Two visits")
    with pytest.raises(Refused, match="changed since you read it"):
        write(world, person, "supervisor", corrects=first, version=first, progress="given-up")
    with pytest.raises(Refused, match="no such goal"):
        write(world, person, corrects="0" * 64, version="0" * 64)
    place = opened(PlanGoal)[0].compartment
    (row,) = goals(world.actor("caseworker"), person, place)
    assert (row.now.entry, row.now.progress, len(row.before)) == (changed, "under-way", 1)
    assert row.before[0].progress == "not-begun"


@pytest.mark.parametrize("until", ["2018-04-08", "2021-01-01", "2018-05"])
def test_a_goal_has_a_whole_day_that_lies_ahead(world: World, until: str) -> None:
    with pytest.raises(Refused):
        write(world, take(world), until=until)


def test_a_goal_of_another_person_is_not_reached_through_this_one(world: World) -> None:
    person, stranger = take(world), take(world)
    entry = write(world, stranger)
    with pytest.raises(Refused, match="no such goal"):
        write(world, person, corrects=entry, version=entry)


def test_nothing_is_written_into_a_closed_file(world: World) -> None:
    person = take(world)
    world.perform("caseworker", open_care, person=person)
    close_by_two(world, person=person, reason="wish", afterwards="Clinic", despite="x")
    with pytest.raises(Refused, match="closed"):
        write(world, person)


# -- reading -----------------------------------------------------------------------------------------


def test_the_supervisor_reads_what_waits_and_nobody_else(world: World) -> None:
    person = take(world)
    entry = write(world, person)
    assert waits(world.actor("supervisor")) == [WAITS]
    assert not waits(world.actor("second-caseworker")) and not waits(world.actor("caseworker"))
    for role in ("caseworker", "second-caseworker"):
        with pytest.raises(Forbidden, match="reads the plan second"):
            read(world, person, role, entry)
    later = write(world, person, area="health", goal="A doctor")
    with pytest.raises(Refused, match="changed, or read"):
        read(world, person, "supervisor", entry)
    read(world, person, "supervisor", entry, later)
    assert not waits(world.actor("supervisor")) and not PlanUnread.objects.exists()
    write(world, person, corrects=entry, version=entry, progress="reached", note="She lives there")
    assert waits(world.actor("supervisor")) == [WAITS]


def test_where_the_supervisor_wrote_it_a_caseworker_reads_it(world: World) -> None:
    person = take(world)
    entry = write(world, person, "supervisor")
    assert waits(world.actor("second-caseworker")) == [WAITS] and not waits(world.actor("supervisor"))
    client = world.client("second-caseworker")
    page = client.get(f"/care/{person}/plan/read/")
    assert page.status_code == 200 and GOAL["goal"] in unescape(page.content.decode())
    read(world, person, "second-caseworker", entry)
    assert client.get(f"/care/{person}/plan/read/").status_code == 404


def test_no_other_account_of_the_writer_reads_it(world: World) -> None:
    person = take(world)
    entry = write(world, person)
    chief = administrator(world)
    twin = perform(chief, appoint_officer, name="Name Caseworker", service_number="T-1", role="supervisor")
    with pytest.raises(Forbidden, match="name or number"):
        read(world, person, acting(world, twin, "supervisor"), entry)
    straw = perform(chief, appoint_by_one, name="Straw", service_number="T-2", role="supervisor")
    with pytest.raises(Forbidden, match="is not confirmed"):
        read(world, person, acting(world, straw, "supervisor"), entry)


def test_in_a_force_of_one_the_plan_holds_and_says_that_nobody_has_read_it(world: World) -> None:
    person = take(world)
    write(world, person)
    for role in ("supervisor", "second-caseworker"):
        perform(administrator(world), withdraw_officer, officer=world.actor(role).officer, reason="left")
    page = unescape(world.client("caseworker").get(f"/care/{person}/plan/").content.decode())
    assert "Nobody second is at work here who could read it" in page and GOAL["goal"] in page
    assert not waits(world.actor("caseworker"))


def test_what_the_second_reader_says_stands_on_the_writers_today_until_it_is_changed(world: World) -> None:
    person = take(world)
    entry = write(world, person)
    with pytest.raises(Refused, match="thought over"):
        read(world, person, "supervisor", entry, agrees="no")
    read(world, person, "supervisor", entry, agrees="no", words="The town takes longer")
    (title,) = waits(world.actor("caseworker"))
    assert title == "Sgt. Name supervisor does not agree with a case plan of yours"
    assert not waits(world.actor("supervisor"))
    write(world, person, corrects=entry, version=entry, until="2018-06-01")
    assert not waits(world.actor("caseworker")) and waits(world.actor("supervisor")) == [WAITS]


def test_a_changed_row_lets_nobody_read_second(world: World) -> None:
    person = take(world)
    entry = write(world, person)
    row = PlanUnread.objects.get()
    before = bytes(row.sealed or b"")
    read(world, person, "supervisor", entry)
    PlanUnread.objects.create(id=row.pk, compartment=row.compartment, person=person, sealed=before)
    with pytest.raises(RowChanged):
        read(world, person, "supervisor", entry)


# -- who learns of it --------------------------------------------------------------------------------


def test_nobody_else_gets_the_plan_and_its_opening_is_recorded(world: World) -> None:
    person = take(world)
    entry = write(world, person)
    assert world.client("second-caseworker").get(f"/care/{person}/plan/").status_code != 200 or GOAL[
        "goal"
    ] not in unescape(world.client("second-caseworker").get(f"/care/{person}/plan/").content.decode())
    for role in ("officer", "national-lead", "prosecutor", "deciding-authority", "coordinator"):
        client = world.client(role)
        assert masked(client.get(f"/care/{person}/plan/").content, person) == masked(
            client.get(f"/care/{'0' * 32}/plan/").content, "0" * 32
        )
        assert client.get(f"/entries/{entry}/").status_code == 404
    assert not [row for row in opened(Opening) if row.page == "plan"]
    assert world.client("supervisor").get(f"/care/{person}/plan/read/").status_code == 200
    assert len([row for row in opened(Opening) if row.page == "plan"]) == 1


def test_a_copied_database_has_nothing_of_it_in_the_clear_and_it_goes_with_the_person(world: World) -> None:
    person = take(world)
    write(world, person)
    for model in (PlanGoal, PlanUnread):
        (row,) = copied(model)
        assert set(row) == {"id", "compartment", "operation", "provenance", "person", "sealed"}
    new_submission()
    world.perform("caseworker", erase_person, person=person, reason="asked for", source="decision")
    assert not PlanGoal.objects.exists() and not PlanUnread.objects.exists()


# -- the pages ---------------------------------------------------------------------------------------


def test_a_plan_is_written_changed_and_read_by_its_pages(world: World) -> None:
    person = take(world)
    client, second = world.client("caseworker"), world.client("supervisor")
    assert "No goal yet" in unescape(client.get(f"/care/{person}/plan/").content.decode())
    day = {"until_day": "1", "until_month": "5", "until_year": "2018"}
    posted = {name: value for name, value in GOAL.items() if name != "until"} | day
    assert client.post(f"/care/{person}/plan/goal/", posted).status_code == 302
    entry = opened(PlanGoal)[0].pk
    page = unescape(client.get(f"/care/{person}/plan/goal/{entry}/").content.decode())
    assert GOAL["goal"] in page and f'value="{entry}"' in page
    again = posted | {"progress": "under-way", "version": entry}
    assert client.post(f"/care/{person}/plan/goal/{entry}/", again).status_code == 302
    page = unescape(client.get(f"/care/{person}/plan/").content.decode())
    assert "Under way" in page and "It holds, and waits for a second officer" in page
    plan = unread(world.actor("supervisor"), opened(PlanGoal)[0].compartment)
    assert plan is not None and plan.may_read
    second.post(f"/care/{person}/plan/read/", {"goals": " ".join(plan.entries), "agrees": "yes"})
    assert "A second officer has read all of it." in unescape(
        client.get(f"/care/{person}/plan/").content.decode()
    )
    assert not plans_to_read(world.actor("supervisor"))


def test_the_day_of_the_next_review_is_the_date_of_the_queue(world: World) -> None:
    person = take(world)
    write(world, person)
    world.perform("caseworker", name_step, person=person, kind="plan-review", until="2018-04-20")
    place = stands(world, person)
    assert (place.queue, place.step, f"{place.due:%m-%d}") == ("follow-up", "plan-review", "04-21")
    assert world.client("caseworker").get(reverse("care-next", args=[person])).status_code == 200
