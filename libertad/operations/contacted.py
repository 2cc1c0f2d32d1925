"""What a team's words and contacts change: where it is to be, when it reports next. By its entries alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said
from libertad.vocabulary.verbs.operations import TeamAssign, TeamCheckIn, TeamContact

# In danger a team is heard of within the shortest interval that a team is planned with, whatever its own is.
NEAR = timedelta(minutes=30)


def reached(entry: Said) -> bool:
    return isinstance(entry.content, TeamContact) and entry.content.outcome != "not-reached"


def next_report(
    entries: Sequence[Said], first: datetime | None, every: int, endangered: bool = False
) -> datetime | None:
    """When the team reports next: as its last word or the last contact agreed, whichever is later.

    `first`: before either; `every`: minutes between check-ins. A contact that reached nobody changes nothing.
    `endangered`: a danger of the team is open; then what a check-in promises is at most `NEAR` away.
    """
    for entry in reversed(entries):
        content = entry.content
        if isinstance(content, TeamCheckIn):
            if content.state == "returned":
                return None
            due = content.next_due or entry.at + timedelta(minutes=every)
            return min(due, entry.at + NEAR) if endangered else due
        if isinstance(content, TeamContact) and reached(entry):
            return content.next_due
    return first


def silence_over(entries: Sequence[Said], every: int) -> bool:
    """Whether a silence by plan has ended.

    A contact reached the team after it last checked in; the team said danger since the silence was planned;
    or its last word names another time than its interval gives.
    """
    spoken = False
    for entry in reversed(entries):
        content = entry.content
        if isinstance(content, TeamAssign) and content.silent_until is not None:
            return False
        if isinstance(content, TeamCheckIn):
            if content.danger or (not spoken and _names_a_time(entry, content, every)):
                return True
            spoken = True
        elif not spoken and reached(entry):
            return True
    return False


def _names_a_time(entry: Said, content: TeamCheckIn, every: int) -> bool:
    """The time that the team's interval gives is no promise: it is what an officer who names none says."""
    return content.next_due is not None and content.next_due != entry.at + timedelta(minutes=every)


def contacts(entries: Sequence[Said]) -> list[dict[str, Any]]:
    """Every contact in order; `since`: it is later than the team's last check-in."""
    spoken = [entry for entry in entries if isinstance(entry.content, TeamCheckIn)]
    return [
        {
            "at": to_ms(entry.at),
            "zone": entry.happened.zone,
            "officer": entry.officer,
            "authority": entry.authority,
            "how": entry.content.how,
            "outcome": entry.content.outcome,
            "agreed": entry.content.agreed,
            "next_due": to_ms(entry.content.next_due) if entry.content.next_due else None,
            "site": entry.content.site,
            "since": not spoken or entry > spoken[-1],
        }
        for entry in entries
        if isinstance(entry.content, TeamContact)
    ]
