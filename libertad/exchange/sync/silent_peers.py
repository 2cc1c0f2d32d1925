"""Peers that this node asks and writes to no more, since an authority of its own was removed."""

from __future__ import annotations

from libertad.exchange.peering import member_removal
from libertad.exchange.sync.endpoint import Exchange
from libertad.journal.fields import from_ms
from libertad.journal.sql import Sql


def silent(exchange: Exchange, sql: Sql) -> set[str]:
    """Peers that this node asks and writes to no more. Not before it has confirmed what they told it, nor
    while its answer to a later invitation is on its way, nor where an officer asks for it or it got keys."""
    node = exchange.node
    origins = member_removal.departed_peers(node, sql)
    if not origins:
        return origins
    since = max(
        removal.at for removal in member_removal.removals(node, sql, sorted(node.rings.authorities()))
    )
    owed = {row[0] for row in sql.all("select origin from exchange_owed")}
    joining = sql.all("select origin, at from exchange_joining")
    owed |= {origin for origin, at in joining if from_ms(at) > since}
    return {origin for origin in origins - owed if not _calls(exchange, origin)}


def _calls(exchange: Exchange, origin: str) -> bool:
    memory = exchange.memory(origin)
    return bool(memory.confirm or memory.called)
