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
    framed = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return (prefix + hashlib.sha256(CONTEXT + framed + nonce).digest())[:ID].hex()


def proves(entry: Said) -> bool:
    """Whether an entry's nonce gives its subject's id: then its authority began the subject, in this file."""
    return gives(entry.body.subject, entry.body.authority, entry.compartment, entry.body.nonce)


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


def definition(candidates: Sequence[Said], entries: Sequence[Said], own_authorities: Ours) -> Said:
    """The entry that begins a subject, of those that could; `entries` is all that names the subject.

    The one that the id proves. Of ids of before the proof: what an authority of this node said; else what
    most other authorities spoke of in the same file; only then the first by its device's clock.
    """
    if len(candidates) == 1:
        return candidates[0]
    proven = [entry for entry in candidates if entry.body.nonce and proves(entry)]
    rest = proven or candidates
    if len({(entry.compartment, entry.body.authority) for entry in rest}) == 1:
        return min(rest, key=lambda entry: (entry.clock, entry.id))
    home = frozenset(own_authorities())

    def rank(entry: Said) -> tuple[object, ...]:
        other_authorities = {
            witness.body.authority
            for witness in entries
            if witness.compartment == entry.compartment and witness.body.authority != entry.body.authority
        }
        return entry.body.authority not in home, -len(other_authorities), entry.clock, entry.id

    return min(rest, key=rank)


def content_of(kind: type[Verb]) -> Begins:
    """Whether an entry has this content, and is no correction: that begins nothing."""

    def begins(entry: Said) -> bool:
        content = entry.content
        return isinstance(content, kind) and not (kind.CORRECTS and getattr(content, kind.CORRECTS))

    return begins


def belonging(projection: Projection, entries: Sequence[Said], own_authorities: Ours) -> Sequence[Said]:
    """Entries that count for a row: said in its subject's own file, by those who may say them.

    What another file says about the same id stays in that file, whatever date it claims, but for words of its
    own authority that moved to another kind of file; and a second definition of an id never merges with the
    one that the id proves.
    """
    if projection.begins is None or len(entries) < 2:
        return entries
    candidates = [entry for entry in entries if projection.begins(entry)] or entries
    began = definition(candidates, entries, own_authorities)
    place, by, own = began.compartment, began.body.authority, projection.own
    return [
        entry
        for entry in entries
        if (entry.body.authority == by and projection.moved)
        or (entry.compartment == place and (entry.body.authority == by or entry.body.verb not in own))
    ]


def by_subject(entries: Iterable[Said], begins: Begins) -> dict[str, list[Said]]:
    """Entries of further subjects that a row tells of (a site's visits), each as who began it says it.

    For verbs that only the authority that began their subject says; in the order in which they came.
    """
    groups: dict[str, list[Said]] = {}
    for entry in entries:
        groups.setdefault(entry.body.subject, []).append(entry)
    for subject, listed in groups.items():
        if len(listed) > 1:
            began = definition([e for e in listed if begins(e)] or listed, listed, tuple)
            groups[subject] = [entry for entry in listed if entry.body.authority == began.body.authority]
    return groups
