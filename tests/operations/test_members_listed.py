"""The members on the operation's page: by country, folded where they are many, removed behind their names."""

from __future__ import annotations

from django.urls import reverse

from libertad.access.acting import new_id
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.founding import make_ring
from libertad.operations.members_listed import FEW
from tests.support.world import World


def page(world: World, role: str = "coordinator", query: str = "") -> str:
    answer = world.client(role).get(reverse("operation") + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def grown(world: World) -> None:
    """More members than are shown without folding."""
    for number in range(FEW):
        authority = new_id()
        make_ring(authority)
        world.perform(
            "coordinator",
            invite_authority,
            name=f"Generated post {number}",
            kind="police",
            country="VC",
            zone="America/St_Vincent",
            authority=authority,
        )


def test_a_few_members_stand_open_and_none_has_a_button_to_remove_it(world: World) -> None:
    text = page(world)
    assert text.count('<details class="fold" open>') == 3 and '<details class="fold">' not in text
    assert "Coordination centre, Barbados" in text and "7 authorities" in text
    assert "/remove/" not in text and 'id="filter-member"' not in text


def test_many_members_are_folded_by_country_with_their_number(world: World) -> None:
    grown(world)
    text = page(world)
    assert text.count('<details class="fold">') == 2, "one's own country stands open"
    assert f'<b>Saint Vincent and the Grenadines</b> <span class="tag tag--needs">{FEW + 1} ' in text
    assert "one without an administrator" in text, "a folded group says what waits in it"
    officer = page(world, "officer")
    assert "one without an administrator" not in officer and "/operation/members/" not in officer


def test_a_filter_of_the_address_shows_who_fits_and_unfolds_them(world: World) -> None:
    grown(world)
    for query, present, absent in (
        ("?member=post+11", "Generated post 11", "Generated post 10<"),
        ("?member=GUYANA+care", "Care authority, Guyana", "Guyana police"),
        ("?kind=prosecution", "Prosecution, Guyana", "Saint Vincent police"),
        ("?member=saint+vincent&kind=police", "Saint Vincent police", "Guyana police"),
    ):
        text = page(world, query=query)
        assert present in text and absent not in text, query
        assert '<details class="fold">' not in text and '<details class="fold" open>' in text
    assert f"1 of {FEW + 7} authorities" in page(world, query="?member=post+11")
    assert "No authority fits" in page(world, query="?member=nobody")


def test_who_is_removed_is_removed_behind_its_own_name(world: World) -> None:
    care = world.authorities["care"]
    assert f"/operation/members/{care}/" in page(world)
    client = world.client("coordinator")
    text = client.get(reverse("member-change", args=[care])).content.decode()
    assert reverse("member-remove", args=[care]) in text and "Remove it from the operation" in text
    client.post(reverse("member-remove", args=[care]), {"reason": "It left"})
    text = client.get(reverse("member-change", args=[care])).content.decode()
    assert "Remove it from the operation" not in text
    assert "no reader of the operation now" in page(world)
