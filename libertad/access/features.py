"""Whether the nodes of other authorities know a feature: asked before what only newer ones read is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.vocabulary import formats

# (database, authority) -> the format that its node told, or None where nothing is known of it.
Announced = Callable[[Sql, str], int | None]
_sources: list[Announced] = []


def learn_from(source: Announced) -> None:
    """Ask this function for the formats of authorities elsewhere; the exchange registers its own."""
    if source not in _sources:
        _sources.append(source)


def format_of(node: Node, sql: Sql, authority: str) -> int:
    """The format of the node where an authority lives: TODAY if here, FIRST if it told none."""
    if authority in node.rings.authorities():
        return formats.TODAY
    return max(
        (known_format for source in _sources if (known_format := source(sql, authority))),
        default=formats.FIRST,
    )


def knows(node: Node, sql: Sql, authority: str, feature: str) -> bool:
    """Whether an authority's node can read a feature (`formats.FEATURES`), as far as it told this one."""
    return format_of(node, sql, authority) >= formats.needed(feature)


def unknowing(node: Node, sql: Sql, authorities: Iterable[str], feature: str) -> list[str]:
    """Those of some authorities whose nodes have not told that they know a feature, sorted."""
    if formats.needed(feature) == formats.FIRST:
        return []
    return sorted(name for name in set(authorities) if not knows(node, sql, name, feature))
