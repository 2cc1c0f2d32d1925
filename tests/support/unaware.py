"""Words that cross, on one node: what is said within knows of nothing but how its subject began."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from libertad.journal import transaction
from libertad.journal.causal import in_order, last_words
from libertad.journal.folding import Said


@contextmanager
def unaware() -> Iterator[None]:
    """As if said at another node, which has had the first entry of each row and nothing since."""

    def first(entries: Iterable[Said], place: str) -> list[str]:
        return last_words(in_order(entries)[:1], place)

    with patch.object(transaction, "last_words", first):
        yield
