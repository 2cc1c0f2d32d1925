"""A hit goes with either of its records: whoever erases a person's files erases the hits of that person, and
whoever erases a country's file those of the exhibits, leads and sites in it.

Each hit has a file and so a key of its own. Destroying it closes what both records had in common and the
reasons of every decision, in rows, entries and backups alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from libertad.hits.actions._hit import MODELS
from libertad.journal import erase
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

ABOUT = "select about from access_compartment where kind = 'person' and id = ?"
OF = 'select compartment from hits_hit where "left" = ? or "right" = ?'
IN = "select id from {table} where compartment = ?"
TABLES = {kind: model._meta.db_table for kind, model in MODELS.items() if kind != "person"}


def with_them(tx: Transaction, compartments: frozenset[str]) -> Iterator[str]:
    """The files of the hits of whomever these files are about, and of what stands in them."""
    for compartment in sorted(compartments):
        for ref in _records(tx.sql, compartment):
            yield from (row[0] for row in tx.sql.all(OF, (ref, ref)))


def _records(sql: Sql, compartment: str) -> Iterator[str]:
    yield from (f"person:{about}" for (about,) in sql.all(ABOUT, (compartment,)))
    for kind, table in TABLES.items():
        yield from (f"{kind}:{key}" for (key,) in sql.all(IN.format(table=table), (compartment,)))


if with_them not in erase.WITH:
    erase.WITH.append(with_them)
