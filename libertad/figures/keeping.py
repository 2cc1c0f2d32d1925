"""Before an erasure, what the files gave to their authority's cells is kept: figures survive the erasure.

Kept are numbers alone: nothing leads from them to the person, to the files, or to a counting id.
"""

from __future__ import annotations

from collections import Counter

from libertad.access.acting import Act
from libertad.access.actor import itself
from libertad.access.models import Authority
from libertad.figures.open_side import open_side
from libertad.figures.own_count import NUMBERS, Desk, OwnCount, own_count
from libertad.journal import erase
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs.counting import CountCell, ProtectionKept

MEMBER = (
    "select m.operation, a.zone from access_member m join access_authority a on a.id = m.authority "
    "where a.id = ? and m.kind = 'care' order by m.operation"
)
FILES = "select id, kind from access_compartment where id in ({marks}) and kind in ('person', 'care')"


def keep(tx: Transaction, erased: frozenset[str]) -> None:
    """For each care authority of this node: what its count loses by these files, said before they go."""
    marks = ", ".join("?" * len(erased))
    if not erased or not tx.sql.all(FILES.format(marks=marks), tuple(sorted(erased))):
        return
    for authority in sorted(tx.node.rings.open):
        _keep(tx, authority, erased)


def _keep(tx: Transaction, authority: str, erased: frozenset[str]) -> None:
    for row in tx.sql.all(MEMBER, (authority,)):
        act = Act(tx, itself(authority, row[0], row[1] or "UTC"))
        place, opened = act.find_compartment("authority", authority), act.find(Authority, id=authority)
        if place is None or not opened or not act.reads(place):
            continue
        if cells := lost(act, erased):
            act.say(
                place,
                ProtectionKept(cell=cells),
                subject=authority,
                source="database",
                supersedes={},
                provenance=opened[0]["provenance"],
            )


def lost(act: Act, erased: frozenset[str]) -> tuple[CountCell, ...]:
    """The difference that the files make to the authority's cells, those that it tells others included."""
    ask, actor = act.tx.sql.all, act.actor
    opened = open_side(ask, act.operation_compartment, None)
    with_them = own_count(Desk(act.node, ask, actor.authority, actor.operation), opened, None)
    without = own_count(Desk(act.node, ask, actor.authority, actor.operation, erased), opened, None)
    count = OwnCount()
    for country in {*with_them.cells, *without.cells}:
        before, after = with_them.cells.get(country, Counter()), without.cells.get(country, Counter())
        count.cells[country].update({name: before[name] - after[name] for name in NUMBERS})
    return count.as_cells()


if keep not in erase.ERASING:
    erase.ERASING.append(keep)
