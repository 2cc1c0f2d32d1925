"""Record where a person's property is now: found, held, not found, returned and signed for."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._exhibited import agree_with_custody
from libertad.people.models import Property
from libertad.people.owing import check_due
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import PropertyState


@action("property.state")
def change_property(
    act: Act,
    *,
    property_id: str,
    state: str,
    exhibit: str = "",
    due_back: str = "",
    signed: str = "",
    witness: str = "",
    note: str = "",
) -> None:
    """States succeed one another; nothing is deleted. Where two words crossed, a further one settles it."""
    row = act.get(Property, property_id)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("property", "there is no such file")
    if row["state"] == "returned" and not row["crossed"]:
        raise Refused("state", "it was returned and signed for; record a new taking if it was taken again")
    if row["settled"] and not row["crossed"]:
        raise Refused("state", "all of it was paid; where a payment was recorded wrongly, correct that one")
    agree_with_custody(act, state, exhibit or row["exhibit"])
    if due_back and due_back != row["due_back"]:  # what is late may be returned
        check_due(row["kind"], due_back, act.happened.local.date())
    content = PropertyState(
        state=state, exhibit=exhibit, due_back=due_back, signed=signed, witness=witness, note=note
    )
    act.say(row["compartment"], content, subject=property_id)
