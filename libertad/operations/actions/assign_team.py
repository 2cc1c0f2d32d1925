"""Assign a team to a site, with the time by which it must first check in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from libertad.access.acting import Act, action
from libertad.access.closed import refuse_plans
from libertad.operations.actions._places import free_reference, our_site
from libertad.operations.actions._planning import check_members, check_near, check_next
from libertad.operations.models import Team, Window
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import TeamAssign


@action("team.assign")
def assign_team(
    act: Act,
    *,
    country: str,
    reference: str,
    site: str,
    first_check_in: datetime,
    window: str = "",
    every_minutes: int = 120,
    silent_until: datetime | None = None,
    silent_why: str = "",
    member: Sequence[str] = (),
    others: Sequence[str] = (),
    officers: int = 0,
    task: str = "",
) -> str:
    """Returns the team's id. The team is the country's own; its site lies in that country."""
    refuse_plans(act, "site")
    row = our_site(act, site)
    if row["country"] != country:
        raise Refused("site", "lies in another country than the team")
    if window:
        plan = act.get(Window, window)
        if plan is None or plan["operation"] != act.actor.operation:
            raise Refused("window", "there is no such window")
    content = TeamAssign(
        reference=free_reference(act, Team, reference, f"T-{country}"),
        country=country,
        officers=officers,
        member=check_members(act, country, member),
        others=tuple(others),
        task=task.strip(),
        site=site,
        window=window,
        first_check_in=first_check_in,
        every_minutes=every_minutes,
        silent_until=silent_until,
        silent_why=silent_why,
    )
    check_near(act, first_check_in, "first_check_in")
    check_next(first_check_in, silent_until, "silent_until")
    team = act.new_id(row["compartment"])
    act.say(row["compartment"], content, subject=team)
    return team
