"""Two police forces at nodes of their own that share no file about anybody, and ask each other in private."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from libertad.exchange.onboarding import admission
from libertad.exchange.peering.peers import Peer
from libertad.exchange.sync.endpoint import Trip
from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.private.admitting import admit
from libertad.hits.private.answering import Answering
from libertad.hits.private.asking import Asking
from libertad.hits.private.holding import Holding
from tests.support import nodes
from tests.support.nodes import Party, invited, operation, settle

CASE = "GY-2018-014"


class Kept:
    """Records in memory, as an unlocked index has them."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.records: dict[str, Record] = {}

    def first(self, authority: str) -> str:
        return self.operation

    def readable_records(self, authority: str, refs: Sequence[str], operation: str) -> Mapping[str, Record]:
        return {ref: self.records[ref] for ref in refs if ref in self.records}

    def every(self, authority: str, operation: str) -> Iterable[Record]:
        return list(self.records.values())


class Side:
    """One authority with all that it needs for asking and answering in private."""

    def __init__(self, party: Party) -> None:
        self.party, self.kept = party, Kept(party.operation)
        self.holding = Holding(party.node, self.kept)
        self.answering = Answering(party.exchange, self.holding, every=0)
        self.sides: dict[str, Side] = {}
        self.asking = Asking(party.exchange, self.kept, self.trip, fresh=0)
        self.heard: list[bytes] = []  # all that this side was asked and answered, sealed

    @property
    def authority(self) -> str:
        return self.party.authority

    def trip(self, peer: Peer) -> Trip:
        def go(message: bytes) -> Iterable[bytes]:
            side = self.sides[peer.origin]
            parts = list(side.answering.answer(message))
            side.heard += [message, *parts]
            return parts

        return go

    def upsert(self, *records: Record) -> None:
        self.kept.records.update((record.id, record) for record in records)
        self.holding.upsert(self.authority, records)

    def close(self) -> None:
        self.holding.close()
        self.asking.close()


class Two(NamedTuple):
    """Guyana, which asks, and Trinidad, which answers and has admitted it."""

    guyana: Side
    trinidad: Side
    centre: Party

    def close(self) -> None:
        for side in self[:2]:
            side.close()
            side.party.close()
        self.centre.close()


def founded(home: Path) -> Sequence[Party]:
    """A centre that founded an operation and the two who joined it, with officers; all closed."""
    admission.register()
    statements = nodes.schema()
    centre, *police = (Party(home / name, statements, name) for name in ("centre", "guyana", "trinidad"))
    operation(centre)
    invited(centre, police[0])
    invited(centre, police[1], country="TT")
    settle([centre, *police])
    for party in police:
        party.appoint("officer")
    settle([centre, *police])
    for party in (centre, *police):
        party.node.close()
    return centre, *police


def ask_each_other(parties: Iterable[Party], quotas: Mapping[str, tuple[int, int]] | None = None) -> Two:
    """The two of `founded`, who ask each other; `quotas` of Guyana where not the usual."""
    admission.register()
    centre, *police = parties
    sides = Two(*(Side(party) for party in police), centre)
    for side in sides[:2]:
        side.sides = {other_side.party.node.key.origin: other_side for other_side in sides[:2]}
        side.holding.begin(side.party.actor("administrator"), "Duty desk, +1 868 555 0100")
    admit(
        sides.trinidad.party.node,
        sides.trinidad.party.actor("administrator"),
        sides.guyana.authority,
        "Both are in Operation Test",
        quotas,
    )
    return sides


def record(key: str, name: str = "", born: str = "", sex: str = "", **facts: str) -> Record:
    return Record(
        key,
        (Name(name),) if name else (),
        Birth.of_text(born) if born else None,
        sex,
        tuple((kind, value) for kind, value in facts.items()),  # type: ignore[misc]
    )
