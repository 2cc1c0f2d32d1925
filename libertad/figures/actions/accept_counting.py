"""A care authority lets the named one read its numbers: from then on its node counts each day."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, Forbidden, action
from libertad.access.models import Compartment
from libertad.figures.models import Counting
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.counting import CountingAccept


@action("counting.accept", "compartment.open", "compartment.readers")
def accept_counting(act: Act, *, care: str, beside: Sequence[str] = ()) -> str:
    """Returns the file of the authority's numbers. `care`: the one that was named, as the form showed it.

    `beside`: the care authorities that it knows to be real and accepts to be counted with.
    """
    own = act.member(act.actor.authority)
    if own is None or own["kind"] != "care":
        raise Forbidden("only a care authority accepts who reads its numbers")
    named = act.get(Counting, act.actor.operation)
    if named is None or named["care"] != care:
        raise Refused("care", "another care authority is named now; read the page again")
    for name in beside:
        if act.member(name, "care") is None:
            raise Refused("beside", "name care authorities of this operation only")
    place = own_file(act)
    if place is None:
        place = act.open("count", act.actor.authority, [care])
    else:
        act.widen(place, [care], "named to count for all, and accepted", again=True)
    content = CountingAccept(care=care, beside=tuple(sorted({*beside, act.actor.authority})))
    act.say(act.operation_compartment, content, subject=act.actor.authority, source="decision", supersedes={})
    return place


def own_file(act: Act, about: str = "") -> str | None:
    """The authority's own file of numbers; with `about` that which it shares with that care authority."""
    authority, of = act.actor.authority, act.actor.operation
    files = act.find(Compartment, kind="count", owner=authority, about=about or authority, operation=of)
    return str(files[0]["id"]) if files else None
