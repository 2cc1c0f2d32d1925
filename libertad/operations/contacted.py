"""What a team's contacts change: where it is to be, and when it reports next. By its entries alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said
from libertad.vocabulary.verbs.operations import TeamCheckIn, TeamContact


def reached(said: Said) -> bool:
    return isinstance(said.content, TeamContact) and said.content.outcome != "not-reached"


def next_report(said: Sequence[Said], first: datetime | None, every: int) -> datetime | None:
    """When the team reports next: as its last word or the last contact agreed, whichever is later.

    `first`: before either; `every`: minutes between check-ins. A contact that reached nobody changes nothing.
    """
    for entry in reversed(said):
        what = entry.content
        if isinstance(what, TeamCheckIn):
            return None if what.state == "returned" else what.next_due or entry.at + timedelta(minutes=every)
        if isinstance(what, TeamContact) and reached(entry):
            return what.next_due
    return first


def agreed_since(said: Sequence[Said]) -> bool:
    """Whether a contact reached the team after it last checked in: then a silence by plan is over."""
    for entry in reversed(said):
        if isinstance(entry.content, TeamCheckIn):
            return False
        if reached(entry):
            return True
    return False


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
