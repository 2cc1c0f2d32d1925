"""What a peer was told of: the files whose older entries, below its cursor, it is to fetch from us.

A writer offers its own entries to every reader that it knows. Whoever is removed from a file does not learn
of later readers; so what it wrote reaches them from the file's owner, who offers the file again.
"""

from __future__ import annotations

from collections.abc import Sequence

from libertad.exchange.offering import Outgoing
from libertad.exchange.peers import Peer
from libertad.journal.checking import Checked
from libertad.journal.folding import Said
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.writer import Transaction

MOST = 500  # files of one word
UNTOLD = 1 << 60  # no word has such a number: it is told, whatever was confirmed
BY_CURSOR = -1  # nothing of the file lay below the peer's cursor, and nothing was told
# An entry `e` whose writer's authority does not read its file any more.
STRAY = (
    "not exists (select 1 from access_reader s join journal_device w on w.authority = s.authority "
    "where s.compartment = e.compartment and w.id = e.device)"
)


def untold(node: Node, sql: Sql, peer: Peer, after: int, number: int, certain: bool) -> list[bytes]:
    """Files that the peer may now hold and whose older entries lie below its cursor; told by word `number`.

    `certain`: `after` is the peer's cursor, and not what an older ask says that somebody sent again.
    """
    places, values = Outgoing(node, sql, peer.origin).visible()
    rows = sql.all(
        f"select v.compartment, o.word is not null or exists (select 1 from journal_entry e "
        f"where e.compartment = v.compartment and (e.idx < ? or {STRAY})) "
        f"from {places} v left join exchange_offered o "
        f"on o.compartment = v.compartment and o.origin = ? where o.word is null or (o.word > 0 and "
        f"(o.word <> ? or ? >= (select coalesce(max(size), 0) from journal_head))) limit {MOST}",
        # What is given back after a restore lies anywhere: it is told once the peer has caught up.
        (after, *values, peer.origin, UNTOLD, after),
    )
    # What it may not hold now is offered anew should it read it again: its cursor passes by meanwhile.
    gone = sql.all(
        f"select o.compartment, o.origin from exchange_offered o left join {places} v "
        "on v.compartment = o.compartment where o.origin = ? and v.compartment is null",
        (*values, peer.origin),
    )
    if not rows and not gone:
        return []
    rows = [(compartment, older or not certain) for compartment, older in rows]

    def job(tx: Transaction) -> None:
        tx.sql.many("delete from exchange_offered where compartment = ? and origin = ?", gone)
        for compartment, older in rows:
            tx.sql.run(
                "insert into exchange_offered (origin, compartment, word) values (?, ?, ?) "
                "on conflict (origin, compartment) do update set word = excluded.word",
                (peer.origin, compartment, number if older else BY_CURSOR),
            )

    node.writer.submit(job)
    return [bytes.fromhex(compartment) for compartment, older in rows if older]


def again(tx: Transaction, compartment: str) -> None:
    """Tell every reader's node, again or for the first time, that there is more of this file."""
    tx.sql.run(
        "insert into exchange_offered (origin, compartment, word) "
        "select distinct p.origin, r.compartment, cast(? as bigint) from access_reader r "
        "join exchange_peer_authority p on p.authority = r.authority where r.compartment = ? "
        "on conflict (origin, compartment) do update set word = excluded.word",
        (UNTOLD, compartment),
    )


GIVE_BACK = (
    "insert into exchange_offered (origin, compartment, word) select distinct ?, e.compartment, "
    "cast(? as bigint) from journal_entry e join journal_device d on d.id = e.device where d.authority = ? "
    "on conflict (origin, compartment) do nothing"
)


def inherited(tx: Transaction, before: str, after: str, authority: str) -> None:
    """A restored node takes another's place: what its authority wrote is given back to it, and what the
    other was told may not be in its older database."""
    tx.sql.run(GIVE_BACK, (after, UNTOLD, authority))
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
        if _owned(tx, compartment) and tx.sql.one(
            f"select 1 from journal_entry e where e.compartment = ? and e.device = ? and {STRAY} limit 1",
            (compartment, device),
        ):
            again(tx, compartment)


def _owned(tx: Transaction, compartment: str) -> bool:
    row = tx.sql.one("select owner from access_compartment where id = ?", (compartment,))
    return row is not None and row[0] in tx.node.rings.authorities()
