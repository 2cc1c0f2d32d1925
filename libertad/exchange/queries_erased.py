"""Which files another authority has erased, as far as it told this node by asking it to do the same."""

from __future__ import annotations

import json
from collections.abc import Collection

from libertad.journal.sql import Sql, marks


def asked_to_erase(sql: Sql, authorities: Collection[str]) -> frozenset[str]:
    """Files that an authority elsewhere asked these to erase, whatever was answered."""
    own = sorted(authorities)
    asked = f"select compartments from exchange_erasure where authority in ({marks(own)})"
    return frozenset(place for (places,) in sql.all(asked, tuple(own)) for place in json.loads(places))
