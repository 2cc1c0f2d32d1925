"""Numbers of seals: one number however it is typed."""

from __future__ import annotations

import re

SIGNS = re.compile(r"[\W_]+")  # between the letters and digits of a number
RUNS = re.compile(r"[^\W\d_]+|\d+")


def seal_number(text: str) -> str:
    """A seal's number in one spelling, so that it is the same number however it is typed."""
    return " ".join(text.split()).upper()


def same_seal(first: str, second: str) -> bool:
    """Whether two readings are of one number: a blank or a dash between its signs is no difference."""
    return SIGNS.sub("", first).upper() == SIGNS.sub("", second).upper()


def spellings(number: str) -> tuple[str, ...]:
    """The usual spellings of a seal's number, its own first: SVG-118315, SVG118315, SVG 118315."""
    runs = RUNS.findall(number)
    if not runs or SIGNS.sub("", number) != "".join(runs):
        return (number,)
    return tuple(dict.fromkeys((number, *(sign.join(runs) for sign in ("-", "", " ")))))
