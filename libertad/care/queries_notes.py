"""Case notes of a person: read by the caseworkers of the one authority whose desk they lie at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from libertad.access.actor import Actor
from libertad.access.queries import officer_names, open_row, readable
from libertad.care.desk_models import CaseNote
from libertad.journal.fields import from_ms
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class Version:
    """A note as it was recorded at `recorded`. `seen`: a date, or a moment with its offset."""

    recorded: Happened
    kind: str
    seen: str
    words: str
    risk: str


@dataclass(frozen=True)
class NoteSeen:
    """`now`: as it was corrected last; `before`: what it said before that, the last first."""

    id: str
    at: datetime
    officer: str
    by: str
    now: Version
    before: Sequence[Version]


def notes(actor: Actor, person: str, compartment: str) -> list[NoteSeen]:
    """All notes at a desk, by when what they tell of was, the last first."""
    rows = list(readable(actor, CaseNote).filter(person=person, compartment=compartment))
    names = officer_names(actor, sorted({row.officer for row in rows}))
    listed = []
    for row in rows:
        versions = [
            Version(
                Happened(at=from_ms(version["at"]), zone=version["zone"]),
                version["kind"],
                version["seen"],
                version["words"],
                version["risk"],
            )
            for version in open_row(actor, row)["words"]
        ]
        listed.append(
            NoteSeen(row.pk, row.at, row.officer, names.get(row.officer, ""), versions[0], versions[1:])
        )
    return sorted(listed, key=lambda note: (note.at, note.now.recorded.at, note.id), reverse=True)
