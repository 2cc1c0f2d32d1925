"""Sign a release that another account proposed: it is out with that."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.another_person import is_same_person
from libertad.access.matrix import matrix
from libertad.access.models import Officer
from libertad.figures.models import Proposal
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.figures import ReleaseSign


@action("release.sign")
def sign_release(act: Act, *, release: str, proposal: str = "") -> str:
    """Returns the entry's hash. `proposal`: the entry that was read, the newest where it is not given.

    Refused for who proposed it, for another account of the same person as far as this node can know (name or
    service number), and for an officer of the same authority where another authority has one who may sign.
    """
    row = act.get(Proposal, release)
    if row is None:
        raise Refused("release", "no proposal waits under this id: it is signed already, or not here yet")
    if proposal and proposal != row["entry"]:
        raise Refused("proposal", "the proposal was changed since you read it: read it again, then sign")
    if row["officer"] == act.actor.officer:
        raise Refused("release", "who proposed it does not sign it: another account does")
    if row["authority"] == act.actor.authority and (
        not row["alone"] or others_who_sign(act, row["authority"])
    ):
        raise Refused("release", "an officer of another authority signs it: your operation has one who may")
    if is_same_person(act, row["officer"], act.actor.officer):
        raise Refused("release", "this account bears the name or number of who proposed it: another signs")
    content = ReleaseSign(proposal=row["entry"], release_number=row["number"], by=signer(act))
    return act.say(
        act.operation_compartment,
        content,
        subject=release,
        source="decision",
        supersedes={},
        depends=[row["entry"]],
    )


def others_who_sign(act: Act, authority: str) -> bool:
    """Whether another authority of the operation has an officer who may sign, by the roster that is here."""
    members = {row["id"] for row in act.members()} - {authority}
    roles = [role for role in ("coordinator", "press") if matrix().may_say(role, "release.sign", "operation")]
    return any(
        row["authority"] in members
        for role in roles
        for row in act.find(Officer, operation=act.actor.operation, role=role, withdrawn=False)
    )


def signer(act: Act) -> str:
    """Rank and name of who acts."""
    row = act.get(Officer, act.actor.officer)
    words = act.open_row(Officer, row) if row else {}
    return f"{words.get('rank', '')} {words.get('name', '')}".strip()
