"""Care's side of the count: whole cells of each care authority, and one block for the whole operation."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Dated, Refused

CUT = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
MANY = 1 << 31
WITHHELD = -1  # no number of people: the rule forbids to say one


class CountCell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One country's people, whole numbers: no row, and no difference to an earlier day.

    `from_*`: taken from this first view on the open side. `to_*`: given this status. `alone`: records of
    people whom care alone met; `twice`: how many of those are of somebody met before. What is given is what
    is taken, plus `alone` less `twice`. In `protection.kept` a number may be below 0.
    """

    country: str
    from_not_assessed: int = 0
    from_potential: int = 0
    from_not_a_victim: int = 0
    to_not_assessed: int = 0
    to_potential: int = 0
    to_presumed: int = 0
    to_confirmed: int = 0
    to_not_a_victim: int = 0
    alone: int = 0
    twice: int = 0

    def __post_init__(self) -> None:
        if any(not -MANY < number < MANY for number in self.numbers):
            raise Refused("cell", "this is no number of people")

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(getattr(self, name) for name in self.__struct_fields__ if name != "country")


class CountingName(Verb, frozen=True, kw_only=True):
    """Which care authority counts for all, and at which time of the day (UTC) each care authority counts.

    It counts nobody who has not accepted it.
    """

    VERB = "counting.name"
    SUBJECT = "operation"
    care: str
    cut_time: str

    def check(self) -> None:
        if not CUT.fullmatch(self.cut_time):
            raise Refused("cut_time", "give a time of the day in UTC, such as 22:00")


class CountingAccept(Verb, frozen=True, kw_only=True):
    """A care authority lets the counting one read its numbers, beside those of the authorities it names.

    `beside`: the care authorities that it knows to be real. Puppets would make one person's change look like
    the work of many.
    """

    VERB = "counting.accept"
    SUBJECT = "authority"
    care: str
    beside: tuple[str, ...] = ()


class BlockAsk(Verb, frozen=True, kw_only=True):
    """Care's numbers of the whole operation are asked for: at the next cut, if the rule allows it."""

    VERB = "block.ask"
    SUBJECT = "operation"
    note: str = ""


class ProtectionBatch(Verb, frozen=True, kw_only=True):
    """A care authority's whole cells as of a cut. Said by its node each day, also when nothing changed.

    `open_side`: hash of the tallies that it counted against. `pad` makes every batch as long as the others.
    """

    VERB = "protection.batch"
    SUBJECT = "authority"
    batch_number: int
    cut: datetime
    open_side: str
    cell: tuple[CountCell, ...] = ()
    pad: str = ""

    def check(self) -> None:
        if any(number < 0 for cell in self.cell for number in cell.numbers):
            raise Refused("cell", "a count is a whole number from 0")


class LateBatch(Verb, frozen=True, kw_only=True):
    """How many people of one care authority are past their hour, at a full hour. Said by its node each hour,
    also when nothing changed; to the counting care authority, and by no country.

    `known`: how many people are its task and not closed, those past their hour among them. `pad` makes every
    batch as long as the others. An hour that was missed is not made up for.
    """

    VERB = "late.batch"
    SUBJECT = "authority"
    batch_number: int
    cut: datetime
    late: int
    known: int
    pad: str = ""

    def check(self) -> None:
        if not 0 <= self.late <= self.known < MANY:
            raise Refused("late", "no more people are late than there are")


class LateSum(Verb, frozen=True, kw_only=True):
    """How many people are past their hour at all care authorities together: one number, -1 where it is
    withheld. Said each hour by the node of the counting care authority, also when nothing changed.

    `as_of`: the hour of which the number is, mostly an earlier one than `cut`. `batch`: hashes of the batches
    that the last number rests on, also while it is withheld; () before the first number.
    """

    VERB = "late.sum"
    SUBJECT = "authority"
    sum_number: int
    cut: datetime
    as_of: datetime
    late: int = WITHHELD
    batch: tuple[str, ...] = ()
    pad: str = ""

    def check(self) -> None:
        if not WITHHELD <= self.late < MANY:
            raise Refused("late", "a count is a whole number from 0")
        if self.as_of > self.cut:
            raise Refused("as_of", "a number is of an hour that has come")


class ProtectionLinked(Verb, frozen=True, kw_only=True):
    """To the care authority where linked people were first met: what this one decided, by counting id.

    All of them, each day; in a file that these two authorities alone read.
    """

    VERB = "protection.linked"
    SUBJECT = "authority"
    cut: datetime
    decided: tuple[Dated, ...] = ()
    pad: str = ""


class ProtectionKept(Verb, frozen=True, kw_only=True):
    """Before an erasure: what the erased files gave to their authority's cells, so that it stays counted.

    It names nobody, and no counting id.
    """

    VERB = "protection.kept"
    SUBJECT = "authority"
    cell: tuple[CountCell, ...]


class ProtectionBlock(Verb, frozen=True, kw_only=True):
    """What care decided, for the whole operation and against one open side; never by country.

    Said by the node of the counting care authority, when asked for and when enough has changed at enough care
    authorities. `batch`: hashes of the batches that it rests on.
    """

    VERB = "protection.block"
    SUBJECT = "operation"
    block_number: int
    cut: datetime
    open_side: str
    records: int = 0
    met_twice: int = 0
    not_a_victim: int = 0
    not_assessed: int = 0
    potential: int = 0
    presumed: int = 0
    confirmed: int = 0
    batch: tuple[str, ...] = ()

    def check(self) -> None:
        decided = self.potential + self.presumed + self.confirmed
        if self.records - self.met_twice - self.not_a_victim - self.not_assessed != decided:
            raise Refused("records", "the numbers do not add up")
