"""States of an anonymous tally: protection and custody, kept apart, each from its dated statuses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from libertad.vocabulary.values import Birth

PROTECTION = ("not-assessed", "potential-victim", "presumed", "confirmed", "not-a-victim")
CUSTODY = ("detained", "arrested", "charged", "released")
Dated = tuple[int, str]


def ranked(statuses: Iterable[Dated]) -> list[Dated]:
    """By time; at one moment in a fixed order, so that the order of arrival never tells."""
    return sorted(statuses, key=lambda s: (s[0], (PROTECTION + CUSTODY).index(s[1])))


def protection(statuses: Iterable[Dated]) -> str:
    """The latest decision; a later first view does not take back presumed or confirmed."""
    now = ""
    for _, status in ranked(statuses):
        if status not in PROTECTION:
            continue
        if now and status == "not-assessed":
            continue
        if now in ("presumed", "confirmed") and status == "potential-victim":
            continue
        now = status
    return now


def custody(statuses: Iterable[Dated]) -> tuple[str, bool]:
    """('', 'released', 'held' or 'arrested'; charged). Released and held are without arrest."""
    taken = [status for _, status in ranked(statuses) if status in CUSTODY]
    if "arrested" in taken:
        return "arrested", "charged" in taken
    if "detained" not in taken:
        return "", False
    return ("released" if taken[-1] == "released" else "held"), False


def age_group(birth: Birth | None, day: datetime) -> str:
    """The age group of a birth statement on a day; 'not-settled' where it may be on either side of 18."""
    if birth is None:
        return "not-settled"
    low, high = birth.ages_on(day)
    if high < 18:
        return "child-0-11" if high < 12 else "child-12-17" if low >= 12 else "child-age-not-known"
    if low >= 18:
        return "adult-18-24" if high < 25 else "adult-25-plus" if low >= 25 else "adult-age-not-known"
    return "not-settled"
