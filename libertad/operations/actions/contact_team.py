"""Somebody else than the team records that it was reached, or not: how, what was agreed, when it reports."""

from __future__ import annotations

from datetime import datetime

from libertad.access.acting import Act, action
from libertad.operations.actions._places import our_site
from libertad.operations.actions._planning import check_next
from libertad.operations.models import Team
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import TeamContact


@action("team.contact")
def contact_team(
    act: Act,
    *,
    team: str,
    how: str,
    outcome: str,
    agreed: str = "",
    next_due: datetime | None = None,
    site: str = "",
) -> str:
    """Returns the entry's hash. Not reached: the team's clock goes on. Reached: it counts to what was agreed.

    A danger stays open. `site`: where it is sent, in the same country.
    """
    row = act.get(Team, team) if team else None
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("team", "there is no such team")
    if row["state"] == "returned":
        raise Refused("outcome", "this team has returned; assign it anew from the page of a site")
    if site:
        destination = our_site(act, site)
        if destination["compartment"] != row["compartment"] or site == row["site"]:
            raise Refused("site", "choose another site of the team's country")
    leaves = row["site"] if outcome in ("recalled", "sent-elsewhere") else ""
    content = TeamContact(
        how=how, outcome=outcome, agreed=agreed.strip(), next_due=next_due, site=site, left=leaves
    )
    if next_due is not None and next_due <= act.happened.utc:
        raise Refused("next_due", "lies before this contact; say when the team reports next")
    check_next(act.happened.utc, next_due)
    return act.say(row["compartment"], content, subject=team, supersedes={})
