"""Who interprets for a person: from the desk, and from the protection file, where it stood before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def together(lists: Iterable[Iterable[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """Of each interpreter what the last list that names one says, in the order of their first; a name is the
    same whatever its capitals."""
    by_name: dict[str, Mapping[str, Any]] = {}
    for listed in lists:
        for row in listed:
            by_name[str(row["name"]).casefold()] = row
    return list(by_name.values())
