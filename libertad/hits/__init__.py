"""The same person, phone or passport in another country: real time, in batches, and in private."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libertad.hits.matching import Birth, Hit, Matcher, Name, Reason, Record, words

__all__ = ["Birth", "Hit", "Matcher", "Name", "Reason", "Record", "words"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("libertad.hits.matching"), name)
    raise AttributeError(name)
