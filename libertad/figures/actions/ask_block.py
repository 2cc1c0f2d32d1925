"""Ask for care's numbers of the whole operation: they come at the next cut, if enough has changed."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.figures.models import Counting
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.counting import BlockAsk


@action("block.ask")
def ask_block(act: Act, *, note: str = "") -> None:
    """Asking twice before a cut is asking once. Refused where no care authority counts."""
    if act.get(Counting, act.actor.operation) is None:
        raise Refused("operation", "no care authority is named to count; name one first")
    act.say(
        act.operation_compartment,
        BlockAsk(note=note),
        subject=act.actor.operation,
        source="decision",
        supersedes={},
    )
