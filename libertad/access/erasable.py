"""Files other than those about a person that are erased, each kind by the rule of the room that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from libertad.access.acting import Act
from libertad.journal.sql import Sql

# By kind: refuses, in words that say what to do, where something forbids erasing a file (the row of it).
RULES: dict[str, Callable[[Act, Mapping[str, Any]], None]] = {}
OF_COUNTRIES = frozenset({"case", "police"})  # kinds of files of a whole country
# (database, file, authority) -> whether a key of the file ever left this node for an authority elsewhere; the
# exchange registers its own.
GIVEN: list[Callable[[Sql, str, str], bool]] = []


def was_given(sql: Sql, compartment: str, authority: str) -> bool:
    return any(given(sql, compartment, authority) for given in GIVEN)
