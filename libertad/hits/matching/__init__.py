"""The matcher, usable by itself: records in, pairs with their weights out. No framework, no database.

Its names are loaded when they are asked for: who only describes records, or reads pages, loads no numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libertad.hits.matching.matcher import Matcher
    from libertad.hits.matching.reasons import words
    from libertad.hits.matching.record import Birth, Hit, Name, Reason, Record

_HOMES = {
    "Matcher": "matcher",
    "Hit": "record",
    "Reason": "record",
    "words": "reasons",
    "Birth": "record",
    "Name": "record",
    "Record": "record",
}
__all__ = ["Birth", "Hit", "Matcher", "Name", "Reason", "Record", "words"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)
