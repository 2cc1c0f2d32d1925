"""No form opens for what cannot be done with an exhibit any more: its page says what was done instead."""

from __future__ import annotations

import re

import pytest

from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seize import seize
from tests.support.world import World

FORMS = ("seal", "offer", "accept", "release", "return")


@pytest.fixture
def page(world: World) -> str:
    ledger = {"country": "GY", "kind": "document", "description": "Ledger, generated"}
    return str(world.perform("officer", seize, happened=world.at(5, 14), **ledger))


def get_form_page(world: World, role: str, page: str, form: str) -> tuple[int, str]:
    answer = world.client(role).get(f"/exhibits/{page}/{form}/")
    return answer.status_code, " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_an_exhibit_that_is_returned_says_to_whom_on_every_form(world: World, page: str) -> None:
    aunt = {"signed": "yes", "in_person": "no", "to_name": "Her aunt, R. Generated"}
    world.perform("officer", return_exhibit, exhibit=page, happened=world.at(6, 14, 30), **aunt)
    for form in FORMS:
        status, text = get_form_page(world, "officer", page, form)
        assert status == 200 and "It is returned already" in text, form
        assert "Sgt. Name officer returned it on 6 April 2018, 10:30 (UTC-4)" in text
        assert "Received by Her aunt, R. Generated. It was signed for." in text
    answer = world.client("officer").get(f"/exhibits/{page}/return/")
    assert b"<form" not in answer.content.partition(b"<main")[2].partition(b"</main")[0]
    sent = world.client("officer").post(f"/exhibits/{page}/return/", {"signed": "yes", "in_person": "yes"})
    assert "it was returned; its custody has ended" in sent.content.decode()


def test_who_does_not_hold_it_opens_no_form_of_its_holder(world: World, page: str) -> None:
    for form in ("seal", "offer", "release", "return"):
        assert get_form_page(world, "officer", page, form)[0] == 200
        status, text = get_form_page(world, "exhibits-officer", page, form)
        assert status == 200 and "Sgt. Name officer is recorded as holding it" in text, form
    status, text = get_form_page(world, "exhibits-officer", page, "accept")
    assert status == 200 and "It is not offered to you" in text
    assert "You hold it already" in get_form_page(world, "officer", page, "accept")[1]
    for form in ("statement", "ask"):
        status, text = get_form_page(world, "exhibits-officer", page, form)
        assert status == 200 and "It has no gap" in text, form
    world.perform("officer", release_custody, exhibit=page, to_whom="A driver")
    for form in ("accept", "statement", "ask"):
        assert get_form_page(world, "exhibits-officer", page, form)[0] == 200, form
    assert "Nobody is recorded as holding it" in get_form_page(world, "officer", page, "return")[1]
