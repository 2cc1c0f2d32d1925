"""A seal put on later than the taking is told as later: no time without a seal is hidden from the court."""

from __future__ import annotations

from html import unescape
from typing import Any

from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.custody import Chain, chain
from libertad.evidence.sentence import sentence
from tests.evidence.test_custody import NOW, TAKEN, event
from tests.support.world import World

SINCE = "from 10:00 to 14:00 (UTC-4)"


def custody_of(*events: Any) -> Chain:
    custody = chain([TAKEN, *events])
    assert custody is not None
    return custody


def phone(world: World) -> str:
    """Taken at 10:00 here, which is 14:00 UTC."""
    return str(
        world.perform(
            "officer", seize, country="GY", kind="mobile-phone", description="Phone", happened=world.at(5, 14)
        )
    )


def rows(world: World, exhibit: str) -> tuple[list[str], str]:
    """The rows of the chain and the whole page, as the prosecutor reads them."""
    page = " ".join(world.client("prosecutor").get(f"/exhibits/{exhibit}/").content.decode().split())
    chained = page.partition('<ol class="chain">')[2].partition("</ol>")[0]
    return [unescape(row) for row in chained.split("<li ")[1:]], unescape(page)


def test_a_seal_put_on_four_hours_later_has_a_row_of_its_own(world: World) -> None:
    exhibit = phone(world)
    world.perform("officer", seal, exhibit=exhibit, number="T-9100", happened=world.at(5, 18))
    (taking, sealed), page = rows(world, exhibit)
    assert "Taken by" in taking and "No seal" in taking and "T-9100" not in taking
    assert "Sealed by Sgt. Name officer" in sealed and "14:00" in sealed and "T-9100" in sealed
    assert f"It was without a seal on 5 April 2018 {SINCE}." in page


def test_a_seal_put_on_at_the_taking_is_told_with_it(world: World) -> None:
    exhibit = phone(world)
    world.perform("officer", seal, exhibit=exhibit, number="T-9100", happened=world.at(5, 14))
    (taking,), page = rows(world, exhibit)
    assert "Taken by" in taking and "T-9100" in taking and "No seal" not in taking
    assert "without a seal" not in page


def test_what_is_handed_over_without_a_seal_says_so_until_it_is_sealed(world: World) -> None:
    exhibit, keeper = phone(world), world.actor("exhibits-officer")
    to = {"to_officer": keeper.officer, "to_authority": keeper.authority}
    offer = world.perform("officer", offer_custody, exhibit=exhibit, happened=world.at(5, 15), **to)
    world.perform("exhibits-officer", accept_custody, exhibit=exhibit, offer=offer, happened=world.at(5, 16))
    chain_rows, page = rows(world, exhibit)
    assert "No seal" in chain_rows[0] and "No seal is on record." in page and "without a seal" not in page
    world.perform("exhibits-officer", seal, exhibit=exhibit, number="T-9100", happened=world.at(5, 18))
    world.perform(
        "exhibits-officer",
        seal,
        exhibit=exhibit,
        number="T-9101",
        opened="T-9100",
        why="Copied",
        happened=world.at(5, 20),
    )
    world.perform("exhibits-officer", return_exhibit, exhibit=exhibit, signed="yes", happened=world.at(5, 21))
    chain_rows, page = rows(world, exhibit)
    assert [("T-9100" in row, "T-9101" in row) for row in chain_rows[1:4]] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert f"It was without a seal on 5 April 2018 {SINCE}." in page and "No seal is on record" not in page


def test_a_seal_of_who_does_not_hold_it_ends_no_time_without_one() -> None:
    """Its entry stands beside the chain as a contradiction."""
    assert "No seal is on record." in sentence(custody_of(event("seal", 240, "x", number="X-1")), NOW)
    later = custody_of(event("seal", 240, "x", number="X-1"), event("seal", 300, number="S-1"))
    assert "It was without a seal on 5 April 2018 from 14:05 to 19:05 UTC." in sentence(later, NOW)


def test_a_first_seal_that_names_an_opened_one_leaves_open_what_was_on_before() -> None:
    line = sentence(custody_of(event("seal", 240, number="S-2", opened="S-1")), NOW)
    assert "No seal is on record for the time on 5 April 2018 from 14:05 to 18:05 UTC." in line
    assert "without a seal" not in line
