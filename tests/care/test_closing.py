"""Closing a protection file: with a reason, not over what is open, nobody just left, and never for good."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden
from libertad.access.queries import open_row
from libertad.care import queries, queue
from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.hand_over import offer_person, withdraw_offer
from libertad.care.actions.read_return import read_return
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.refer import refer
from libertad.care.actions.reopen_care import reopen_care
from libertad.care.actions.take_person import take_person
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.care.models import CareFile, Closing, Consent
from libertad.care.queries import care_todos
from libertad.vocabulary.values import Refused
from tests.care.conftest import set_to
from tests.care.people import CLINIC, consent, identified, meet
from tests.care.test_hand_over import officer, stands
from tests.care.test_screens import post, text
from tests.support.care_rows import care_row, care_rows
from tests.support.closing import close_by_two, read_as
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")

END: dict[str, Any] = {"reason": "returned", "afterwards": "The duty line of the house, +592 600 0000."}


def settled_person(world: World, **ruled: Any) -> str:
    """A person of whom all is decided and read. `ruled`: what else the decision says."""
    person = meet(world)
    identified(world, person)
    world.perform("caseworker", record_wish, person=person, wish="return", words="Home.")
    ruling = world.perform(
        "deciding-authority",
        decide_return,
        person=person,
        decision="return",
        wish="return",
        circumstances=("debt", "non-refoulement"),
        resources=("permit",),
        reasons="She wants it.",
        **ruled,
    )
    world.perform("caseworker", read_return, decision=ruling, agrees="yes")
    return person


def close(world: World, person: str, role: str = "caseworker", **changed: Any) -> Any:
    return close_by_two(world, person, role, **{**END, **changed})


# -- right ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role",
    ["officer", "national-lead", "exhibits-officer", "coordinator", "prosecutor", "press", "administrator"],
)
def test_police_and_others_neither_close_nor_learn_that_there_is_a_file(world: World, role: str) -> None:
    person, nobody = settled_person(world), "ab" * 16
    answers = []
    for key in (person, nobody):
        with pytest.raises(Forbidden) as why:
            close(world, key, role)
        answers.append(str(why.value))
        for route in ("care-close", "care-reopen"):
            assert world.client(role).get(reverse(route, args=[key])).status_code == 404
    assert answers[0] == answers[1]


def test_the_deciding_authority_reads_that_it_is_closed_and_does_not_close(world: World) -> None:
    person = settled_person(world)
    with pytest.raises(Forbidden):
        close(world, person, "deciding-authority")
    close(world, person)
    page = text(world.client("deciding-authority").get(reverse("care-file", args=[person])))
    assert "The person has returned" in page and "The duty line of the house" in page
    assert "Open this protection file again" not in page


# -- what is open -----------------------------------------------------------------------------


def test_a_file_is_closed_and_says_who_is_there(world: World) -> None:
    person = settled_person(world)
    close(world, person, contact_on="2018-05-07", keep_until="2028-04-09")
    row = care_row(CareFile)
    assert row.closed_at is not None and row.closed_for == "returned" and row.keep_until == "2028-04-09"
    assert open_row(world.actor("caseworker"), row)["afterwards"] == END["afterwards"]
    assert b"duty line" not in bytes(row.sealed or b"")


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "tired"}, "reason"),
        ({"afterwards": " "}, "afterwards"),
        ({"contact_on": "2018-05"}, "contact_on"),
        ({"keep_until": "soon"}, "keep_until"),
    ],
)
def test_a_wrong_closing_names_the_field(world: World, changed: dict[str, str], names: str) -> None:
    person = settled_person(world)
    with pytest.raises(Refused) as why:
        close(world, person, **changed)
    assert why.value.field == names and care_row(CareFile).closed_at is None


def test_over_what_is_open_nobody_closes_without_answering_for_it(world: World) -> None:
    person = meet(world)
    agreed = consent(world, person)
    referral = world.perform("caseworker", refer, person=person, service="medical", to=CLINIC, consent=agreed)
    with pytest.raises(Refused) as why:
        close(world, person)
    assert why.value.field == "despite"
    for words in ("referral", "whether the person is a victim", "return or stay"):
        assert words in why.value.rule
    close(world, person, despite="She left the country by herself; the clinic knows.")
    world.perform("caseworker", answer_referral, referral=referral, answer="declined", reasons="Not there.")
    assert care_row(CareFile).closed_at is not None


def test_each_open_thing_alone_is_noticed(world: World) -> None:
    person = settled_person(world)
    agreed = consent(world, person)
    world.perform("caseworker", refer, person=person, service="medical", to=CLINIC, consent=agreed)
    with pytest.raises(Refused, match="referral"):
        close(world, person)


# -- an appeal --------------------------------------------------------------------------------

TALK = "Her lawyer, Mrs. Hall, makes it by Friday; the house keeps the file."


@pytest.mark.parametrize(
    ("day", "rule"),
    [(9, "can be appealed against until"), (30, "nothing on file says whether one was made")],
)
def test_nobody_closes_over_an_appeal_without_saying_what_happens_with_it(
    world: World, day: int, rule: str
) -> None:
    person = settled_person(world, appeal_by="2018-04-20")
    set_to(world, day)
    for words in ("", "  "):
        with pytest.raises(Refused, match=rule) as why:
            close(world, person, appeal=words, despite="She left.")
        assert why.value.field == "appeal" and care_row(CareFile).closed_at is None
    close(world, person, appeal=TALK)
    words = [open_row(world.actor("caseworker"), row) for row in care_rows(Closing)]
    assert [row_words["appeal"] for row_words in words if row_words.get("appeal")] == [TALK]
    assert TALK in text(world.client("caseworker").get(reverse("care-file", args=[person])))
    assert TALK in text(world.client("deciding-authority").get(reverse("care-file", args=[person])))
    close(world, person, reason="wish")  # contact made afterwards: it was answered for


def test_an_appeal_is_answered_for_while_its_decision_waits_for_a_reader(world: World) -> None:
    person = meet(world)
    identified(world, person)
    world.perform("caseworker", record_wish, person=person, wish="return", words="Home.")
    decision = {
        "person": person,
        "decision": "return",
        "wish": "return",
        "circumstances": ("debt",),
        "resources": ("permit",),
        "reasons": "She wants it.",
        "appeal_by": "2018-04-20",
    }
    ruling = world.perform("deciding-authority", decide_return, **decision)
    with pytest.raises(Refused) as why:
        close(world, person, despite="She left.")
    assert why.value.field == "appeal"
    world.perform("caseworker", read_return, decision=ruling, agrees="no", reasons="Not yet.")
    close(world, person, despite="She left.")  # nobody appeals against what does not count


def test_the_page_asks_what_happens_with_the_appeal_before_closing(world: World) -> None:
    person = settled_person(world, appeal_by="2018-04-20")
    page = text(world.client("caseworker").get(reverse("care-close", args=[person])))
    assert "can be appealed against until 20 April 2018" in page
    assert "What happens with the appeal?" in page
    page = text(post(world, "caseworker", "care-close", person, **END))
    assert "Say what happens with the appeal" in page and care_row(CareFile).closed_at is None
    assert "The person has returned" in text(
        post(world, "caseworker", "care-close", person, **END, appeal="None is made: she wants to go home.")
    )
    other_person = settled_person(world)
    assert (
        "appeal"
        not in text(world.client("caseworker").get(reverse("care-close", args=[other_person]))).lower()
    )


# -- afterwards -------------------------------------------------------------------------------


def test_a_closed_file_is_not_worked_in_until_it_is_opened_again(world: World) -> None:
    person = settled_person(world)
    agreed = consent(world, person)
    close(world, person)
    with pytest.raises(Refused, match="open it again first"):
        world.perform("caseworker", record_wish, person=person, wish="stay", words="I am back.")
    with pytest.raises(Refused, match="open it again first"):
        world.perform(
            "deciding-authority",
            decide_return,
            person=person,
            decision="stay",
            wish="return",
            circumstances=("debt",),
            resources=("permit",),
            reasons="x",
        )
    world.perform("caseworker", withdraw_consent, consent=agreed)
    assert care_row(Consent).withdrawn_at is not None, "what was agreed can always be withdrawn"
    world.perform("caseworker", reopen_care, person=person, reasons="She came back.")
    world.perform("caseworker", record_wish, person=person, wish="stay", words="I am back.")
    row = care_row(CareFile)
    assert row.closed_at is None and row.closed_for == "" and row.wish == "stay" and row.decision == "return"
    assert Closing.objects.count() == 3
    with pytest.raises(Refused, match="not closed"):
        world.perform("caseworker", reopen_care, person=person, reasons="Again.")


def test_whoever_left_is_asked_again_on_the_day_that_was_set(world: World) -> None:
    person = settled_person(world)
    close(world, person, contact_on="2018-05-07")
    todos = [todo for todo in care_todos(world.actor("caseworker")) if todo.person == person]
    assert [todo.kind for todo in todos] == ["contact"] and todos[0].route == "care-close"
    assert not [todo for todo in care_todos(world.actor("deciding-authority")) if todo.person == person]
    close(world, person, contact_on="2018-08-07")
    todos = [todo for todo in care_todos(world.actor("caseworker")) if todo.person == person]
    assert todos[0].due is not None and todos[0].due.month == 8
    close(world, person)
    assert not [todo for todo in care_todos(world.actor("caseworker")) if todo.person == person]


def test_closing_and_opening_again_do_not_depend_on_the_order_of_arrival(world: World) -> None:
    person = settled_person(world)
    close(world, person, contact_on="2018-05-07")
    world.perform("caseworker", reopen_care, person=person, reasons="She came back.")
    close(world, person, reason="on-own-feet")
    assert_order_free(world)


# -- screens ----------------------------------------------------------------------------------


def test_the_page_warns_before_closing_and_lists_the_closed(world: World) -> None:
    person = meet(world)
    consent(world, person)
    client = world.client("caseworker")
    file = reverse("care-file", args=[person])
    assert "Close this protection file" in text(client.get(file))
    page = text(client.get(reverse("care-close", args=[person])))
    assert "Still open" in page and "Return or stay is not decided" in page
    page = text(post(world, "caseworker", "care-close", person, **END))
    assert "say why the file is closed all the same" in page and care_row(CareFile).closed_at is None
    page = text(post(world, "caseworker", "care-close", person, **END, despite="She left by herself."))
    assert "The person has returned" in page and "She left by herself." in page
    assert "A closing waits for its second reader. The file is open." in page
    read_as(world, "supervisor", person)
    page = text(client.get(file))
    assert "Open this protection file again" in page and "The duty line" in page
    reference = queries.file(world.actor("caseworker"), person).reference  # type: ignore[union-attr]
    assert reference not in text(client.get("/care/"))
    assert reference in text(client.get("/care/?status=closed"))
    page = text(post(world, "caseworker", "care-reopen", person, reasons="She came back."))
    assert "File opened again" in page and "The file is open." in page
    assert reference in text(client.get("/care/"))


def test_a_file_is_not_closed_while_the_person_is_offered_to_a_colleague(world: World) -> None:
    person, second = meet(world), officer(world, "second-caseworker")
    end = {"reason": "returned", "afterwards": "The duty line.", "despite": "She has gone."}
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", record_wish, person=person, wish="return", words="Home.")
    offer = world.perform("caseworker", offer_person, person=person, to=second)
    with pytest.raises(Refused, match="take the offer back first"):
        close_by_two(world, person=person, **end)
    page = post(world, "caseworker", "care-close", person, **end)
    assert "take the offer back first" in text(page)
    world.perform("caseworker", withdraw_offer, person=person, offer=offer)
    close_by_two(world, person=person, **end)
    assert stands(world, person).queue == queue.ENDED
