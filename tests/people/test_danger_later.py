"""Danger said later than at the meeting: by police from the person's page, by care in its own words."""

from __future__ import annotations

import pytest

from libertad.access.acting import Forbidden
from libertad.care.actions.close_danger import close_care_danger, say_care_danger
from libertad.people.actions.close_danger import close_person_danger, say_danger
from libertad.people.queries import dangers_counted, person
from libertad.vocabulary.values import Refused
from tests.people.making import meet
from tests.support.shuffling import assert_order_free
from tests.support.world import World

BLEEDS, STAYS = "She bleeds and needs a doctor", "A man waits before the shelter"


def today(world: World, role: str) -> str:
    return " ".join(world.client(role).get("/?part=danger").content.decode().split())


def page(world: World, role: str, address: str) -> str:
    return " ".join(world.client(role).get(address).content.decode().split())


def count(world: World) -> int:
    return dangers_counted(world.actor("coordinator"))


def test_an_officer_says_it_from_the_person_s_page_and_it_reaches_lead_number_and_care(world: World) -> None:
    person_id = meet(world)
    address = f"/people/{person_id}/danger/say/"
    assert address in page(world, "officer", f"/people/{person_id}/") and not count(world)
    form = page(world, "officer", address)
    assert "The national lead" in form and "Care authority, Guyana" in form and "checked" not in form
    answer = world.client("officer").post(address, {"words": BLEEDS}, follow=True).content.decode()
    assert "Nobody was telephoned" in answer and BLEEDS in answer and address not in answer
    for role in ("national-lead", "officer", "caseworker"):
        assert BLEEDS in today(world, role), role
    assert count(world) == 1 and BLEEDS not in today(world, "coordinator")
    assert "1 person in danger" in today(world, "coordinator")
    for role in ("other-lead", "other-officer", "exhibits-officer"):
        assert BLEEDS not in today(world, role)
    assert_order_free(world)


def test_after_one_was_closed_another_is_said_and_stands_first_again_for_both_sides(world: World) -> None:
    person_id = meet(world, danger="yes")
    world.perform("officer", close_person_danger, person=person_id, done="Ambulance took her")
    world.perform("caseworker", close_care_danger, person=person_id, done="Stayed with her")
    assert not count(world) and not today(world, "caseworker").count("todo-group--danger")
    world.perform("national-lead", say_danger, person=person_id, words=BLEEDS)
    assert count(world) == 1
    for role in ("national-lead", "caseworker"):
        assert BLEEDS in today(world, role), role
    with pytest.raises(Refused, match="open already"):
        world.perform("officer", say_danger, person=person_id, words="Another thing")
    world.perform("caseworker", close_care_danger, person=person_id, done="At the clinic")
    assert BLEEDS not in today(world, "caseworker") and BLEEDS in today(world, "national-lead")
    world.perform("officer", close_person_danger, person=person_id, done="Doctor came")
    assert not count(world) and BLEEDS not in today(world, "national-lead")
    shown_person = person(world.actor("officer"), person_id)
    assert (
        shown_person is not None
        and shown_person.danger_closed is not None
        and shown_person.danger_closed.done == "Doctor came"
    )
    text = page(world, "officer", f"/people/{person_id}/?all=1")
    assert (
        "Ambulance took her" in text and "Doctor came" in text and f"/people/{person_id}/danger/say/" in text
    )
    assert_order_free(world)


def test_care_says_it_by_its_own_words_and_nothing_of_police_changes_by_it(world: World) -> None:
    person_id = meet(world)
    before = {
        role: (today(world, role), count(world)) for role in ("national-lead", "officer", "coordinator")
    }
    file = page(world, "officer", f"/people/{person_id}/")
    answer = world.client("caseworker").post(f"/care/{person_id}/danger/say/", {"words": STAYS}, follow=True)
    assert STAYS in answer.content.decode() and "Nobody was telephoned" in answer.content.decode()
    for role in ("caseworker", "second-caseworker"):
        assert STAYS in today(world, role)
    assert {role: (today(world, role), count(world)) for role in before} == before
    shown_person = person(world.actor("officer"), person_id)
    assert shown_person is not None and not shown_person.dangers
    assert STAYS not in page(world, "officer", f"/people/{person_id}/") and "In danger" not in file
    with pytest.raises(Refused, match="open already"):
        world.perform("second-caseworker", say_care_danger, person=person_id, words="Again")
    with pytest.raises(Refused, match="nobody said"):
        world.perform("officer", close_person_danger, person=person_id, done="x")
    # Police say one of their own beside it: both are open for care, and one answer closes both there.
    world.perform("officer", say_danger, person=person_id, words=BLEEDS)
    assert BLEEDS in today(world, "caseworker") and STAYS in today(world, "caseworker")
    world.perform("caseworker", close_care_danger, person=person_id, done="Moved her")
    assert "todo-group--danger" not in today(world, "caseworker") and BLEEDS in today(world, "officer")
    assert_order_free(world)


@pytest.mark.parametrize("role", ["caseworker", "prosecutor", "analyst", "coordinator", "other-officer"])
def test_who_may_not_say_it_for_police(world: World, role: str) -> None:
    person_id = meet(world)
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, say_danger, person=person_id, words=BLEEDS)
    assert world.client(role).get(f"/people/{person_id}/danger/say/").status_code in (403, 404)


@pytest.mark.parametrize("role", ["officer", "national-lead", "coordinator", "deciding-authority"])
def test_nobody_says_it_for_care(world: World, role: str) -> None:
    person_id = meet(world)
    with pytest.raises(Forbidden):
        world.perform(role, say_care_danger, person=person_id, words=STAYS)
    assert world.client(role).get(f"/care/{person_id}/danger/say/").status_code == 404


@pytest.mark.parametrize(("role", "verb"), [("officer", say_danger), ("caseworker", say_care_danger)])
def test_it_needs_words_and_sent_twice_stands_once(world: World, role: str, verb: object) -> None:
    person_id = meet(world)
    for wrong in ("", "  ", "x" * 1001):
        with pytest.raises(Refused, match="words"):
            world.perform(role, verb, person=person_id, words=wrong)
    entry = world.perform(role, verb, person=person_id, words=BLEEDS)
    assert world.perform(role, verb, person=person_id, words=f" {BLEEDS} ") == entry
    assert count(world) == (1 if role == "officer" else 0)


def test_a_danger_said_after_a_closing_was_written_stays_open_however_they_arrive(world: World) -> None:
    """The closing's clock is ahead: it answers what it names, and no later danger."""
    person_id = meet(world, danger="yes")
    world.perform("officer", close_person_danger, person=person_id, done="Gone", happened=world.at(9, 9))
    world.perform("officer", say_danger, person=person_id, words=BLEEDS, happened=world.at(8, 9))
    shown_person = person(world.actor("officer"), person_id)
    assert shown_person is not None and [danger.words for danger in shown_person.open_dangers] == [BLEEDS]
    assert_order_free(world)


def test_nothing_is_preselected_where_danger_is_asked(world: World) -> None:
    from tests.operations.making import a_site, a_team

    team = a_team(world, a_site(world))
    for address in ("/people/meet/", f"/teams/{team}/check-in/"):
        text = world.client("officer").get(address).content.decode()
        boxes = [part.split(">")[0] for part in text.split("<input") if 'name="danger"' in part.split(">")[0]]
        assert len(boxes) >= 2 and not [box for box in boxes if "checked" in box], address


def test_words_about_danger_say_that_they_tell_nobody(world: World) -> None:
    """An officer who records a threat among what was said must not believe that somebody is told."""
    person = meet(world)
    values = {"source": "said", "topic": "danger", "words": "He comes tonight"}
    text = world.client("officer").post(f"/people/{person}/state/", values, follow=True).content.decode()
    assert "nobody is told by them" in text and f"/people/{person}/danger/say/" in text
    values["topic"] = "pay"
    text = world.client("officer").post(f"/people/{person}/state/", values, follow=True).content.decode()
    assert "nobody is told by them" not in text
    world.perform("officer", say_danger, person=person, words="He stands outside")
    again = {**values, "topic": "danger"}
    text = world.client("officer").post(f"/people/{person}/state/", again, follow=True).content.decode()
    assert "nobody is told by them" not in text, "it stands first on Today"
