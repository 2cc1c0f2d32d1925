"""The exhibit's pages in a browser: clean by axe and by the security policy, wide and narrow."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World


def custody(world: World) -> str:
    """A phone that went through three hands, with a gap, as in the picture."""
    at = world.at
    phone = world.perform(
        "officer",
        seize,
        country="GY",
        kind="mobile-phone",
        description="Mobile phone, black, cracked screen",
        where_found="Mine GY-01, cabin",
        witness="Const. K. Lewis",
        receipt=True,
        owner_agreed="yes",
        device_number="356938035644417",
        phone_number="5920182",
        state_when_taken="On, then flight mode at 10:09",
        happened=at(5, 14, 5),
        provenance="generated",
    )
    keeper = world.actor("exhibits-officer")
    world.perform("officer", seal, exhibit=phone, number="GUY-118204", happened=at(5, 14, 10))
    to = {"to_officer": keeper.officer, "to_authority": keeper.authority}
    offer = world.perform("officer", offer_custody, exhibit=phone, **to, happened=at(5, 16, 14))
    read = {"exhibit": phone, "seal_read": "GUY-118204"}
    store = "Exhibit store, Georgetown"
    world.perform(
        "exhibits-officer", accept_custody, offer=offer, place=store, **read, happened=at(5, 16, 20)
    )
    world.perform(
        "exhibits-officer", release_custody, to_whom="Const. L. Samuel", **read, happened=at(6, 23, 5)
    )
    world.perform("national-lead", accept_custody, place="Examination unit", **read, happened=at(7, 1, 15))
    new = {
        "number": "GUY-118377",
        "opened": "GUY-118204",
        "why": "Order 18-044",
        "witness": "Const. K. Lewis",
    }
    world.perform("national-lead", seal, exhibit=phone, **new, happened=at(7, 12, 40))
    offer = world.perform("national-lead", offer_custody, exhibit=phone, **to, happened=at(8, 13, 21))
    world.perform(
        "exhibits-officer",
        accept_custody,
        exhibit=phone,
        offer=offer,
        place=f"{store}, shelf B-14",
        seal_read="GUY-118377",
        happened=at(8, 13, 30),
    )
    return str(phone)


@pytest.mark.look
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_pages_are_clean(
    live_server: Any, world: World, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    phone = custody(world)
    world.perform(
        "exhibits-officer", return_exhibit, exhibit=phone, signed="yes", happened=world.at(9, 22, 52)
    )
    page = signed_in(world, "exhibits-officer", open_page(viewport=size), live_server.url)
    money = [
        {"currency": "GYD", "denomination": "5000", "pieces": 12},
        {"currency": "USD", "denomination": "20", "pieces": 5},
    ]
    cash = world.perform(
        "exhibits-officer",
        seize,
        country="GY",
        kind="cash",
        description="Bundle in a tin",
        cash=money,
        happened=world.at(6, 12),
    )
    paths = [
        "",
        "take/",
        f"{phone}/",
        f"{phone}/package/",
        *(f"{cash}/{rest}" for rest in ("", "seal/", "offer/", "release/", "return/")),
    ]
    for path in paths:
        page.goto(f"{live_server.url}/exhibits/{path}")
        keep(page, f"{size['width']}-{path.replace(phone, 'phone').replace(cash, 'cash').replace('/', '-')}")
        violations = axe(page)
        assert not violations, f"{path}: {violation_lines(violations)}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
    assert not page.console.refused and not page.console.errors


def keep(page: Any, name: str) -> None:
    """For the eye: LIBERTAD_SHOTS names a folder."""
    folder = os.environ.get("LIBERTAD_SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"exhibit-{name}.png"), full_page=True)
