"""After an update: rows that an older version named otherwise, or had none of, before anything asks for them.

Who is a member of which operation, and whom police confirmed, decides who may do what and who receives people
in danger. A rebuild makes these rows too, but waits until every ring of the node is open; until then nobody
would be a member and no care confirmed.
"""

from __future__ import annotations

from collections import defaultdict

from libertad.access.models import Authority, CareConfirmed, Member
from libertad.journal import folding
from libertad.journal.folding import Projection
from libertad.journal.models import ReadModel
from libertad.journal.seals import RowChanged
from libertad.journal.transaction import TOUCH, Transaction

# Of which row's entries the others are made: what an older version keeps of them stands there.
FROM: list[tuple[type[ReadModel], type[ReadModel]]] = [(Authority, Member), (CareConfirmed, CareConfirmed)]


def fold_members(tx: Transaction) -> None:
    """Make the rows anew of the entries that open here, and take away all others of these tables. An entry
    that the database added or left out makes no row."""
    known = folding.by_label()
    for source, model in FROM:
        projection = known[model._meta.label]
        entries = _entries(tx, known[source._meta.label], projection)
        rows = tx.sql.all(f"select id from {model._meta.db_table} order by id")  # noqa: S608 - own tables
        for key in sorted({str(row[0]) for row in rows} - entries.keys()):
            tx.write(projection, key, None)
        for key, indexes in sorted(entries.items()):
            touch = projection.touch(key)
            for idx in sorted(indexes):
                tx.sql.run(TOUCH, (touch, idx))
                tx.sealing.touched(touch, idx)
            try:
                tx.refold(projection, key)
            except RowChanged:
                tx.write(projection, key, None)
    tx.caches.rights.clear()


def _entries(tx: Transaction, source: Projection, target: Projection) -> dict[str, set[int]]:
    """By key of the rows that are made: the entries (indexes) that make them, as rows of the source list
    them."""
    listed: dict[str, set[int]] = defaultdict(set)
    for touch, idx in tx.sql.all(
        "select key, entry from journal_touch where key like ? order by key, entry", (source.touch("%"),)
    ):
        listed[str(touch)].add(int(idx))
    by_key: dict[str, set[int]] = defaultdict(set)
    for touch, indexes in listed.items():
        if not tx.sealing.is_complete(touch, indexes):
            continue
        for idx in indexes:
            entry = tx.entry(idx)
            for projection, key in folding.touched(entry) if entry is not None else ():
                if projection is target:
                    by_key[key].add(idx)
    return dict(by_key)
