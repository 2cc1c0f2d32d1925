"""Asking for a statement on a gap: on the start page of those asked, until their authority answers."""

from __future__ import annotations

import random
from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.evidence import queries
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.ask_statement import ask_statement
from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.seize import seize
from libertad.evidence.actions.statement_on_gap import statement_on_gap
from libertad.evidence.custody import chain
from libertad.journal.models import Entry
from libertad.web.waiting import waiting
from tests.evidence.test_exhibits import PHONE, refuses, row
from tests.evidence.test_screens import text
from tests.support.shuffling import assert_order_free
from tests.support.world import World

FROM = "2018-04-06T23:05:00+00:00"


@pytest.fixture
def gap(world: World) -> str:
    """A phone that the officer let go on 6 April and the exhibits officer took on the 7th."""
    phone = str(world.perform("officer", seize, happened=world.at(5, 14, 5), **PHONE))
    world.perform("officer", release_custody, exhibit=phone, happened=world.at(6, 23, 5))
    world.perform("exhibits-officer", accept_custody, exhibit=phone, happened=world.at(7, 1, 15))
    return phone


def ask(world: World, exhibit: str, of: str = "officer", by: str = "prosecutor", **overrides: Any) -> str:
    to = world.actor(of)
    arguments = {
        "to_officer": to.officer,
        "to_authority": to.authority,
        "happened": world.at(8, 9),
        **overrides,
    }
    return str(world.perform(by, ask_statement, exhibit=exhibit, **arguments))


def today(world: World, role: str) -> list[str]:
    return [item.title for item in waiting(world.actor(role)) if "statement" in item.title.lower()]


def test_who_is_asked_sees_it_today_until_it_is_answered(world: World, gap: str) -> None:
    assert not today(world, "officer")
    ask(world, gap, words="Where did the phone lie?")
    assert today(world, "officer") == ["A statement on a gap is asked of you"]
    assert today(world, "national-lead") == ["A statement on a gap is asked of Sgt. Name officer"]
    assert not today(world, "prosecutor") and not today(world, "other-officer")
    page = text(world.client("officer").get("/"))
    assert "Where did the phone lie?" in page
    world.perform("officer", statement_on_gap, exhibit=gap, words="In the boat.", happened=world.at(8, 10))
    assert not today(world, "officer") and not today(world, "national-lead")
    exhibit_row = row(gap)
    assert (exhibit_row.gap_minutes, exhibit_row.unexplained) == (130, 0), (
        "asking and answering change no time"
    )


def test_an_authority_may_be_asked_without_a_name(world: World, gap: str) -> None:
    ask(world, gap, by="exhibits-officer", of="prosecutor", to_officer="")
    assert today(world, "prosecutor") == ["A statement on a gap is asked of you"]
    assert not today(world, "officer")


def test_a_statement_before_the_question_or_by_others_is_no_answer(world: World, gap: str) -> None:
    world.perform("officer", statement_on_gap, exhibit=gap, words="I do not know.", happened=world.at(7, 9))
    ask(world, gap)
    world.perform("prosecutor", statement_on_gap, exhibit=gap, words="Nor I.", happened=world.at(8, 12))
    exhibit = queries.exhibit(world.actor("officer"), gap)
    assert exhibit is not None and len(queries.asked_of(world.actor("officer"), exhibit)) == 1


@pytest.mark.parametrize("role", ["caseworker", "coordinator", "analyst", "press", "administrator"])
def test_who_reads_no_case_asks_nothing(world: World, gap: str, role: str) -> None:
    before = Entry.objects.count()
    with pytest.raises(Exception) as why:
        ask(world, gap, by=role)
    assert type(why.value).__name__ in ("Forbidden", "Refused") and Entry.objects.count() == before
    assert world.client(role).get(f"/exhibits/{gap}/ask/").status_code in (403, 404)


def test_another_countrys_police_cannot_ask_and_learn_nothing(world: World, gap: str) -> None:
    for exhibit in (gap, "0" * 32):
        to = world.actor("officer")
        refuses(
            world,
            "other-officer",
            ask_statement,
            "exhibit",
            "there is no such exhibit",
            exhibit=exhibit,
            to_officer=to.officer,
            to_authority=to.authority,
        )
        assert world.client("other-officer").get(f"/exhibits/{exhibit}/ask/").status_code == 404


def test_a_wrong_question_names_the_field(world: World, gap: str) -> None:
    police, officer = world.actor("officer").authority, world.actor("officer").officer
    outsider = world.actor("other-officer")

    def wrong(field: str, words: str, **overrides: Any) -> None:
        refuses(world, "prosecutor", ask_statement, field, words, **{"exhibit": gap, **overrides})

    wrong("to_authority", "no other reads the case", to_authority=outsider.authority)
    wrong("to_officer", "no more", to_authority=police, to_officer=outsider.officer)
    wrong("about_from", "no gap", to_authority=police, about_from="2018-04-01T00:00:00+00:00")
    prosecutor = world.actor("prosecutor")
    wrong("to_officer", "know it yourself", to_authority=prosecutor.authority, to_officer=prosecutor.officer)
    ask(world, gap)
    wrong("to_officer", "asked already", to_authority=police, to_officer=officer)
    world.perform(
        "administrator", withdraw_officer, officer=world.actor("exhibits-officer").officer, reason="Left"
    )
    left = world.actor("exhibits-officer").officer
    wrong("to_officer", "no more", to_authority=police, to_officer=left)
    whole = str(world.perform("officer", seize, happened=world.at(5, 15), **PHONE))
    wrong("exhibit", "no gap", exhibit=whole, to_authority=police)


def test_asking_needs_the_right(world: World, gap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from libertad.access.matrix import matrix

    law = matrix().entries["custody.ask"]
    monkeypatch.setitem(matrix().entries, "custody.ask", replace(law, say=frozenset()))  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        ask(world, gap)


def test_the_gaps_row_has_the_button_and_tells_who_was_asked(world: World, gap: str) -> None:
    client = world.client("prosecutor")
    page = f"/exhibits/{gap}/"
    assert "Ask for a statement" in text(client.get(page))
    form = text(client.get(f"{page}ask/"))
    assert "Sgt. Name officer, Guyana police" in form and "Any officer of Guyana police" in form
    to = world.actor("officer")
    sent = {"about_from": FROM, "to_officer": f"{to.officer}:{to.authority}", "words": "Where was it?"}
    answer_page = text(client.post(f"{page}ask/", sent, follow=True))
    assert "Sgt. Name prosecutor asked Sgt. Name officer for a statement" in answer_page
    assert "Where was it?" in answer_page and "No answer yet." in answer_page
    assert "not explained" in answer_page, "a question explains nothing"
    again = text(client.post(f"{page}ask/", sent))
    assert "asked already" in again
    world.client("officer").post(f"{page}statement/", {"about_from": FROM, "words": "In the boat."})
    assert "No answer yet." not in text(client.get(page))


def test_questions_do_not_depend_on_the_order_of_arrival(world: World, gap: str) -> None:
    ask(world, gap)
    world.perform("officer", statement_on_gap, exhibit=gap, words="In the boat.", happened=world.at(8, 10))
    ask(world, gap, of="exhibits-officer", to_officer="", happened=world.at(8, 11))
    assert_order_free(world)
    exhibit = queries.exhibit(world.actor("officer"), gap)
    assert exhibit is not None
    events, dice = list(exhibit.chain.events), random.Random(1)
    for _ in range(10):
        dice.shuffle(events)
        assert chain(events) == exhibit.chain


def test_who_asked_sees_on_today_that_nobody_has_answered_yet(world: World, gap: str) -> None:
    (before,) = [item for item in waiting(world.actor("prosecutor")) if "gap" in item.title]
    assert before.button == "Ask, or add a statement"
    ask(world, gap)
    (item,) = [item for item in waiting(world.actor("prosecutor")) if "gap" in item.title]
    assert item.why == "Asked, and no answer yet: Sgt. Name officer." and item.button == "Open the exhibit"
    world.perform("officer", statement_on_gap, exhibit=gap, words="In the boat.", happened=world.at(8, 10))
    assert not [item for item in waiting(world.actor("prosecutor")) if "gap" in item.title]


def test_who_took_it_by_name_can_be_asked(world: World) -> None:
    """The one person of whom one would ask where it was is named in the words of the release alone."""
    phone = str(world.perform("officer", seize, country="GY", kind="document", description="Page, generated"))
    world.perform("officer", release_custody, exhibit=phone, to_whom="sgt. NAME  National-Lead, by boat")
    lead = world.actor("national-lead")
    exhibit = queries.exhibit(world.actor("prosecutor"), phone)
    assert exhibit is not None
    listed = queries.concerned(world.actor("prosecutor"), exhibit)
    named = [receiver.officer for receiver in listed if receiver.officer]
    assert named == [world.actor("officer").officer, lead.officer]
    form = world.client("prosecutor").get(f"/exhibits/{phone}/ask/").content.decode()
    assert f"{lead.officer}:{lead.authority}" in form and "Name national-lead" in form
