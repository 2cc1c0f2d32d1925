"""Propose that another authority reads a person's identity file. Of who is in danger it reads at once."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.amount_limits import SHARES
from libertad.access.amount_pace import slow_down
from libertad.access.models import Reader, Sharing
from libertad.people.actions._person import person_at_hand
from libertad.people.actions._sharing import is_open
from libertad.people.unslowed import endangered
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.sharing import SharePropose


@action("share.propose", "compartment.readers")
def share_person(act: Act, *, person: str, authority: str, reason: str) -> tuple[str, str]:
    """Only identity: the protection file stays where it is. Only the authority that met the person.

    Returns the proposal's id and hash: a second person approves it (`answer_share`), and nothing is shared
    before. Of who is in danger now the file is shared at once, and the second person reads that afterwards.
    """
    row = person_at_hand(act, person)
    place = row["compartment"]
    if row["authority"] != act.actor.authority:
        raise Forbidden("only the authority that met the person shares the file")
    if act.member(authority) is None:
        raise Refused("authority", "there is no such authority in this operation")
    if not reason.strip():
        raise Refused("reason", "say why this authority needs to know who the person is")
    if act.get(Reader, f"{place}:{authority}") is not None:
        raise Refused("authority", "this authority reads the file already")
    danger = endangered(act, person)
    waiting = act.find(Sharing, compartment=place, reader=authority)
    if not danger and any(is_open(act, share) for share in waiting):
        raise Refused("authority", "that is proposed already, and waits for a second person")
    share = act.new_id(place)
    content = SharePropose(reader=authority, reason=reason, danger=danger)
    if danger:
        slow_down(act, SHARES, person=person)
    entry = act.say(place, content, subject=share, supersedes={}, source="decision")
    if danger:
        act.widen(place, [authority], reason, again=True, proof=entry)
    return share, entry
