"""What a suspension does at this node: it is noted, files get new keys and cuts, and nothing more is given.

Whoever hears of it holds what the suspended authority says from then on (`suspended_words.py`), gives its
nodes no entries, keys or pieces, and goes on taking what they send. It is looked at again whenever a word of
it comes and every half minute, because it lapses by the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from libertad.access import changes, suspending
from libertad.access.acting import Act
from libertad.access.actions.cut_logs import cut_logs
from libertad.access.actor import itself
from libertad.access.epochs import renew
from libertad.access.suspending import ALONE, CONFIRMED, LAPSED, TABLE, Suspension
from libertad.exchange.authorization.entry_authorization import Judge
from libertad.journal.folding import Said
from libertad.journal.node import Node
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs.changes import ChangeCut

EVERY = 30.0  # seconds between two looks at the clock
NOTE = f"insert into {TABLE} (entry, change, whom, heard, state) values (?, ?, ?, ?, ?)"
STATE = f"update {TABLE} set state = ? where entry = ?"
MEMBERS = "select distinct about from access_operationchange where change = 'suspend' order by about"
SHARED = (
    "select c.id, c.owner, m.authority from access_compartment c "
    "join access_reader s on s.compartment = c.id and s.authority = ? "
    "join access_reader m on m.compartment = c.id and m.authority <> ? "
    "where c.kind <> 'authority' and c.operation = ? order by c.id, m.authority"
)
HEADS = (
    "select e.device, max(e.seq) from journal_entry e join journal_device d on d.id = e.device "
    "where d.authority = ? and e.compartment = ? and e.idx < ? "
    "and e.idx not in (select idx from journal_held) group by e.device order by e.device"
)


class Turned(NamedTuple):
    """What a look at the suspensions found: authorities that are suspended more, or less, than before."""

    more: set[str]
    less: set[str]

    def __bool__(self) -> bool:
        return bool(self.more or self.less)


def look(tx: Transaction) -> Turned:
    """Note how every suspension stands now; who is suspended more or less than before."""
    turned = Turned(set(), set())
    members = [row[0] for row in tx.sql.all(MEMBERS)]
    rows = {row[0]: row[1:] for row in tx.sql.all(f"select entry, whom, state from {TABLE}")}
    if not members and not rows:
        return turned
    judge, standing = Judge(tx, parking=False), set()
    for member in members:
        for proposal in suspending.proposals_of(f"{member}:suspend", judge):
            standing.add(proposal.id)
            _, before = rows.get(proposal.id, ("", ""))
            if proposal.id not in rows:  # the day begins here, by this node's clock
                now = changes.now()
                if judge.hosted(member):  # its own node is told only when it is over
                    now = min(now, judge.moment(proposal))
                noted_at = int(now.timestamp() * 1000)
                tx.sql.run(NOTE, (proposal.id, proposal.subject, member, noted_at, ""))
            state = suspending.state_of(proposal, judge).state
            if state != before:
                tx.sql.run(STATE, (state, proposal.id))
                _turn(turned, member, before, state)
    for entry in sorted(rows.keys() - standing):  # its proposal does not stand: its device was revoked
        member, before = rows[entry]
        if before != LAPSED:
            tx.sql.run(STATE, (LAPSED, entry))
            _turn(turned, member, before, LAPSED)
    return turned


def _turn(turned: Turned, member: str, before: str, now: str) -> None:
    weight = {ALONE: 1, CONFIRMED: 2}
    if weight.get(now, 0) > weight.get(before, 0):
        turned.more.add(member)
    elif weight.get(now, 0) < weight.get(before, 0):
        turned.less.add(member)


def act_on(tx: Transaction, turned: Turned) -> None:
    """New keys and cuts for the files that a newly suspended authority reads; what was kept from one whose
    suspension is over is given to it again."""
    for member in sorted(turned.more):
        judge = Judge(tx, parking=False)
        for suspension in suspending.standing(member, judge):
            _enforce(tx, judge, suspension)
    for member in sorted(turned.less):
        tx.sql.run("delete from exchange_released where authority = ?", (member,))


def _enforce(tx: Transaction, judge: Judge, suspension: Suspension) -> None:
    """Say the cuts that are this node's to say, once; the files that it owns get a new key. In the files of
    the operation in which it was suspended: of another one its members decide."""
    open_rings, by = tx.node.rings.open, {suspension.proposal.authority}
    by |= {suspension.signature.authority} if suspension.signature else set()
    shared = tx.sql.all(SHARED, (suspension.whom, suspension.whom, suspension.proposal.operation))
    rows = [row for row in shared if row[2] in open_rings]
    for compartment, owner, reader in rows:
        entries = judge.entries(f"access.Suspended:{compartment}:{suspension.change}")
        if any(isinstance(entry.content, ChangeCut) and entry.authority == reader for entry in entries):
            continue
        cut = suspending.cut_of(suspension, compartment, owner, judge)
        is_own = reader in by or reader == owner or (suspension.state == CONFIRMED and cut is None)
        if not is_own or bytes.fromhex(compartment) in tx.node.rings.erased_places():
            continue
        before = judge._order(suspension.proposal)
        heads = tx.sql.all(HEADS, (suspension.whom, compartment, before))
        fresh = reader == owner and not judge.hosted(suspension.whom)
        act = Act(tx, itself(reader, suspension.proposal.operation, "UTC"))
        cut_logs(
            act,
            change=suspension.change,
            whom=suspension.whom,
            compartment=compartment,
            logs=[f"{bytes(device).hex()}:{int(last)}" for device, last in heads],
            renewed=fresh,
        )
        if fresh:
            _renew(tx, compartment, suspension.whom)


def _renew(tx: Transaction, compartment: str, member: str) -> None:
    """A new key for the readers of a file here, but the suspended; the others are given it by exchange."""
    readers = tx.sql.all("select authority from access_reader where compartment = ?", (compartment,))
    here = sorted(row[0] for row in readers if row[0] in tx.node.rings.open and row[0] != member)
    renew(tx, here, compartment)
    tx.sql.run("delete from exchange_released where compartment = ?", (compartment,))


def devices(tx: Transaction, authorities: Iterable[str]) -> set[bytes]:
    """Devices on file of these authorities."""
    return {
        bytes(row[0])
        for name in authorities
        for row in tx.sql.all("select id from journal_device where authority = ?", (name,))
    }


def tend(node: Node) -> bool:
    """Look at the clock: whether a suspension lapsed, or came to stand otherwise than noted."""
    if node.sql().first(f"select 1 from {TABLE} limit 1") is None:
        return False
    return node.writer.submit(review)


def review(tx: Transaction, fresh: Sequence[Said] = ()) -> bool:
    """Judge again what a change of the suspensions bears on."""
    from libertad.exchange.authorization.reauthorization import settle

    before = _states(tx)
    settle(tx, fresh)
    return _states(tx) != before


def _states(tx: Transaction) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in tx.sql.all(f"select entry, state from {TABLE} order by entry")]
