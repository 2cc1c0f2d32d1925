"""What the actions of this room share: the case file, the exhibit at hand, who holds it, who signs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from libertad.access.acting import Act
from libertad.access.models import Officer
from libertad.evidence.models import Exhibit
from libertad.vocabulary.codelists import Marked, marked
from libertad.vocabulary.values import Happened, Refused

MISSING = marked("there is no such exhibit")
PARTS = {"minute": 5, "hour": 4, "day": 3, "month": 2, "year": 1}


def exhibit_row(act: Act, exhibit: str) -> dict[str, Any]:
    """The exhibit; one that is not on file and one that may not be known answer alike."""
    row = act.get(Exhibit, exhibit)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("exhibit", MISSING)
    return row


def not_returned(row: dict[str, Any]) -> None:
    if row["state"] == "returned":
        raise Refused("exhibit", "it was returned; its custody has ended")


def present_holder(act: Act, row: dict[str, Any], deed: Marked) -> None:
    """Only who is recorded as holding the exhibit may do `deed` with it."""
    not_returned(row)
    if (row["holder"], row["holder_authority"]) != (act.actor.officer, act.actor.authority):
        raise Refused("exhibit", "only the officer who is recorded as holding it may %(deed)s", deed=deed)


def after(act: Act, earliest: datetime, event: Marked) -> Happened:
    """When the act happened; on this node it cannot lie before the step that it follows.

    A time known to the minute (or the day) that began before that step lies after it within the minute.
    """
    happened = act.happened
    if happened.utc >= earliest:
        return happened
    parts = PARTS.get(happened.precision, 0)
    step = earliest.astimezone(happened.local.tzinfo)
    if happened.local.timetuple()[:parts] != step.timetuple()[:parts]:
        raise Refused("happened", "give a time that is not before %(event)s", event=event)
    return msgspec.structs.replace(happened, at=earliest)


def signed_as(act: Act, officer: str = "") -> str:
    """Rank and name, as far as the actor's authority may read them; '' otherwise."""
    row = act.get(Officer, officer or act.actor.officer)
    words = act.open_row(Officer, row) if row is not None else {}
    return f"{words.get('rank', '')} {words.get('name', '')}".strip()


def which_gap(about_from: str, starts: list[datetime]) -> datetime:
    """The beginning of the gap that is meant; '' is the last one."""
    if not about_from:
        return starts[-1]
    try:
        moment = datetime.fromisoformat(about_from)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(
            "about_from", "give the moment at which the gap began, such as 2018-04-06T19:05:00-04:00"
        )
    if moment not in starts:
        raise Refused("about_from", "no gap of this exhibit begins then; choose one that is on file")
    return next(start for start in starts if start == moment)
