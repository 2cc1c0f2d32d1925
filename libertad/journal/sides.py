"""The sides that never share a process in production: police, who protects, and each kind of partner.

Each has a tree of its own at every node (`trees.py`): the open one, and care's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from libertad.vocabulary import kinds


def side(kind: str) -> str:
    """The side of a kind of authority; one that is not known is a side of its own, and mixes with none."""
    row = kinds.known(kind)
    return row.side if row is not None else f"unknown kind '{kind}'"


def mixed(listed: Iterable[str]) -> bool:
    """Whether authorities of these kinds would stand on more than one side."""
    return len({side(kind) for kind in listed}) > 1


# -- trees ---------------------------------------------------------------------------------

OPEN, CARE = "open", "care"
TREES = (OPEN, CARE)
CARES = frozenset({"care", "count", "desk", "leading"})  # kinds of files that only care's side reads
OWN = frozenset({"authority", "complaint"})  # kinds that only the authority itself reads
# (database, authority) -> its kind, '' where it is not known; the room `access` registers its own.
KINDS: list[Callable[[Any, str], str]] = []
# (database) -> whether the node's one tree may be split now; the exchange registers its own.
MAY_SPLIT: list[Callable[[Any], bool]] = []


def kind_of(sql: Any, authority: str) -> str:
    """The kind of an authority; '' where nothing says it yet."""
    return next((kind for known in KINDS if (kind := known(sql, authority))), "")


def tree_of(file_kind: str, authority_kind: str) -> str:
    """The tree of an entry, by its file's kind; of an authority's own file by the kind of the authority."""
    if file_kind in CARES or (file_kind in OWN and side(authority_kind) == "care"):
        return CARE
    return OPEN


def may_split(sql: Any) -> bool:
    return all(allowed(sql) for allowed in MAY_SPLIT)
