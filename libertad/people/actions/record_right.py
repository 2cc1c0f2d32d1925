"""A right of who is held, such as a lawyer or an interpreter, was given, refused, or not possible yet."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions.record_stage import detention_at_hand
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.custody import DetentionRight


@action("detention.right")
def record_right(
    act: Act, *, detention: str, right: str, outcome: str, who: str = "", note: str = ""
) -> None:
    """`who`: by name or office. The later word about a right counts; what was said before stays on file."""
    row = detention_at_hand(act, detention)
    held_since = row["detained_at"] or row["arrested_at"]
    if (
        held_since is not None
        and act.happened.precision == "minute"
        and act.happened.at < held_since.replace(second=0, microsecond=0)
    ):
        raise Refused("happened", "this lies before the person was held: write a later moment")
    content = DetentionRight(right=right, outcome=outcome, who=who.strip(), note=note.strip())
    act.say(row["compartment"], content, subject=detention, supersedes={})
