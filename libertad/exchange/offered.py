"""What a peer was told of: the files whose older entries, below its cursor, it is to fetch from us.

A writer offers its own entries to every reader that it knows. Whoever is removed from a file does not learn
of later readers; so what it wrote reaches them from the file's owner, who offers the file again.
"""

from __future__ import annotations

from collections.abc import Sequence

from libertad.journal.checking import Checked
from libertad.journal.folding import Said
from libertad.journal.writer import Transaction

UNTOLD = 1 << 60  # no word has such a number: it is told, whatever was confirmed
BY_CURSOR = -1  # nothing of the file lay below the peer's cursor, and nothing was told
# An entry `e` whose writer's authority does not read its file any more.
STRAY = (
    "not exists (select 1 from access_reader s join journal_device w on w.authority = s.authority "
    "where s.compartment = e.compartment and w.id = e.device)"
)


def again(tx: Transaction, compartment: str) -> None:
    """Tell every reader's node, again or for the first time, that there is more of this file."""
    tx.sql.run(
        "insert into exchange_offered (origin, compartment, word) "
        "select distinct p.origin, r.compartment, cast(? as bigint) from access_reader r "
        "join exchange_peer_authority p on p.authority = r.authority where r.compartment = ? "
        "on conflict (origin, compartment) do update set word = excluded.word",
        (UNTOLD, compartment),
    )


def inherited(tx: Transaction, before: str, after: str) -> None:
    """A restored node takes another's place: what that was told may not be in its older database."""
    tx.sql.run(
        "insert into exchange_offered (origin, compartment, word) select ?, compartment, cast(? as bigint) "
        "from exchange_offered where origin = ? and word >= 0 "
        "on conflict (origin, compartment) do update set word = excluded.word",
        (after, UNTOLD, before),
    )


def removed(tx: Transaction, said: Said) -> None:
    """Authorities were removed from a file's readers: what they wrote in it is for its owner to offer."""
    gone: Sequence[str] = said.content.reader  # type: ignore[attr-defined]
    marks = ", ".join("?" * len(gone))
    if _owned(tx, said.compartment) and tx.sql.one(
        "select 1 from journal_entry e join journal_device d on d.id = e.device "
        f"where e.compartment = ? and d.authority in ({marks}) limit 1",
        (said.compartment, *gone),
    ):
        again(tx, said.compartment)


def strays(tx: Transaction, checked: Sequence[Checked]) -> None:
    """Entries came that their writer cannot bring to every reader: its authority reads the file no more."""
    for device, place in {(one.head.device, one.head.compartment) for one in checked}:
        compartment = place.hex()
        if _owned(tx, compartment) and not tx.sql.one(
            "select 1 from access_reader r join journal_device d on d.authority = r.authority "
            "where r.compartment = ? and d.id = ?",
            (compartment, device),
        ):
            again(tx, compartment)


def _owned(tx: Transaction, compartment: str) -> bool:
    row = tx.sql.one("select owner from access_compartment where id = ?", (compartment,))
    return row is not None and row[0] in tx.node.rings.authorities()
