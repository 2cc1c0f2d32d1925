"""States of an anonymous tally: first view and custody, kept apart, each from its dated statuses.

The open side of the count holds these alone. What care decided is never among them (`figures/care_cells`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from libertad.vocabulary.values import Birth

FIRST_VIEWS = ("not-assessed", "potential-victim", "not-a-victim")
DECISIONS = ("presumed", "confirmed", "not-a-victim")
CUSTODY = ("detained", "arrested", "charged", "released")
Dated = tuple[int, str]


def ranked(statuses: Iterable[Dated]) -> list[Dated]:
    """By time; at one moment in a fixed order, so that the order of arrival never tells. What this version
    does not know is passed over: a member may say any word."""
    order = FIRST_VIEWS + CUSTODY
    return sorted((s for s in statuses if s[1] in order), key=lambda s: (s[0], order.index(s[1])))


def first_view(statuses: Iterable[Dated]) -> str:
    """What the officers who met the person saw last; 'not assessed' takes nothing back. '' for nothing."""
    now = ""
    for _, status in ranked(statuses):
        if status in FIRST_VIEWS and not (now and status == "not-assessed"):
            now = status
    return now


def decision(statuses: Iterable[Dated]) -> str:
    """Care's latest decision; of two at one moment the one later in DECISIONS. '' for none that is known."""
    dated = [(at, DECISIONS.index(status)) for at, status in statuses if status in DECISIONS]
    return DECISIONS[max(dated)[1]] if dated else ""


def custody(statuses: Iterable[Dated]) -> tuple[str, bool]:
    """('', 'released', 'held' or 'arrested'; charged). Released and held are without arrest."""
    custody_states = [status for _, status in ranked(statuses) if status in CUSTODY]
    if "arrested" in custody_states:
        return "arrested", "charged" in custody_states
    if "detained" not in custody_states:
        return "", False
    return ("released" if custody_states[-1] == "released" else "held"), False


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
