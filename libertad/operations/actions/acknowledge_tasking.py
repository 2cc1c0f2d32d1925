"""An officer who is named in a team acknowledges its tasking."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, action
from libertad.operations.actions._places import our_team
from libertad.operations.models import Team
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.tasking import TeamAcknowledge


@action("team.acknowledge")
def acknowledge_tasking(act: Act, *, team: str, tasking: Sequence[str]) -> str:
    """Returns the entry's hash, '' where the officer has acknowledged it already. Only who is named in the
    team acknowledges, and only the tasking as it stands: `tasking` is what the page showed."""
    row = our_team(act, team)
    known = act.open_row(Team, row)["tasking"]
    if act.actor.officer not in known["members"] or row["taken_back"]:
        raise Refused("team", "you are not named in this team")
    if sorted(tasking) != known["entries"]:
        raise Refused("tasking", "the tasking changed while you read it; read it again")
    if act.actor.officer in known["acknowledged"]:
        return ""
    return act.say(
        row["compartment"], TeamAcknowledge(tasking=tuple(known["entries"])), subject=team, supersedes={}
    )
