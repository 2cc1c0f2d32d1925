"""What follows a charge: remanded, bail, committed, dismissed and so on, for each charge and each dated."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.journal.fields import to_ms
from libertad.people.actions.set_detention import FOLLOWS, set_detention
from libertad.people.hours import counted_until
from libertad.people.models import Detention
from libertad.people.stage_order import Step, lacking, rules
from libertad.vocabulary.codelists import label
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
    order: str = "",
    skips: str = "",
    note: str = "",
    replaces: str = "",
    reasons: str = "",
) -> None:
    """`replaces`: the entry of a stage whose place this takes, with the reason. Both stay visible.

    The first charge of somebody under arrest sets the status as well: one fact is not told in two ways.
    What comes before a stage (`stages.yaml`) is recorded, or `skips` says why not: then it ends no clock.
    What ends one names court and order, and does so once another officer has read it (`read_custody`).
    """
    row = detention_at_hand(act, detention)
    if stage == "charged" and row["state"] == "detained":
        raise Refused("stage", "record the arrest first, under 'Record arrest or release'; then the charge")
    charge, court, order, skips = (text.strip() for text in (charge, court, order, skips))
    if stage == "charged" and not charge:
        raise Refused("charge", "name the offences")
    if not skips:
        _follows(act, row, stage, charge, replaces)
    if not skips and rules().does.get(stage, "none") != "none":
        if not court:
            raise Refused("court", "name the court, or whose decision it is")
        if not order:
            raise Refused("order", "write the number of the order or case")
    if stage == "charged" and "charged" in FOLLOWS.get(row["state"], ()):
        set_detention(act, state="charged", country=row["country"], detention=detention)
    standing = {stage_row["entry"] for stage_row in row.get("stages", ()) if stage_row["stands"]}
    if replaces and replaces not in standing:
        raise Refused("replaces", "this stage was corrected already; load the page again")
    if replaces and not reasons.strip():
        raise Refused("reasons", "say why it takes the place of what was recorded")
    content = DetentionStage(
        stage=stage,
        charge=charge,
        court=court,
        order=order,
        skips=skips,
        note=note.strip(),
        reasons=reasons.strip(),
    )
    act.say(
        row["compartment"], content, subject=detention, supersedes={"stage": (replaces,)} if replaces else {}
    )


def _follows(act: Act, row: dict[str, Any], stage: str, charge: str, replaces: str) -> None:
    """Refused, with what should come before, for a stage that follows from none that is recorded."""
    placed = [
        Step(
            stage_row["entry"],
            stage_row["stage"],
            stage_row["charge"],
            stage_row["mark"][0],
            stage_row["mark"][0],
        )
        for stage_row in row.get("stages", ())
        if stage_row["stands"]
        and stage_row["flaw"] not in ("skips", "order")
        and stage_row["entry"] != replaces
    ]
    until = to_ms(counted_until(act.happened))
    missing = lacking(Step("", stage, charge, to_ms(act.happened.at), until), placed, row["country"])
    if missing:
        raise Refused(
            "stage",
            "before this comes one of: %(before)s. Record that first, or say why it is not recorded; "
            "then the hours go on",
            before=", ".join(label("stages", code) for code in sorted(missing)),
        )
