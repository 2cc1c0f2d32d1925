"""The countries of the map as its build left them: anchor, box, wished place of the label."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BUILT = Path(__file__).resolve().parents[1] / "web" / "static" / "libertad" / "map" / "places.json"


@dataclass(frozen=True)
class Country:
    """`anchor` is the middle of its largest piece of land; `beside`: too small to hold its sites.

    `phone` is the wished middle of its mark on the small map and the side of its name.
    """

    code: str
    anchor: tuple[float, float]
    box: tuple[float, float, float, float]
    label: tuple[float, float] | None
    beside: bool
    phone: tuple[float, float, str] | None = None


@cache
def countries(path: Path = BUILT) -> dict[str, Country]:
    """All countries on the map by ISO code; empty when the assets have not been built."""
    if not path.exists():
        return {}
    built = json.loads(path.read_text())["countries"]
    return {
        code: Country(
            code,
            (each["anchor"][0], each["anchor"][1]),
            (each["box"][0], each["box"][1], each["box"][2], each["box"][3]),
            (each["label"][0], each["label"][1]) if each["label"] else None,
            each["beside"],
            (each["phone"][0], each["phone"][1], each["phone"][2]) if each["phone"] else None,
        )
        for code, each in built.items()
    }
