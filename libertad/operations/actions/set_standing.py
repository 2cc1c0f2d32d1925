"""A lead is fresh or stale, with what that rests on. What was said before stays on file."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.operations.models import Lead
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import LeadStanding


@action("lead.standing")
def set_standing(act: Act, *, lead: str, standing: str, ground: str, because: str = "") -> str:
    """Returns the lead's id. The word that came last holds; supersedes nothing, as dated states do."""
    row = act.get(Lead, lead)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("lead", "there is no such lead")
    content = LeadStanding(standing=standing, ground=ground, because=because)
    act.say(row["compartment"], content, subject=lead, supersedes={})
    return lead
