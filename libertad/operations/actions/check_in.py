"""A team checks in: where it stands, whether anyone is in danger, when it speaks again."""

from __future__ import annotations

from datetime import datetime, timedelta

from libertad.access.acting import Act, action
from libertad.operations.actions._places import our_team
from libertad.operations.actions._planning import check_next
from libertad.operations.contacted import NEAR
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import TeamCheckIn


@action("team.check_in")
def check_in(
    act: Act,
    *,
    team: str,
    state: str = "",
    next_due: datetime | None = None,
    note: str = "",
    danger: bool = False,
) -> str:
    """Returns the entry's hash. Without `next_due` the team's own interval counts from this moment.

    A danger is not refused for want of anything else: without `state` the team stands where it said last
    (before its first word: on the way). Its next check-in is then at most `NEAR` away.
    """
    row = our_team(act, team)
    said_at = act.happened.utc
    if danger:
        state = state or row["state"] or "on-the-way"
    if next_due is None and state != "returned":
        next_due = said_at + timedelta(minutes=row["every_minutes"])
    if danger and next_due is not None:
        next_due = min(next_due, said_at + NEAR)
    content = TeamCheckIn(state=state, site=row["site"], next_due=next_due, note=note, danger=danger)
    if content.next_due is not None and content.next_due <= said_at:
        raise Refused("next_due", "lies before this check-in; say when the team speaks again")
    check_next(said_at, content.next_due)
    return act.say(row["compartment"], content, subject=team)
