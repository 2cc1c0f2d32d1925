"""Readers that are let into a file later: their nodes are told which files to fetch from the beginning.

A writer offers its own entries to every reader that it knows. Whoever is removed from a file does not learn
of later readers, and its disk may be lost; so what it wrote reaches them from the file's owner, who offers
the file again, and the owner from any reader to whom the writer had brought it.
"""

from __future__ import annotations

from collections.abc import Sequence

from libertad.exchange.peering import member_removal
from libertad.exchange.peering.peers import ACTIVE, Peer
from libertad.exchange.sending.sender import Outgoing
from libertad.journal.folding import Said
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.journal.trees import BASE, CARE

MOST = 500  # files of one word
UNTOLD = 1 << 60  # no word has such a number: it is told, whatever was confirmed
BY_CURSOR = -1  # nothing of the file lay below the peer's cursor, and nothing was told
TELL = (
    "insert into exchange_offered (origin, compartment, word) values (?, ?, ?) "
    "on conflict (origin, compartment) do update set word = excluded.word"
)
# An entry `e` whose writer's authority does not read its file any more.
STRAY = (
    "not exists (select 1 from access_reader s join journal_device w on w.authority = s.authority "
    "where s.compartment = e.compartment and w.id = e.device)"
)


def unannounced_files(
    node: Node, sql: Sql, peer: Peer, after: int, number: int, certain: bool
) -> list[bytes]:
    """Files that the peer may now hold and whose older entries lie below its cursor; told by word `number`.

    `certain`: `after` is the peer's cursor, and not what an older ask says that somebody sent again.
    """
    outgoing = Outgoing(node, sql, peer.origin)
    places, values = outgoing.visible()
    rows = sql.all(
        f"select v.compartment, o.word is not null or exists (select 1 from journal_entry e "
        f"where e.compartment = v.compartment and (e.place < ? or e.place >= ? or {STRAY})), o.word "
        f"from {places} v left join exchange_offered o "
        f"on o.compartment = v.compartment and o.origin = ? where o.word is null or (o.word > 0 and "
        f"(o.word <> ? or ? >= (select coalesce(max(size), 0) from journal_head where id = 1))) "
        # What was told and is not confirmed is in each word until it is: by the number of the first.
        f"order by coalesce(o.word, {UNTOLD}) limit {MOST}",
        # What is given back after a restore lies anywhere: it is told once the peer has caught up.
        # So is what lies in care's tree: how far the peer is there, only its asks about that tree say.
        (after, BASE[CARE], *values, peer.origin, UNTOLD, after),
    )
    # What it may not hold now is offered anew should it read it again: its cursor passes by meanwhile.
    hidden = sql.all(
        f"select o.compartment, o.origin from exchange_offered o left join {places} v "
        "on v.compartment = o.compartment where o.origin = ? and v.compartment is null",
        (*values, peer.origin),
    )
    may = outgoing.believed(row[0] for row in rows)
    rows = [(place, older or not certain, word) for place, older, word in rows if place in may]
    parts = member_removal.unannounced_files(node, sql, peer.origin, outgoing.parting, number)
    untold = [row for row in rows if row[2] is None or row[2] > number]

    def job(tx: Transaction) -> None:
        tx.sql.run_many("delete from exchange_offered where compartment = ? and origin = ?", hidden)
        for compartment, older, _word in untold:
            tx.sql.run(TELL, (peer.origin, compartment, number if older else BY_CURSOR))

    if untold or hidden:
        node.writer.submit(job)
    return [bytes.fromhex(compartment) for compartment, older, _word in rows if older] + parts


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


def removed(tx: Transaction, entry: Said) -> None:
    """Authorities were removed from a file's readers: what they wrote in it is for others to pass on."""
    readers: Sequence[str] = entry.content.reader  # type: ignore[attr-defined]
    marks = ", ".join("?" * len(readers))
    if tx.sql.first(
        "select 1 from journal_entry e join journal_device d on d.id = e.device "
        f"where e.compartment = ? and d.authority in ({marks}) limit 1",
        (entry.compartment, *readers),
    ):
        pass_on(tx, entry.compartment)


def strays(tx: Transaction, since: int, origin: str) -> None:
    """Entries that were stored from index `since` on, by a peer, may be such as their writer cannot bring to
    every reader: its authority reads the file no more.

    Only what is new here is passed on, so that it travels once between two nodes and never round and round.
    """
    for (compartment,) in tx.sql.all(
        "select distinct e.compartment from (select distinct device, compartment from journal_entry "
        f"where idx >= ?) e where {STRAY}",
        (since,),
    ):
        pass_on(tx, compartment, origin)


def pass_on(tx: Transaction, compartment: str, origin: str = "") -> None:
    """Who owns the file tells every reader; another reader tells the owner, who tells them.

    Every reader is told at once where the owner is no active peer; nobody where the owner brought it.
    """
    row = tx.sql.first("select owner from access_compartment where id = ?", (compartment,))
    if row is None:
        return
    owner_peer = tx.sql.first(
        "select a.origin from exchange_peer_authority a join exchange_peer p on p.origin = a.origin "
        "where a.authority = ? and p.state = ?",
        (row[0], ACTIVE),
    )
    if row[0] in tx.node.rings.authorities() or owner_peer is None:
        again(tx, compartment)
    elif owner_peer[0] != origin:
        tx.sql.run(TELL, (owner_peer[0], compartment, UNTOLD))
