"""A member with right keys: bodies of any kind, sealed and signed as its device seals and signs them.

What it says passes signature, seal and channel; what is in it is whatever the test puts there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable

from nacl.bindings import crypto_sign_keypair

from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import CarriedEntry, Parcel
from libertad.exchange.protocol.secure_channel import Channel
from libertad.exchange.receiving.receive_pipeline import Pulled
from libertad.exchange.sync.endpoint import Exchange
from libertad.journal import checkpoint, header, ingest, sealing, tree
from libertad.journal.checkpoint import Checkpoint, Signer
from libertad.journal.node import Node
from libertad.journal.tree import Frontier, leaf_hash
from tests.support.lying import Liar

Exact = tuple[bytes, bytes, bytes | None]


class Insider:
    """A node of a member's own: it has a device of each of these authorities, and the files' keys."""

    def __init__(self, victim: Node, authorities: Iterable[str], home: Node | None = None) -> None:
        """`home`: the node whose rings hold the authorities' keys, where it is not the victim's."""
        self.victim, self.key = victim, Signer(os.urandom(32))
        self.rings = (home or victim).rings
        self.devices: dict[str, tuple[bytes, bytes, bytes]] = {}  # authority -> (id, public, secret)
        self.heads: dict[tuple[bytes, str], tuple[int, bytes]] = {}
        self.exchange = Exchange(victim)
        victim.writer.submit(lambda tx: peers.save_peer(tx.sql, self.key.origin, self.key.public, ""))
        for authority in authorities:
            public, secret = crypto_sign_keypair()
            device = victim.writer.submit(lambda tx, p=public, a=authority: ingest.enrol(tx, p, a))  # type: ignore[misc]
            self.devices[authority] = (device, public, secret)

    def sealed(
        self, authority: str, compartment: str, kind: str, plain: bytes, depends: Iterable[str] = ()
    ) -> Exact:
        """The next entry of the authority's device in a file, with this body."""
        kid, key = self.rings.current(authority, bytes.fromhex(compartment))
        device, _public, secret = self.devices[authority]
        seq, previous = self.heads.get((device, compartment), (0, header.NO_PREVIOUS))
        needs = sorted(bytes.fromhex(name) for name in set(depends))
        bound = header.beginning(device, bytes.fromhex(compartment), seq, previous, needs, kind, kid)
        body = sealing.seal_body(plain, key, bound)
        exact = header.complete(bound, hashlib.sha256(body).digest(), len(body))
        self.heads[device, compartment] = (seq + 1, header.entry_hash(exact))
        return exact, header.sign(exact, secret), body

    def parcel(self, entries: Iterable[Exact]) -> Parcel:
        """A parcel of these entries, as they come next in its tree: rightly proven and signed."""
        entries, peer = list(entries), self.peer()
        end = peer.taken + len(entries)
        leaves = [(peer.taken + place, leaf_hash(entry[0])) for place, entry in enumerate(entries)]
        frontier = Frontier.from_bytes(peer.peaks) if peer.peaks else Frontier()
        root = tree.grow(frontier, end, leaves, []).root()
        return Parcel(
            start=peer.taken,
            end=end,
            head=end,
            note=checkpoint.sign(Checkpoint(self.key.origin, end, root), self.key.origin, self.key.seed),
            entries=[CarriedEntry(peer.taken + place, *entry) for place, entry in enumerate(entries)],
        )

    def peer(self) -> peers.Peer:
        """What the victim knows of it."""
        peer = peers.get(self.victim.sql(), self.key.origin)
        assert peer is not None
        return peer

    def tell(self, parcels: Iterable[Parcel | bytes]) -> Pulled:
        """The victim asks it, and gets these through the channel."""
        liar = Liar.__new__(Liar)
        liar.channel = Channel(self.key.seed, self.victim.key.public)
        return self.exchange.pull(self.key.origin, liar.trip(lambda ask: [] if ask.tree else parcels))

    def say(self, entries: Iterable[Exact]) -> Pulled:
        return self.tell([self.parcel(entries)])
