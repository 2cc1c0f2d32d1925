"""A file's id is made from who opens it and a secret nonce, so that nobody can claim another's file.

Files of 0.1 have random ids; of those the first opening counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import cast

from libertad.journal.folding import Said
from libertad.vocabulary.verbs.access import CompartmentOpen

CONTEXT = b"libertad file v1\x00"


def derive_file(owner: str, kind: str, about: str, nonce: str) -> str:
    """A file's id (32 hex digits) from who opens it, its kind, what it is about and a secret nonce."""
    return hashlib.sha256(CONTEXT + "\x00".join((owner, kind, about, nonce)).encode()).hexdigest()[:32]


def proves_file(compartment: str, content: CompartmentOpen, nonce: str) -> bool:
    """Whether an opening's nonce gives the file's id: then nobody else could have opened it."""
    return bool(nonce) and derive_file(content.owner, content.kind, content.about, nonce) == compartment


def owner_by(entries: Sequence[Said]) -> str:
    """The authority that a file's first words say opened it; '' where its opening is not among them."""
    openings = [entry for entry in entries if isinstance(entry.content, CompartmentOpen)]
    return cast(CompartmentOpen, opening_of(openings).content).owner if openings else ""


def opening_of(openings: Sequence[Said]) -> Said:
    """Of the openings of one file the one that counts: the proven one, else the first."""
    for opening in openings:
        if proves_file(opening.compartment, cast(CompartmentOpen, opening.content), opening.body.nonce):
            return opening
    return openings[0]
