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


def reached(said: Said) -> bool:
    return isinstance(said.content, TeamContact) and said.content.outcome != "not-reached"


def next_report(
    said: Sequence[Said], first: datetime | None, every: int, endangered: bool = False
) -> datetime | None:
    """When the team reports next: as its last word or the last contact agreed, whichever is later.

    `first`: before either; `every`: minutes between check-ins. A contact that reached nobody changes nothing.
    `endangered`: a danger of the team is open; then what a check-in promises is at most `NEAR` away.
    """
    for entry in reversed(said):
        what = entry.content
        if isinstance(what, TeamCheckIn):
            if what.state == "returned":
                return None
            due = what.next_due or entry.at + timedelta(minutes=every)
            return min(due, entry.at + NEAR) if endangered else due
        if isinstance(what, TeamContact) and reached(entry):
            return what.next_due
    return first


def silence_over(said: Sequence[Said], every: int) -> bool:
    """Whether a silence by plan has ended.

    A contact reached the team after it last checked in; the team said danger since the silence was planned;
    or its last word names another time than its interval gives.
    """
    spoken = False
    for entry in reversed(said):
        what = entry.content
        if isinstance(what, TeamAssign) and what.silent_until is not None:
            return False
        if isinstance(what, TeamCheckIn):
            if what.danger or (not spoken and _names_a_time(entry, what, every)):
                return True
            spoken = True
        elif not spoken and reached(entry):
            return True
    return False


def _names_a_time(entry: Said, what: TeamCheckIn, every: int) -> bool:
    """The time that the team's interval gives is no promise: it is what an officer who names none says."""
    return what.next_due is not None and what.next_due != entry.at + timedelta(minutes=every)


def contacts(said: Sequence[Said]) -> list[dict[str, Any]]:
    """Every contact in order; `since`: it is later than the team's last check-in."""
    spoken = [s for s in said if isinstance(s.content, TeamCheckIn)]
    return [
        {
            "at": to_ms(s.at), "zone": s.happened.zone, "officer": s.officer, "authority": s.authority,
            "how": s.content.how, "outcome": s.content.outcome, "agreed": s.content.agreed,
            "next_due": to_ms(s.content.next_due) if s.content.next_due else None, "site": s.content.site,
            "since": not spoken or s > spoken[-1],
        }
        for s in said
        if isinstance(s.content, TeamContact)
    ]  # fmt: skip
