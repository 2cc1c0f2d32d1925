"""A decision is corrected with its reason: read anew before it counts, and figures follow."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden
from libertad.access.queries import open_row
from libertad.care.actions.correct_decision import correct_identification, correct_return
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.identify import identify
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.read_return import read_return
from libertad.care.actions.record_wish import record_wish
from libertad.care.models import CareFile, Identification, ReturnDecision
from libertad.care.queries import care_todos
from libertad.figures.own_count import Desk, decisions
from libertad.journal.node import node
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import IdentificationDecide, IdentificationRead
from tests.care.conftest import set_to
from tests.care.people import meet
from tests.operations.test_screens import text
from tests.support.care_rows import care_row
from tests.support.lawless import lawless
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("end_of_april")

WHY = "The court papers were of another person."
FIRST = {"status": "confirmed", "reasons": "Court papers.", "review_on": "2018-06-01"}
RIGHT = FIRST | {"status": "presumed", "reasons": "Wages withheld, says so herself."}
RULING = {
    "decision": "stay",
    "wish": "stay",
    "circumstances": ["debt"],
    "resources": ["shelter-place"],
    "reasons": "A place is free.",
}


def standing_entries(world: World, key: str, model: Any = Identification) -> str:
    words = open_row(world.actor("caseworker"), model.objects.get(pk=key))
    return ",".join(words["entries"])


def decided(world: World, person: str, read: bool = True, day: int = 7) -> str:
    done = str(world.perform("caseworker", identify, person=person, happened=world.at(day, 9), **FIRST))
    if read:
        world.perform(
            "deciding-authority",
            read_identification,
            identification=done,
            agrees="yes",
            happened=world.at(day, 10),
        )
    return done


def corrected(world: World, key: str, day: int = 8, **changed: Any) -> str:
    fields = (
        RIGHT
        | {"correction": WHY, "shown": standing_entries(world, key), "happened": world.at(day, 9)}
        | changed
    )
    return str(world.perform("caseworker", correct_identification, identification=key, **fields))


def status(person: str) -> str:
    return care_row(CareFile, person=person).status


def counted_statuses(world: World) -> list[str]:
    """What care's own count makes of its decisions."""
    care = world.authorities["care"]
    desk = Desk(node(), node().sql().all, care, world.operation)
    return [dated[-1][1] for dated in decisions(desk, 2**62).values() if dated]


def test_a_corrected_decision_counts_once_it_is_read_anew(world: World) -> None:
    person = meet(world)
    key = decided(world, person)
    assert status(person) == "confirmed" and counted_statuses(world) == ["confirmed"]
    entry = corrected(world, key)
    assert status(person) == "" and counted_statuses(world) == [], "the reading was of other words"
    assert care_row(CareFile, person=person).waiting == key
    assert [todo.kind for todo in care_todos(world.actor("deciding-authority"))][:1] == ["second-reading"]
    world.perform(
        "deciding-authority",
        read_identification,
        identification=key,
        agrees="yes",
        shown=entry,
        happened=world.at(8, 10),
    )
    assert status(person) == "presumed" and counted_statuses(world) == ["presumed"]
    page = text(world.client("caseworker"), f"/care/{person}/identification/{key}/")
    assert "<del>Court papers.</del>" in page and WHY in page and "Name caseworker" in page
    assert "Read before it was corrected" in page and "Name deciding-authority" in page
    assert_order_free(world)


def test_what_was_never_decided_is_taken_back_and_the_earlier_decision_counts_again(world: World) -> None:
    person = meet(world)
    first = str(world.perform("caseworker", identify, person=person, happened=world.at(6, 9), **RIGHT))
    world.perform(
        "deciding-authority",
        read_identification,
        identification=first,
        agrees="yes",
        happened=world.at(6, 10),
    )
    twice = decided(world, person)
    assert status(person) == "confirmed"
    world.perform(
        "caseworker",
        correct_identification,
        identification=twice,
        shown=standing_entries(world, twice),
        correction="Recorded in the wrong file.",
        taken_back=True,
        happened=world.at(8, 9),
    )
    assert status(person) == "presumed" and counted_statuses(world) == ["presumed"]
    assert care_row(CareFile, person=person).waiting == ""
    assert not [t for t in care_todos(world.actor("deciding-authority")) if t.kind == "second-reading"]
    page = text(world.client("caseworker"), f"/care/{person}/screening/")
    assert "Taken back" in page and "is-taken-back" in page
    with pytest.raises(Refused):
        world.perform("deciding-authority", read_identification, identification=twice, agrees="yes")
    assert_order_free(world)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"correction": " "}, "correction"),
        ({"shown": "0" * 64}, "correction"),
        (FIRST, "correction"),
        ({"reasons": ""}, "reasons"),
        ({"screening": "f" * 32}, "screening"),
    ],
)
def test_a_wrong_correction_names_its_field(world: World, changed: dict[str, Any], field: str) -> None:
    key = decided(world, meet(world))
    with pytest.raises(Refused) as why:
        corrected(world, key, **changed)
    assert why.value.field == field
    assert care_row(Identification, pk=key).status == "confirmed"


def test_only_the_authority_that_decided_corrects(world: World) -> None:
    person = meet(world)
    key = decided(world, person)
    fields = RIGHT | {"correction": WHY, "shown": standing_entries(world, key)}
    with pytest.raises(Forbidden):
        world.perform("deciding-authority", correct_identification, identification=key, **fields)
    client = world.client("deciding-authority")
    assert client.get(f"/care/{person}/identification/{key}/correct/").status_code == 404
    assert "Correct this decision" not in text(client, f"/care/{person}/identification/{key}/")
    for role in ("officer", "national-lead", "coordinator"):
        address = f"/care/{person}/identification/{key}/correct/"
        assert world.client(role).get(address).status_code in (403, 404)


def test_a_forged_correction_of_another_authority_changes_nothing(world: World) -> None:
    person = meet(world)
    key = decided(world, person)
    entry, place = standing_entries(world, key), care_row(CareFile, person=person).compartment
    content = IdentificationDecide(person=person, status="not-a-victim", reasons="x", correction="forged")
    old = dict.fromkeys(("status", "reasons", "review_on"), (entry,))
    with lawless():
        world.perform(
            "deciding-authority", lambda act: Act.say(act, place, content, subject=key, supersedes=old)
        )
    assert status(person) == "confirmed" and counted_statuses(world) == ["confirmed"]
    assert_order_free(world)


def test_nobody_reads_words_that_were_corrected_meanwhile(world: World) -> None:
    key = decided(world, meet(world), read=False)
    entry = corrected(world, key)
    newer = corrected(world, key, day=9, reasons="Wages withheld, and a witness.")
    for answer in ({}, {"shown": entry}):
        with pytest.raises(Refused) as why:
            world.perform(
                "deciding-authority", read_identification, identification=key, agrees="yes", **answer
            )
        assert why.value.field == "identification"
    with pytest.raises(Refused):
        world.perform("caseworker", read_identification, identification=key, agrees="yes", shown=newer)
    world.perform("deciding-authority", read_identification, identification=key, agrees="yes", shown=newer)
    assert care_row(Identification, pk=key).read == "yes"


def test_two_corrections_that_cross_count_once_a_third_has_settled_them(world: World) -> None:
    person = meet(world)
    key = decided(world, person)
    entry, place = standing_entries(world, key), care_row(CareFile, person=person).compartment
    old = dict.fromkeys(("status", "reasons", "review_on", "person"), (entry,))

    def cross(act: Act, status: str) -> str:
        content = IdentificationDecide(person=person, status=status, reasons="Crossed", correction=WHY)
        return act.say(place, content, subject=key, supersedes=old)

    with lawless():
        for n, value in enumerate(("presumed", "not-a-victim")):
            decision = world.perform("caseworker", cross, status=value, happened=world.at(8, 9 + n))
            world.perform(
                "deciding-authority",
                lambda act, read=decision: act.say(
                    place, IdentificationRead(person=person, agrees="yes", decision=read), subject=key
                ),
                happened=world.at(8, 12 + n),
            )
    assert status(person) == "" and counted_statuses(world) == []
    entry = corrected(world, key, day=9)
    world.perform("deciding-authority", read_identification, identification=key, agrees="yes", shown=entry)
    assert status(person) == "presumed"
    assert_order_free(world)


def test_a_return_decision_is_corrected_and_read_anew(world: World) -> None:
    person = meet(world)
    decided(world, person)
    world.perform("caseworker", record_wish, person=person, wish="stay", happened=world.at(7, 11))
    child = care_row(CareFile, person=person).child
    weighed = {"circumstances": ["debt", *(["child-best-interest"] if child else [])]}
    key = world.perform(
        "deciding-authority", decide_return, person=person, happened=world.at(7, 12), **RULING | weighed
    )
    world.perform("caseworker", read_return, decision=key, agrees="yes", happened=world.at(7, 13))
    assert care_row(CareFile, person=person).decision == "stay"
    fields = RULING | weighed | {"reasons": "Two places are free.", "correction": "One more is free."}
    fields["shown"] = standing_entries(world, key, ReturnDecision)
    entry = world.perform("deciding-authority", correct_return, ruling=key, happened=world.at(8, 9), **fields)
    assert care_row(CareFile, person=person).decision == ""
    assert care_row(CareFile, person=person).return_waiting == key
    world.perform(
        "caseworker", read_return, decision=key, agrees="yes", shown=entry, happened=world.at(8, 10)
    )
    assert care_row(CareFile, person=person).decision == "stay"
    assert "Two places are free." in text(world.client("caseworker"), f"/care/{person}/return/")
    assert_order_free(world)


def test_the_page_corrects_and_the_second_reader_answers_to_what_it_shows(world: World) -> None:
    person = meet(world)
    key = decided(world, person)
    worker, reader = world.client("caseworker"), world.client("deciding-authority")
    here = f"/care/{person}/identification/{key}/"
    form = worker.get(f"{here}correct/").context["form"]
    data = {"shown": form["shown"].value(), "status": "presumed", "reasons": "Wages.", "correction": WHY}
    when = {"when_day": "8", "when_month": "4", "when_year": "2018", "when_time": "12:05"}
    assert worker.post(f"{here}correct/", data | when).status_code == 302
    shown_ = reader.get(here).context["form"]["shown"].value()
    assert shown_ and shown_ == standing_entries(world, key)
    answer = reader.post(here, when | {"shown": shown_, "agrees": "yes"})
    assert answer.status_code == 302 and status(person) == "presumed"


# -- what a second reader sees ----------------------------------------------------------------


def test_a_second_reader_sees_a_review_date_that_has_passed(world: World) -> None:
    person = meet(world)
    set_to(world, 1)
    late = {"review_on": "2018-04-05"}
    key = world.perform("caseworker", identify, person=person, **FIRST | late)
    set_to(world, 9)
    page = text(world.client("deciding-authority"), f"/care/{person}/identification/{key}/")
    assert "The review date has passed already: 5 April 2018." in page
    assert "It names no screening that it rests on." in page
    assert "was corrected" not in page
    world.perform("deciding-authority", read_identification, identification=key, agrees="yes")
    page = text(world.client("deciding-authority"), f"/care/{person}/identification/{key}/")
    assert "has passed already" not in page, "it was answered"


def test_a_second_reader_sees_that_the_person_says_otherwise_and_wishes_otherwise(world: World) -> None:
    person = meet(world)
    key = world.perform("caseworker", identify, person=person, person_says="not-a-victim", **FIRST)
    page = text(world.client("deciding-authority"), f"/care/{person}/identification/{key}/")
    assert "The person says otherwise: Says: I am not a victim." in page
    world.perform("deciding-authority", read_identification, identification=key, agrees="yes")
    world.perform("caseworker", record_wish, person=person, wish="stay", happened=world.at(7, 11))
    child = care_row(CareFile, person=person).child
    weighed = {"circumstances": ["debt", *(["child-best-interest"] if child else [])]}
    ruling = world.perform("deciding-authority", decide_return, person=person, **RULING | weighed)
    world.perform("caseworker", record_wish, person=person, wish="return", happened=world.at(30, 11))
    page = text(world.client("caseworker"), f"/care/{person}/return/{ruling}/")
    assert "The person has said another wish since" in page
