"""Take a confirmation back, or say that the care authority of the roster is not one's own."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.actions._receiving import own_police, put_on_roster
from libertad.access.models import CareConfirmed
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.danger import CareUnconfirm


@action("care.unconfirm")
def unconfirm_care(act: Act, *, reason: str) -> None:
    """For what is recorded from now on. Who reads a file already is removed from the page of that file."""
    own = own_police(act, "care.unconfirm")
    before = act.get(CareConfirmed, f"{act.actor.operation}:{own['id']}")
    if before is not None and before["withdrawn"]:
        raise Refused("reason", "no care authority is confirmed: there is nothing to take back")
    put_on_roster(act)
    act.say(
        act.operation_compartment,
        CareUnconfirm(reason=reason),
        subject=own["id"],
        supersedes={},
        source="decision",
        happened=act.later(*([before["at"]] if before else [])),
    )
