"""The room's door for reading: protection files, their parts, and what waits in them."""

from __future__ import annotations

from libertad.care.reads import (
    CareDanger,
    count,
    dangers,
    file,
    files,
    identity_readers,
    live_consents,
    may_open,
    open_dangers,
    openings,
    part,
    parts,
    readers,
    safety,
    unopened,
    withdrawn,
)
from libertad.care.seen import CareTodo, FileSeen, PartSeen
from libertad.care.todos import care_todos

__all__ = [
    "CareDanger",
    "CareTodo",
    "FileSeen",
    "PartSeen",
    "care_todos",
    "count",
    "dangers",
    "file",
    "files",
    "identity_readers",
    "live_consents",
    "may_open",
    "open_dangers",
    "openings",
    "part",
    "parts",
    "readers",
    "safety",
    "unopened",
    "withdrawn",
]
