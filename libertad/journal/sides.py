"""The two sides that never share a process in production: police, and who protects."""

from __future__ import annotations

from collections.abc import Iterable

SIDES = {
    "police": "police",
    "centre": "police",
    "prosecution": "police",
    "care": "care",
    "deciding": "care",
}


def side(kind: str) -> str:
    """The side of a kind of authority; one that is not listed is a side of its own, and mixes with none."""
    return SIDES.get(kind, f"unknown kind '{kind}'")


def mixed(kinds: Iterable[str]) -> bool:
    """Whether authorities of these kinds would stand on more than one side."""
    return len({side(kind) for kind in kinds}) > 1
