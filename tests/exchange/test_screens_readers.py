"""Who reads a person's file, across nodes: what the release page and 'Who can see this' say and let do."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.exchange.models import PeerAuthority, Released
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from tests.exchange.test_screens import text
from tests.support.sharing import approve_waiting
from tests.support.world import World


@pytest.fixture
def person(world: World) -> str:
    """Somebody whom the police of Guyana met; the care authority of the country reads the identity."""
    key: str = world.perform("officer", meet_person, country="GY", source="said", happened=world.at(5, 13))
    return key


def share(world: World, person: str, **overrides: str) -> Any:
    values = {"authority": world.authorities["other-police"], "reason": "Her sister is there"} | overrides
    answer = world.client("officer").post(f"/people/{person}/share/", values)
    approve_waiting(world)
    return answer


def test_no_authority_is_preset(world: World, person: str) -> None:
    """A file is not released to the first of a list by one press too many."""
    page = world.client("officer").get(f"/people/{person}/share/").content.decode()
    assert '<option value="" selected>Choose an authority' in page
    answer = share(world, person, authority="")
    assert answer.status_code == 200 and "Error:" in answer.content.decode()
    assert world.client("other-officer").get(f"/people/{person}/").status_code == 404


def test_nobody_is_given_what_the_list_does_not_offer(world: World, person: str) -> None:
    """Neither an authority that meets no one, nor one that reads it already, nor none of the operation."""
    for key in (world.authorities["centre"], world.authorities["care"], "0" * 32):
        answer = share(world, person, authority=key)
        assert answer.status_code == 200 and "Error:" in answer.content.decode(), key
    assert world.client("analyst").get(f"/people/{person}/").status_code == 404


def test_the_file_and_the_release_page_name_the_same_readers(world: World, person: str) -> None:
    share(world, person)
    client = world.client("officer")
    for address in (f"/people/{person}/share/", f"/people/{person}/readers/"):
        page = text(client.get(address))
        for part in (
            "Saint Vincent police",
            "Her sister is there",
            "Care authority, Guyana",
            "On this node",
            "Remove from now on",
            "do not know that it exists",
        ):
            assert part in page, (address, part)


def test_where_everybody_reads_it_the_page_says_so_and_what_to_do(world: World, person: str) -> None:
    share(world, person)
    client = world.client("officer")
    page = client.get(f"/people/{person}/share/")
    wording = text(page)
    assert "Nobody is left to share it with" in wording and "A coordinator invites another" in wording
    assert "undone only for the future" in wording and "<select" not in page.content.decode()


def test_a_reader_at_another_node_has_the_keys_by_what_its_node_said(world: World, person: str) -> None:
    share(world, person)
    authority, place = world.authorities["other-police"], Person.objects.get(pk=person).compartment
    PeerAuthority.objects.create(authority=authority, origin="libertad/" + "0" * 16)
    client, address = world.client("officer"), f"/people/{person}/readers/"
    assert "Not given yet when its node next asks" in text(client.get(address))
    Released.objects.create(authority=authority, kid=b"k" * 32, compartment=place, given=1, taken=None)
    assert "Given not confirmed yet" in text(client.get(address))
    Released.objects.update(taken=2)
    assert "Taken" in text(client.get(address))


def test_of_a_file_of_another_node_only_what_this_node_knows_is_said(world: World, person: str) -> None:
    """As the care authority's node has it: the police own the file, and gave its keys to whom they let in."""
    share(world, person)
    for place, name in enumerate(("police", "other-police")):
        PeerAuthority.objects.create(authority=world.authorities[name], origin=f"libertad/{place:016}")
    page = text(world.client("caseworker").get(f"/people/{person}/readers/"))
    assert "Its own file" in page and "Not given here the node of Guyana police gives them" in page
    assert "Not given yet" not in page


def test_a_removal_without_a_reason_is_said_on_the_page_and_changes_nothing(
    world: World, person: str
) -> None:
    share(world, person)
    address = f"/people/{person}/share/{world.authorities['other-police']}/"
    answer = world.client("national-lead").post(address, {"reason": " "})
    page = answer.content.decode()
    assert answer.status_code == 422 and "<title>Error: " in page and 'href="#id_reason"' in page
    assert world.client("other-officer").get(f"/people/{person}/").status_code == 200


@pytest.mark.parametrize("role", ["coordinator", "analyst", "prosecutor", "press", "administrator"])
def test_who_meets_nobody_gets_neither_page(world: World, person: str, role: str) -> None:
    client, care = world.client(role), world.authorities["care"]
    for address in ("share/", f"share/{care}/", "readers/"):
        assert client.get(f"/people/{person}/{address}").status_code == 404, address


def test_a_reader_that_owns_nothing_of_it_removes_nobody(world: World, person: str) -> None:
    share(world, person)
    client = world.client("other-officer")
    assert "Remove from now on" not in text(client.get(f"/people/{person}/readers/"))
    for key in ("police", "care", "other-police"):
        assert client.get(f"/people/{person}/share/{world.authorities[key]}/").status_code == 404, key
