"""To which key each peer wants its bundles encrypted: told with the join, at a contact, or entered by hand.

The key is no secret, and what comes in a word or an answer is authenticated by the peer's node key.
"""

from __future__ import annotations

from pyrage import x25519

from libertad.exchange.peering.bundle_key import bundle_recipient
from libertad.journal.node import Node
from libertad.journal.sql import Sql

LONGEST = 80
PUT = (
    "insert into exchange_bundle_key (origin, key) values (?, ?) "
    "on conflict (origin) do update set key = excluded.key"
)


def usable(key: str) -> bool:
    """Whether something can be encrypted to it ('age1...')."""
    try:
        x25519.Recipient.from_str(key)
    except Exception:
        return False
    return len(key) <= LONGEST


def key_of(sql: Sql, origin: str) -> str:
    """A peer's key; '' while it is not known."""
    row = sql.first("select origin, key from exchange_bundle_key where origin = ?", (origin,))
    return str(row[1]) if row and sql.believes("exchange_bundle_key", row) else ""


def save_key(sql: Sql, origin: str, key: str) -> None:
    """In a transaction: the newest counts. A key that nothing can be encrypted to is passed over."""
    if usable(key) and key_of(sql, origin) != key:
        sql.run(PUT, (origin, key))


def own_key(node: Node) -> str:
    """This node's, for others; '' where its file is damaged: the exchange goes on, `bundle read` says why."""
    try:
        return bundle_recipient(node.home)
    except (OSError, ValueError):
        return ""
