"""Asking other holders to erase what was erased here, and answering such requests.

What comes back is a signed promise and no more: nobody can prove that a copy is gone.
"""

from __future__ import annotations

from libertad.exchange.peers import Peer
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.writer import Transaction


def asked_of(sql: Sql, theirs: list[str]) -> list[bytes]:
    """Requests to authorities that live at a peer and have not answered."""
    if not theirs:
        return []
    marks = ", ".join("?" * len(theirs))
    rows = sql.all(
        f"select distinct message from exchange_erasure where authority in ({marks}) and answered is null",
        theirs,
    )
    return [bytes(row[0]) for row in rows]


def take_requests(node: Node, peer: Peer, messages: list[bytes]) -> list[bytes]:
    """Answer requests of a peer's authorities: receipts, one for each request and reader here."""
    return []


def take_receipts(tx: Transaction, peer: Peer, messages: list[bytes]) -> None:
    """Keep the answers of a peer's authorities."""
