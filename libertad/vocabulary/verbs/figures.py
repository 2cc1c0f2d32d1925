"""Figures: releases. A release keeps its own snapshot; what changed since is shown, not rewritten."""

from __future__ import annotations

from datetime import datetime

import msgspec

from libertad.vocabulary.body import Verb


class FiguresOf(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a release's snapshot: a country or territory. Subtractions reconcile in each line.

    In a release that is `by_first_view` it is the open side alone: `presumed` and `confirmed` stay 0.
    """

    country: str
    records: int = 0
    met_twice: int = 0
    not_a_victim: int = 0
    not_assessed: int = 0
    potential: int = 0
    presumed: int = 0
    confirmed: int = 0
    released: int = 0
    held: int = 0
    arrests: int = 0
    charged: int = 0
    arrested_victims: int = 0


class CareBlock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What care decided, for the whole operation and against one open side as of `as_of`.

    `block`: hash of the entry of the counting care authority that says it; '' where none was named.
    """

    as_of: datetime
    records: int = 0
    met_twice: int = 0
    not_a_victim: int = 0
    not_assessed: int = 0
    potential: int = 0
    presumed: int = 0
    confirmed: int = 0
    block: str = ""


class ReleasePublish(Verb, frozen=True, kw_only=True):
    """The published sentence's numbers, as of a moment. `by` signs, `second_reader` read it too.

    The numbers are counted by the node, never given by a client; `line` keeps the table as it was.
    """

    VERB = "release.publish"
    SUBJECT = "release"
    release_number: int
    as_of: datetime
    countries: int
    potential_victims: int
    presumed: int
    confirmed: int
    arrests: int
    sites: int
    hits: int
    second_reader: str = ""
    line: tuple[FiguresOf, ...] = ()
    by: str = ""
    by_first_view: bool = False
    care: CareBlock | None = None
