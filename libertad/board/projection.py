"""The map's projection: Mercator at 25 px a degree, the same as `assets/src/map/build.mjs`.

x grows to the east from the longitude WEST, y to the south from the latitude NORTH, both in px of a
frame of WIDTH by HEIGHT. A test holds these numbers against those that the map's build prints.
"""

from __future__ import annotations

from math import atan, degrees, exp, log, pi, radians, tan

WIDTH = 1080
HEIGHT = 595
DEGREE = 25.0
WEST = -90.2
NORTH = 22.2


def _stretched(lat: float) -> float:
    """Mercator's ordinate in degrees of the equator."""
    return degrees(log(tan(pi / 4 + radians(lat) / 2)))


def project(lat: float, lon: float) -> tuple[float, float]:
    """Where a place lies on the map, in px. Outside the frame for places outside the region."""
    return (lon - WEST) * DEGREE, (_stretched(NORTH) - _stretched(lat)) * DEGREE


def on_map(x: float, y: float, edge: float = 10) -> bool:
    """Whether a mark at (x, y) is whole within the frame."""
    return edge <= x <= WIDTH - edge and edge <= y <= HEIGHT - edge


def unproject(x: float, y: float) -> tuple[float, float]:
    """The place (lat, lon) that lies at a point of the map."""
    stretched = radians(_stretched(NORTH) - y / DEGREE)
    return degrees(2 * atan(exp(stretched)) - pi / 2), x / DEGREE + WEST
