"""Withdraw a proposed release before it is signed: it can be signed no more, and both words stay."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.figures.actions.sign_release import signer
from libertad.figures.models import Proposal, Release
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.figures import ReleaseWithdraw


@action("release.withdraw")
def withdraw_release(act: Act, *, release: str, proposal: str, reasons: str) -> str:
    """Returns the entry's hash. `proposal`: the entry that was read. Only the authority that proposed it."""
    row = act.get(Proposal, release)
    if row is None:
        if act.get(Release, release) is not None:
            raise Refused("release", "it was signed and is published: it cannot be withdrawn any more")
        raise Refused("release", "no proposal waits under this id: it is withdrawn already, or not here yet")
    if row["authority"] != act.actor.authority:
        raise Refused("release", "another authority proposed it: who proposed it may withdraw it")
    if proposal != row["entry"]:
        raise Refused("proposal", "the proposal was changed since you read it: read it again, then withdraw")
    content = ReleaseWithdraw(
        proposal=row["entry"], release_number=row["number"], reasons=reasons, by=signer(act)
    )
    return act.say(
        act.operation_compartment,
        content,
        subject=release,
        source="decision",
        supersedes={},
        depends=[row["entry"]],
    )
