"""What follows a charge: remanded, bail, committed, dismissed and so on, for each charge and each dated."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.people.actions.set_detention import FOLLOWS, set_detention
from libertad.people.models import Detention
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.custody import DetentionStage


def detention_at_hand(act: Act, key: str) -> dict[str, Any]:
    """The detention with its sealed columns; Refused alike if there is none and if it is not ours."""
    row = act.get(Detention, key)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("detention", "there is no such file")
    return {**row, **act.open_row(Detention, row)}


@action("detention.stage", "detention.state", "tally.custody")
def record_stage(
    act: Act,
    *,
    detention: str,
    stage: str,
    charge: str = "",
    court: str = "",
    note: str = "",
    replaces: str = "",
    reasons: str = "",
) -> None:
    """`replaces`: the entry of a stage whose place this takes, with the reason. Both stay visible.

    The first charge of somebody under arrest sets the status as well: one fact is not told in two ways.
    """
    row = detention_at_hand(act, detention)
    if stage == "charged" and row["state"] == "detained":
        raise Refused("stage", "record the arrest first, under 'Record charge or release'; then the charge")
    if stage == "charged" and "charged" in FOLLOWS.get(row["state"], ()):
        set_detention(act, state="charged", country=row["country"], detention=detention)
    standing = {stage_row["entry"] for stage_row in row.get("stages", ()) if stage_row["stands"]}
    if replaces and replaces not in standing:
        raise Refused("replaces", "this stage was corrected already; load the page again")
    if replaces and not reasons.strip():
        raise Refused("reasons", "say why it takes the place of what was recorded")
    content = DetentionStage(
        stage=stage, charge=charge.strip(), court=court.strip(), note=note.strip(), reasons=reasons.strip()
    )
    act.say(
        row["compartment"], content, subject=detention, supersedes={"stage": (replaces,)} if replaces else {}
    )
