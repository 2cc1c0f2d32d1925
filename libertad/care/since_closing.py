"""What was said in a protection file after its closing was proposed, in the order in which this node got it.

By the journal's order and no date: what is recorded belatedly, or arrives late, is told too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from libertad.care import models
from libertad.journal.sql import Sql, marks

# What a second reader has to know of, beside dangers.
WATCHED: Mapping[str, type[models.Part]] = {
    model._meta.label: model
    for model in (
        models.Identification,
        models.ReturnDecision,
        models.Referral,
        models.Consent,
        models.Screening,
        models.Wish,
    )
}
DANGERS = ("dangers", "danger_closed")  # of a file's own words; each row names its entry
ENTRY = 5


class Since(NamedTuple):
    """A part of the file that was said, or said anew, since: its model's label and its key; of a danger, or
    of what was done about one, the label is the name in DANGERS and the key the entry. `place`: where the
    last entry of it is in the journal."""

    place: int
    label: str
    key: str


def said_since(sql: Sql, compartment: str, closing: str, words: Mapping[str, Any]) -> list[Since]:
    """All of it, in order; of a proposal that this node does not have nothing. `words`: the file's own."""
    first = sql.first("select idx from journal_entry where hash = ?", (bytes.fromhex(closing),))
    if first is None:
        return []
    rows = sql.all(
        "select t.key, max(t.entry) from journal_touch t join journal_entry e on e.idx = t.entry "
        "where e.compartment = ? and e.idx > ? group by t.key",
        (compartment, first[0]),
    )
    parts = [(key.partition(":"), place) for key, place in rows]
    listed = [Since(place, label, key) for (label, _sign, key), place in parts if label in WATCHED]
    named = {bytes.fromhex(row[ENTRY]): name for name in DANGERS for row in words.get(name, ())}
    # A row that is called after its one entry is not among those that an entry touches.
    wishes = f"select id from {models.Wish._meta.db_table} where compartment = ?"  # noqa: S608
    named |= {bytes.fromhex(key): models.Wish._meta.label for (key,) in sql.all(wishes, (compartment,))}
    places = sql.all(
        # Only question marks are put in.
        f"select idx, hash from journal_entry where idx > ? and hash in ({marks([*named])})",  # noqa: S608
        (first[0], *named),
    )
    listed += [Since(place, named[bytes(entry)], bytes(entry).hex()) for place, entry in places]
    return sorted(listed)


def mark_of(changes: Sequence[Since]) -> str:
    """What a form carries, so that a reading is of just what was shown; '' for nothing."""
    return str(max(change.place for change in changes)) if changes else ""
