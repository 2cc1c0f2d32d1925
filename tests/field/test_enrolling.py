"""A code enrols one phone, once; the phone is told its task, and that it has ended."""

from __future__ import annotations

import datetime as dt
import json
import os

import pytest

from libertad.access.about_members import prove_enrolment
from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.models import Device
from libertad.exchange.control import dispatch, key_wrap
from libertad.field import codes, tokens
from libertad.field.talk import ENROL
from libertad.journal import clock, header
from libertad.journal.node import node
from libertad.vocabulary.values import Refused
from tests.field.making import code_for, phone_of
from tests.support.phone import Phone, ask, use_code
from tests.support.world import World


def new_phone() -> Phone:
    return Phone(os.urandom(32), node().key.public)


def test_a_code_enrols_one_phone_and_answers_it_again(world: World) -> None:
    code = code_for(world)
    first, second = new_phone(), new_phone()
    answer = use_code(code, first)
    assert answer.status == 200, answer.content
    grant = answer.content
    assert grant["device"]["code"] == "K1"
    assert use_code(code, first).content["device"] == grant["device"]
    assert (use_code(code, second).status, use_code(code, second).content["code"]) == (404, "unknown-code")
    assert "person.meet" in grant["verbs"]
    assert {each["authority"] for each in grant["recipients"]} == set(grant["readers"]["person"])
    row = Device.objects.get(pk=first.device)
    assert (row.kind, row.officer) == ("field", world.actor("officer").officer)


def test_no_two_phones_of_an_authority_have_one_code(world: World) -> None:
    given = [
        phone_of(world, role).grant["device"]["code"] for role in ("officer", "officer", "national-lead")
    ]
    assert given == ["K1", "K2", "K3"]


def test_a_code_is_typed_in_any_case_with_or_without_hyphens() -> None:
    code = tokens.new_code()
    assert tokens.read(tokens.grouped(code).lower()) == code
    assert tokens.read(code[:-1]) == tokens.read(code[:-1] + "U") == ""


def test_a_code_that_has_run_out_and_one_that_never_was_answer_alike(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, now = code_for(world), clock.now()
    unknown = use_code(tokens.new_code(), new_phone())
    monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(minutes=31))
    late = use_code(code, new_phone())
    assert (late.status, late.content) == (unknown.status, unknown.content) == (404, unknown.content)


def test_a_key_that_did_not_sign_its_enrolment_is_not_enrolled(world: World) -> None:
    code, phone = code_for(world), new_phone()
    plain = json.dumps({"v": 1, "device": phone.public.hex(), "proof": "00" * 64}).encode()
    answer = ask(tokens.seed(code), phone.node, ENROL, plain, "enrol")
    assert answer.status == 404 and not Device.objects.filter(pk=phone.device).exists()
    assert use_code(code, phone).status == 200  # it used nothing up


def test_a_used_code_tells_its_phone_alone_and_until_its_own_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, phone, now = code_for(world), new_phone(), clock.now()
    assert use_code(code, phone).status == 200
    plain = json.dumps({"v": 1, "device": phone.public.hex(), "proof": "00" * 64}).encode()
    unproven = ask(tokens.seed(code), phone.node, ENROL, plain, "enrol")
    assert (unproven.status, unproven.content["code"]) == (404, "unknown-code")
    assert use_code(code, phone).status == 200  # whose answer was lost asks again
    asked = ask(tokens.seed(code), phone.node, ENROL, b'{"v": 1, "ask": true}', "enrol").content
    _public, secret = header.keypair(phone.seed)
    proof = prove_enrolment(secret, asked["authority"]["id"], asked["operation"]["id"])
    plain = json.dumps({"v": 1, "device": phone.public.hex(), "proof": proof}).encode()
    assert ask(tokens.seed(code), phone.node, ENROL, plain, "enrol").status == 200
    monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(minutes=31))
    late = ask(tokens.seed(code), phone.node, ENROL, plain, "enrol")
    assert (late.status, late.content["code"]) == (404, "unknown-code")


def test_a_code_ends_with_the_access_of_whoever_gave_it(world: World) -> None:
    code = code_for(world)
    world.actors["second"] = world.actor("administrator")
    from libertad.access.models import Officer

    assert Officer.objects.filter(pk=world.actor("administrator").officer).exists()
    world.perform(
        "national-lead", withdraw_officer, officer=world.actor("administrator").officer, reason="left"
    )
    assert use_code(code, new_phone()).content["code"] == "unknown-code"


def test_only_officers_of_the_own_authority_who_record_get_a_code(world: World) -> None:
    administrator = world.actor("administrator")
    for officer in (world.actor("caseworker").officer, administrator.officer):
        with pytest.raises(Refused):
            codes.give(administrator, officer, 14)
    with pytest.raises(Refused):
        codes.give(administrator, world.actor("officer").officer, 400)


def test_a_lease_names_the_task_and_ends_with_the_phone(world: World) -> None:
    phone = phone_of(world)
    answer = phone.lease()
    assert answer.status == 200 and answer.content["lease"]["until"] > answer.content["now"]
    world.perform("administrator", revoke_device, device=phone.device, reason="lost")
    assert phone.lease().content == {"v": 1, "ended": True, "why": "revoked"}


def test_a_lease_ends_with_the_officer_and_by_its_date(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = phone_of(world, days=1), phone_of(world, "exhibits-officer")
    world.perform(
        "administrator", withdraw_officer, officer=world.actor("exhibits-officer").officer, reason="left"
    )
    assert second.lease().content["why"] == "withdrawn"
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(days=2))
    assert first.lease().content["why"] == "ended"


def test_a_device_of_a_node_or_a_stranger_gets_no_lease(world: World) -> None:
    assert new_phone().lease().content["code"] == "unknown-phone"
    assert phone_of(world).lease().status == 200


def test_a_key_that_a_phone_was_given_opens_what_it_brings_days_later(world: World) -> None:
    """The exchange destroys the secrets of its keys after a day; those that phones have are kept."""
    phone, here = phone_of(world), node()
    other = key_wrap.rotate(here.rings, phone.authority).key_id
    key_wrap.rotate(here.rings, phone.authority)
    later = 3 * 24 * 3600 * 1000
    dispatch.tend(here, clock.now().timestamp() * 1000 + later)
    assert here.rings.recipient_secret(phone.authority, other) is None
    person, entries = phone.meet()
    answer = phone.hand_over(entries)
    assert answer.content["stored"] == [entry.name for entry in entries], answer.content
    assert person
