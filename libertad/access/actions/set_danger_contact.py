"""Set whom the authority's officers telephone when somebody is in danger."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.models import DangerContact
from libertad.vocabulary.verbs.danger import DangerContact as Contact


@action("danger.contact")
def set_danger_contact(act: Act, *, name: str, telephone: str) -> None:
    """In the authority's own file: no other authority reads it. The later word counts."""
    before = act.get(DangerContact, act.actor.authority)
    act.say(
        act.compartment("authority", act.actor.authority),
        Contact(name=name.strip(), telephone=telephone.strip()),
        subject=act.actor.authority,
        supersedes={},
        source="decision",
        happened=act.later(*([before["at"]] if before else [])),
    )
