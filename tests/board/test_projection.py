"""Python and the map's build agree on where a place lies."""

from __future__ import annotations

import json

import pytest

from libertad.board.places import BUILT, countries
from libertad.board.projection import on_map, project

# Printed by assets/src/map/build.mjs: latitude, longitude, x, y.
PRINTED = (
    (13.1, -59.61, 764.75, 239.041),
    (6.8, -58.16, 801.0, 399.031),
    (21.46, -71.14, 476.5, 19.929),
    (17.19, -88.5, 42.5, 133.086),
    (-1.46, -48.49, 1042.75, 605.936),
)
PARTICIPATING = ["AG", "AW", "BB", "BZ", "BR", "CW", "GY", "JM", "LC", "VC", "TT", "TC", "VE"]


@pytest.mark.parametrize(("lat", "lon", "x", "y"), PRINTED)
def test_a_place_lies_where_the_map_draws_it(lat: float, lon: float, x: float, y: float) -> None:
    assert project(lat, lon) == pytest.approx((x, y), abs=0.002)


def test_the_build_prints_the_same_today() -> None:
    for lat, lon, x, y in json.loads(BUILT.read_text())["check"]:
        assert project(lat, lon) == pytest.approx((x, y), abs=0.002)


def test_every_country_and_territory_of_the_operation_is_on_the_map() -> None:
    land = countries()
    for code in PARTICIPATING:
        assert on_map(*land[code].anchor, edge=0) or code == "BR"


def test_barbados_is_drawn_with_its_own_coast() -> None:
    svg = BUILT.with_name("region.svg").read_text()
    path = svg.split('id="BB" d="')[1].split('"')[0]
    assert len(path) > 60


def test_what_is_south_of_the_frame_is_not_on_the_map() -> None:
    assert not on_map(*project(-23.5, -46.6))
