"""Subjects: whose they are. An id is derived from the authority that begins it, so that it proves who did.

`id = SHA-256(context, authority, file, nonce)`, of which 16 bytes are kept. The nonce lies sealed in the
entry that begins the subject (its *definition*): nobody else's entry gives this id, and whoever cannot open
that entry cannot test who is behind an id. Ids of before were random: of several definitions of one of those,
none is proven, and `definition` chooses by rules that a claimed date cannot win alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libertad.journal.folding import Projection, Said
    from libertad.vocabulary.body import Verb

CONTEXT = b"libertad subject v1\x00"
NONCE = 16  # bytes
PREFIX = 6  # bytes of an id in order of time: milliseconds
ID = 16
Begins = Callable[["Said"], bool]
Ours = Callable[[], Iterable[str]]  # the authorities whose rings are at this node


def derive(authority: str, nonce: bytes, place: str = "", prefix: bytes = b"") -> str:
    """An id (32 hex) that this authority begins in the file `place` (hex; empty: wherever it says it first).

    `prefix` (6 bytes, or none) begins the id, for ids that lie in order of time; 80 bits are derived then.
    """
    parts = (authority.encode(), place.encode(), prefix)
    told = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return (prefix + hashlib.sha256(CONTEXT + told + nonce).digest())[:ID].hex()


def proves(said: Said) -> bool:
    """Whether an entry's nonce gives its subject's id: then its authority began the subject, in this file."""
    return gives(said.body.subject, said.body.authority, said.compartment, said.body.nonce)


def gives(subject: str, authority: str, compartment: str, nonce: str) -> bool:
    """Whether this id (hex) is derived from the authority, the file and the nonce (hex)."""
    if len(nonce) != 2 * NONCE or len(subject) != 2 * ID:
        return False
    try:
        secret, prefix = bytes.fromhex(nonce), bytes.fromhex(subject)[:PREFIX]
    except ValueError:
        return False
    return any(
        derive(authority, secret, place, start) == subject
        for place in (compartment, "")
        for start in (b"", prefix)
    )


def definition(candidates: Sequence[Said], entries: Sequence[Said], ours: Ours) -> Said:
    """The entry that begins a subject, of those that could; `entries` is all that names the subject.

    The one that the id proves. Of ids of before the proof: what an authority of this node said; else what
    most other authorities spoke of in the same file; only then the first by its device's clock.
    """
    if len(candidates) == 1:
        return candidates[0]
    proven = [said for said in candidates if said.body.nonce and proves(said)]
    rest = proven or candidates
    if len({(said.compartment, said.body.authority) for said in rest}) == 1:
        return min(rest, key=lambda said: (said.clock, said.id))
    home = frozenset(ours())

    def rank(said: Said) -> tuple[object, ...]:
        others = {
            other.body.authority
            for other in entries
            if other.compartment == said.compartment and other.body.authority != said.body.authority
        }
        return said.body.authority not in home, -len(others), said.clock, said.id

    return min(rest, key=rank)


def content_of(kind: type[Verb]) -> Begins:
    """Whether an entry has this content, and is no correction: that begins nothing."""

    def begins(said: Said) -> bool:
        content = said.content
        return isinstance(content, kind) and not (kind.CORRECTS and getattr(content, kind.CORRECTS))

    return begins


def belonging(projection: Projection, entries: Sequence[Said], ours: Ours) -> Sequence[Said]:
    """Entries that count for a row: said in its subject's own file, by those who may say them.

    What another file says about the same id stays in that file, whatever date it claims; and a second
    definition of an id never merges with the one that the id proves.
    """
    if projection.begins is None or len(entries) < 2:
        return entries
    candidates = [entry for entry in entries if projection.begins(entry)] or entries
    began = definition(candidates, entries, ours)
    place, by, own = began.compartment, began.body.authority, projection.own
    return [
        entry
        for entry in entries
        if entry.compartment == place and (entry.body.authority == by or entry.body.verb not in own)
    ]


def by_subject(entries: Iterable[Said], begins: Begins) -> dict[str, list[Said]]:
    """Entries of further subjects that a row tells of (a site's visits), each as who began it says it.

    For verbs that only the authority that began their subject says; in the order in which they came.
    """
    found: dict[str, list[Said]] = {}
    for entry in entries:
        found.setdefault(entry.body.subject, []).append(entry)
    for subject, listed in found.items():
        if len(listed) > 1:
            began = definition([e for e in listed if begins(e)] or listed, listed, tuple)
            found[subject] = [entry for entry in listed if entry.body.authority == began.body.authority]
    return found
