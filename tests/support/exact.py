"""A tiny matcher that knows only 'the same': for tests of the room around the kernel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from libertad.hits.matching.record import Hit, Reason, Record

WEIGHTS = {"name": 8.0, "birth": 4.0, "document": 20.0, "phone": 15.0, "device": 20.0, "handle": 12.0}


@dataclass
class Exact:
    """Equal values of one kind weigh what `WEIGHTS` says; the prior is minus three bits."""

    records: dict[str, Record] = field(default_factory=dict)

    def upsert(self, record: Record) -> None:
        self.upsert_all([record])

    def upsert_all(self, records: Iterable[Record]) -> None:
        self.records |= {record.id: record for record in records}

    def drop(self, id: str) -> None:
        self.records.pop(id, None)

    def ask(self, record: Record, limit: int = 20, least: float = 0.0) -> list[Hit]:
        hits = [
            self.compare(record, candidate)
            for candidate in self.records.values()
            if candidate.id != record.id
        ]
        return sorted((hit for hit in hits if hit.bits >= least), key=lambda hit: (-hit.bits, hit.id))[:limit]

    def compare(self, a: Record, b: Record) -> Hit:
        reasons = [
            Reason(kind, WEIGHTS.get(kind, 2.0), value, value, "same")
            for kind, value in sorted(values(a) & values(b))
        ]
        bits = sum(reason.bits for reason in reasons) - 3.0
        return Hit(b.id, bits, 2**bits / (1 + 2**bits), tuple(reasons))

    def __len__(self) -> int:
        return len(self.records)


def values(record: Record) -> set[tuple[str, str]]:
    pairs = {("name", name.text.casefold()) for name in record.names} | set(record.facts)
    if record.birth is not None:
        pairs.add(("birth", f"{record.birth.earliest} to {record.birth.latest}"))
    return {(str(kind), value) for kind, value in pairs if kind != "nationality"}
