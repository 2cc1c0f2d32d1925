"""What goes with a person's files: a desk, and what was agreed with another care authority, once neither an
identity file nor a protection file is left; what care disclosed, with the protection file of which it is a
copy."""

from __future__ import annotations

from collections.abc import Iterator

from libertad.journal import erase
from libertad.journal.transaction import Transaction

ABOUT = "select about from access_compartment where kind in ('person', 'care') and id = ?"
GIVEN = (
    "select d.id from access_compartment d join access_compartment c "
    "on c.about = d.about and c.owner = d.owner where d.kind = 'disclosure' and c.kind = 'care' and c.id = ?"
)
AGREED = "select id from care_leading where person = ? or other_record = ?"
FILES = "select id, kind from access_compartment where kind in ('person', 'care', 'desk') and about = ?"


def with_them(tx: Transaction, compartments: frozenset[str]) -> Iterator[str]:
    """The desks of whomever these files are the last about, and what was disclosed of them."""
    for compartment in sorted(compartments):
        yield from (str(place) for (place,) in tx.sql.all(GIVEN, (compartment,)))
        for (about,) in tx.sql.all(ABOUT, (compartment,)):
            files = [(str(place), str(kind)) for place, kind in tx.sql.all(FILES, (about,))]
            if all(place in compartments for place, kind in files if kind != "desk"):
                yield from (place for place, kind in files if kind == "desk")
                yield from (str(place) for (place,) in tx.sql.all(AGREED, (about, about)))


if with_them not in erase.WITH:
    erase.WITH.append(with_them)
