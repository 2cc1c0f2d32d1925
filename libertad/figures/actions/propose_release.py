"""Propose a release: its numbers as of a moment, counted in the transaction, for another account to sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from libertad.access.acting import Act, action
from libertad.figures.actions.sign_release import others_who_sign, signer
from libertad.figures.cuts import begun
from libertad.figures.models import Proposal, Release
from libertad.figures.snapshot import contents, release_fields
from libertad.operations.models import Operation
from libertad.vocabulary.codelists import PartialDate
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.figures import ReleasePropose


@action("release.propose")
def propose_release(act: Act, *, as_of: datetime, release: str = "", block: str = "") -> str:
    """Returns the release's id. No number can be given: all are counted here, from the tallies.

    `block`: the entry of care's numbers that was read. `release`: a proposal that is not signed yet and
    is changed by this one, which has to be signed anew.
    """
    if as_of > max(act.now, act.happened.at):
        raise Refused(
            "as_of", "this moment has not come yet by the operation's clock; give one that has passed"
        )
    _check_begun(act, as_of)
    number = 0
    if release:
        before = act.get(Proposal, release)
        if before is None or act.get(Release, release) is not None:
            raise Refused("release", "no proposal waits under this id; propose another release")
        if before["authority"] != act.actor.authority:
            raise Refused("release", "another authority proposed it: who proposed it may change it")
        number = int(before["number"])
    fields = release_fields(act, as_of, block)
    _check_new(act, fields, release)
    content = ReleasePropose(
        release_number=number or act.number(f"release {act.actor.operation[:20]}"),
        by=signer(act),
        alone=not others_who_sign(act, act.actor.authority),
        **fields,
    )
    key = release or act.new_id()
    act.say(act.operation_compartment, content, subject=key, source="decision", supersedes={})
    return key


def _check_begun(act: Act, as_of: datetime) -> None:
    """Refused for a moment before the operation's first day, by the operation's own clock."""
    operation = act.get(Operation, act.actor.operation)
    if operation is not None and not begun(operation["first_day"], operation["zone"], as_of):
        raise Refused(
            "as_of",
            "lies before the operation's first day, %(day)s: choose a later moment",
            day=PartialDate(operation["first_day"]),
        )


def _check_new(act: Act, fields: dict[str, Any], release: str) -> None:
    """Refused where the last release of this moment, or a proposal that waits, says just this."""
    proposed = contents(fields, [msgspec.to_builtins(line) for line in fields["line"]])
    of_moment = [
        row for row in act.find(Release, operation=act.actor.operation) if row["as_of"] == fields["as_of"]
    ]
    last = max(of_moment, key=lambda row: row["number"], default=None)
    if last is not None and contents(last, last["lines"] if last["by_first_view"] else None) == proposed:
        raise Refused(
            "as_of", "release %(number)s says just this: choose a later moment", number=last["number"]
        )
    for row in act.find(Proposal, operation=act.actor.operation):
        standing = contents(row["content"], row["content"].get("line", ()))
        if row["id"] != release and row["as_of"] == fields["as_of"] and standing == proposed:
            raise Refused(
                "as_of", "release %(number)s waits for its signature and says just this", number=row["number"]
            )
