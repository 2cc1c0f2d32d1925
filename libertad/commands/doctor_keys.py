"""`libertad doctor`: files whose key is missing, key parts in a safe that an erasure made worthless, and the
key of second factors in the clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from libertad.access import factor_keys
from libertad.commands import start

MOST = 50


def missing() -> Iterator[tuple[str, str]]:
    """(what is wrong, how to mend it) of files that this node ought to open."""
    from django.db import DatabaseError

    from libertad.journal import keys_missing
    from libertad.journal.node import node

    try:
        if start.unapplied():
            return
        places = keys_missing.files(node(), node().sql())
    except DatabaseError:
        return  # told already
    for place in places[:MOST]:
        yield f"the key of file {place} is in no ring of this node: nobody reads it", keys_missing.MEND
    if len(places) > MOST:
        yield f"the keys of {len(places) - MOST} more files are missing", "libertad journal verify lists them"


def stale() -> Iterator[tuple[str, str]]:
    """(what is wrong, how to mend it) of the parts in the safe, and of those here that are damaged."""
    from libertad.journal.node import node

    for broken in node().rings.damaged_parts():
        yield f"{broken}; at the next start its ring does not open", broken.mend
    for part in node().rings.stale_parts():
        yield (
            f"the key part of {part.authority} in {part.place or 'the safe'} is stale: an erasure at "
            f"{_moment(part.renewed)} made a new one, and what was recorded since is lost with this machine",
            f"libertad backup --to COPY --parts-to {part.place or 'SAFE'}, until {_moment(part.until)}",
        )


def in_the_clear(home: Path) -> Iterator[tuple[str, str]]:
    """(what is wrong, how to mend it) where the key of second factors still lies beside the database."""
    path = home / factor_keys.PLAIN
    if path.exists():
        yield (
            f"the key of second factors lies in {path}, readable to whoever copies the disk",
            "libertad run, and open the ring of every authority of this node: the file goes once each ring "
            "and its copy have the key",
        )


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
