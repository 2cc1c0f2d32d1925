"""How many are late: what a care authority's node says each hour, and the counting one's of all together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from libertad.access import features
from libertad.access.acting import Act, Forbidden, action
from libertad.access.lookup import columns, read_row
from libertad.access.matrix import matrix
from libertad.access.models import Compartment, Officer, Reader
from libertad.figures.actions.accept_counting import own_file
from libertad.figures.actions.count_day import padded
from libertad.figures.actions.publish_block import counted_together
from libertad.figures.cuts import DAY, last_hour
from libertad.figures.late_number import FRESH, Counted, Number, next_number
from libertad.figures.models import Counting, LateBatch, LateSum
from libertad.figures.tallied import EVER
from libertad.journal.fields import from_ms, to_ms
from libertad.journal.folding import quoted
from libertad.journal.models import ReadModel
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.counting import LateBatch as SayBatch
from libertad.vocabulary.verbs.counting import LateSum as SaySum

COORDINATES = "coordination"  # the part of a member


@action("late.batch")
def say_late(act: Act, *, cut: datetime, late: int, known: int) -> str:
    """Returns the entry's hash; '' while a node that reads the authority's numbers does not know this one.

    One an hour; the same hour asked for again answers with what was said. Refused for another moment, and for
    who lets nobody read its numbers.
    """
    _refuse_other_moment(act, cut)
    place = own_file(act)
    if place is None:
        raise Refused("care", "this authority has not accepted who reads its numbers")
    if features.unknowing(act.node, act.tx.sql, _readers(act, place), "late"):
        return ""
    last = _last(act, LateBatch, act.actor.authority)
    if last is not None and last["cut"] >= cut:
        return str(last["entry"]) if last["cut"] == cut else ""
    number = 1 + _highest(act, LateBatch)
    return act.say(
        place,
        padded(lambda pad: SayBatch(batch_number=number, cut=cut, late=late, known=known, pad=pad)),
        subject=act.actor.authority,
        source="database",
        supersedes={},
    )


@action("late.sum", "compartment.open")
def say_sum(act: Act, *, cut: datetime, may_renew: bool) -> str:
    """Returns the entry's hash; '' while no centre may read it.

    One an hour, also when nothing changed; `may_renew`: whether this is the hour of the day at which it is
    asked whether enough has changed (`late_number.next_number`).
    """
    _refuse_other_moment(act, cut)
    named = act.get(Counting, act.actor.operation)
    if named is None or named["care"] != act.actor.authority:
        raise Forbidden("another care authority counts for all")
    last = _last(act, LateSum, act.actor.authority)
    if last is not None and last["cut"] >= cut:
        return str(last["entry"]) if last["cut"] == cut else ""
    place = _file(act, _centres(act))
    if place is None:
        return ""
    before = _number(act, last)
    present = set(_readers(act, act.operation_compartment))
    countries = {
        member["authority"]: str(member["country"])
        for name in counted_together(named)
        if name in present and (member := act.member(name, "care")) is not None
    }
    number = next_number(
        before,
        cut,
        countries,
        _rested(act, before),
        {care: counted for care in countries if (counted := _fresh(act, care, cut)) is not None},
        may_renew and cut - named["named_at"] >= DAY,
    )
    at = 1 + _highest(act, LateSum)
    return act.say(
        place,
        padded(lambda pad: SaySum(sum_number=at, cut=cut, pad=pad, **number._asdict())),
        subject=act.actor.authority,
        source="database",
        supersedes={},
    )


def _refuse_other_moment(act: Act, cut: datetime) -> None:
    if last_hour(cut) != cut:
        raise Refused("cut", "how many are late is counted at a full hour and at no other moment")
    if cut > max(act.now, act.happened.at):
        raise Refused("cut", "this hour has not come yet by the operation's clock")


def _readers(act: Act, place: str) -> list[str]:
    return sorted(row["authority"] for row in act.find(Reader, compartment=place))


def _centres(act: Act) -> list[str]:
    """The centres that coordinate, do nothing else, and whose nodes know such files."""
    meets = matrix().entries["person.meet"].say
    present = set(_readers(act, act.operation_compartment))
    return [
        member["authority"]
        for member in act.members(kind="centre", part=COORDINATES)
        if member["authority"] in present
        and act.knows(member["authority"], "late")
        and not any(
            row["role"] in meets for row in act.find(Officer, authority=member["authority"], withdrawn=False)
        )
    ]


def _file(act: Act, centres: Iterable[str]) -> str | None:
    """The file of one's own that these read and nobody else, opened where there is none; None for nobody.

    One that a centre no longer may read is left as it is: nothing more is said in it.
    """
    names = sorted({act.actor.authority, *centres})
    if len(names) == 1:
        return None
    operation = act.actor.operation
    for row in act.find(Compartment, kind="late", owner=act.actor.authority, about=operation):
        if _readers(act, str(row["id"])) == names:
            return str(row["id"])
    return act.open("late", operation, names)


def _number(act: Act, row: dict[str, Any] | None) -> Number | None:
    if row is None:
        return None
    inside = act.open_row(LateSum, row)
    return Number(from_ms(inside["as_of"]), int(inside["late"]), tuple(inside["batch"]))


def _rested(act: Act, before: Number | None) -> dict[str, int]:
    """The numbers on which the last one rests, by care authority."""
    rows = [row for entry in (before.batch if before else ()) for row in act.find(LateBatch, entry=entry)]
    return {row["care"]: int(act.open_row(LateBatch, row)["late"]) for row in rows}


def _fresh(act: Act, care: str, cut: datetime) -> Counted | None:
    """A care authority's last batch at an hour, if it is not too old."""
    row = _last(act, LateBatch, care, cut)
    if row is None or cut - row["cut"] > FRESH:
        return None
    return Counted(int(act.open_row(LateBatch, row)["late"]), str(row["entry"]))


def _last(
    act: Act, model: type[ReadModel], care: str, until: datetime | None = None
) -> dict[str, Any] | None:
    """The last row of a care authority in the actor's operation, of those until an hour."""
    names, moments, jsons = columns(model)
    row = act.tx.sql.first(
        f"select {quoted(names)} from {model._meta.db_table} "  # noqa: S608 - our own tables
        "where care = ? and operation = ? and cut <= ? order by cut desc, number desc limit 1",
        (care, act.actor.operation, EVER if until is None else to_ms(until)),
    )
    return read_row(names, moments, jsons, row) if row is not None else None


def _highest(act: Act, model: type[ReadModel]) -> int:
    """The last number that the actor's authority gave: one series in all its operations."""
    table = model._meta.db_table
    row = act.tx.sql.first(
        f"select max(number) from {table} where care = ?",  # noqa: S608 - our own tables
        (act.actor.authority,),
    )
    return int(row[0] or 0) if row is not None else 0
