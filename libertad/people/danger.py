"""A person in danger: which counting id stands for it, and who has it as a thing to close."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from libertad.vocabulary.values import Happened

CONTEXT = b"libertad danger tally 1\0"
LATER = b"libertad danger tally 2\0"


def tally_id(person: str) -> str:
    """The anonymous id under which the operation counts that this person is in danger.

    SHA-256 of the person's id (16 random bytes, hex), the first 16 bytes, hex: whoever reads the file can
    work it out, nobody can go back from it. So a closing names the same id without keeping it anywhere.
    """
    return hashlib.sha256(CONTEXT + bytes.fromhex(person)).hexdigest()[:32]


def later_tally_id(entry: str) -> str:
    """As `tally_id`, of a danger that was said later: made from the hash of the entry that said it."""
    return hashlib.sha256(LATER + bytes.fromhex(entry)).hexdigest()[:32]


@dataclass(frozen=True)
class Closing:
    """What one side said was done about a danger. `officer` and `authority` are ids."""

    when: Happened
    officer: str
    authority: str
    done: str
    entry: str
