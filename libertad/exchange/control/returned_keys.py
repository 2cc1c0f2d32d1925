"""Keys given back: a restored node asks its peers for those that came after its backup; readers give them.

It names, blinded for each peer, the files of which it holds entries that no ring of it opens. A peer's
authority that reads such a file gives its keys again, also where another one had let the reader in, but only
to an authority that the entries name as a reader, and that is still in the file's operation. A file that
anybody asked this node to erase is given back to nobody.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

import msgspec

from libertad.access.epochs import epochs
from libertad.access.operation_files import pinned_file
from libertad.exchange.control import withheld_keys
from libertad.exchange.peering import guarded
from libertad.exchange.peering.peer_session import Memory
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.journal import guards, header, sealing
from libertad.journal.guarded import SUCCESSION
from libertad.journal.guards import GUARDS
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

logger = logging.getLogger("libertad.exchange")
CONTEXT = b"libertad missing key v1\x00"
SIZE = 16
MOST = 2000  # files of one word
READ = 5000  # entries of one query
AGAIN = 60_000  # ms until what is not here yet is asked for again
MOST_READ = 20_000  # entries that are looked at for one word
OWE = (
    "insert into exchange_released (authority, kid, compartment, given, taken) values (?, ?, ?, ?, null) "
    "on conflict (authority, kid) do update set taken = null"
)
OVER = "delete from exchange_released where authority = ? and compartment = ? and taken is null"


class Missing:
    """Which keys this process misses: of entries that are stored and that no ring here opens."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.idx = 0  # entries below were looked at
        self.files: dict[bytes, bytes] = {}  # key id -> compartment

    def look(self, node: Node, sql: Sql) -> set[bytes]:
        """Look at entries that came since, and leave out keys that came and files that were erased."""
        with self.lock:
            for _ in range(MOST_READ // READ):
                rows = sql.all(
                    "select idx, header from journal_entry where idx >= ? and body is not null "
                    "order by idx limit ?",
                    (self.idx, READ),
                )
                for idx, exact in rows:
                    head = header.decode(bytes(exact))
                    self.idx = idx + 1
                    if head.key_id not in node.rings.known:
                        self.files[head.key_id] = head.compartment
                if len(rows) < READ:
                    break
            erased = node.rings.erased_places() if self.files else set()
            known = node.rings.known
            self.files = {k: c for k, c in self.files.items() if k not in known and c not in erased}
            return set(self.files.values())


_missing: WeakKeyDictionary[Node, Missing] = WeakKeyDictionary()


def missing(node: Node, sql: Sql) -> set[bytes]:
    """Files (16 bytes) whose keys a restored node lacks; none at a node that was never restored, or while a
    ring is locked: what it holds is not known."""
    if len(node.rings.open) < len(node.rings.authorities()) or not _was_restored(sql):
        return set()
    return _missing.setdefault(node, Missing()).look(node, sql)


def _was_restored(sql: Sql) -> bool:
    """Whether a device here took another's place, by this node's own word: a row that somebody wrote into the
    database makes nobody ask, one that was taken away hinders nobody."""
    guard = GUARDS[SUCCESSION]
    rows = guards.rows(sql, guard)
    present = {guard.name(row) for row in rows}
    wrong = sql.wrong(SUCCESSION, rows)
    return bool(present - wrong or wrong - present)


def blinded(origin: str, compartment: bytes) -> bytes:
    """The name of a file in a question to the node of this origin: who does not know the file learns nothing
    of it, and two peers cannot compare what they were asked."""
    return hashlib.sha256(CONTEXT + origin.encode() + b"\x00" + compartment).digest()[:SIZE]


def asked_of(node: Node, sql: Sql, peer: Peer, memory: Memory, repeated: bool) -> list[bytes]:
    """Blinded names of files whose keys a peer is asked for: each about once a minute, or (`repeated`) in
    every letter until the key is here."""
    names = [blinded(peer.origin, place) for place in missing(node, sql)]
    if repeated:
        return sorted(names)[:MOST]
    now = now_ms()
    due = [name for name in names if now - memory.posted.get(name, 0) >= AGAIN]
    due.sort(key=lambda name: (memory.posted.get(name, 0), name))
    memory.posted.update(dict.fromkeys(due[:MOST], now))
    return due[:MOST]


# -- the one who gives ---------------------------------------------------------------------


def owe(node: Node, authorities: Sequence[str], names: Iterable[bytes], origin: str) -> int:
    """Note that these files' keys are to be given (again) to those of a peer's authorities that may have
    them; `origin` is the own one, for which the names were blinded. Returns how many files it notes."""
    requested, sql = set(list(names)[:MOST]), node.sql()
    marks = ", ".join("?" * len(authorities))
    rows = (
        sql.all(
            f"select compartment, authority from access_reader where authority in ({marks}) order by 1, 2",
            authorities,
        )
        if authorities
        else []
    )
    matching = [row for row in rows if blinded(origin, bytes.fromhex(row[0])) in requested]
    erased = asked_to_erase(sql) if matching else set()
    owed: list[tuple[str, bytes, str, int]] = []
    count = 0
    for compartment, authority in matching:
        if not may_receive_keys(sql, compartment, authority, erased):
            continue
        giver = giver_of(node, sql, compartment)
        if giver is not None:
            count += 1
            kids = [sealing.key_id(key) for _, key in epochs(node.rings, giver, compartment)]
            owed += [(authority, kid, compartment, now_ms()) for kid in kids]
    if owed:
        node.writer.submit(lambda tx: tx.sql.run_many(OWE, owed))
        logger.info("keys of %d files are given back to a peer that asked for them", count)
    return count


def may_receive_keys(sql: Sql, compartment: str, authority: str, erased: set[str]) -> bool:
    """Whether an authority may be given a file's keys again: by the entries it reads the file, it is in the
    file's operation, and nobody asked this node to erase the file."""
    row = sql.first("select operation from access_compartment where id = ?", (compartment,))
    if row is None or compartment in erased or not guarded.reader(sql, compartment, authority):
        return False
    file = pinned_file(sql, row[0])
    return bool(file) and guarded.reader(sql, str(file), authority)


def asked_to_erase(sql: Sql) -> set[str]:
    """Files that an authority of another node asked those here to erase, whatever was answered, and files
    that these asked it to erase."""
    rows = sql.all("select compartments from exchange_erasure")
    return {place for (places,) in rows for place in msgspec.json.decode(places)}


def giver_of(node: Node, sql: Sql, compartment: str) -> str | None:
    """An authority here, with an open ring, that reads a file and has its keys."""
    for authority in sorted(node.rings.open):
        if guarded.reader(sql, compartment, authority) and epochs(node.rings, authority, compartment):
            return authority
    return None


def due(
    node: Node, sql: Sql, authorities: Sequence[str], limit: int
) -> list[tuple[str, str, str, bytes, bytes]]:
    """(compartment, reader, giver, recipient key's id, recipient key) of keys that are owed to a peer's
    authorities whom another authority let in. What may be given no more is owed no more."""
    own = sorted(node.rings.open)
    mark, marks = ", ".join("?" * len(authorities)), ", ".join("?" * len(own))
    rows = sql.all(
        "select distinct o.compartment, o.authority, k.key_id, k.public from exchange_released o "
        "join exchange_recipient k on k.authority = o.authority "
        "join access_reader r on r.authority = o.authority and r.compartment = o.compartment "
        f'where o.taken is null and o.authority in ({mark}) and r."by" not in ({marks}) '
        f"order by 1, 2 limit {limit}",
        (*authorities, *own),
    )
    erased = asked_to_erase(sql) if rows else set()
    keys_due, over = [], []
    for compartment, authority, key_id, public in rows:
        giver = giver_of(node, sql, compartment)
        if giver is None or not may_receive_keys(sql, compartment, authority, erased):
            over.append((authority, compartment))
        else:
            keys_due.append((compartment, authority, giver, bytes(key_id), bytes(public)))
    if over:
        node.writer.submit(lambda tx: tx.sql.run_many(OVER, over))
    return keys_due


# -- the one who asked ---------------------------------------------------------------------


def ahead(tx: Transaction, keys: Iterable[tuple[str, int]]) -> None:
    """Keys (file, number) are about to be put into the rings. Of a file whose keys are given back the removal
    that such a key was made for may not have come back yet: who was removed gets no key until it has."""
    lost = missing(tx.node, tx.sql)
    for compartment, number in keys:
        if bytes.fromhex(compartment) in lost and number > withheld_keys.removals(
            tx.node, tx.sql, compartment
        ):
            tx.sql.run(withheld_keys.PUT, (compartment, number))
