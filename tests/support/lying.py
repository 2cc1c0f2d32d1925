"""A node that lies with its own key: what it sends is sealed and signed as its own and says what it likes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any

from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import CarriedEntry, Parcel, PullRequest, pack, unpack
from libertad.exchange.protocol.secure_channel import ASK, Channel
from libertad.exchange.sending.sender import Outgoing
from libertad.journal import tree
from libertad.journal.tree import Frontier, leaf_hash
from tests.support.nodes import Party

Made = Iterable[Parcel | bytes]


class Liar:
    """Speaks with the key of `party` to `victim`."""

    def __init__(self, party: Party, victim: Party) -> None:
        self.party, self.victim = party, victim
        self.channel = Channel(party.node.key.seed, victim.node.key.public)

    def trip(self, make: Callable[[PullRequest], Made]) -> Any:
        """A round trip that is answered by what `make` gives; bytes are taken for packed parcels."""

        def go(message: bytes) -> Iterable[bytes]:
            sealed = message[8:]
            ask = unpack(self.channel.open(ASK, sealed), PullRequest)
            before, place = None, 0
            for parcel in make(ask):
                if before is not None:
                    yield self.channel.answer(sealed, place, before, last=False)
                    place += 1
                before = parcel if isinstance(parcel, bytes) else pack(parcel)
            yield self.channel.answer(sealed, place, before or b"", last=True)

        return go

    def honest(self, ask: PullRequest, chunk: int = 4096) -> list[Parcel]:
        """What it would say if it did not lie."""
        sql = self.party.node.sql()
        return list(Outgoing(self.party.node, sql, self.victim.node.key.origin).parcels(ask.after, chunk, 64))

    def peer_record(self) -> peers.Peer:
        """What the victim knows of it."""
        peer = peers.get(self.victim.node.sql(), self.party.node.key.origin)
        assert peer is not None
        return peer

    def extension(self, *entries: tuple[bytes, bytes, bytes | None]) -> Parcel:
        """A parcel of these entries, as if they came next in its tree: rightly proven and signed."""
        peer = self.peer_record()
        end = peer.taken + len(entries)
        leaves = [(peer.taken + n, leaf_hash(entry[0])) for n, entry in enumerate(entries)]
        frontier = Frontier.from_bytes(peer.peaks) if peer.peaks else Frontier()
        root = tree.grow(frontier, end, leaves, []).root()
        return Parcel(
            start=peer.taken,
            end=end,
            head=end,
            note=self.party.node.signed(end, root),
            entries=[CarriedEntry(peer.taken + n, *entry) for n, entry in enumerate(entries)],
        )


def bomb(size: int, stated: int | None) -> bytes:
    """A zstd frame of few bytes that expands to `size` zeros; `stated` is what it says of that."""
    blocks, rest = divmod(size, 1 << 17)
    sizes = [1 << 17] * blocks + ([rest] if rest else [])
    last = len(sizes) - 1
    body = b"".join(
        struct.pack("<I", (length << 3) | (1 << 1) | (place == last))[:3] + b"\x00"
        for place, length in enumerate(sizes)
    )
    if stated is None:
        return b"\x28\xb5\x2f\xfd" + b"\x00" + b"\x38" + body  # window of 128 KB, no content size
    return b"\x28\xb5\x2f\xfd" + b"\xc0" + b"\x38" + struct.pack("<Q", stated) + body
