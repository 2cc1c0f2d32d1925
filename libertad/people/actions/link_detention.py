"""Somebody detained is somebody met: suspect and potential victim at once, counted as one person."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._person import open_tally, person_at_hand
from libertad.people.models import Detention
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import CustodyStatus, TallyLink


@action("detention.state", "tally.link")
def link_detention(act: Act, *, detention: str, person: str, reasons: str) -> None:
    """Both statuses stay, each with its date. The case file learns the person's id and nothing else."""
    row = act.get(Detention, detention)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("detention", "there is no such file")
    held, met = act.open_row(Detention, row), person_at_hand(act, person)
    if held["person"]:
        raise Refused("person", "this detention is linked to a person already")
    if not reasons.strip():
        raise Refused("reasons", "say what shows that it is the same person")
    content = CustodyStatus(state=row["state"], person=person, reasons=reasons)
    act.say(row["compartment"], content, subject=detention, supersedes={})
    if not open_tally(act, met["counting"]):
        return
    link = TallyLink(other=met["counting"], same=True)
    act.say(act.operation_compartment, link, subject=held["counting"], supersedes={})
