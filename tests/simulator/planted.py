"""Bugs that are switched on for one run, to prove that the simulator can fail.

Each takes away one protection, or does two things in the wrong order, as somebody could by mistake.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from libertad.exchange.authorization import reauthorization
from libertad.exchange.control import key_delivery, key_wrap
from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import Parcel
from libertad.exchange.receiving import receiver
from libertad.exchange.sending.sender import Outgoing
from libertad.journal import checkpoint, ingest, restore
from libertad.journal.sealing import key_id
from libertad.journal.tree import Frontier, grow
from tests.simulator.machine import MachineSql
from tests.simulator.world import World

Plant = Callable[[ExitStack, World], None]
BUGS: dict[str, Plant] = {}


def bug(name: str) -> Callable[[Plant], Plant]:
    def add(plant: Plant) -> Plant:
        BUGS[name] = plant
        return plant

    return add


@contextmanager
def planted(name: str, world: World) -> Iterator[None]:
    """With the bug of this name; with none where the name is empty."""
    with ExitStack() as stack:
        if name:
            BUGS[name](stack, world)
        yield


@bug("cursor-before-commit")
def cursor_first(stack: ExitStack, world: World) -> None:
    """The cursor moves in a transaction of its own, before the entries are stored."""
    real = receiver.ready

    def ready(node: Any, peer: Any, parcels: Any, pool: Any = None) -> Any:
        batch = real(node, peer, parcels, pool)
        after = batch.after
        values = {"taken": after.taken, "peaks": after.peaks, "note": after.note}
        node.writer.submit(lambda tx: peers.change(tx.sql, peer.origin, **values))
        return dataclasses.replace(batch, before=after)

    stack.enter_context(patch.object(receiver, "ready", ready))


@bug("acknowledged-before-commit")
def acknowledged_first(stack: ExitStack, world: World) -> None:
    """A job is acknowledged when it has run; its commit comes with the next job's beginning."""
    begin, run = MachineSql.begin, MachineSql.run

    def settle(sql: MachineSql) -> None:
        if sql.raw.in_transaction:
            sql.raw.execute("COMMIT")

    def later(sql: MachineSql) -> None:
        settle(sql)
        begin(sql)

    def ran(sql: MachineSql, text: str, params: Any = ()) -> Any:
        if text.startswith("BEGIN"):
            settle(sql)
        return run(sql, text, params)

    stack.enter_context(patch.object(MachineSql, "commit", lambda sql: sql.fuse.step()))
    stack.enter_context(patch.object(MachineSql, "begin", later))
    stack.enter_context(patch.object(MachineSql, "run", ran))


def _wants_without(stack: ExitStack, caller: str) -> None:
    real = receiver.record_want_in_all_trees

    def want(*arguments: Any) -> None:
        if sys._getframe(1).f_code.co_name not in (caller, "<lambda>" if caller == "dispatch" else caller):
            real(*arguments)

    stack.enter_context(patch.object(receiver, "record_want_in_all_trees", want))


@bug("fill-not-remembered")
def no_fill(stack: ExitStack, world: World) -> None:
    """A peer says that a file is now ours to read, and its older entries are not asked for."""
    _wants_without(stack, "dispatch")


@bug("gap-not-remembered")
def no_gap(stack: ExitStack, world: World) -> None:
    """Entries that came before what they build on are left, and not asked for again."""
    _wants_without(stack, "store")


@bug("proof-not-compared")
def no_proof(stack: ExitStack, world: World) -> None:
    """The root that the proof leads to is not compared with the checkpoint's."""

    def step(peer: Any, parcel: Parcel, leaves: Any, progress: Any) -> None:
        after = grow(progress.frontier, parcel.end, leaves, parcel.proof)
        checkpoint.verify(parcel.note, {peer.origin: peer.public})
        progress.frontier, progress.cursor, progress.note = after, parcel.end, parcel.note
        progress.entries += parcel.entries

    def fill(parcel: Parcel, leaves: Any, progress: Any) -> None:
        grow(Frontier(), parcel.size, leaves, parcel.proof)
        progress.entries += parcel.entries
        if any(parcel.fill):
            progress.fills.append((parcel.fill.hex(), parcel.end, max(progress.cursor, parcel.head)))

    stack.enter_context(patch.object(receiver, "_step", step))
    stack.enter_context(patch.object(receiver, "_fill", fill))


@bug("readers-ignored")
def no_filter(stack: ExitStack, world: World) -> None:
    """Files are offered to a peer whoever reads them."""
    everything = "(select id as compartment from access_compartment where kind <> 'authority')", ()
    stack.enter_context(patch.object(Outgoing, "visible", lambda self: everything))


@bug("not-judged-again")
def no_rejudge(stack: ExitStack, world: World) -> None:
    """What is held stays held when its grounds arrive: the verdict depends on the order."""
    stack.enter_context(patch.object(reauthorization, "rejudge", lambda tx: 0))


@bug("withdrawal-not-applied")
def no_reconsider(stack: ExitStack, world: World) -> None:
    """What is folded stays folded when a withdrawal, a revocation or a removal arrives."""
    stack.enter_context(patch.object(reauthorization, "reconsider", lambda tx, devices: []))


@bug("restored-with-old-keys")
def old_keys(stack: ExitStack, world: World) -> None:
    """A restored node goes on with the device and node keys that it had: its logs fork."""

    def accept(node: Any) -> Any:
        node.drop_mark()
        return node.writer.submit(lambda tx: node.write_mark(tx.frontier))

    stack.enter_context(patch.object(restore, "accept", accept))


@bug("key-to-non-reader")
def wrong_reader(stack: ExitStack, world: World) -> None:
    """Keys are wrapped to every authority of a peer, whether it reads the file or not."""

    def wraps(node: Any, sql: Any, authorities: list[str]) -> list[bytes]:
        packed = []
        for authority in authorities:
            row = sql.first("select key_id, public from exchange_recipient where authority = ?", (authority,))
            if row is None:
                continue
            for giver, ring in sorted(node.rings.open.items()):
                for compartment, (number, kid) in sorted(ring.current.items()):
                    wrap = key_wrap.wrap(
                        bytes(row[1]),
                        bytes(row[0]),
                        compartment=compartment,
                        kid=key_id(ring.keys[kid]),
                        number=number,
                        giver=giver,
                        reader=authority,
                        key=ring.keys[kid],
                    )
                    packed.append(key_wrap.packed(wrap))
        return packed

    stack.enter_context(patch.object(key_delivery, "wraps_for", wraps))


@bug("duplicate-not-known")
def no_duplicates(stack: ExitStack, world: World) -> None:
    """An entry that comes twice is taken for another one."""
    stack.enter_context(patch.object(ingest, "_stored_hashes", lambda tx, names: set()))
