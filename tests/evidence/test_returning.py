"""Who received an exhibit that was returned: its owner, or somebody else by name."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seize import seize
from libertad.vocabulary.values import Refused
from tests.evidence.test_exhibits import PHONE, row
from tests.evidence.test_screens import at, text
from tests.support.world import World

SISTER = "Rosa Name, her sister"


@pytest.fixture
def phone(world: World) -> str:
    return str(world.perform("officer", seize, happened=world.at(5, 14, 5), **PHONE))


def returned(client: Client, phone: str, **values: str) -> str:
    sent = {"signed": "yes", **at(6, "09:00"), **values}
    return unescape(text(client.post(f"/exhibits/{phone}/return/", sent, follow=True)))


def test_the_chain_says_who_received_what_its_owner_did_not(world: World, phone: str) -> None:
    page = returned(world.client("officer"), phone, in_person="no", to_name=SISTER)
    assert "Returned to its owner by" in page and f"Received by {SISTER}." in page
    assert f"Received by {SISTER}." in text(world.client("prosecutor").get(f"/exhibits/{phone}/"))


def test_an_owner_who_received_it_in_person_needs_no_name_in_the_case(world: World, phone: str) -> None:
    """The case is read by the prosecution, and keeps what is in it when a protection file is erased."""
    assert "Received by the owner in person." in returned(world.client("officer"), phone, in_person="yes")


@pytest.mark.parametrize("given", [{}, {"in_person": "no"}, {"in_person": "yes", "to_name": SISTER}])
def test_a_return_without_who_received_it_is_asked_again(
    world: World, phone: str, given: dict[str, str]
) -> None:
    assert "Nothing has been saved yet" in returned(world.client("officer"), phone, **given)
    assert row(phone).state == "held"


def test_a_return_of_before_that_does_not_say_who_received_it_stands(world: World, phone: str) -> None:
    world.perform("officer", return_exhibit, exhibit=phone, signed="yes", happened=world.at(6, 9))
    page = text(world.client("officer").get(f"/exhibits/{phone}/"))
    assert "Returned to its owner by" in page and "Received by" not in page
    with pytest.raises(Refused):
        world.perform("officer", return_exhibit, exhibit=phone, signed="yes", in_person="no")
