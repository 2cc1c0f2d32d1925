"""Figures: releases. A release keeps its own snapshot; what changed since is shown, not rewritten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from libertad.vocabulary.body import Verb
from libertad.vocabulary.codelists import Retired
from libertad.vocabulary.values import Refused, whole_date

LONGEST = 1000


def entry_hash(text: str) -> None:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise Refused("proposal", "the hash of an entry, 64 hex digits")


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
    RETIRED: ClassVar[Mapping[str, Retired]] = {
        "": Retired("0.2", "one account proposes a release and another signs it.", "release.propose")
    }
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


class ReleasePropose(Verb, frozen=True, kw_only=True):
    """A release as one account proposes it; it is out when another has signed exactly this entry.

    The numbers are counted by the node, never given by a client; `line` keeps the table as it was. `alone`:
    no other authority of the operation had an officer who may sign, so another officer of this one does. A
    later proposal of the same release, while it is not out, takes this one's place; it is signed anew.
    `first_day`, `last_day`: of which days its sentence tells; '' of what was proposed before they were said.
    """

    VERB = "release.propose"
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
    line: tuple[FiguresOf, ...] = ()
    by: str = ""
    by_first_view: bool = False
    care: CareBlock | None = None
    alone: bool = False
    first_day: str = ""
    last_day: str = ""

    def check(self) -> None:
        if not self.first_day and not self.last_day:
            return
        if whole_date(self.first_day, "first_day") > whole_date(self.last_day, "last_day"):
            raise Refused("last_day", "lies before the first day")


class ReleaseSign(Verb, frozen=True, kw_only=True):
    """Another account signs a proposal: `proposal` is the hash of the entry that it has read."""

    VERB = "release.sign"
    SUBJECT = "release"
    proposal: str
    release_number: int
    by: str = ""

    def check(self) -> None:
        entry_hash(self.proposal)


class ReleaseWithdraw(Verb, frozen=True, kw_only=True):
    """The authority that proposed a release takes the proposal back before it is signed, with the reason.

    `proposal` is the hash of the entry that is taken back. Both stay on file and are shown.
    """

    VERB = "release.withdraw"
    SUBJECT = "release"
    proposal: str
    release_number: int
    reasons: str
    by: str = ""

    def check(self) -> None:
        entry_hash(self.proposal)
        if not self.reasons.strip():
            raise Refused("reasons", "say why it is withdrawn; the members read it")
        if len(self.reasons) > LONGEST:
            raise Refused("reasons", "say it in at most %(most)s characters", most=LONGEST)
