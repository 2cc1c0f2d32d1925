"""Deciding: who may, with reasons, two readers for two persons, undo; leads and the board follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.queries import can_say
from libertad.board.lines import feed
from libertad.hits import queries
from libertad.hits.actions.answer_question import answer_question
from libertad.hits.actions.ask_owner import ask_owner
from libertad.hits.actions.confirm_hit import confirm_hit
from libertad.hits.actions.postpone_hit import postpone_hit
from libertad.hits.actions.read_hit import read_hit
from libertad.hits.actions.reject_hit import reject_hit
from libertad.hits.actions.undo_hit import undo_hit
from libertad.hits.fold import question_key
from libertad.hits.models import Hit, Question
from libertad.operations.models import Lead
from libertad.people.models import Person, Tally
from libertad.people.queries_linking import linked_by_one
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.hits import HitRead
from tests.hits.making import person, phone_exhibit, phone_lead, scored, share, the_hit, two_met
from tests.operations.making import a_site
from tests.operations.test_screens import clock_at
from tests.support.shuffling import assert_order_free
from tests.support.world import World

WHY = "The same scar on the left hand"


def state(hit: str) -> str:
    return Hit.objects.get(pk=hit).state


def test_two_officers_make_two_records_of_one_person(world: World) -> None:
    first, second, hit = two_met(world)
    assert world.perform("officer", confirm_hit, hit=hit, reasons=WHY) == "waiting"
    assert Person.objects.get(pk=first).links == [], "one officer alone links nobody"
    assert world.perform("national-lead", read_hit, hit=hit, agrees="yes", reasons="Read both") == "confirmed"
    assert Person.objects.get(pk=first).links == [second] and Person.objects.get(pk=second).links == [first]
    assert Tally.objects.filter(linked=True).count() == 2
    for person_id in (first, second):
        assert linked_by_one(world.actor("officer"), person_id) == set(), "two read it, and no third is asked"
    assert state(hit) == "confirmed"
    assert_order_free(world)


def test_nobody_is_both_readers(world: World) -> None:
    person_id, _two, hit = two_met(world)
    world.perform("national-lead", confirm_hit, hit=hit, reasons=WHY)
    with pytest.raises(Refused, match="another officer"):
        world.perform("national-lead", read_hit, hit=hit, agrees="yes", reasons=WHY)
    with pytest.raises(Forbidden):
        world.perform("officer", read_hit, hit=hit, agrees="yes", reasons=WHY)
    assert state(hit) == "waiting" and Person.objects.get(pk=person_id).links == []


@pytest.mark.parametrize(
    ("name", "number", "act", "why"),
    [
        ("NAME  officer", "N-99", appoint_officer, "bears the name"),
        ("Generated Other", "officer 1", appoint_officer, "bears the name"),
        ("Generated Other", "N-99", appoint_by_one, "is not confirmed"),
    ],
)
def test_no_second_account_of_who_proposed_reads_it(
    world: World, name: str, number: str, act: Any, why: str
) -> None:
    """One with the name or the number, or one that a single hand made up."""
    person_id, _two, hit = two_met(world)
    values = {"name": "Name officer", "service_number": "OFFICER-1", "role": "officer"}
    world.perform("administrator", appoint_officer, officer=world.actor("officer").officer, **values)
    same = world.perform("administrator", act, name=name, service_number=number, role="national-lead")
    world.perform("officer", confirm_hit, hit=hit, reasons=WHY)
    second = replace(world.actor("national-lead"), officer=same)
    for agrees in ("yes", "no"):
        with pytest.raises(Forbidden, match=why):
            perform(second, read_hit, hit=hit, agrees=agrees, reasons=WHY)
    assert state(hit) == "waiting" and Person.objects.get(pk=person_id).links == []


def test_a_second_word_of_the_same_officer_counts_for_nothing_in_the_fold(world: World) -> None:
    """Should the refusal be lost one day, the row still waits for somebody else."""
    _one, _two, hit = two_met(world)
    lead = world.actor("national-lead")
    world.perform("national-lead", confirm_hit, hit=hit, reasons=WHY)

    def again(act: Act) -> None:
        row = Hit.objects.get(pk=hit)
        act.say(row.compartment, HitRead(agrees="yes", reasons="me again"), subject=hit)

    perform(lead, again)
    assert state(hit) == "waiting"


def test_a_second_reader_who_does_not_agree_opens_it_again(world: World) -> None:
    person_id, _two, hit = two_met(world)
    world.perform("officer", confirm_hit, hit=hit, reasons=WHY)
    world.perform("national-lead", read_hit, hit=hit, agrees="no", reasons="Another height")
    assert state(hit) == "open" and Person.objects.get(pk=person_id).links == []
    with pytest.raises(Refused, match="does not wait"):
        world.perform("national-lead", read_hit, hit=hit, agrees="yes", reasons=WHY)


def test_undo_ends_the_link_and_keeps_what_was_said(world: World) -> None:
    person_id, _two, hit = two_met(world)
    world.perform("officer", confirm_hit, hit=hit, reasons=WHY)
    world.perform("national-lead", read_hit, hit=hit, agrees="yes", reasons=WHY)
    with pytest.raises(Forbidden):
        world.perform("officer", undo_hit, hit=hit, reasons="A mistake")
    world.perform("national-lead", undo_hit, hit=hit, reasons="They are sisters")
    assert state(hit) == "open" and Person.objects.get(pk=person_id).links == []
    with pytest.raises(Refused, match="nothing is decided"):
        world.perform("national-lead", undo_hit, hit=hit, reasons="again")
    assert_order_free(world)


@pytest.mark.parametrize("verb", [confirm_hit, reject_hit])
def test_a_decision_has_reasons_and_is_taken_once(world: World, verb: object) -> None:
    _one, _two, hit = two_met(world)
    with pytest.raises(Refused, match="reasons"):
        world.perform("officer", verb, hit=hit, reasons="  ")
    world.perform("officer", verb, hit=hit, reasons=WHY)
    for again in (confirm_hit, reject_hit):
        with pytest.raises(Refused, match="take the decision back first"):
            world.perform("national-lead", again, hit=hit, reasons=WHY)


def test_not_yet_has_a_day_that_lies_ahead_and_comes_back(world: World) -> None:
    clock_at(world, 5, 15)
    _one, _two, hit = two_met(world)
    for day in ("2018-04-05", "2018-04-01", "2019-05-01", "soon"):
        with pytest.raises(Refused, match="until"):
            world.perform("officer", postpone_hit, hit=hit, until=day, reasons="A photograph")
    world.perform("officer", postpone_hit, hit=hit, until="2018-04-07", reasons="A photograph")
    officer = world.actor("officer")
    assert state(hit) == "not-yet" and not queries.rows(officer, "to-decide").exists()
    clock_at(world, 7, 9)
    (row,) = queries.hits_page(officer, 1, 9, state="to-decide")[0]
    assert row.due
    world.perform("officer", reject_hit, hit=hit, reasons=WHY)
    assert Hit.objects.get(pk=hit).until == ""
    assert_order_free(world)


def test_for_others_there_is_no_such_hit(world: World) -> None:
    _one, _two, hit = two_met(world)
    for role in ("other-officer", "prosecutor", "coordinator", "press"):
        with pytest.raises(Refused, match="no such hit"):
            world.perform(role, reject_hit, hit=hit, reasons=WHY)
    with pytest.raises(Refused, match="no such hit"):
        world.perform("officer", reject_hit, hit="0" * 32, reasons=WHY)
    analyst = replace(world.actor("officer"), role="analyst")  # of the same force, but reads no people
    with pytest.raises(Refused, match="no such hit"):
        perform(analyst, reject_hit, hit=hit, reasons=WHY)


def shared(world: World) -> tuple[str, str, str]:
    """A person of ours and one of another authority that was shared with us: (ours, theirs, hit)."""
    own_person, their_person = person(world, "Yulimar Peña"), person(world, "Yulimar Peña", "other-officer")
    share(world, their_person)
    scored(world)
    return own_person, their_person, str(the_hit(world, f"person:{own_person}", f"person:{their_person}").pk)


def test_the_owner_is_asked_in_its_own_file_and_answers_once(world: World) -> None:
    own_person, their_person, hit = shared(world)
    with pytest.raises(Refused, match="your own authority's"):
        world.perform("officer", ask_owner, hit=hit, record=f"person:{own_person}", words="Who?")
    with pytest.raises(Refused, match="one of the two"):
        world.perform("officer", ask_owner, hit=hit, record="person:" + "0" * 32, words="Who?")
    world.perform("officer", ask_owner, hit=hit, record=f"person:{their_person}", words="Has she a scar?")
    assert state(hit) == "asked"
    with pytest.raises(Refused, match="asked already"):
        world.perform("officer", ask_owner, hit=hit, record=f"person:{their_person}", words="Well?")
    key = question_key(hit, f"person:{their_person}")
    question = Question.objects.get(pk=key)
    assert question.compartment == Person.objects.get(pk=their_person).compartment
    with pytest.raises(Refused, match="no such question"):
        world.perform("officer", answer_question, question=key, answer="same", words="Yes")
    values = {"question": key, "answer": "same", "words": "She has, on the left hand"}
    world.perform("other-officer", answer_question, **values)
    assert state(hit) == "answered" and Question.objects.get(pk=key).answer == "same"
    with pytest.raises(Refused, match="answered already"):
        world.perform("other-officer", answer_question, **values)
    world.perform("officer", reject_hit, hit=hit, reasons=WHY)
    assert state(hit) == "rejected"
    assert_order_free(world)


def test_a_confirmed_phone_makes_its_lead_fresh_and_the_board_hears_of_it(world: World) -> None:
    person_id, lead = person(world, "Yulimar Peña"), phone_lead(world)
    scored(world)
    hit = the_hit(world, f"lead:{lead}", f"person:{person_id}").pk
    assert world.perform("officer", confirm_hit, hit=hit, reasons=WHY) == "confirmed"
    row = Lead.objects.get(pk=lead)
    assert (row.standing, row.ground) == ("fresh", "hit-here")
    lines = [line.text for line in feed(world.actor("coordinator"), "hits")]
    assert lines == ["A hit is confirmed: lead in Guyana and person in Guyana."]
    assert WHY not in str(lines)
    world.perform("officer", undo_hit, hit=hit, reasons="Another phone")
    assert Lead.objects.get(pk=lead).standing == "not-known"
    assert len(feed(world.actor("coordinator"), "hits")) == 2
    assert_order_free(world)


def test_who_was_moved_makes_the_first_site_stale_and_the_second_fresh(world: World) -> None:
    first, second = phone_lead(world, phone="+592 600 1111"), phone_lead(world, phone="+592 600 2222")
    first_site = a_site(world, lead=(first,))
    second_site = a_site(world, lead=(second,), name="Night club on the coast", reference="SITE-GY-77")
    person(world, "Yulimar Peña", site=first_site, happened=world.at(4, 9))
    person(world, "Yulimar Pena", site=second_site, happened=world.at(6, 9))
    scored(world)
    hit = Hit.objects.get(
        left__startswith="person:", right__startswith="person:", authority=world.authorities["police"]
    ).pk
    world.perform("officer", confirm_hit, hit=hit, reasons=WHY)
    assert Lead.objects.get(pk=first).standing == ""
    world.perform("national-lead", read_hit, hit=hit, agrees="yes", reasons=WHY)
    assert (Lead.objects.get(pk=first).standing, Lead.objects.get(pk=second).standing) == ("stale", "fresh")
    assert_order_free(world)


def test_care_confirms_without_saying_anything_of_leads(world: World) -> None:
    first, second = person(world, "Yulimar Peña", "caseworker"), person(world, "Yulimar", "caseworker")
    scored(world)
    hit = the_hit(world, f"person:{first}", f"person:{second}", "caseworker").pk
    world.perform("caseworker", confirm_hit, hit=hit, reasons=WHY)
    world.perform("second-caseworker", read_hit, hit=hit, agrees="yes", reasons=WHY)
    assert state(str(hit)) == "confirmed"
    assert not Hit.objects.filter(authority=world.authorities["police"]).exists()


def test_exhibits_are_confirmed_by_one_officer(world: World) -> None:
    person_id, exhibit = person(world, "Yulimar Peña"), phone_exhibit(world)
    scored(world)
    hit = the_hit(world, f"exhibit:{exhibit}", f"person:{person_id}").pk
    world.perform("exhibits-officer", confirm_hit, hit=hit, reasons="Her photograph is on it")
    assert state(str(hit)) == "confirmed"


def test_the_bar_counts_what_the_queue_lists_and_the_questions(world: World) -> None:
    """The count is put together once for each role; it must be of who asks, and of the day."""
    _one, _two, hit = two_met(world)
    phone_lead(world, phone="+592 611 7777")
    phone_exhibit(world, phone="+592 611 7777")
    their_pair = shared(world)[1:]
    world.perform("officer", ask_owner, hit=their_pair[1], record=f"person:{their_pair[0]}", words="A scar?")
    clock_at(world, 5, 15)

    def counts() -> dict[str, int]:
        by_role = {}
        for role in world.actors:
            actor = world.actor(role)
            listed = queries.rows(actor, "to-decide").count() + len(queries.asked_of(actor))
            waiting = queries.waiting(actor).get("hits", 0)
            assert waiting == (listed if can_say(actor, "hit.confirm") else 0), role
            by_role[role] = waiting
        return by_role

    analyst = replace(world.actor("other-officer"), role="analyst")  # who reads no people
    assert queries.asked_of(analyst) == [] and queries.waiting(analyst) == {"hits": 0}
    first = counts()
    assert first["officer"] == first["national-lead"] > 1 and first["other-officer"] == 1
    world.perform("officer", postpone_hit, hit=hit, until="2018-04-09", reasons=WHY)
    assert counts()["officer"] == first["officer"] - 1
    clock_at(world, 9, 12)
    assert counts()["officer"] == first["officer"], "the day has come"
