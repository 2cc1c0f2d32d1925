"""How many people are past their hour in care's hands, as one number that betrays nobody: pure functions.

Numbers of a few people, of one country or at a chosen hour would tell police with whom care works and how it
goes. So there is one for the whole operation, renewed by the rule of blocks (`care_cells.renews`) and at most
once a day, at an hour that nobody chooses; in between the same is said again, each hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from libertad.figures.care_cells import CARES, renews
from libertad.figures.cuts import DAY
from libertad.vocabulary.verbs.counting import WITHHELD

COUNTRIES = 2  # care authorities of one country alone are withheld
FRESH = timedelta(hours=6)  # so old at most is a batch that is taken for one of this hour
APART = DAY  # between two renewals


class Counted(NamedTuple):
    """What one care authority said last: how many are late, and the entry that says it."""

    late: int
    entry: str


class Number(NamedTuple):
    """`as_of`: the hour of which it is; the own hour where there has been no number yet. `batch`: hashes of
    the batches on which the last number rests, also while it is withheld."""

    as_of: datetime
    late: int = WITHHELD
    batch: tuple[str, ...] = ()


def differences(before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    """By care authority, how many people at least became late or no longer are: who came and who went cancel
    out, so that the rule is never looser than it says. One that has left takes all of its people out."""
    return {care: abs(now.get(care, 0) - before.get(care, 0)) for care in {*before, *now}}


def next_number(
    last: Number | None,
    cut: datetime,
    countries: Mapping[str, str],
    rested: Mapping[str, int],
    now: Mapping[str, Counted],
    may_renew: bool,
) -> Number:
    """What is said at an hour.

    `countries`: by care authority that is counted, its country. `rested`: by care authority, the numbers on
    which `last` rests. `now`: by care authority, its last batch that is fresh. `may_renew`: whether this is
    an hour at which it is asked at all. Withheld of fewer than three care authorities or one country, and
    once one has left, until the rule holds anew.
    """
    enough = len(countries) >= CARES and len({*countries.values()}) >= COUNTRIES
    fresh = {care: now[care] for care in countries if care in now}
    numbers = {care: counted.late for care, counted in fresh.items()}
    waited = last is None or not last.batch or cut - last.as_of >= APART
    complete = len(fresh) == len(countries)
    if may_renew and enough and waited and complete and renews(differences(rested, numbers)):
        return Number(cut, sum(numbers.values()), tuple(sorted(counted.entry for counted in fresh.values())))
    if last is None or not last.batch:
        return Number(cut)
    stands = enough and last.late != WITHHELD and not rested.keys() - countries.keys()
    return last if stands else last._replace(late=WITHHELD)
