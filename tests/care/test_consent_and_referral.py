"""Nothing is passed on without a live consent that fits; what is withheld stays withheld."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.access.queries import open_row, readable
from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.refer import refer
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.care.models import CareFile, Consent, Referral
from libertad.care.queries import care_todos
from libertad.vocabulary.values import Birth, Refused
from tests.care.conftest import set_to
from tests.care.people import ADULT, CHILD, CLINIC, born, consent, meet
from tests.operations.test_screens import text
from tests.support.care_rows import care_row
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


def ask(world: World, person: str, agreed: str, **changed: Any) -> Any:
    request = {"service": "medical", "to": CLINIC, "disclosed": ("name", "health"), **changed}
    return world.perform("caseworker", refer, person=person, consent=agreed, **request)


def test_a_referral_goes_out_under_a_consent_that_fits_and_is_answered(world: World) -> None:
    person = meet(world)
    referral = ask(world, person, consent(world, person), needed_by="2018-04-09T14:00:00-04:00")
    row = readable(world.actor("caseworker"), Referral).get(pk=referral)
    assert (row.state, row.due_at.isoformat()) == ("asked", "2018-04-09T18:00:00+00:00")
    assert open_row(world.actor("caseworker"), row)["to"] == CLINIC
    world.perform("caseworker", answer_referral, referral=referral, answer="accepted")
    world.perform("caseworker", answer_referral, referral=referral, answer="given")
    assert care_row(Referral, pk=referral).state == "given"
    with pytest.raises(Refused, match="has ended"):
        world.perform("caseworker", answer_referral, referral=referral, answer="accepted")


def test_declined_asks_for_reasons(world: World) -> None:
    person = meet(world)
    referral = ask(world, person, consent(world, person))
    with pytest.raises(Refused, match="reasons"):
        world.perform("caseworker", answer_referral, referral=referral, answer="declined")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"service": "legal-aid"}, "consent"),
        ({"to": "Another clinic"}, "to"),
        ({"disclosed": ("name", "what-happened")}, "disclosed"),
        ({"disclosed": ("everything",)}, "disclosed"),
        ({"service": "magic"}, "service"),
        ({"needed_by": "soon"}, "needed_by"),
    ],
)
def test_a_referral_that_the_consent_does_not_carry_is_refused(
    world: World, changed: dict[str, Any], field: str
) -> None:
    person = meet(world)
    agreed = consent(world, person)
    with pytest.raises(Refused) as why:
        ask(world, person, agreed, **changed)
    assert why.value.field == field
    assert not Referral.objects.exists()


def test_a_withdrawn_consent_carries_nothing_and_what_was_sent_stays_listed(world: World) -> None:
    person = meet(world)
    agreed = consent(world, person)
    before = ask(world, person, agreed)
    world.perform("caseworker", withdraw_consent, consent=agreed)
    with pytest.raises(Refused, match="withdrawn"):
        ask(world, person, agreed)
    assert list(Referral.objects.values_list("id", flat=True)) == [before]
    assert care_row(Consent, pk=agreed).withdrawn_at is not None


def test_not_agreed_run_out_and_anothers_consent_carry_nothing(world: World) -> None:
    person, other_person = meet(world), meet(world)
    consents = [
        consent(world, person, agreed="no"),
        consent(world, person, until="2018-04"),
        consent(world, other_person),
    ]
    set_to(world, 31)
    for agreed in consents:
        with pytest.raises(Refused):
            ask(world, person, agreed)
    assert not Referral.objects.exists()


def test_a_guardian_agrees_for_a_child_but_a_doctor_does_not_wait(world: World) -> None:
    person = meet(world, CHILD)
    lawyer = {"purpose": "legal-aid", "recipient": "Legal aid"}
    alone = consent(world, person, **lawyer)
    with pytest.raises(Refused, match="guardian"):
        ask(world, person, alone, service="legal-aid", to="Legal aid")
    ask(world, person, consent(world, person))
    backed = consent(world, person, capacity="guardian", guardian="Ms. Baptiste", **lawyer)
    ask(world, person, backed, service="legal-aid", to="Legal aid")


def test_the_rules_for_a_child_apply_while_the_age_is_in_dispute_or_not_known(world: World) -> None:
    range_of_ages = Birth(age_from=8, age_to=12, on="2018-04-05")
    for birth, child in ((ADULT, False), (CHILD, True), (None, True), (range_of_ages, True)):
        person = meet(world, birth)
        consent(world, person)
        assert care_row(CareFile, person=person).child == child
    person = meet(world, ADULT)
    consent(world, person)
    assert not care_row(CareFile, person=person).child
    born(world, person, Birth(date="2020"))
    consent(world, person)
    assert care_row(CareFile, person=person).child


@pytest.mark.parametrize("capacity", ["not-able", "not-assessed"])
def test_who_is_not_able_to_agree_has_not_agreed(world: World, capacity: str) -> None:
    with pytest.raises(Refused, match="capacity"):
        consent(world, meet(world), capacity=capacity)


def test_police_are_told_the_same_whether_or_not_there_is_a_protection_file(world: World) -> None:
    with_file, without = meet(world), meet(world)
    consent(world, with_file)
    agreement = {"purpose": "doctor", "recipient": CLINIC, "agreed": "yes"}
    answers = set()
    for person in (with_file, without, "0" * 32):
        with pytest.raises(Forbidden) as why:
            world.perform("officer", record_consent, person=person, **agreement)
        answers.add(str(why.value))
    assert len(answers) == 1


def test_a_care_authority_opens_no_file_of_a_person_whom_it_may_not_know(world: World) -> None:
    with pytest.raises(Refused, match="no such file"):
        consent(world, "0" * 32)


def test_a_no_ends_what_was_agreed_before_to_the_same_recipient(world: World) -> None:
    person = meet(world)
    agreed, elsewhere = consent(world, person), consent(world, person, recipient="Another clinic")
    consent(world, person, agreed="no", recipient=" clinic of the  River town")
    with pytest.raises(Refused, match="withdrawn"):
        ask(world, person, agreed)
    ask(world, person, elsewhere, to="Another clinic")
    ask(world, person, consent(world, person))  # asked again, the person agrees


def test_an_agreement_recorded_twice_is_withdrawn_once_and_for_all(world: World) -> None:
    person, other_person = meet(world), meet(world)
    first, twice, others_consent = (
        consent(world, person),
        consent(world, person),
        consent(world, other_person),
    )
    world.perform("caseworker", withdraw_consent, consent=first)
    with pytest.raises(Refused, match="withdrawn"):
        ask(world, person, twice)
    ask(world, other_person, others_consent)
    page = text(world.client("caseworker"), f"/care/{person}/agreements/")
    assert page.count("Withdrawn") == 2, "of each of the two"
    assert_order_free(world)


def test_what_goes_on_under_a_withdrawn_agreement_waits_to_be_stopped(world: World) -> None:
    person = meet(world)
    agreed = consent(world, person)
    referral = ask(world, person, agreed, needed_by="2018-04-12")
    world.perform("caseworker", withdraw_consent, consent=agreed)
    (todo,) = [todo for todo in care_todos(world.actor("caseworker")) if todo.kind == "stop"]
    assert todo.title == "Agreement withdrawn: tell Doctor" and todo.args[-1] == referral
    worker = world.client("caseworker")
    for page in (f"/care/{person}/referrals/", f"/care/{person}/referrals/{referral}/"):
        assert "Agreement withdrawn" in text(worker, page)
    world.perform("caseworker", answer_referral, referral=referral, answer="declined", reasons="Withdrawn.")
    assert not [todo for todo in care_todos(world.actor("caseworker")) if todo.kind == "stop"]


def test_an_agreement_without_a_guardian_says_so_while_the_rules_for_a_child_apply(world: World) -> None:
    child, adult = meet(world, CHILD), meet(world)
    for person in (child, adult):
        consent(world, person)
    worker = world.client("caseworker")
    assert "No guardian has agreed" in text(worker, f"/care/{child}/agreements/")
    assert "No guardian has agreed" not in text(worker, f"/care/{adult}/agreements/")
    consent(world, adult, agreed="no")
    consent(world, child, agreed="no", recipient="Shelter A")
    assert text(worker, f"/care/{child}/agreements/").count("No guardian has agreed") == 1
