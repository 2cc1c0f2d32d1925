"""No address breaks a page, whatever stands in it: every route, with every parameter that a screen reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from libertad.access.matrix import matrix
from tests.support.populated import Populated, real_keys
from tests.support.routes import Route, routes

ROOT = Path(__file__).parents[2] / "libertad"
READ = re.compile(r'GET(?:\.get\(|\[|\.getlist\()"(\w+)"')
NAMES = sorted({name for path in ROOT.rglob("*.py") for name in READ.findall(path.read_text("utf-8"))})
VALUES = {
    "beyond an integer of the database": "9" * 20,
    "beyond any integer": "9" * 5000,
    "negative": "-1",
    "no number": "NaN",
    "another script's figures": "٣" * 30,
    "a sign of no text": "1\x00",
    "empty": "",
}
ASKED = [
    route
    for route in routes()
    if not route.keyed
    and "get" in matrix().routes.get(route.name, {})
    and not route.name.startswith("field-app")  # files: tests/field/test_app_files.py
]


def test_the_parameters_are_found() -> None:
    assert {"page", "country", "release", "state"} <= set(NAMES) and len(ASKED) > 60


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_no_parameter_breaks_a_page(populated: Populated, value: str) -> None:
    broken = []
    for route in ASKED:
        roles = matrix().routes[route.name]["get"]
        role = next((name for name in populated.world.actors if name in roles), "officer")
        client = populated.world.client(role)
        client.raise_request_exception = False
        address = route.address(*real_keys(populated, route))
        for names in (NAMES, ["page"]):
            answer = client.get(address, dict.fromkeys(names, value))
            if answer.status_code >= 500:
                broken.append((route.name, names if len(names) == 1 else "all", answer.status_code))
    assert not broken


@pytest.mark.parametrize("key", ["9" * 20, "9" * 5000, "-1", "٣", "None", "%00"])
def test_no_key_breaks_a_page(populated: Populated, key: str) -> None:
    broken = []
    for route in (route for route in ASKED if route.keys):
        roles = matrix().routes[route.name]["get"]
        role = next((name for name in populated.world.actors if name in roles), "officer")
        client = populated.world.client(role)
        client.raise_request_exception = False
        if (status := client.get(_addressed(route, key)).status_code) >= 500:
            broken.append((route.name, status))
    assert not broken


def _addressed(route: Route, key: str) -> str:
    return route.address(*["KEY"] * len(route.keys)).replace("KEY", key)
