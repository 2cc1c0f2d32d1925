"""What we owe a peer after its letter, kept until ours has left: another process may write that one."""

from __future__ import annotations

from libertad.exchange.peering.peer_session import Memory
from libertad.exchange.protocol.messages import MOST_TOLD, ControlMessage, pack, unpack
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction


def keep_owed(tx: Transaction, origin: str, memory: Memory) -> None:
    """Keep what our next letter is to confirm and to answer: another process may write that letter."""
    recall_owed(tx.sql, origin, memory)
    word = ControlMessage(
        confirms=memory.confirm,
        got=memory.got[-MOST_TOLD:],
        receipts=memory.receipts[-MOST_TOLD:],
        prove=memory.prove,
    )
    memory.confirm, memory.got, memory.receipts, memory.prove = 0, [], [], []
    if word != ControlMessage():
        tx.sql.run(
            "insert into exchange_owed (origin, word) values (?, ?) "
            "on conflict (origin) do update set word = excluded.word",
            (origin, pack(word)),
        )


def recall_owed(sql: Sql, origin: str, memory: Memory) -> bytes:
    """What we owe, back into memory: for `dispatch.compose`. Returns it as it is stored."""
    row = sql.first("select word from exchange_owed where origin = ?", (origin,))
    if row is None:
        return b""
    owed = unpack(bytes(row[0]), ControlMessage)
    memory.confirm = max(memory.confirm, owed.confirms)
    memory.prove = memory.prove or list(owed.prove)
    for pending, stored in ((memory.got, owed.got), (memory.receipts, owed.receipts)):
        pending[:] = list(dict.fromkeys([*stored, *pending]))
    return bytes(row[0])
