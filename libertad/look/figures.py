"""The page of figures: the published sentence, the subtraction behind it, sums and releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from libertad.look.page_objects import Action, Cell, Link, Provenance, Table


@dataclass(frozen=True)
class Piece:
    """A piece of the published sentence; with `href` it is a number that opens."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Sum:
    """A line of a subtraction or a list of sums. Bars: `x` and `width` in percent."""

    label: str
    value: str
    href: str = ""
    note: str = ""
    x: float = 0
    width: float = 0
    kind: Literal["all", "less", "rest", "total", "part", "plain"] = "plain"


@dataclass(frozen=True)
class Check:
    text: str
    provenance: Provenance = ""
    after: str = ""


@dataclass(frozen=True)
class Published:
    """The sentence of a release, with what it rests on and whether it reconciles."""

    pieces: Sequence[Piece]
    note: str
    signed: str
    reconciles: bool
    words: str
    checks: Sequence[Check] = ()
    provenance: Provenance = ""


@dataclass(frozen=True)
class Decided:
    """With what care decided: a subtraction of the whole operation that opens to nothing; its statuses."""

    title: str
    second: str
    subtraction: Sequence[Sum]
    statuses: Sequence[Cell]
    statuses_total: str
    note: str


@dataclass(frozen=True)
class FiguresPage:
    second: str
    published: Published | None
    subtraction_title: str
    subtraction: Sequence[Sum]
    arrests_title: str
    arrests: Sequence[Sum]
    arrests_note: str
    by_country: Table
    releases: Table
    decided: Decided | None = None
    unsigned: Table | None = None
    subtraction_provenance: Provenance = ""
    arrests_provenance: Provenance = ""
    by_country_provenance: Provenance = ""
    releases_provenance: Provenance = ""
    action: Action | None = None
    links: Sequence[Link] = ()
