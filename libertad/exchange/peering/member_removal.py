"""An authority that was removed from an operation: its node is told by the entry itself, and asks no more.

Who removed it, and who signed that, hand its node the entry and what it takes to judge it: of the operation's
file their devices' logs as far as the removal, and no further. What others say is not given, nor anything
that was said since. The removed node judges the entry as any other; whether it is out, its own fold of
entries tells, and nobody's word.

A removed node asks those peers no more, and writes to them no more, with which it shares no other operation.
It answers them still: what it had said before is theirs. One that brings it keys is asked again, because it
may have been invited anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from libertad.access.membership import believed
from libertad.access.operation_files import pinned_file
from libertad.access.suspending import shut
from libertad.exchange.peering import peers
from libertad.journal.fields import from_ms
from libertad.journal.guards import TOUCH
from libertad.journal.header import Header
from libertad.journal.node import Node
from libertad.journal.sql import Sql, marks
from libertad.journal.transaction import Transaction

Logs = dict[tuple[str, bytes], int]  # (file, device) -> the last number in its log that may be fetched
ROUNDS = 20  # devices that enrolled one another: a few in practice
OUT = (
    "select d.id from access_removed d join access_operation_file f on f.compartment = d.compartment "
    "where d.authority in ({marks}) and not exists (select 1 from access_reader r where r.id = d.id) "
    "order by d.id"
)
TOUCHED = (
    "select e.idx, e.device, e.seq, e.hash from journal_touch t join journal_entry e on e.idx = t.entry "
    "where t.key = ? and e.compartment = ? order by e.idx"
)
TELL = (
    "insert into exchange_farewell (origin, entry, word) values (?, ?, ?) "
    "on conflict (origin, entry) do update set word = excluded.word"
)
TOLD = "origin = ? and word > 0 and word <= ?"


class Removal(NamedTuple):
    """An authority that is out of an operation, by the last removal. `at` by the clock of who said it."""

    operation: str
    compartment: str
    authority: str
    by: str
    officer: str
    at: datetime
    change: str


def removals(node: Node, sql: Sql, authorities: Sequence[str]) -> list[Removal]:
    """Of these authorities those that are out of an operation; by rows alone that are as this node wrote
    them, and not where somebody took a reader's row out of the database."""
    removals = []
    rows = sql.all(OUT.format(marks=marks(authorities)), tuple(authorities)) if authorities else []
    for (key,) in rows:
        row = believed(sql, "access_removed", key)
        operation, place = str(row.get("operation", "")), str(row.get("compartment", ""))
        if not row or pinned_file(sql, operation) != place or not node.seals.absent("access_reader", key):
            continue
        at = row["at"]
        removals.append(
            Removal(
                operation,
                place,
                str(row["authority"]),
                str(row["by"]),
                str(row["officer"]),
                from_ms(at) if isinstance(at, int) else at,  # type: ignore[arg-type]
                str(row["change"]),
            )
        )
    return removals


# -- what a removed authority's node may fetch -----------------------------------------------------


def logs(node: Node, sql: Sql, authorities: Sequence[str]) -> Logs:
    """What the node of these authorities may fetch of operations from which they were removed. Nothing while
    they are suspended from them: they were given no key that opens it."""
    limits: Logs = {}
    for removal in removals(node, sql, authorities):
        if {(removal.authority, removal.operation), (removal.authority, "")} & shut(sql, [removal.authority]):
            continue
        for device, last in _needed(node, sql, removal).items():
            limits[removal.compartment, device] = max(last, limits.get((removal.compartment, device), -1))
    return limits


def _needed(node: Node, sql: Sql, removal: Removal) -> dict[bytes, int]:
    """By device how far its log in the operation's file is needed to judge a removal: those of the removal,
    of the change that two authorities signed, and of what put their devices and the officer on file."""
    touched = _touched(
        node, sql, f"access.Removed:{removal.compartment}:{removal.authority}", removal.compartment
    )
    if not touched:
        return {}
    end, last_numbers = touched[-1][0], dict[bytes, int]()
    keys = [f"access.OperationChange:{removal.change}"] if removal.change else []
    keys += [f"access.Officer:{removal.officer}"] if removal.officer else []
    entries = touched + [
        entry for key in keys for entry in _touched(node, sql, key, removal.compartment) if entry[0] < end
    ]
    for _ in range(ROUNDS):
        extra = []
        for _idx, device, number, _name in entries:
            if device not in last_numbers:
                key = f"access.Device:{device.hex()}"
                extra += [entry for entry in _touched(node, sql, key, removal.compartment) if entry[0] < end]
            last_numbers[device] = max(number, last_numbers.get(device, -1))
        entries = extra
    return last_numbers


def _touched(node: Node, sql: Sql, key: str, compartment: str) -> list[tuple[int, bytes, int, bytes]]:
    """(index, device, number, name) of the entries of a row that stand in a file, in the order of arrival; as
    this node noted them, whatever somebody wrote into the database."""
    rows, noted = sql.all(TOUCHED, (key, compartment)), node.seals.possible(TOUCH, key)
    return [
        (idx, bytes(device), number, bytes(name))
        for idx, device, number, name in rows
        if f"{key}:{idx}" in noted
    ]


def covers(may: Logs, head: Header) -> bool:
    """Whether an entry is one of those."""
    return head.seq <= may.get((head.compartment.hex(), head.device), -1)


def sql_condition(may: Logs) -> tuple[str, tuple[object, ...]]:
    """SQL (and its values) that lets such entries through, behind a condition on their file."""
    condition = "or (compartment = ? and device = ? and seq <= ?) "
    return condition * len(may), tuple(
        value for (place, device), last in may.items() for value in (place, device, last)
    )


def unannounced_files(node: Node, sql: Sql, origin: str, may: Logs, number: int) -> list[bytes]:
    """Operations' files of which a peer is told, by word `number`, that it may fetch so much, until it has
    confirmed that: its cursor may have passed by."""
    places = {place for place, _device in may}
    words = dict(sql.all("select entry, word from exchange_farewell where origin = ?", (origin,)))
    untold_places, rows = set(), []
    for removal in removals(node, sql, peers.authorities(sql, origin)) if places else ():
        touched = _touched(
            node, sql, f"access.Removed:{removal.compartment}:{removal.authority}", removal.compartment
        )
        if touched and removal.compartment in places and words.get(name := touched[-1][3].hex(), number) != 0:
            untold_places.add(removal.compartment)
            if not 0 < words.get(name, number + 1) <= number:  # told before, it keeps that word's number
                rows.append((origin, name, number))
    if rows:
        node.writer.submit(lambda tx: tx.sql.run_many(TELL, rows))
    return [bytes.fromhex(place) for place in sorted(untold_places)]


def record_acknowledgement(tx: Transaction, origin: str, number: int) -> None:
    """The peer has taken word `number`."""
    if tx.sql.first(f"select 1 from exchange_farewell where {TOLD}", (origin, number)):
        tx.sql.run(f"update exchange_farewell set word = 0 where {TOLD}", (origin, number))


# -- the removed node ------------------------------------------------------------------------------


def departed_peers(node: Node, sql: Sql) -> set[str]:
    """Peers (origins) with which this node shares no operation any more: an authority here was removed from
    each that it shared. Empty for a node that was removed from none."""
    own = sorted(node.rings.authorities())
    removed = {(removal.operation, removal.authority) for removal in removals(node, sql, own)}
    if not removed:
        return set()
    member = [(row[0], row[1]) for row in sql.all("select operation, authority from access_member")]
    own_pairs = {pair for pair in member if pair[1] in own}
    left, still = {op for op, _ in own_pairs & removed}, {op for op, _ in own_pairs - removed}
    origins = set()
    for peer in peers.every(sql):
        authorities = set(peers.authorities(sql, peer.origin))
        shared = {operation for operation, authority in member if authority in authorities}
        if shared & left and not shared & still:
            origins.add(peer.origin)
    return origins


def forget(node: Node, origins: Iterable[str]) -> None:
    """What failed with peers that are asked no more is told no more."""
    from libertad.exchange.peering import failures

    failed = {failure.origin for failure in failures.failures(node.sql())} & set(origins)
    for origin in sorted(failed):
        node.writer.submit(partial(failures.forget, origin=origin))
