"""Every fold of this room gives the same rows, in whatever order its entries arrive."""

from __future__ import annotations

from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.identify import identify
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.read_return import read_return
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.refer import refer
from libertad.care.actions.screen import screen
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.vocabulary.values import Answer, Birth
from tests.care.people import CLINIC, born, consent, identified, meet
from tests.support.shuffling import assert_order_free
from tests.support.world import World


def test_a_whole_protection_file_does_not_depend_on_the_order_of_arrival(world: World) -> None:
    person, worker = meet(world), "caseworker"
    agreed = consent(world, person)
    referral = world.perform(worker, refer, person=person, service="medical", to=CLINIC, consent=agreed)
    world.perform(worker, answer_referral, referral=referral, answer="accepted")
    world.perform(worker, answer_referral, referral=referral, answer="given")
    world.perform(worker, withdraw_consent, consent=agreed)
    answer = [Answer(indicator="deception", answer="yes")]
    world.perform(worker, screen, person=person, rule_set="ilo-11", answer=answer)
    identified(world, person)
    again = world.perform(worker, identify, person=person, status="confirmed", reasons="Court papers.")
    reading = {"identification": again, "agrees": "no", "reasons": "Not yet."}
    world.perform("deciding-authority", read_identification, **reading)
    for wish in ("return", "stay"):
        world.perform(worker, record_wish, person=person, wish=wish, words="Said on the same day.")
    ruling = world.perform(
        "deciding-authority",
        decide_return,
        person=person,
        decision="stay",
        wish="stay",
        circumstances=("debt",),
        resources=("permit",),
        reasons="Wages are claimed.",
    )
    world.perform(worker, read_return, decision=ruling, agrees="yes")
    world.perform(worker, plan_safety, person=person, reach="Through the duty line.")
    born(world, person, Birth(date="2015"))
    world.perform(worker, plan_safety, person=person, reach="Through the shelter.")
    assert_order_free(world)
