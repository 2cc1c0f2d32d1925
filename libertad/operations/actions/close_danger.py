"""Say what was done about a team's danger to life: until somebody does, it stays first on every page."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, action
from libertad.access.actions._answering import answered
from libertad.operations.models import CheckIn, Team
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.danger import TeamDangerClose


@action("team.danger_close")
def close_team_danger(act: Act, *, team: str, done: str, answers: Sequence[str] | None = None) -> str:
    """Returns the entry's hash. Names the check-ins that the page showed (`answers`; None: all on file now);
    any other, such as one that came while somebody read, stays open.

    The same words sent again by one officer say nothing again ('' is returned). By the national lead of the
    team's country or a coordinator, never by the team's own check-in.
    """
    team_row = act.get(Team, team) if team else None
    if (
        team_row is None
        or team_row["operation"] != act.actor.operation
        or not act.reads(team_row["compartment"])
    ):
        raise Refused("team", "there is no such team")
    open_rows = act.open_row(Team, team_row).get("dangers", ())
    here = {
        row["id"]
        for row in act.find(CheckIn, team=team, danger=True)
        if row["compartment"] == team_row["compartment"]
    }
    alarms = answered([row[5] for row in open_rows if row[5] in here], answers)
    if not alarms:
        for _ms, _zone, officer, _authority, words in act.open_row(Team, team_row).get("danger_closed", ()):
            if officer == act.actor.officer and words == done.strip():
                return ""
        raise Refused("done", "nobody is in danger in this team, or it was closed meanwhile")
    content = TeamDangerClose(check_in=tuple(alarms), done=done.strip())
    return act.say(team_row["compartment"], content, subject=team, supersedes={}, depends=alarms)
