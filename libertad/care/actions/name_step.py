"""Name what is done next for a person, and until when."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._desk import find_desk, say_at
from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.desk import DeskNext

AHEAD = 2  # years


@action("desk.next")
def name_step(act: Act, *, person: str, kind: str, until: str, note: str = "", last: str = "") -> str:
    """Returns the entry's hash. Only by whose task the person is; `last` says what became of the step that
    stood. Refused for a day that has gone by or lies more than two years ahead."""
    desk = find_desk(act, DeskNext.VERB, person)
    content = DeskNext(kind=kind, until=until, note=note.strip(), last=last)
    if desk.worker != act.actor.officer:
        raise Refused("kind", "only whose task the person is names the next step: take the person first")
    stands = desk.row is not None and bool(desk.row["step"])
    if stands and not last:
        raise Refused("last", "say whether the step that was named before was done")
    if last and not stands:
        raise Refused("last", "no step was named before: leave this empty")
    check_ahead(until[:10], act.happened.local.date(), "until", years=AHEAD)
    return say_at(act, desk, content, person)
