"""Whose file opens at once however many an officer has opened: of whom a danger is open for care."""

from __future__ import annotations

from libertad.access.acting import Act
from libertad.care.models import CareFile
from libertad.people.queries import unanswered


def in_danger(act: Act, person: str) -> bool:
    """Whether the protection file says so, where the actor's authority opens it."""
    rows = act.find(CareFile, person=person)
    return any(unanswered(row.get("dangers", ()), row.get("danger_closed", ())) for row in rows)
