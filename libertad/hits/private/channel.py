"""One question to an owner's node and its answer, numbered so that no copy of it is ever answered."""

from __future__ import annotations

from collections.abc import Callable

from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.protocol.secure_channel import small
from libertad.exchange.receiving.receiver import BadParcel
from libertad.exchange.sync.endpoint import Exchange, Trip
from libertad.exchange.transport import http
from libertad.hits.private import wire
from libertad.hits.private.answering import PATH
from libertad.journal.transaction import Transaction

WENT = (
    "insert into hits_private_counter (origin, came, lately, went) values (?, 0, ?, ?) "
    "on conflict (origin) do update set went = excluded.went"
)


class No(Exception):
    """The owner's refusal: a word of docs/hits-private.md, and the owner's own words."""

    def __init__(self, why: str, words: str) -> None:
        super().__init__(words)
        self.why = why


class Lie(Exception):
    """An owner's answer cannot be so: another key than it announced, or not what was asked for."""


class Talk:
    """How one node's questions travel."""

    def __init__(self, exchange: Exchange, trip: Callable[[Peer], Trip] | None = None) -> None:
        self.exchange, self.node = exchange, exchange.node
        self.trip = trip or (lambda peer: http.trip(peer.address, path=PATH))

    def owners(self) -> list[str]:
        """Authorities at other nodes that we exchange with."""
        rows = self.node.sql().all(
            "select a.authority from exchange_peer_authority a join exchange_peer p on p.origin = a.origin "
            "where p.state = 'active' order by 1"
        )
        return [row[0] for row in rows]

    def talk(
        self,
        owner: str,
        kind: type[wire.A],
        say: Callable[[int], wire.Questions],
        log: Callable[[Transaction, int], None] | None = None,
        number: int | None = None,
    ) -> wire.A:
        """Ask; No where it is refused. The number, and what `log` writes, are durable before it leaves.

        With each number the next is set aside: for the question that may follow, with `number`.
        """
        peer = self._peer(owner)

        def job(tx: Transaction) -> int:
            row = tx.sql.first("select went from hits_private_counter where origin = ?", (peer.origin,))
            counter = max(now_ms(), (row[0] if row else 0) + 1)
            tx.sql.run(WENT, (peer.origin, b"", counter + 1))
            if log is not None:
                log(tx, counter)
            return counter

        counter = self.node.writer.submit(job) if number is None else number
        channel = self.exchange.channel(peer)
        sealed = channel.seal(wire.HIT, wire.pack(say(counter)))
        parts = list(self.trip(peer)(small(self.node.key.origin) + sealed))
        if len(parts) != 1:
            raise ConnectionError("the answer was cut off")
        plain, last = channel.answered(sealed, 0, parts[0])
        answer = wire.answer(plain)
        if isinstance(answer, wire.Refused):
            raise No(answer.why, answer.words if answer.words.isprintable() else "")
        if not last or not isinstance(answer, kind):
            raise Lie("an answer to another question")
        return answer

    def _peer(self, owner: str) -> Peer:
        row = self.node.sql().first(
            "select origin from exchange_peer_authority where authority = ?", (owner,)
        )
        try:
            return self.exchange.active(row[0] if row else "")
        except BadParcel:
            raise ConnectionError(
                "its node is no peer of ours, or the exchange with it is suspended"
            ) from None
