"""A legal hold for whoever keeps files of the person and does not read the case file."""

from __future__ import annotations

import hashlib

from libertad.access.acting import Act
from libertad.access.models import Hold, HoldTally

CONTEXT = b"libertad hold tally 1\0"


def tally_id(person: str) -> str:
    """The anonymous id under which the operation's file says that a hold is in force.

    SHA-256 of the person's id (16 random bytes, hex), the first 16 bytes, hex: whoever has a file of the
    person can work it out, nobody can go back from it.
    """
    return hashlib.sha256(CONTEXT + bytes.fromhex(person)).hexdigest()[:32]


def under_hold(act: Act, person: str, references: tuple[str, ...] = ()) -> bool:
    """Whether a legal hold forbids erasing files about a person, by the case file or by the tally."""
    act.believe_all(Hold)
    act.believe_all(HoldTally)
    by_reference = [hold for name in references for hold in act.find(Hold, reference=name)]
    rows = [*act.find(Hold, id=person), *act.find(HoldTally, id=tally_id(person)), *by_reference]
    return any(row["active"] for row in rows)
