"""What the driver of the replay asks of a node process: functions that run there."""

from __future__ import annotations

import base64
import pickle
import shutil
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libertad.access.acting import Act
from libertad.access.actor import Actor
from libertad.access.founding import found_authority, make_ring
from libertad.journal.node import close_node, node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from scenarios.operation_libertad_2018.venue import acted

DONE = "create table if not exists replay_done (token varchar(64) primary key, told text not null)"


@dataclass(frozen=True)
class Done:
    """What an acknowledged call gave, and its entries as (hash, compartment)."""

    value: Any
    entries: tuple[tuple[str, str], ...]


def hello() -> dict[str, Any]:
    """Opens the node. Its origin, how much it holds, and whose rings it has."""
    here = node()
    here.writer.submit(lambda tx: tx.sql.run(DONE) and None)
    return {"origin": here.key.origin, "public": bytes(here.key.public), **holds()}


def holds() -> dict[str, Any]:
    row = Sql().first("select coalesce(sum(size), 0) from journal_head")
    return {"size": int(row[0]) if row else 0, "authorities": node().rings.authorities()}


def once(token: str, actor: Actor, action: Callable[..., Any], arguments: Mapping[str, Any]) -> Done:
    """Perform an action exactly once for a token, however often it is asked for and wherever a kill fell."""

    def job(tx: Transaction) -> Done:
        row = tx.sql.first("select told from replay_done where token = ?", (token,))
        if row is not None:
            earlier: Done = pickle.loads(base64.b64decode(row[0]))  # noqa: S301  written below
            return earlier
        before = len(tx.appended)
        value = acted(tx, actor, action, arguments)
        done = Done(value, tuple((entry.id, entry.compartment) for entry in tx.appended[before:]))
        tx.sql.run(
            "insert into replay_done (token, told) values (?, ?)",
            (token, base64.b64encode(pickle.dumps(done)).decode()),
        )
        return done

    return node().writer.submit(job)


def ring(authority: str, kind: str) -> None:
    """Make an authority's ring; once only, so that it may be asked for again."""
    if authority not in node().rings.open:
        make_ring(authority, None, kind)


def found_first_officer(authority: str, **founding: Any) -> Actor:
    return found_authority(authority=authority, **founding)


def reads(authority: str, kind: str, about: str) -> bool:
    """Whether the authority's own ring opens the compartment of this kind here, and the roster names it."""
    sql = Sql()
    row = sql.first("select id from access_compartment where kind = ? and about = ?", (kind, about))
    if row is None:
        return False
    if sql.first("select 1 from access_reader where id = ?", (f"{row[0]}:{authority}",)) is None:
        return False
    ring = node().rings.open.get(authority)
    return ring is not None and bytes.fromhex(row[0]) in ring.current


def everything() -> list[tuple[str, str]]:
    """(hash, compartment) of every entry on file."""
    return [(bytes(h).hex(), c) for h, c in Sql().all("select hash, compartment from journal_entry")]


def entries_written() -> list[tuple[str, str]]:
    """(hash, compartment) of every entry that a device of this node wrote."""
    own = node().rings.open
    sql = Sql()
    devices = {bytes(d) for d, a in sql.all("select id, authority from journal_device") if a in own}
    rows = sql.all("select hash, compartment, device from journal_entry")
    return [(bytes(h).hex(), c) for h, c, d in rows if bytes(d) in devices]


def alone(compartments: list[str]) -> list[str]:
    """Those of these compartments that nobody reads but the authorities of this node."""
    own, sql = node().rings.open, Sql()
    return [
        compartment
        for compartment in compartments
        if all(
            a in own
            for (a,) in sql.all("select authority from access_reader where compartment = ?", (compartment,))
        )
    ]


def withdrawn(officer: str) -> bool:
    return bool(Sql().first("select 1 from access_officer where id = ? and withdrawn", (officer,)))


def has(entries: list[str]) -> list[str]:
    """Those of these entries that are on file."""
    sql = Sql()
    known = "select 1 from journal_entry where hash = ?"
    return [entry for entry in entries if sql.first(known, (bytes.fromhex(entry),)) is not None]


def lacks(entries: list[tuple[str, str]]) -> list[str]:
    """Those of these entries (hash, compartment) that are not on file, in files that this node may read."""
    sql, own = Sql(), node().rings.open
    readers = sql.all("select compartment, authority from access_reader")
    may = {compartment for compartment, authority in readers if authority in own}
    readable = [entry for entry, compartment in entries if compartment in may]
    return sorted({*readable} - {*has(readable)})


# -- faults ----------------------------------------------------------------------------------


_copying = threading.Lock()


def back_up(to: str) -> int:
    """Copy the database as it stands, committed and whole, to a file; returns its size in entries.

    One at a time, and in the older copy's place only once it is whole: several officers' calls may each ask
    for a newer copy at once.
    """
    target = Path(to)
    fresh = target.with_name(target.name + ".new")
    with _copying:
        fresh.unlink(missing_ok=True)
        sql = Sql()
        copy = sqlite3.connect(fresh)
        try:
            sql.raw.backup(copy)
        finally:
            copy.close()
        fresh.chmod(0o600)
        fresh.replace(target)
        return int(holds()["size"])


def back_up_rings(to: str) -> None:
    """Copy the rings as they stand, sealed as they are."""
    rings = node().rings
    with rings.lock:
        copy = sqlite3.connect(to)
        try:
            rings.db.backup(copy)
        finally:
            copy.close()
    Path(to).chmod(0o600)


def put_back(copy: Path, home: Path) -> None:
    """While the process is down: the older copy in the database's place."""
    for name in ("libertad.sqlite3", "libertad.sqlite3-wal", "libertad.sqlite3-shm"):
        (home / name).unlink(missing_ok=True)
    shutil.copy(copy, home / "libertad.sqlite3")


def accept_restore() -> dict[str, Any]:
    """What `libertad doctor --accept-restore` does; `node()` is opened, its writer refuses until then."""
    from libertad.commands.doctor import LOST_NUMBERS
    from libertad.journal import restore

    done = restore.accept(node())
    node().writer.submit(
        lambda tx: tx.sql.run("update access_number set last = last + ?", (LOST_NUMBERS,)) and None
    )
    return {"size": done.size, "lost": done.lost, "devices": done.devices, "erased": done.erased}


def behind() -> str:
    """Why this node would not write: the words of BehindMark, or ''."""
    from libertad.journal.node import BehindMark

    try:
        node().check_mark()
    except BehindMark as why:
        return str(why)
    return ""


class Unasked(Act):
    """An action that nobody asks for a right: what a thief's own program does with the keys that it took."""

    def _check(self, *arguments: object) -> None:
        return None


def forge(actor: Actor, action: Callable[..., Any], arguments: Mapping[str, Any]) -> Done:
    """On a thief's copy of a node: say something without any right, signed with the device's key."""
    from libertad.access.acting import RESERVED

    def job(tx: Transaction) -> Done:
        reserved = {name: value for name, value in arguments.items() if name in RESERVED}
        rest = {name: value for name, value in arguments.items() if name not in RESERVED}
        value = action(Unasked(tx, actor, **reserved), **rest)
        return Done(value, tuple((entry.id, entry.compartment) for entry in tx.appended))

    return node().writer.submit(job)


def device_of(authority: str) -> str:
    """The authority's device on this node, by its public key (hex)."""
    return node().rings.device(authority)[0].hex()


# -- serving ---------------------------------------------------------------------------------

_server: Any = None


TRIES = 60


def listen(port: int) -> None:
    """Serve HTTP on loopback from a thread of this process, until it ends; returns once it answers."""
    import time

    import uvicorn

    from libertad.web import serving

    global _server
    if _server is not None:
        return
    for _ in range(TRIES):
        server = uvicorn.Server(serving.config(port, lifespan="off"))
        thread = threading.Thread(target=server.run, name="replay-http", daemon=True)
        thread.start()
        while thread.is_alive() and not server.started:
            time.sleep(0.02)
        if server.started:
            _server = server
            return
        time.sleep(0.5)  # it ends by itself where somebody has the port, if only for a moment
    raise RuntimeError(f"port {port} is somebody else's")


def leave() -> None:
    """Close the node before the process ends."""
    close_node()
