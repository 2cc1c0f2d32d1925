"""What a care authority's node says of its numbers at each day's cut, also when nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from libertad.access.acting import Act, action
from libertad.access.models import Authority
from libertad.figures.actions.accept_counting import own_file
from libertad.figures.cuts import is_cut
from libertad.figures.models import Batch, Counting
from libertad.figures.open_side import OpenSide, open_side
from libertad.figures.own_count import Desk, OwnCount, own_count
from libertad.journal.fields import to_ms
from libertad.vocabulary.body import Verb, statements
from libertad.vocabulary.values import Dated, Refused
from libertad.vocabulary.verbs.counting import ProtectionBatch, ProtectionLinked

V = TypeVar("V", bound=Verb)
# Statements are as long as this, or longer by whole steps of the sealed body: length tells no number.
LENGTH, STEP = 3000, 4096


def padded(make: Callable[[str], V]) -> V:
    """What `make` gives with a pad that brings its statements to the common length."""
    bare = len(msgspec.json.encode(statements(make("."))))
    length = LENGTH + STEP * max(0, -(-(bare - LENGTH) // STEP))
    return make("." * (1 + length - bare))


def count_at_cut(act: Act, cut: datetime) -> tuple[OpenSide, OwnCount]:
    """The authority's count as of a cut; Refused for a moment that is none, or that has not come."""
    named = act.get(Counting, act.actor.operation)
    if named is None or not is_cut(cut, named["cut"]):
        raise Refused("cut", "numbers of care are counted at a cut and at no other moment")
    if cut > max(act.now, act.happened.at):
        raise Refused("cut", "this cut has not come yet by the operation's clock")
    key = ("count", act.actor.authority, cut, act.tx.frontier.size)
    if key not in act.tx.memo:
        ask = act.tx.sql.all
        opened = open_side(ask, act.operation_compartment, to_ms(cut))
        desk = Desk(act.node, ask, act.actor.authority, act.actor.operation)
        act.tx.memo[key] = opened, own_count(desk, opened, to_ms(cut))
    count_pair: tuple[OpenSide, OwnCount] = act.tx.memo[key]
    return count_pair


@action("protection.linked", "compartment.open")
def tell_linked(act: Act, *, cut: datetime) -> int:
    """Tell each care authority where linked people were first met what was decided here of them.

    Returns to how many it was told. Said each day to each with whom somebody is linked, decided or not.
    """
    _, own = count_at_cut(act, cut)
    for owner, counted_days in sorted(own.told.items()):
        place = own_file(act, owner)
        if place is None:
            if act.get(Authority, owner) is None or not act.knows(owner, "count"):
                continue
            place = act.open("count", owner, [owner])
        dated = tuple(Dated(counting=name, at=at, status=status) for name, at, status in sorted(counted_days))
        act.say(
            place,
            padded(lambda pad, dated=dated: ProtectionLinked(cut=cut, decided=dated, pad=pad)),  # type: ignore[misc]
            subject=act.actor.authority,
            source="database",
            supersedes={},
        )
    return len(own.told)


@action("protection.batch")
def say_batch(act: Act, *, cut: datetime) -> str:
    """Returns the entry's hash. One a cut; the same cut asked for again answers with what was said."""
    place = own_file(act)
    if place is None:
        raise Refused("care", "this authority has not accepted who reads its numbers")
    before = act.find(Batch, care=act.actor.authority)
    own_rows = [row for row in before if row["operation"] == act.actor.operation]
    known = next((row for row in own_rows if row["cut"] == cut), None)
    if known is not None:
        return str(known["entry"])
    opened, own = count_at_cut(act, cut)
    number = 1 + max((row["number"] for row in before), default=0)  # one series in all its operations
    return act.say(
        place,
        padded(
            lambda pad: ProtectionBatch(
                batch_number=number, cut=cut, open_side=opened.hash, cell=own.as_cells(), pad=pad
            )
        ),
        subject=act.actor.authority,
        source="database",
        supersedes={},
    )
