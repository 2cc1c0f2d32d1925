"""Suspend a member of the operation: at once and for a day, by one authority's word."""

from __future__ import annotations

from libertad.access import changes
from libertad.access.acting import Act, action
from libertad.access.suspending import noted
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.changes import ChangePropose


@action("change.propose")
def suspend_member(act: Act, *, authority: str, reason: str) -> str:
    """Returns the change's id. Nothing that the authority says from now on is believed, nothing more is given
    to it; but for a danger to life. It lapses after a day unless another authority confirms it.

    Whether one word is enough: `suspending.suffices`; else it begins with the second authority's signature.
    """
    row = act.member(authority)
    if row is None:
        raise Refused("authority", "there is no such member")
    if authority == act.actor.authority:
        raise Refused("authority", "no authority suspends itself: ask another by telephone")
    if any(not suspension.over for suspension in noted(act.tx.sql, whom=authority)):
        raise Refused("authority", "it is suspended already: confirm that, or lift it")
    place = act.operation_compartment
    subject = act.new_id(place)
    content = ChangePropose(change=changes.SUSPEND, about=authority, reason=reason)
    act.say(place, content, subject=subject, source="decision", supersedes={})
    return subject
