"""How many things in each room need this officer: the figures on the bar.

A room says so with `waiting(actor) -> {route: number}` in its `queries`; one that has none shows none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module

from libertad.access.actor import Actor
from libertad.journal.rings import RingError

ROOMS = ("operations", "people", "evidence", "care", "figures", "hits")


@cache
def askers() -> tuple[Callable[[Actor], Mapping[str, int]], ...]:
    sources = []
    for room in ROOMS:
        try:
            queries = import_module(f"libertad.{room}.queries")
        except ModuleNotFoundError:
            continue
        if hasattr(queries, "waiting"):
            sources.append(queries.waiting)
    return tuple(sources)


def counts(actor: Actor) -> Mapping[str, int]:
    """Route -> number. A locked ring counts nothing: the page itself says that it is locked."""
    numbers: dict[str, int] = {}
    for ask in askers():
        try:
            numbers.update(ask(actor))
        except RingError:
            continue
    return numbers
