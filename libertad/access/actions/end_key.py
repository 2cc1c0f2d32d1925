"""End a program's key, at once and for good."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.models import ProgramKey
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import KeyEnd

DELETE = "delete from access_api_key where id = ?"


@action("key.end")
def end_key(act: Act, *, key: str, reason: str) -> None:
    """By its officer, or by who may withdraw that officer; refused alike for none and for any other."""
    row = act.get(ProgramKey, key)
    if row is None or not may_end(act, row["authority"], row["officer"]) or row["ended_at"] is not None:
        raise Refused("key", "you have no such key")
    act.say(row["compartment"], KeyEnd(reason=reason.strip()), subject=key, source="decision")
    act.tx.sql.run(DELETE, (key,))


def may_end(act: Act, authority: str, officer: str) -> bool:
    return authority == act.actor.authority and (of_others(act.actor) or officer == act.actor.officer)


def of_others(actor: Actor) -> bool:
    """Whether the actor sees and ends the keys of all officers of the authority: who may withdraw them."""
    return actor.role in matrix().entries["officer.withdraw"].say
