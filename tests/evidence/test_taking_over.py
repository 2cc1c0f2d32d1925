"""An exhibit whose holder is gone: taken over with a reason and a witness, and never told as handed over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from libertad.access.acting import Act
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.models import Account
from libertad.evidence import queries
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.seize import seize
from libertad.evidence.actions.take_over import take_over
from libertad.evidence.actions.witness_taking import witness_taking
from libertad.evidence.sentence import sentence
from libertad.vocabulary.verbs.evidence import CustodyTakeOver, CustodyWitness
from libertad.web.waiting import waiting
from tests.evidence.test_exhibits import PHONE, refuses, row
from tests.operations.test_screens import text
from tests.support.lawless import lawless
from tests.support.shuffling import assert_order_free
from tests.support.world import World

WHY = "Left the force on 5 April; found in the locker."
READ = {"seal_read": "", "seal_state": "intact", "place": "Exhibit store, B-14"}


@pytest.fixture
def phone(world: World) -> str:
    """Held by an officer ('leaver') who has left the force since; 'second' is one more officer there."""
    for role, name in (("leaver", "Leaver"), ("second", "Second")):
        officer = world.perform(
            "administrator",
            appoint_officer,
            name=f"Name {name}",
            rank="Sgt.",
            service_number=f"N-{role}",
            role="officer",
        )
        world.actors[role] = replace(world.actors["officer"], officer=officer)
        Account.objects.create_user(f"N-{role}", "correct horse battery", officer)
    return str(world.perform("leaver", seize, happened=world.at(5, 14, 5), **PHONE))


def withdraw_leaver(world: World) -> None:
    world.perform("administrator", withdraw_officer, officer=world.actor("leaver").officer, reason="Left")


def take_over_phone(world: World, phone: str, witness: str = "second", **overrides: Any) -> str:
    arguments = READ | {"happened": world.at(6, 9), "reasons": WHY} | overrides
    return str(
        world.perform(
            "exhibits-officer", take_over, exhibit=phone, witness=world.actor(witness).officer, **arguments
        )
    )


def test_an_exhibit_of_an_officer_who_is_gone_is_taken_over_once_the_witness_confirms(
    world: World, phone: str
) -> None:
    withdraw_leaver(world)
    entry = take_over_phone(world, phone)
    assert row(phone).holder == world.actor("leaver").officer, "nothing has changed hands"
    world.perform(
        "second", witness_taking, exhibit=phone, taking=entry, agrees="yes", happened=world.at(6, 10)
    )
    exhibit_row = row(phone)
    assert (exhibit_row.holder, exhibit_row.state, exhibit_row.taking) == (
        world.actor("exhibits-officer").officer,
        "held",
        "",
    )
    assert not exhibit_row.has_gap and not exhibit_row.conflicts
    exhibit = queries.exhibit(world.actor("exhibits-officer"), phone)
    assert exhibit is not None
    line = sentence(exhibit.chain, world.at(8, 12).at)
    assert "took it over from Sgt. Name Leaver, who did not hand it over, before Sgt. Name Second" in line
    page = text(world.client("prosecutor"), f"/exhibits/{phone}/")
    assert "Taken over by Sgt. Name exhibits-officer from Sgt. Name Leaver" in page and WHY[:-1] in page
    assert "Not handed over" in page and "Both signed" not in page
    world.perform(
        "exhibits-officer",
        offer_custody,
        exhibit=phone,
        to_officer=world.actor("officer").officer,
        to_authority=world.actor("officer").authority,
        happened=world.at(6, 11),
    )
    assert row(phone).state == "offered", "it moves again"
    assert_order_free(world)


def test_who_still_has_access_is_asked_to_offer_it(world: World, phone: str) -> None:
    refuses(
        world,
        "exhibits-officer",
        take_over,
        "exhibit",
        "still has access",
        exhibit=phone,
        reasons=WHY,
        witness=world.actor("second").officer,
        **READ,
    )


@pytest.mark.parametrize("witness", ["exhibits-officer", "leaver", "prosecutor", "other-officer", "nobody"])
def test_the_witness_is_another_officer_of_the_authority(world: World, phone: str, witness: str) -> None:
    withdraw_leaver(world)
    officer = world.actors[witness].officer if witness != "nobody" else "0" * 32
    refuses(
        world, "exhibits-officer", take_over, "witness", exhibit=phone, reasons=WHY, witness=officer, **READ
    )


def test_no_other_authority_takes_it_over(world: World, phone: str) -> None:
    withdraw_leaver(world)
    refuses(
        world,
        "prosecutor",
        take_over,
        "exhibit",
        "another authority",
        exhibit=phone,
        reasons=WHY,
        witness=world.actor("second").officer,
        **READ,
    )


@pytest.mark.parametrize("role", ["officer", "exhibits-officer", "national-lead"])
def test_only_the_named_witness_confirms_it(world: World, phone: str, role: str) -> None:
    withdraw_leaver(world)
    entry = take_over_phone(world, phone)
    refuses(world, role, witness_taking, "taking", exhibit=phone, taking=entry, agrees="yes")


def test_a_witness_who_was_not_there_says_so_and_nothing_changes(world: World, phone: str) -> None:
    withdraw_leaver(world)
    entry = take_over_phone(world, phone)
    refuses(world, "second", witness_taking, "reasons", exhibit=phone, taking=entry, agrees="no")
    world.perform(
        "second",
        witness_taking,
        exhibit=phone,
        taking=entry,
        agrees="no",
        reasons="I was not there.",
        happened=world.at(6, 10),
    )
    assert row(phone).holder == world.actor("leaver").officer and row(phone).taking == ""
    refuses(world, "second", witness_taking, "taking", exhibit=phone, taking=entry, agrees="yes")
    page = text(world.client("prosecutor"), f"/exhibits/{phone}/")
    assert "did not confirm the taking over" in page and "I was not there" in page


def test_forged_takings_move_nothing(world: World, phone: str) -> None:
    """By another authority, by one officer as both, by a witness who is not named: the chain shows them."""
    withdraw_leaver(world)
    place = row(phone).compartment
    leaver, second, both = (world.actor(role).officer for role in ("leaver", "second", "exhibits-officer"))

    def forge(role: str, content: Any) -> str:
        return str(
            world.perform(
                role, lambda act: Act.say(act, place, content, subject=phone), happened=world.at(6, 9)
            )
        )

    with lawless():
        own = forge(
            "exhibits-officer",
            CustodyTakeOver(holder=leaver, reasons="x", witness=both, seal_state="intact"),
        )
        forge("exhibits-officer", CustodyWitness(taking=own, agrees="yes"))
        other_taking = forge(
            "prosecutor", CustodyTakeOver(holder=leaver, reasons="x", witness=second, seal_state="intact")
        )
        forge("second", CustodyWitness(taking=other_taking, agrees="yes"))
        forge("second", CustodyWitness(taking="0" * 64, agrees="yes"))
    exhibit_row = row(phone)
    assert exhibit_row.holder == leaver and exhibit_row.conflicts >= 4
    assert_order_free(world)


def test_today_tells_the_keeper_and_the_witness(world: World, phone: str) -> None:
    def titles(role: str) -> list[str]:
        return [item.title for item in waiting(world.actor(role))]

    assert "An exhibit is held by an officer who is gone" not in titles("exhibits-officer")
    withdraw_leaver(world)
    assert "An exhibit is held by an officer who is gone" in titles("exhibits-officer")
    take_over_phone(world, phone)
    assert "An exhibit is held by an officer who is gone" not in titles("exhibits-officer")
    assert "A taking over waits for you as its witness" in titles("second")
    assert "A taking over waits for you as its witness" not in titles("officer")


def test_it_is_done_on_two_pages_by_two_sign_ins(world: World, phone: str) -> None:
    withdraw_leaver(world)
    keeper, witness = world.client("exhibits-officer"), world.client("second")
    assert "Take it over" in text(keeper, f"/exhibits/{phone}/")
    when = {"happened_day": "6", "happened_month": "4", "happened_year": "2018", "happened_time": "05:00"}
    data = {"reasons": WHY, "witness": world.actor("second").officer, "seal_state": "intact", **when}
    assert keeper.post(f"/exhibits/{phone}/take-over/", data).status_code == 302
    page = text(witness, f"/exhibits/{phone}/witness/")
    assert WHY[:-1] in page
    answer = {"taking": row(phone).taking, "agrees": "yes", **when}
    assert keeper.post(f"/exhibits/{phone}/witness/", answer).status_code == 302
    assert row(phone).taking, "the keeper's own answer counts for nothing"
    assert witness.post(f"/exhibits/{phone}/witness/", answer).status_code == 302
    assert row(phone).holder == world.actor("exhibits-officer").officer
