"""What a node can decrypt: per authority, how many compartments of each kind its keys open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from libertad.access.models import Authority, Compartment
from libertad.journal.node import Node


@dataclass(frozen=True)
class Opens:
    """One authority's ring on this node. `compartments` is kind -> how many its keys open."""

    authority: str
    name: str
    kind: str
    locked: str
    compartments: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return {
            "authority": self.authority,
            "name": self.name,
            "kind": self.kind,
            "locked": self.locked,
            "opens": self.compartments,
        }


def what_opens(node: Node) -> list[Opens]:
    """Every ring of this node. `locked` says why a ring does not open; then it opens nothing here.

    Counted from the keys themselves, not from reader lists: a key that should not be there shows.
    """
    kinds = dict(Compartment.objects.values_list("id", "kind"))
    named = {row.pk: row for row in Authority.objects.all()}
    listed = []
    for authority in node.rings.authorities():
        ring = node.rings.open.get(authority)
        counted: Counter[str] = Counter()
        if ring is not None:
            counted.update(kinds.get(place.hex(), "unknown") for place in ring.current)
        row = named.get(authority)
        listed.append(
            Opens(
                authority,
                row.name if row else "",
                row.kind if row else "",
                "" if ring is not None else node.locked.get(authority, "locked"),
                dict(sorted(counted.items())),
            )
        )
    return listed
