"""A seal's number is one, with a dash, with a blank or with neither; and no empty form begins a gap."""

from __future__ import annotations

import pytest

from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from libertad.evidence.queries import exhibit as seen
from libertad.evidence.seals import same_seal, spellings
from libertad.vocabulary.values import Refused
from tests.support.world import World

LEDGER = {"country": "GY", "kind": "document", "description": "Ledger"}


@pytest.fixture
def ledger(world: World) -> str:
    """A document with the seal GYP-118531, held by the officer and offered to the exhibits officer."""
    exhibit = str(world.perform("officer", seize, happened=world.at(5, 12), **LEDGER))
    world.perform("officer", seal, exhibit=exhibit, number="GYP-118531", happened=world.at(5, 13))
    to = world.actor("exhibits-officer")
    world.perform(
        "officer",
        offer_custody,
        exhibit=exhibit,
        to_officer=to.officer,
        to_authority=to.authority,
        happened=world.at(5, 14),
    )
    return exhibit


@pytest.mark.parametrize("read", ["GYP 118531", "gyp118531", "GYP\u2013118531"])
def test_a_blank_or_a_dash_is_no_difference_in_the_chain(world: World, ledger: str, read: str) -> None:
    client = world.client("exhibits-officer")
    offer = Exhibit.objects.get(pk=ledger).offer
    data = {"seal_read": read, "seal_state": "intact", "offer": offer}
    answer = client.post(f"/exhibits/{ledger}/accept/", data)
    assert answer.status_code == 302, answer.content.decode()
    exhibit = seen(world.actor("exhibits-officer"), ledger)
    assert exhibit is not None and not exhibit.chain.conflicts and exhibit.chain.seal == "GYP-118531"


def test_another_number_still_is_one(world: World, ledger: str) -> None:
    client = world.client("exhibits-officer")
    read = {"seal_read": "GYP-118513", "seal_state": "intact", "offer": Exhibit.objects.get(pk=ledger).offer}
    assert "not the number on file" in client.post(f"/exhibits/{ledger}/accept/", read).content.decode()
    assert not same_seal("A-11", "A-1") and not same_seal("", "A-1")


@pytest.mark.parametrize("again", ["GYP 118531", "GYP118531"])
def test_a_number_is_not_used_twice_by_writing_it_otherwise(world: World, ledger: str, again: str) -> None:
    other_exhibit = world.perform("officer", seize, happened=world.at(5, 15), **LEDGER)
    with pytest.raises(Refused, match="used once"):
        world.perform("officer", seal, exhibit=other_exhibit, number=again)


def test_spellings_are_few_and_its_own_is_first() -> None:
    assert spellings("GYP 118531") == ("GYP 118531", "GYP-118531", "GYP118531")
    assert spellings("\u2116") == ("\u2116",)


def test_nobody_lets_an_exhibit_go_by_an_empty_form(world: World, ledger: str) -> None:
    client = world.client("officer")
    answer = client.post(f"/exhibits/{ledger}/release/", {"to_whom": ""})
    assert "Say who took it, or where it was left" in answer.content.decode()
    assert Exhibit.objects.get(pk=ledger).holder
    assert client.post(f"/exhibits/{ledger}/release/", {"place": "The boat"}).status_code == 302
    assert not Exhibit.objects.get(pk=ledger).holder
