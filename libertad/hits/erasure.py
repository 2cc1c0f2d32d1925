"""A hit goes with either of its records: whoever erases a person's files erases the hits of that person.

Each hit has a file and so a key of its own. Destroying it closes what both records had in common and the
reasons of every decision, in rows, entries and backups alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from libertad.journal import erase
from libertad.journal.transaction import Transaction

ABOUT = "select about from access_compartment where kind = 'person' and id = ?"
OF = 'select compartment from hits_hit where "left" = ? or "right" = ?'


def with_them(tx: Transaction, compartments: frozenset[str]) -> Iterator[str]:
    """The files of the hits of whomever these files are about."""
    for compartment in sorted(compartments):
        for (about,) in tx.sql.all(ABOUT, (compartment,)):
            ref = f"person:{about}"
            yield from (row[0] for row in tx.sql.all(OF, (ref, ref)))


if with_them not in erase.WITH:
    erase.WITH.append(with_them)
