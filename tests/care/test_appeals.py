"""An appeal against a decision on return or stay: lodged, what it suspends, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden, new_id
from libertad.access.queries import open_row
from libertad.care import queries
from libertad.care.actions.appeal import end_appeal, lodge_appeal
from libertad.care.actions.ask_decision import take_back
from libertad.care.actions.close_care import close_care
from libertad.care.actions.correct_decision import correct_return
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.read_closing import read_care_closing
from libertad.care.actions.read_return import read_return
from libertad.care.actions.refer import refer
from libertad.care.appeals import FILE, read, rules
from libertad.care.asked import Ruling, is_over
from libertad.care.models import CareFile, ReturnDecision
from libertad.care.queries_closing import proposed_closing
from libertad.journal.fields import from_ms
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Refused
from tests.care.conftest import set_to
from tests.care.people import consent
from tests.care.test_closing import END, close, settled_person
from tests.care.test_screens import text
from tests.support.care_rows import care_row
from tests.support.forms import form_at
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
DECIDING = "deciding-authority"
COURT = "Administrative Court, Georgetown"


def ruling_of(person: str) -> str:
    return str(care_row(ReturnDecision, person=person).pk)


def lodge(world: World, person: str, suspends: str = "yes", role: str = "caseworker") -> str:
    entry: str = world.perform(
        role, lodge_appeal, decision=ruling_of(person), court=COURT, suspends=suspends, words="By legal aid."
    )
    return entry


def end(world: World, person: str, appeal: str, outcome: str) -> None:
    world.perform("caseworker", end_appeal, decision=ruling_of(person), appeal=appeal, outcome=outcome)


def kinds(world: World, role: str) -> list[str]:
    return [todo.kind for todo in queries.care_todos(world.actor(role))]


def decide(world: World, person: str) -> str:
    ruling: str = world.perform(
        DECIDING,
        decide_return,
        person=person,
        decision="return",
        wish="return",
        circumstances=("debt", "non-refoulement"),
        resources=("permit",),
        reasons="Weighed anew.",
    )
    return ruling


# -- the deciding authority reads on ------------------------------------------------------------


def test_a_file_is_not_taken_back_while_an_appeal_waits() -> None:
    day = date(2018, 4, 21)
    ruled = Ruling(from_ms(0), "2018-04-20", "lodged")
    assert not is_over(False, False, False, [ruled], day)
    assert is_over(False, False, False, [ruled._replace(appeal="upheld")], day)
    later = Ruling(from_ms(1), "")
    assert not is_over(False, False, False, [ruled, later], day), "of an earlier decision as well"


def test_care_takes_the_file_back_once_the_appeal_has_its_outcome(world: World) -> None:
    person = settled_person(world, appeal_by="2018-04-20")
    appeal = lodge(world, person)
    set_to(world, 21)
    values = {"person": person, "authority": world.authorities["deciding"], "reasons": "It is decided."}
    address = reverse("care-ask-end", args=[person, world.authorities["deciding"]])
    assert world.client("caseworker").get(address).status_code == 404
    with pytest.raises(Refused, match="a decision or an appeal waits"):
        world.perform("caseworker", take_back, **values)
    end(world, person, appeal, "upheld")
    world.perform("caseworker", take_back, **values)


# -- what it suspends ---------------------------------------------------------------------------


@pytest.mark.parametrize("suspends", ["yes", "unknown"])
def test_nobody_is_returned_while_an_appeal_suspends_the_decision(world: World, suspends: str) -> None:
    person = settled_person(world)
    agreed = consent(world, person, purpose="return-preparation", recipient="Return centre")
    support = {"person": person, "service": "return-support", "to": "Return centre", "consent": agreed}
    appeal = lodge(world, person, suspends)
    assert care_row(CareFile, person=person).suspended
    with pytest.raises(Refused, match="suspended until then") as why:
        world.perform("caseworker", refer, **support)
    assert why.value.field == "service"
    with pytest.raises(Refused, match="suspended until then") as why:
        close(world, person, appeal="Legal aid sees to it.")
    assert why.value.field == "reason"
    close(world, person, reason="another-service", appeal="Legal aid sees to it.")
    assert_order_free(world)
    other = settled_person(world)
    appeal = lodge(world, other, suspends)
    end(world, other, appeal, "withdrawn")
    close(world, other)


def test_a_closing_that_was_proposed_before_is_not_agreed_to_over_an_appeal(world: World) -> None:
    person = settled_person(world)
    world.perform("caseworker", close_care, person=person, **END)
    lodge(world, person)
    closing = proposed_closing(world.actor("second-caseworker"), person)
    assert closing is not None
    answer = {"person": person, "closing": closing.entry, "shown": closing.mark}
    with pytest.raises(Refused, match="suspended until then"):
        world.perform("second-caseworker", read_care_closing, agrees="yes", **answer)
    world.perform("second-caseworker", read_care_closing, agrees="no", reasons="An appeal waits.", **answer)


def test_one_that_does_not_suspend_is_answered_for_at_closing(world: World) -> None:
    person = settled_person(world)
    lodge(world, person, "no")
    assert not care_row(CareFile, person=person).suspended
    with pytest.raises(Refused, match="waits for its outcome") as why:
        close(world, person)
    assert why.value.field == "appeal"
    shown = text(world.client("caseworker").get(reverse("care-close", args=[person])))
    assert "waits for its outcome" in shown and "What happens with the appeal?" in shown
    close(world, person, appeal="Legal aid sees to it.")


def test_nothing_is_asked_at_closing_once_the_appeal_has_its_outcome(world: World) -> None:
    person = settled_person(world, appeal_by="2018-04-20")
    end(world, person, lodge(world, person), "upheld")
    close(world, person)


# -- what came of it ----------------------------------------------------------------------------


def test_a_decision_that_is_set_aside_counts_no_more_and_the_next_is_open(world: World) -> None:
    person = settled_person(world)
    appeal = lodge(world, person)
    assert "appeal" in kinds(world, "caseworker") and "appeal" not in kinds(world, DECIDING)
    end(world, person, appeal, "set-aside")
    file = care_row(CareFile, person=person)
    assert file.decision == "" and not file.suspended
    assert "appeal" not in kinds(world, "caseworker") and "return" in kinds(world, DECIDING)
    shown = text(world.client(DECIDING).get(reverse("care-return", args=[person])))
    assert "Set aside on appeal" in shown and COURT in shown and "Record an appeal" not in shown
    with pytest.raises(Refused, match="set aside on appeal"):
        world.perform(
            DECIDING, correct_return, ruling=ruling_of(person), shown="", correction="x", taken_back=True
        )
    with pytest.raises(Refused, match="does not count"):
        lodge(world, person)
    world.perform("caseworker", read_return, decision=decide(world, person), agrees="yes")
    assert care_row(CareFile, person=person).decision == "return"
    assert "return" not in kinds(world, DECIDING)
    assert_order_free(world)


def test_what_the_fallen_decision_had_overtaken_does_not_come_back(world: World) -> None:
    person = settled_person(world)
    first = ruling_of(person)
    waiting = decide(world, person)
    set_to(world, 10)
    second = decide(world, person)
    world.perform("caseworker", read_return, decision=second, agrees="yes")
    entry = world.perform("caseworker", lodge_appeal, decision=second, court=COURT, suspends="yes")
    world.perform("caseworker", end_appeal, decision=second, appeal=entry, outcome="set-aside")
    assert care_row(CareFile, person=person).decision == "" and first != second
    with pytest.raises(Refused, match="overtaken"):
        world.perform("caseworker", read_return, decision=waiting, agrees="yes")


def test_the_last_outcome_counts_and_a_mistake_can_be_mended(world: World) -> None:
    person = settled_person(world)
    appeal = lodge(world, person)
    with pytest.raises(Refused, match="waits already"):
        lodge(world, person)
    end(world, person, appeal, "set-aside")
    with pytest.raises(Refused, match="on file already"):
        end(world, person, appeal, "set-aside")
    end(world, person, appeal, "not-heard")
    assert care_row(CareFile, person=person).decision == "return"
    with pytest.raises(Refused, match="no such appeal"):
        end(world, person, "ab" * 32, "upheld")
    assert_order_free(world)


def test_only_a_decision_that_counts_is_appealed_against(world: World) -> None:
    person = settled_person(world)
    counts = ruling_of(person)
    waiting = decide(world, person)
    with pytest.raises(Refused, match="does not count"):
        world.perform("caseworker", lodge_appeal, decision=waiting, court=COURT, suspends="yes")
    with pytest.raises(Refused, match="no such file"):
        world.perform("caseworker", lodge_appeal, decision=new_id(), court=COURT, suspends="yes")
    with pytest.raises(Refused, match="where the appeal was lodged"):
        world.perform("caseworker", lodge_appeal, decision=counts, court=" ", suspends="yes")
    for role in ("officer", "national-lead", "prosecutor", "coordinator", "press", DECIDING):
        with pytest.raises(Forbidden):
            world.perform(role, lodge_appeal, decision=waiting, court=COURT, suspends="yes")


# -- pages --------------------------------------------------------------------------------------


def test_its_pages_lodge_it_and_end_it(world: World) -> None:
    person, client = settled_person(world), world.client("caseworker")
    page = reverse("care-return", args=[person])
    assert "Record an appeal" in text(client.get(page))
    address = reverse("care-appeal", args=[person, ruling_of(person)])
    assert "What an appeal does is assumed here" in text(client.get(address))
    form = form_at(client, address)
    values: dict[str, Any] = {"court": COURT, "suspends": "unknown", "words": "By legal aid."}
    assert client.post(address, {**form.fields, **values}).status_code == 302
    shown = text(client.get(page))
    assert "An appeal waits for its outcome" in shown and "Suspended by an appeal" in shown
    assert COURT in shown and "Not known yet" in shown
    assert client.get(address).status_code == 404
    assert "Ask what came of the appeal" in text(client.get("/"))
    row = care_row(ReturnDecision, person=person)
    (appeal,) = open_row(world.actor("caseworker"), row)["appeals"]
    outcome = reverse("care-appeal-outcome", args=[person, row.pk, appeal["entry"]])
    form = form_at(client, outcome)
    assert client.post(outcome, {**form.fields, "outcome": "upheld"}).status_code == 302
    shown = text(client.get(page))
    assert "Appeal: The decision is upheld" in shown and "Suspended" not in shown
    for role in ("officer", "prosecutor", DECIDING):
        for place in (address, outcome):
            assert world.client(role).get(place).status_code in (403, 404)
    assert "Appeal" not in text(world.client("officer").get(reverse("person", args=[person])))


def test_a_closed_file_is_opened_again_before_an_appeal_is_recorded(world: World) -> None:
    person = settled_person(world)
    close(world, person)
    with pytest.raises(Refused, match="open it again first"):
        lodge(world, person)
    address = reverse("care-appeal", args=[person, ruling_of(person)])
    assert world.client("caseworker").get(address).status_code == 404


# -- the table ----------------------------------------------------------------------------------


def test_the_table_answers_for_each_code_and_says_that_it_is_assumed(tmp_path: Any) -> None:
    assert rules().assumed and rules().falls == {"set-aside"}
    assert rules().suspends == {"yes", "unknown"} and set(codelist("appeal-effects")) > rules().suspends
    content = FILE.read_text("utf-8")
    for old, new in (("upheld: stands", "upheld: perhaps"), (", unknown: true", "")):
        changed = tmp_path / "appeals.yaml"
        changed.write_text(content.replace(old, new), "utf-8")
        with pytest.raises(ValueError, match=r"appeals\.yaml"):
            read(changed)
