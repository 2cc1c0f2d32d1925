"""Square metres of a room for each person who sleeps in it, beside what Sphere asks for and a mattress."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from libertad.vocabulary import yamlfile
from libertad.vocabulary.decoding import prepared

FILE = Path(__file__).parent / "space.yaml"


class Sphere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Floor for each person and height under the ceiling, at least."""

    m2_each: float
    height_m: float
    source: str
    url: str


class Mattress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    length_m: float
    width_m: float
    assumed: bool

    @property
    def m2(self) -> float:
        return self.length_m * self.width_m


class Space(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sphere: Sphere
    mattress: Mattress


@cache
def space() -> Space:
    """What rooms are compared with; ValueError where the file does not say it."""
    values: dict[str, Any] = yamlfile.read(FILE)
    return msgspec.convert(values, prepared(Space))


def m2_of(length_m: float | None, width_m: float | None) -> float | None:
    return None if length_m is None or width_m is None else length_m * width_m
