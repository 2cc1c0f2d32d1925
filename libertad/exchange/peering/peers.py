"""Peers: which nodes we exchange with, whose authorities live there, and how far we are."""

from __future__ import annotations

import time
from functools import partial
from typing import Any, NamedTuple

from libertad.exchange.peering import guarded
from libertad.journal import guards, sides
from libertad.journal.checkpoint import log_of
from libertad.journal.node import Node
from libertad.journal.sides import CARE, OPEN, TREES
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.vocabulary import formats

COLUMNS = (
    "origin",
    "public",
    "address",
    "state",
    "taken",
    "peaks",
    "note",
    "size",
    "given",
    "contact",
    "tried",
    "heard",
    "error",
    "bytes_in",
    "bytes_out",
    "counter_in",
    "counter_out",
    "noted",
    "announced",
    "format",
)
ACTIVE, SUSPENDED, ENDED = "active", "suspended", "ended"
CHANGED = "its row was changed in the database by somebody else than this node: run libertad doctor"
PUT = (
    "insert into exchange_peer (origin, public, address, state, taken, peaks, note, size, given, contact, "
    "tried, heard, error, bytes_in, bytes_out, counter_in, counter_out, noted, announced, format) "
    "values (?, ?, ?, 'active', 0, ?, '', 0, 0, 0, 0, 0, '', 0, 0, 0, 0, 0, 0, 1) "
    "on conflict (origin) do update set address = excluded.address"
)
LIVES = (
    "insert into exchange_peer_authority (authority, origin, said) values (?, ?, '') "
    "on conflict (authority) do update set origin = excluded.origin"
)


class Peer(NamedTuple):
    """A row of exchange_peer; of care's tree with how far we are there, in place of in the open one."""

    origin: str
    public: bytes
    address: str
    state: str
    taken: int
    peaks: bytes
    note: str
    size: int
    given: int
    contact: int
    tried: int
    heard: int
    error: str
    bytes_in: int
    bytes_out: int
    counter_in: int
    counter_out: int
    noted: int
    announced: int
    format: int
    tree: str = OPEN

    @property
    def log(self) -> str:
        """The name of the tree: by it its checkpoints are signed and its wants are kept."""
        return log_of(self.origin, self.tree)


def now_ms() -> int:
    return int(time.time() * 1000)


def get(sql: Sql, origin: str, tree: str = OPEN) -> Peer | None:
    row = sql.first(f"select {', '.join(COLUMNS)} from exchange_peer where origin = ?", (origin,))
    return at_tree(sql, _believed(sql, _peer(row)), tree) if row else None


def at_tree(sql: Sql, peer: Peer, tree: str) -> Peer:
    """The peer, and how far we are with this tree of its."""
    if tree == peer.tree:
        return peer
    row = sql.first(
        "select taken, peaks, note, size, given from exchange_peer_tree where origin = ? and tree = ?",
        (peer.origin, tree),
    )
    cursor, peaks, note, size, confirmed = row or (0, b"", "", 0, 0)
    return peer._replace(
        tree=tree,
        taken=cursor,
        peaks=bytes(peaks),
        note=note,
        size=size,
        given=confirmed,
    )


def every(sql: Sql) -> list[Peer]:
    rows = sql.all(f"select {', '.join(COLUMNS)} from exchange_peer order by origin")
    return [_believed(sql, _peer(row)) for row in rows]


def trees_with(node: Node, sql: Sql, peer: Peer) -> tuple[str, ...]:
    """The trees in which this node and a peer exchange: care's where both are of care's side and of today.

    A peer of 0.1 knows of one tree alone, and who is not of care's side learns nothing of the other.
    """
    if peer.format < formats.needed("sides"):
        return (OPEN,)
    here = any(_cares(sql, name) for name in node.rings.authorities())
    peer_cares = any(_cares(sql, name) for name in authorities(sql, peer.origin))
    return TREES if here and peer_cares else (OPEN,)


def may_split(sql: Sql) -> bool:
    """Whether no active peer of care's side is of 0.1: it would get what care says in the open tree alone."""
    rows = sql.all(
        "select a.authority from exchange_peer p join exchange_peer_authority a on a.origin = p.origin "
        "where p.state = ? and p.format < ?",
        (ACTIVE, formats.needed("sides")),
    )
    return not any(_cares(sql, authority) for (authority,) in rows)


def _cares(sql: Sql, authority: str) -> bool:
    """Whether an authority is of care's side, as far as the database is believed."""
    kind = sides.kind_of(sql, authority)
    return sides.side(kind) == CARE and guarded.holds(sql, "access_authority", authority)


def logs(sql: Sql, origin: str) -> list[str]:
    """The names of a peer's trees in which this node exchanges with it."""
    rows = sql.all("select tree from exchange_peer_tree where origin = ? order by tree", (origin,))
    return [origin, *(log_of(origin, row[0]) for row in rows)]


def split_log(log: str) -> tuple[str, str]:
    """(origin, tree) of a tree's name."""
    node, slash, tree = log.rpartition("/")
    return (node, tree) if slash and tree in TREES else (log, OPEN)


def advance(sql: Sql, peer: Peer, **columns: Any) -> None:
    """Set how far we are with a tree of a peer (taken, peaks, note, size, given), in a transaction."""
    if peer.tree == OPEN:
        change(sql, peer.origin, **columns)
        return
    sql.run(
        "insert into exchange_peer_tree (origin, tree, taken, peaks, note, size, given) "
        "values (?, ?, 0, ?, '', 0, 0) on conflict (origin, tree) do nothing",
        (peer.origin, peer.tree, b""),
    )
    sets = ", ".join(f"{name} = ?" for name in columns)
    sql.run(
        f"update exchange_peer_tree set {sets} where origin = ? and tree = ?",
        (*columns.values(), peer.origin, peer.tree),
    )


def _peer(row: tuple[Any, ...]) -> Peer:
    peer = Peer(*row)
    return peer._replace(public=bytes(peer.public), peaks=bytes(peer.peaks))


def _believed(sql: Sql, peer: Peer) -> Peer:
    """A peer whose row was changed in the database is one that was suspended: nothing comes from it or goes
    to it until a person has looked."""
    if sql.believes(guarded.PEER, (peer.origin, peer.public, peer.address, peer.state)):
        return peer
    return peer._replace(state=SUSPENDED, address="", error=CHANGED)


def save_peer(sql: Sql, origin: str, public: bytes, address: str, authorities: tuple[str, ...] = ()) -> None:
    """A peer and the authorities that live there, in a transaction of the writer. Its state stays."""
    sql.run(PUT, (origin, public, address, b""))
    for authority in authorities:
        sql.run(LIVES, (authority, origin))


def authorities(sql: Sql, origin: str) -> list[str]:
    """Authorities that live at a node."""
    rows = guards.rows(sql, guards.GUARDS[guarded.LIVES], " and origin = ? order by authority", (origin,))
    return [row[0] for row in rows if sql.believes(guarded.LIVES, row)]


def format_of(sql: Sql, authority: str) -> int | None:
    """The format that the node of an authority told last (`formats.py`); None if no peer is known for it."""
    row = sql.first(
        "select p.format from exchange_peer p join exchange_peer_authority a on a.origin = p.origin "
        "where a.authority = ?",
        (authority,),
    )
    return None if row is None else int(row[0])


def take_format(node: Node, peer: Peer, number: int) -> Peer:
    """Note the format that a peer's message states, where it is another than before; durable on return."""
    if number == peer.format:
        return peer
    node.writer.submit(lambda tx: change(tx.sql, peer.origin, format=number))
    return peer._replace(format=number)


def change(sql: Sql, origin: str, **columns: Any) -> None:
    """Set columns of a peer, in a transaction."""
    sets = ", ".join(f"{name} = ?" for name in columns)
    sql.run(f"update exchange_peer set {sets} where origin = ?", (*columns.values(), origin))


def set_state(node: Node, origin: str, state: str) -> None:
    """Suspend, end or resume. Either side may, alone; durable when this returns."""
    if state not in (ACTIVE, SUSPENDED, ENDED):
        raise ValueError(state)
    node.writer.submit(lambda tx: change(tx.sql, origin, state=state))


def learn(sql: Sql, own_origin: str) -> None:
    """Take up what the journal says of nodes: where each authority of our operations lives.

    A new word of the journal moves an authority. One that was followed before does not: what was restored
    since has shown its succession, and lives elsewhere than the journal says.
    """
    # Of whom all is taken up already nothing is read: there are as many as members, at each word of theirs.
    rows = sql.all(
        "select n.id, n.origin, n.public, n.address from access_node n "
        "left join exchange_peer p on p.origin = n.origin "
        "left join exchange_peer_authority a on a.authority = n.id where n.origin <> ? "
        "and n.origin not in (select before from journal_succession where before <> origin) "
        "and (p.origin is null or a.authority is null or a.said <> n.origin "
        "or (n.address <> '' and p.address <> n.address and p.state <> ?)) order by n.id",
        (own_origin, ENDED),
    )
    for authority, origin, public, address in rows:
        peer = get(sql, origin)
        if peer is None or (address and peer.address != address and peer.state != ENDED):
            sql.run(PUT, (origin, bytes.fromhex(public), address, b""))
        row = sql.first("select origin, said from exchange_peer_authority where authority = ?", (authority,))
        lives, stated = row or ("", "")
        if stated == origin:
            continue
        if not lives or peer is None or stated:
            sql.run(LIVES, (authority, origin))
            if lives and lives != origin:
                _moved(sql, lives, origin, fresh=peer is None)
        sql.run("update exchange_peer_authority set said = ? where authority = ?", (origin, authority))


MOVED = "its authorities say that they live elsewhere now"


def revive(sql: Sql) -> None:
    """Take up again with nodes that were ended because their authorities were led elsewhere, and are back."""
    rows = sql.all(
        "select p.origin, n.address from exchange_peer p "
        "join exchange_peer_authority a on a.origin = p.origin "
        "join access_node n on n.id = a.authority where p.state = ? and p.error = ?",
        (ENDED, MOVED),
    )
    for origin, address in rows:
        change(sql, origin, state=ACTIVE, address=address, error="")


def _moved(sql: Sql, before: str, after: str, fresh: bool) -> None:
    """An authority lives at another node now. Who was suspended or ended is so there; an empty node ends."""
    was = get(sql, before)
    if was is None:
        return
    if fresh:
        # It may remember how far our asks had counted: we go on from there.
        change(sql, after, state=was.state, counter_out=was.counter_out)
    if not authorities(sql, before):
        for log in logs(sql, before):
            sql.run("delete from exchange_want where origin = ?", (log,))
        change(sql, before, state=ENDED, address="", error=MOVED)


def wire_tree(tree: str) -> str:
    """A tree as an ask names it: nothing for the open one, which is all that 0.1 knows."""
    return "" if tree == OPEN else tree


def begin_tree(tx: Transaction, peer: Peer) -> None:
    """From now on this tree is shared with the peer: what is missing in any file may lie in it."""
    advance(tx.sql, peer, taken=peer.taken)
    tx.sql.run(
        "insert into exchange_want (origin, compartment, since, again) "
        "select ?, compartment, 0, again from exchange_want where origin = ? "
        "on conflict (origin, compartment) do nothing",
        (peer.log, peer.origin),
    )


def begin_other_trees(node: Node, origin: str) -> tuple[str, ...]:
    """The trees beside the open one in which this node exchanges with a peer; begun where they are new.

    None with one that is not active: what was just pulled may have ended it.
    """
    sql = node.sql()
    peer = get(sql, origin)
    if peer is None or peer.state != ACTIVE:
        return ()
    trees = trees_with(node, sql, peer)[1:]
    known = logs(sql, origin)
    for tree in trees:
        tree_peer = at_tree(sql, peer, tree)
        if tree_peer.log not in known:
            node.writer.submit(partial(begin_tree, peer=tree_peer))
    return trees
