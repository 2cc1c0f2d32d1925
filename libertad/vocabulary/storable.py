"""What every database keeps and every node can say again: no NUL in a text, no number beyond 53 bits.

PostgreSQL refuses a text with a NUL, SQLite a number of more than 64 bits, and readers of JSON round what is
beyond 53: an entry that holds one could be folded at one node and stop the exchange of another.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

# In the bytes of a body: what may be one of these. Only then each value is looked at.
SUSPECT = re.compile(rb"\\u0000|[0-9]{16}|[0-9][eE][+]?[0-9]")
MOST = (1 << 53) - 1


def storable(value: Any) -> bool:
    """Whether each text and number in a value, its keys included, can be kept."""
    kind = value.__class__
    if kind is str:
        return "\0" not in value
    if kind is int:
        return bool(-MOST <= value <= MOST)
    if kind in (tuple, list):
        return all(map(storable, value))
    if kind is dict:
        return all(map(storable, value)) and all(map(storable, value.values()))
    if isinstance(value, msgspec.Struct):
        return all(storable(getattr(value, name)) for name in value.__struct_fields__)
    return True
