"""Whether the nodes of other authorities know a feature: asked before what only newer ones read is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.vocabulary import formats
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.attachments import PLAIN, USUAL_BYTES

USUAL_CHUNKS = -(-USUAL_BYTES // PLAIN)  # of a size that the last chunk hides, taken as larger
LARGE = "select 1 from access_attachment where compartment = ? and chunks >= ? limit 1"

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


def check_kind(node: Node, sql: Sql, readers: Iterable[str], kind: str) -> None:
    """Refused for a file of a newer kind while a reader's node has not told that it knows such files."""
    if unable := unknowing(node, sql, readers, kind):
        raise Refused(
            "reader",
            "the nodes of %(count)s of its readers do not know files of the kind %(kind)s yet: it can be "
            "opened once they are updated and have been heard from",
            count=len(unable),
            kind=kind,
        )


def check_large(node: Node, sql: Sql, readers: Iterable[str], compartment: str) -> None:
    """Refused for readers whose nodes do not take an attachment of more than 20 MB that lies in the file:
    without it they would read another file than the others."""
    if not unknowing(node, sql, readers, "large"):
        return
    if sql.first(LARGE, (compartment, USUAL_CHUNKS)) is not None:
        raise Refused(
            "reader",
            "this file holds a picture or recording above 20 MB, which the other node does not take before "
            "it is updated and has been heard from",
        )
