"""Officers' phones: what one is enrolled for, at home (`phones.yaml`).

A phone speaks for one officer, in one operation, until an end, in listed verbs. What it says beyond that is
folded on no node.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from libertad.access.matrix import matrix
from libertad.journal import clock
from libertad.vocabulary import yamlfile
from libertad.vocabulary.field_verbs import FIELD_VERBS
from libertad.vocabulary.values import Refused

FILE = Path(__file__).with_name("phones.yaml")
LARGEST = {"longest_days": 366}


def read(path: Path) -> timedelta:
    """For how long a phone is enrolled at most. Raises ValueError, which names what is wrong in the file."""
    return timedelta(days=yamlfile.numbers(path, LARGEST)["longest_days"])


@cache
def longest() -> timedelta:
    """For how long a phone is enrolled at most."""
    return read(FILE)


def sayable(role: str) -> frozenset[str]:
    """What an officer of this role may say on a phone."""
    law = matrix().entries
    return frozenset(verb for verb in FIELD_VERBS if verb in law and role in law[verb].say)


def check_end(until: datetime | None) -> None:
    """Refused for an end that is none, has passed, or lies too far ahead; by the node's clock."""
    now = clock.now()
    if until is None or until.tzinfo is None or not now < until:
        raise Refused("until", "say until when the phone may be used: a moment that lies ahead")
    if until > now + longest():
        raise Refused("until", "at most %(days)s days from now", days=longest().days)


def check_verbs(verbs: Collection[str], role: str) -> None:
    """Refused for what no phone says, or what the officer's role does not say."""
    if not verbs:
        raise Refused("verb", "name what the phone may say")
    if strange := sorted(set(verbs) - FIELD_VERBS):
        raise Refused("verb", "no phone says %(verb)s: it is said at the node", verb=strange[0])
    if strange := sorted(set(verbs) - sayable(role)):
        raise Refused("verb", "the officer's role does not say %(verb)s", verb=strange[0])
