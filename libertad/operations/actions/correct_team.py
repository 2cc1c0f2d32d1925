"""Correct what was said of a team, or take back one that was recorded by mistake."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.access.actions._correcting import correction
from libertad.operations.actions._planning import check_members, check_near, check_next
from libertad.operations.corrected import TEAM
from libertad.operations.models import Team
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import TeamAssign


@action("team.assign")
def correct_team(act: Act, /, *, team: str, reasons: str, taken_back: bool = False, **values: Any) -> str:
    """Returns the entry's hash. Takes the fields of `corrected.TEAM`.

    A team that has asked for help is not taken back: its danger is closed by what was done for it.
    """
    row = act.get(Team, team)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("team", "there is no such team")
    if taken_back and row["danger"]:
        raise Refused("taken_back", "this team asks for help; close its danger first")
    if taken_back and row["check_ins"]:
        raise Refused("taken_back", "this team has checked in, so there is one; correct what is wrong of it")
    names = (*TEAM, "taken_back")
    change = correction(act, row, TeamAssign, {**values, "taken_back": taken_back}, reasons, names)
    TeamAssign(
        **{name: change.whole[name] for name in names if name != "taken_back"},
        **{name: row[name] for name in ("reference", "country", "site")},
    )
    first, silent = change.whole["first_check_in"], change.whole["silent_until"]
    if "first_check_in" in change.said:
        check_near(act, first, "first_check_in")
    if "silent_until" in change.said:
        check_next(first, silent, "silent_until")
    if "member" in change.said:
        check_members(act, row["country"], change.said["member"])
    content = TeamAssign(**change.said, correction=reasons)
    return act.say(row["compartment"], content, subject=team, supersedes=change.supersedes)
