"""A batch of parcels is proven, checked, judged and committed, and only then counted as received.

Everything about a batch of parcels (entries, cursor, the peer's tree) is in one transaction. Should it be
cut anywhere, the next ask begins where the last commit ended. A lie refuses the batch and names its rule;
nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from libertad.access.epochs import reseal
from libertad.exchange.authorization import entry_authorization, equivocation, forgeries, reauthorization
from libertad.exchange.peering import peers
from libertad.exchange.peering.peers import Peer
from libertad.exchange.protocol.messages import CarriedEntry, Parcel
from libertad.exchange.receiving.verification_pool import Checking
from libertad.exchange.sending import late_readers
from libertad.journal import checkpoint, folding, header
from libertad.journal import ingest as journal
from libertad.journal.checking import BadEntry, Checked, Foreign
from libertad.journal.guarded import devices as devices_on_file
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.journal.tree import Frontier, grow, leaf_hash

LATER = 10_000  # ms until a file with a gap is asked for again
MOST_UNREAD = 1000
MUCH_LATER = 120_000  # where a device is not known: a ground that arrives brings it forward
MOST_ASK = 600_000  # bytes of an ask
DEVICE = slice(3, 19)  # of the device in a header's bytes


class BadParcel(ValueError):
    """A parcel that is refused; the message says why. Nothing of it was stored."""


class StaleCursor(BadParcel):
    """No lie: another exchange with this peer was faster, or its state was changed. Ask again."""


@dataclass
class Taken:
    """What a batch of parcels did."""

    stored: int = 0
    known: int = 0
    held: int = 0
    released: int = 0
    rows: int = 0
    gaps: set[str] = field(default_factory=set)
    forks: int = 0
    cursor: int = 0


@dataclass
class Proven:
    """Parcels whose proofs are right: their entries, and where the cursor stands after them."""

    entries: list[CarriedEntry]
    cursor: int
    frontier: Frontier
    note: str
    fills: list[tuple[str, int, int]]  # (file, how far it came, how far there is)


def prove(peer: Peer, parcels: Sequence[Parcel]) -> Proven:
    """Check ranges, proofs and checkpoints against what the peer has shown before."""
    frontier = Frontier.from_bytes(peer.peaks) if peer.peaks else Frontier()
    proven = Proven([], peer.taken, frontier, peer.note, [])
    for parcel in parcels:
        leaves = [(entry.idx, leaf_hash(entry.header)) for entry in parcel.entries]
        if parcel.fill:
            _fill(parcel, leaves, proven)
        elif parcel.end > proven.cursor:
            _step(peer, parcel, leaves, proven)
        # else: a parcel that came twice
    return proven


def _step(peer: Peer, parcel: Parcel, leaves: list[tuple[int, bytes]], proven: Proven) -> None:
    if parcel.start != proven.cursor:
        raise BadParcel(f"it begins at {parcel.start}, and we are at {proven.cursor}: ask again from there")
    try:
        after = grow(proven.frontier, parcel.end, leaves, parcel.proof)
    except ValueError as why:
        raise BadParcel(f"its proof is wrong ({why})") from None
    try:
        stated = checkpoint.verify(parcel.note, {peer.log: peer.public}).checkpoint
    except (checkpoint.BadCheckpoint, ValueError) as why:
        raise BadParcel(f"its checkpoint is wrong ({why})") from None
    if (stated.origin, stated.size) != (peer.log, parcel.end):
        raise BadParcel("its checkpoint is not that of its range")
    if stated.root != after.root():
        raise BadParcel("its proof does not lead to the checkpoint: the sender's tree did not only grow")
    proven.frontier, proven.cursor, proven.note = after, parcel.end, parcel.note
    proven.entries += parcel.entries


def _fill(parcel: Parcel, leaves: list[tuple[int, bytes]], proven: Proven) -> None:
    """Older entries are proven against the tree that the cursor stands in."""
    if parcel.size != proven.cursor or parcel.end > proven.cursor:
        raise BadParcel("it fills in below another place than ours: ask again")
    try:
        root = grow(Frontier(), parcel.size, leaves, parcel.proof).root()
    except ValueError as why:
        raise BadParcel(f"its proof is wrong ({why})") from None
    if root != proven.frontier.root():
        raise BadParcel("its proof does not lead to the root that the peer signed")
    if any(header.decode(entry.header).compartment != parcel.fill for entry in parcel.entries) and any(
        parcel.fill
    ):
        raise BadParcel("it fills in entries of another file")
    proven.entries += parcel.entries
    if any(parcel.fill):
        # Not only to the cursor: what others wrote in this file comes by no step.
        proven.fills.append((parcel.fill.hex(), parcel.end, max(proven.cursor, parcel.head)))


@dataclass
class Ready:
    """Parcels that are proven; once they are checked as well they only have to be stored."""

    before: Peer
    proven: Proven
    checking: Checking
    unknown: dict[str, set[str]]

    @property
    def after(self) -> Peer:
        """The peer as it will be once they are stored: what the next parcels are proven against."""
        now = self.proven
        return self.before._replace(taken=now.cursor, peaks=now.frontier.to_bytes(), note=now.note)

    def store(self, tx: Transaction) -> Taken:
        return store(tx, self.before, self.proven, self.checking.wait(), self.unknown)


def ready(node: Node, peer: Peer, parcels: Sequence[Parcel], pool: Executor | None = None) -> Ready:
    """Prove parcels and begin to check them; BadParcel or BadEntry when the peer lies. Nothing is stored yet.

    With a pool the checks of many entries go on beside us: their BadEntry is that of `checking.wait`.
    """
    try:
        proven = prove(peer, parcels)
    except header.Malformed as why:
        raise BadParcel(str(why)) from None
    foreign = [Foreign(entry.header, entry.signature, entry.body) for entry in proven.entries]
    publics = devices(node.sql(), {entry.header[DEVICE] for entry in foreign})
    known, unknown = split(foreign, publics)
    return Ready(peer, proven, Checking(known, publics, pool), unknown)


def devices(sql: Sql, ids: set[bytes]) -> dict[bytes, bytes]:
    """Public keys of those of these devices that are on file."""
    return {device: public for device, (public, _) in devices_on_file(sql).items() if device in ids}


def take(node: Node, origin: str, parcels: Sequence[Parcel], pool: Executor | None = None) -> Taken:
    """Prove, check, store and fold parcels of a peer; durable when this returns.

    BadParcel or BadEntry when the peer lies. Entries of devices that are not known (yet), and such as came
    before what they build on, are left and asked for again.
    """
    peer = peers.get(node.sql(), origin)
    if peer is None or peer.state != peers.ACTIVE:
        raise BadParcel("no active peer sent it")
    prepared = ready(node, peer, parcels, pool)
    prepared.checking.wait()
    return node.writer.submit(prepared.store)


def split(
    entries: Sequence[Foreign], publics: dict[bytes, bytes]
) -> tuple[list[Foreign], dict[str, set[str]]]:
    """Entries of known devices, and which others (ids in hex) have written, by compartment."""
    known: list[Foreign] = []
    unknown: dict[str, set[str]] = {}
    for place, entry in enumerate(entries):
        if entry.header[DEVICE] in publics:
            known.append(entry)  # whether it is a header at all is found in checking it
            continue
        try:
            compartment = header.decode(entry.header).compartment.hex()
        except header.Malformed as why:
            raise BadEntry(place, str(why)) from None
        unknown.setdefault(compartment, set()).add(entry.header[DEVICE].hex())
    return known, unknown


def store(
    tx: Transaction, before: Peer, proven: Proven, checked: list[Checked], strangers: dict[str, set[str]]
) -> Taken:
    """In the writer: entries, cursor and what is left, together."""
    peer = peers.get(tx.sql, before.origin, before.tree)
    if peer is None or peer.state != peers.ACTIVE or peer.taken != before.taken:
        raise StaleCursor("the peer's state changed meanwhile: ask again")
    judge, since = entry_authorization.Judge(tx), tx.frontier.size
    done = journal.ingest(tx, checked, judge)
    outcome = Taken(done.stored, done.known, done.held, 0, done.rows, set(done.gaps), len(done.forks))
    for fork in done.forks:
        equivocation.record_fork(tx, fork)
    forgeries.raise_alarms(tx, judge.forged, peer.origin)
    if judge.grounds:
        outcome.released = reauthorization.settle(tx, judge.accepted)
    elif judge.definitions or judge.urgent:
        outcome.released = reauthorization.rejudge(tx)
    reauthorization.reconsider_subjects(tx, judge.definitions)
    if done.stored:
        late_readers.strays(tx, since, peer.origin)
    # A ground in this very batch may be what they wait for: then they are asked for at once.
    now = 0 if judge.grounds else peers.now_ms()
    in_vain = {compartment for compartment, _, _ in proven.fills} if now else set()
    unknown = set(strangers)
    unread(tx, peer.origin, set().union(*strangers.values()))
    for gaps, wait in ((outcome.gaps, LATER), (unknown - outcome.gaps, MUCH_LATER)):
        record_want_in_all_trees(tx, peer.origin, gaps, now and now + wait)
        postpone(tx, peer.log, gaps & in_vain, now + wait)
    outcome.gaps |= unknown
    for compartment, end, whole in proven.fills:
        advance_fill(tx, peer.log, compartment, end, whole, compartment in outcome.gaps)
    outcome.cursor = proven.cursor
    if proven.cursor != peer.taken:
        peers.advance(tx.sql, peer, taken=proven.cursor, peaks=proven.frontier.to_bytes(), note=proven.note)
    return outcome


def unread(tx: Transaction, origin: str, devices: set[str]) -> None:
    """Remember devices that nobody has enrolled, since when they were met; forget those that were since.

    At most MOST_UNREAD: a peer may sign with as many keys as it likes.
    """
    if not devices:
        return
    tx.sql.run("delete from exchange_unread where device in (select id from access_device)")
    (held,) = tx.sql.first("select count(*) from exchange_unread") or (0,)
    tx.sql.run_many(
        "insert into exchange_unread (device, origin, since) values (?, ?, ?) "
        "on conflict (device) do nothing",
        [(device, origin, peers.now_ms()) for device in sorted(devices)[: max(0, MOST_UNREAD - held)]],
    )


def record_want_in_all_trees(tx: Transaction, origin: str, compartments: set[str], again: int) -> None:
    """As `record_want`, in each tree of the peer: what a file's newer part builds on may be in the other."""
    for log in peers.logs(tx.sql, origin):
        record_want(tx, log, compartments, again)


def record_want(tx: Transaction, origin: str, compartments: set[str], again: int) -> None:
    """Remember that older entries of these files are to be fetched from the peer, from the beginning.

    One that is to be asked for sooner stays so.
    """
    for compartment in sorted(compartments):
        tx.sql.run(
            "insert into exchange_want (origin, compartment, since, again) values (?, ?, 0, ?) "
            "on conflict (origin, compartment) do update set since = 0, again = case "
            "when excluded.again < exchange_want.again then excluded.again else exchange_want.again end",
            (origin, compartment, again),
        )


def postpone(tx: Transaction, origin: str, compartments: set[str], again: int) -> None:
    """These were just asked for and a gap is left: what is missing has to come from elsewhere first."""
    for compartment in sorted(compartments):
        tx.sql.run(
            "update exchange_want set again = ? where origin = ? and compartment = ?",
            (again, origin, compartment),
        )


def advance_fill(tx: Transaction, origin: str, compartment: str, end: int, whole: int, gap: bool) -> None:
    """A fill came as far as `end`: done, or on from there; with a gap it begins again later."""
    if gap:
        return
    if end >= whole:
        tx.sql.run("delete from exchange_want where origin = ? and compartment = ?", (origin, compartment))
    else:
        tx.sql.run(
            "update exchange_want set since = ?, again = 0 where origin = ? and compartment = ?",
            (end, origin, compartment),
        )


def mark_opening(node: Node, compartments: Sequence[str]) -> None:
    """Keys of these files come into the rings next: remember that until `open_compartments` has run."""
    rows = [(compartment,) for compartment in compartments]
    node.writer.submit(lambda tx: tx.sql.run_many(OPENING, rows))


OPENING = "insert into exchange_opening (compartment) values (?) on conflict (compartment) do nothing"


def finish_opening(node: Node) -> int:
    """Fold what a process that ended had taken keys for."""
    left = [row[0] for row in node.sql().all("select compartment from exchange_opening")]
    return node.writer.submit(lambda tx: open_compartments(tx, left)) if left else 0


def reopen(tx: Transaction) -> int:
    """Fold what the rings open and an older database still holds sealed: its keys came after the backup."""
    rows = tx.sql.all("select distinct compartment from journal_entry where body is not null order by 1")
    return open_compartments(tx, [row[0] for row in rows])


def open_compartments(tx: Transaction, compartments: Sequence[str]) -> int:
    """Fold what was carried sealed until now: keys of these files have arrived. Returns how many entries."""
    owner_by_device, count = reauthorization.owners(tx), 0
    judge = entry_authorization.Judge(tx)
    for compartment in compartments:
        rows = tx.sql.all(
            "select idx from journal_entry where compartment = ? and body is not null order by idx",
            (compartment,),
        )
        for (idx,) in rows:
            count += _open_one(tx, judge, idx, owner_by_device)
        forgeries.raise_alarms(tx, judge.forged)
        judge.forged.clear()
        reseal(tx, compartment)  # the key may be a newer epoch's
        tx.sql.run("delete from exchange_opening where compartment = ?", (compartment,))
    if judge.grounds:
        reauthorization.settle(tx, judge.accepted)
    elif judge.definitions or judge.urgent:
        reauthorization.rejudge(tx)
    reauthorization.reconsider_subjects(tx, judge.definitions)
    tx.caches.rights.clear()
    return count


def _put_back(tx: Transaction, touches: Sequence[tuple[folding.Projection, str]]) -> int:
    """Compute rows that were taken away while no key opened their entries: an older ring was put back."""
    for projection, key in touches:
        table = projection.model._meta.db_table
        if tx.sql.first(f"select 1 from {table} where id = ?", (key,)) is None:
            tx.refold(projection, key)
    return 0


def _open_one(
    tx: Transaction, judge: entry_authorization.Judge, idx: int, owner_by_device: dict[bytes, str]
) -> int:
    head, entry = reauthorization.decoded(tx, idx)
    if tx.sql.first("select 1 from journal_held where idx = ?", (idx,)):
        return 0
    if entry is None:
        journal.hold_unread(tx, idx)
        return 0
    touches = [(projection, key) for projection, key in folding.touched(entry)]
    if touches and tx.sql.first(
        "select 1 from journal_touch where key = ? and entry = ?", (touches[0][0].touch(touches[0][1]), idx)
    ):
        return _put_back(tx, touches)  # folded before
    verdict = judge.hold(entry, head, owner_by_device.get(head.device))
    if verdict is not None:
        reauthorization.hold(tx, idx, entry, verdict)
        return 0
    tx.fold(idx, entry)
    tx.appended.append(entry)
    judge.accept(entry)
    return 1
