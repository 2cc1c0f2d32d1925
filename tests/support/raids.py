"""A raid at a mine: a node in a process of its own, and a phone behind a link that is cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType

from libertad.field import codes
from libertad.operations.actions.assign_team import assign_team
from libertad.operations.actions.register_site import register_site
from libertad.vocabulary.values import Place
from scenarios.bad_network.process import LinkProcess
from tests.support.daybook import phone
from tests.support.serving import server
from tests.support.world import World

FRAMES = 15  # of a film at 30 a second: the reader looks eight times a second
NAMES = ("Ana Lucía Quiroz Yánez", "Wilfredo de los Ángeles", "Marie-Thérèse Jean-Baptiste", "Xiomara Núñez")
SAVE = "Save on this phone"


@dataclass
class Raid:
    world: World
    base: str
    link: LinkProcess
    folder: Path
    chromium: BrowserType

    def code(self, officer: str = "officer") -> str:
        return codes.give(self.world.actors["administrator"], self.world.actors[officer].officer, 14)[0]

    def phone(self, name: str = "one", **options: Any) -> Any:
        return phone(self.chromium, self.folder / name, self.base, **options)


@pytest.fixture
def raid(world: World, browser: Browser, tmp_path: Path) -> Iterator[Raid]:
    at = world.perform(
        "national-lead",
        register_site,
        country="GY",
        zone="America/Guyana",
        workplace="gold-mine",
        name="Mine GY-09",
        place=Place(lat=6.4, lon=-58.6, within_m=500),
    )
    world.perform(
        "national-lead",
        assign_team,
        country="GY",
        reference="T-GY-4",
        officers=6,
        site=at,
        first_check_in=world.at(9, 12).at,
    )
    with (
        server(world.home) as address,
        LinkProcess(address.removeprefix("http://"), profile="free", seed=16) as link,
    ):
        base = f"http://127.0.0.1:{link.port}"
        yield Raid(world, base, link, tmp_path, browser.browser_type)


def name_of(number: int) -> str:
    return f"{NAMES[number % len(NAMES)]} {number}"
