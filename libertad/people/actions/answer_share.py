"""Answer a proposal to share an identity file: the second pair of eyes."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions.confirm_officer import staff_of
from libertad.access.amount_limits import SHARES
from libertad.access.amount_pace import slow_down
from libertad.access.models import Compartment, Sharing
from libertad.access.sharing import second_persons, waits_elsewhere
from libertad.people.actions._sharing import age, second_person, share_at_hand
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.sharing import ShareApprove, ShareRefuse


@action("share.approve", "compartment.readers")
def approve_share(act: Act, *, share: str, entry: str, words: str) -> None:
    """Approve just this proposal (`entry`: its hash); the authority reads the file from then on.

    By a second person of the authority that met the person; else, where nobody there can or answered in time,
    of one that reads the file already and stands on its side of the wall: then who proposed it is told, and
    lets it read (`let_read`). What danger shared is read by it, and nothing else changes.
    """
    row = share_at_hand(act, share, entry)
    second_person(act, row)
    if row["approval"]:
        raise Refused("entry", "it is approved already")
    place, content = row["compartment"], ShareApprove(entry=entry, words=words)
    own = act.actor.authority == row["authority"]
    if own and not row["danger"]:
        slow_down(act, SHARES, person=_person(act, place))
    approval = act.say(place, content, subject=share, source="decision", supersedes={}, depends=[entry])
    if own and not row["danger"]:
        act.widen(place, [row["reader"]], _reason(act, row), again=True, proof=approval)


@action("compartment.readers")
def let_read(act: Act, *, share: str, entry: str) -> None:
    """Let the authority read for which another one, that reads the file already, approved it.

    By who proposed it, or a second person. The approval counts where nobody of the own authority could, or
    had answered in time, by this node's clock.
    """
    row = share_at_hand(act, share, entry)
    staff = staff_of(act, row["authority"])
    able = second_persons(staff, row["officer"])
    if act.actor.authority != row["authority"] or act.actor.officer not in {row["officer"], *able}:
        raise Forbidden("who proposed it lets it read once it is approved")
    if row["danger"] or not row["approval"] or row["approved_authority"] == row["authority"]:
        raise Refused("entry", "no other authority has approved it")
    if not waits_elsewhere(able, age(act, row)):
        raise Refused("entry", "your own authority is asked first, and its time to answer is not over")
    slow_down(act, SHARES, person=_person(act, row["compartment"]))
    act.widen(row["compartment"], [row["reader"]], _reason(act, row), again=True, proof=row["approval"])


@action("share.refuse")
def refuse_share(act: Act, *, share: str, entry: str, words: str) -> None:
    """End a proposal: by a second person of the authority, or by who proposed it, who takes it back.

    What danger shared has been read by that, and was not right; who reads the file is changed by itself.
    """
    row = share_at_hand(act, share, entry)
    if act.actor.authority != row["authority"]:
        raise Forbidden("only the authority that met the person shares the file")
    if act.actor.officer != row["officer"] or row["danger"]:
        second_person(act, row)
    content = ShareRefuse(entry=entry, words=words)
    act.say(row["compartment"], content, subject=share, source="decision", supersedes={}, depends=[entry])


def _person(act: Act, compartment: str) -> str:
    """Whose file it is."""
    place = act.get(Compartment, compartment)
    return str(place["about"]) if place is not None else ""


def _reason(act: Act, row: dict[str, Any]) -> str:
    return str(act.open_row(Sharing, row)["reason"])
