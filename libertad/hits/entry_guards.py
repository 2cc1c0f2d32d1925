"""Entries of a hit tell of two records: one by one they are for who may read both."""

from __future__ import annotations

from libertad.access.actor import Actor
from libertad.access.entries import GUARDS
from libertad.hits import queries
from libertad.journal.folding import Said

TELLING = ("hit.found", "hit.confirm", "hit.read", "hit.reject", "hit.postpone", "hit.undo")


def may_read_both(actor: Actor, entry: Said) -> bool:
    hit = queries.hit(actor, entry.subject)
    return hit is not None and hit.both


for verb in TELLING:
    GUARDS[verb] = may_read_both
