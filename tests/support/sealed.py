"""Rows that a test puts into guarded tables past every rule, and that its node is to believe all the same."""

from __future__ import annotations

from django.db.models import Model

from libertad.journal import guards
from libertad.journal.node import node


def believe(row: Model) -> None:
    """Seal a row as it stands in the database, as if this node had written it."""
    here, guard = node(), guards.GUARDS[row._meta.db_table]
    here.seals.ready(here.sql())
    rows = guards.rows(here.sql(), guard, f' and "{guard.key[0]}" = ?', (row.pk,))
    changes = [here.seals.change(guard.table, stored_row) for stored_row in rows]
    here.seals.prepare(changes)
    here.seals.settle(changes)


def believe_all() -> None:
    """Seal every guarded row as it stands."""
    here = node()
    here.seals.take(here.sql(), here.seals.findings(here.sql()))
    here.seals.findings(here.sql())
