"""The exchange without questions: parcels that are sent (NATS) or carried by hand (bundle files).

A letter holds a word and everything that the peer has not confirmed. Parcels end where those that were sent
before ended, so whoever has some of them goes on with the next; what it has already is passed over, and
what does not follow yet waits for the next letter. The peer's own letters confirm what it took.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from libertad.exchange.control import dispatch, introduction, key_wrap
from libertad.exchange.peering import bundle_peers, owed_replies, peers
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.protocol.messages import CHUNK, BadMessage, ControlMessage, Parcel, pack, unpack
from libertad.exchange.protocol.secure_channel import MAIL, Channel, NotOurs, origin_of, small
from libertad.exchange.receiving import receiver
from libertad.exchange.receiving.receive_pipeline import Pulled, ReceivePipeline
from libertad.exchange.sending.sender import Outgoing
from libertad.exchange.sync.endpoint import Exchange
from libertad.journal import header, trees
from libertad.journal.sides import CARE, OPEN
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

MOST = 1024  # parcels of one letter: they are held in memory
KEPT = 2 * MOST  # ends of parcels that are remembered for each peer
PATIENCE = 10 * 60_000  # ms after which what is not confirmed is sent again
LONGEST = 12 * 3_600_000
UNMET = 6 * 3_600_000  # for a peer of which nothing has arrived yet
EVER = 1 << 53  # never sent again by itself
REPEATED = (
    "opened", "wraps", "recipients", "successions", "erase", "prove", "fills", "care_fills", "lacks",
    "missing",
)  # fmt: skip
ALWAYS = ("number", "taken", "care_taken", "bundle")
KEEP_END = (
    'insert into exchange_mailed (origin, "end", at) values (?, ?, 0) on conflict (origin, "end") do nothing'
)
RESEND_ALL = "update exchange_mailed set at = 0 where origin = ?"
SENT = 'update exchange_mailed set at = ? where origin = ? and "end" = ?'
ANSWERED = "delete from exchange_asked where origin = ? and compartment = ? and since = ?"


@dataclass
class Letter:
    """What one letter carries; `ends` is where its parcels end in each tree, `entries` how many are in it.

    `owed` and `asked` are what it answers: it is still to be answered until the letter has left.
    """

    parcels: list[bytes]
    ends: dict[str, list[int]]  # by the name of the tree at this peer
    entries: int
    news: bool  # whether it says more than that we are here
    left: int = 0  # entries of our journal after its end: the next letter's
    owed: bytes = b""
    asked: tuple[tuple[str, str, int], ...] = ()  # (log, compartment, since)
    resends: int = 0  # `Memory.resends` when it was written

    @property
    def size(self) -> int:
        return sum(map(len, self.parcels))


def patience(peer: Peer) -> int:
    """After how many ms what a peer does not confirm goes out again: the longer it is silent, the later.

    A node that is down for days would else find hundreds of copies, and a full box.
    """
    met = max(peer.contact, peer.heard)
    return min(LONGEST, max(PATIENCE, (now_ms() - met) // 2)) if met else UNMET


def write(
    exchange: Exchange, origin: str, *, everything: bool = True, most: int = MOST, again: int | None = None
) -> Letter:
    """A letter to a peer: all that it has not confirmed, or only what was not sent within `again` ms.

    It counts as sent once `record_sent` is told that it left, for a process may end in between; as received,
    once the peer says so.
    """
    node, peer = exchange.node, exchange.active(origin)
    sql, memory = node.sql(), exchange.memory(origin)
    shared = [_confirmed_by(exchange, peers.at_tree(sql, peer, tree)) for tree in trees_of(exchange, origin)]
    peer = shared[0]
    again = patience(peer) if again is None else again
    owed, resends = owed_replies.recall_owed(sql, origin, memory), memory.resends
    word = dispatch.compose(node, sql, peer, memory, peer.given, kept=True) or ControlMessage()
    opened = [bytes(place) for place in word.opened]
    word.taken, word.fills, word.bundle = peer.taken, exchange.pending_fills(peer), bundle_peers.own_key(node)
    for further in shared[1:]:
        word.care_taken, word.care_fills = further.taken, exchange.pending_fills(further)
    pressed = _pressed(word)
    pressing = pressed != memory.pressed or now_ms() - memory.pressed_at > again
    received = word.taken + word.care_taken
    parcels = [Parcel(start=peer.given, end=peer.given, head=trees.size_of(sql, OPEN), word=word)]
    ends: dict[str, list[int]] = {}
    left = 0
    for tree_peer in shared:
        outgoing = Outgoing(node, sql, origin, tree_peer.tree)
        newer, older, end = _parts(outgoing, tree_peer, everything, pressing, opened, most, again)
        parcels += [*newer, *older]
        ends[tree_peer.log] = [parcel.end for parcel in newer]
        left += outgoing.size - end
    fresh = any(parcel.entries or parcel.fill for parcel in parcels)
    news = bool(fresh or received != memory.mailed or _answers(word) or (pressed and pressing))
    entries = sum(len(parcel.entries) for parcel in parcels)
    requests = tuple((at.log, *due) for at in shared for due in _fills_due(sql, at.log))
    packed = [pack(parcel) for parcel in parcels]
    letter = Letter(packed, ends, entries, news, left, owed, requests, resends)
    if news or everything:
        node.writer.submit(lambda tx: _keep_ends(tx, shared, letter))
        memory.mailed, memory.pressed, memory.pressed_at = received, pressed, now_ms()
    return letter


def trees_of(exchange: Exchange, origin: str) -> tuple[str, ...]:
    """The trees of which letters to and from a peer carry parcels: the open one first."""
    return (OPEN, *exchange.further(origin))


def _confirmed_by(exchange: Exchange, peer: Peer) -> Peer:
    """With what its asks have confirmed since that was last written down."""
    return peer._replace(given=max(peer.given, exchange.seen.get(peer.log, (0, 0))[0]))


def _parts(
    outgoing: Outgoing,
    peer: Peer,
    everything: bool,
    pressing: bool,
    opened: list[bytes],
    limit: int,
    again: int,
) -> tuple[list[Parcel], list[Parcel], int]:
    """(new parcels, fills, where the new ones end) of one tree."""
    sql = outgoing.sql
    sent = sql.all('select "end", at from exchange_mailed where origin = ? order by "end"', (peer.log,))
    cuts = [end for end, _ in sent if end > peer.given]
    lately = [end for end, at in sent if at > max(0, now_ms() - again)]
    start = min(peer.given if everything else max([peer.given, *lately]), outgoing.size)
    newer = list(outgoing.parcels(start, CHUNK, limit, cuts)) if start < outgoing.size else []
    end = newer[-1].end if newer else start
    older = fills(outgoing, sql, peer.log, opened if everything or pressing else [], end, limit)
    for parcel in (*newer, *older):
        parcel.tree = peers.wire_tree(peer.tree)
    return newer, older, end


def record_sent(exchange: Exchange, origin: str, letter: Letter) -> None:
    """The letter left: what was in it goes out again only when the peer does not confirm it in time.

    Where all was to be sent again after it was written, the peer may have had no use for it: the next letter
    brings the same.
    """
    memory = exchange.memory(origin)

    def job(tx: Transaction) -> None:
        size = letter.size
        tx.sql.run("update exchange_peer set bytes_out = bytes_out + ? where origin = ?", (size, origin))
        tx.sql.run("delete from exchange_owed where origin = ? and word = ?", (origin, letter.owed))
        for log, ends in letter.ends.items():
            if memory.resends == letter.resends:
                tx.sql.run_many(SENT, [(now_ms(), log, end) for end in ends])
        tx.sql.run_many(ANSWERED, letter.asked)

    exchange.node.writer.submit(job)
    memory.called = False


def unsent(exchange: Exchange, origin: str) -> None:
    """The letter did not leave: what was in it goes into the next one."""
    memory = exchange.memory(origin)
    memory.forget()
    memory.mailed = -1


def _pressed(word: ControlMessage) -> bytes:
    """What a word repeats until the peer confirms it, in short; b'' for nothing. Wraps differ each time."""
    fields = msgspec.structs.asdict(word)
    fields["wraps"] = [(wrap.reader, wrap.kid) for wrap in map(key_wrap.unpacked, word.wraps)]
    repeated = [sorted(fields.get(name, [])) for name in REPEATED]
    return hashlib.sha256(msgspec.msgpack.encode(repeated)).digest() if any(repeated) else b""


def _answers(word: ControlMessage) -> bool:
    """Whether a word says anything that is said once."""
    fields = msgspec.structs.asdict(word)
    return any(value for name, value in fields.items() if name not in (*REPEATED, *ALWAYS))


def fills(
    outgoing: Outgoing, sql: Sql, origin: str, opened: list[bytes], cursor: int, limit: int
) -> list[Parcel]:
    """Older entries of files that the peer was let into, and of those that it asked for in its letters."""
    requested = {bytes.fromhex(compartment): since for compartment, since in _fills_due(sql, origin)}
    requested.update(dict.fromkeys(opened, 0))
    parcels: list[Parcel] = []
    for compartment, since in requested.items():
        if len(parcels) < limit:
            parcels += outgoing.fill(compartment, since, cursor, CHUNK, limit - len(parcels))
    return parcels


def _fills_due(sql: Sql, log: str) -> list[tuple[str, int]]:
    statement = "select compartment, since from exchange_asked where origin = ? order by compartment"
    return sql.all(statement, (log,))


def _keep_ends(tx: Transaction, shared: list[Peer], letter: Letter) -> None:
    """Keep where the parcels end: whatever is sent again ends there too."""
    for peer in shared:
        log = peer.log
        tx.sql.run_many(KEEP_END, [(log, end) for end in letter.ends[log]])
        tx.sql.run('delete from exchange_mailed where origin = ? and "end" <= ?', (log, peer.given))
        tx.sql.run(
            'delete from exchange_mailed where origin = ? and "end" < (select min("end") from (select "end" '
            'from exchange_mailed where origin = ? order by "end" desc limit ?) as newest)',
            (log, log, KEPT),
        )


# -- reading a letter ---------------------------------------------------------------------


@dataclass
class Read:
    """What reading a letter did; `missing`: something does not follow what is here; it is sent again."""

    pulled: Pulled
    missing: bool = False
    early: bool = False  # it follows another letter that has not come yet
    known: int = 0


def read(exchange: Exchange, origin: str, parcels: Iterable[bytes]) -> Read:
    """Take the parcels of a letter in their order; each is durable before the next counts on it.

    The lies of a peer are raised (`endpoint.LIES`); what came before them is kept.
    """
    node, peer = exchange.node, exchange.active(origin)
    memory, done, size = exchange.memory(origin), Read(Pulled()), 0
    shared = trees_of(exchange, origin)
    reading = {tree: Reading(exchange, exchange.active(origin, tree), done) for tree in shared}
    try:
        for data in parcels:
            parcel = unpack(data, Parcel)
            size += len(data)
            peer = peers.take_format(node, peer, parcel.format)
            if parcel.word is not None:
                for tree_reading in reading.values():
                    tree_reading.intake.finish()
                dispatch.dispatch(node, peer, parcel.word, memory)
                _apply_confirmation(exchange, peer, parcel.word, shared)
            tree = parcel.tree or OPEN
            if tree not in reading:
                raise BadMessage("a letter with entries of a tree that is not shared with its sender")
            reading[tree].take(parcel)
    finally:
        for tree_reading in reading.values():
            tree_reading.intake.finish()
    now, first = now_ms(), not peer.contact

    def job(tx: Transaction) -> None:
        if first:  # what went before it may have been refused as a stranger's
            tx.sql.run_many(RESEND_ALL, [(tree_reading.peer.log,) for tree_reading in reading.values()])
            memory.resends += 1
        peers.change(tx.sql, origin, contact=now, error="")
        tx.sql.run("update exchange_peer set bytes_in = bytes_in + ? where origin = ?", (size, origin))
        owed_replies.keep_owed(tx, origin, memory)
        for tree_reading in reading.values():
            peers.advance(tx.sql, tree_reading.peer, size=max(tree_reading.head, tree_reading.cursor))
            receiver.record_want(tx, tree_reading.peer.log, missed(tx, tree_reading.passed), 0)

    node.writer.submit(job)
    if first:
        unsent(exchange, origin)
    return done


class Reading:
    """The parcels of one tree in a letter, taken as far as they follow what is here."""

    def __init__(self, exchange: Exchange, peer: Peer, done: Read) -> None:
        self.peer, self.done = peer, done
        self.intake = ReceivePipeline(exchange.node, exchange.pool, peer, done.pulled)
        self.cursor, self.head = peer.taken, 0
        self.passed: list[bytes] = []  # headers of entries below the cursor

    def take(self, parcel: Parcel) -> None:
        done, cursor = self.done, self.cursor
        self.head = max(self.head, parcel.head)
        if parcel.word is not None:
            return
        if parcel.fill:
            if parcel.size == cursor:
                self.intake.add(parcel)
            else:
                done.missing = True
                done.early = done.early or parcel.size > cursor
        elif parcel.end <= cursor:
            done.known += 1
            self.passed += [entry.header for entry in parcel.entries]
        elif parcel.start == cursor:
            self.intake.add(parcel)
            self.cursor = parcel.end
            done.pulled.parcels += 1
        else:
            done.missing = done.early = True


def missed(tx: Transaction, headers: list[bytes]) -> set[str]:
    """Files of entries that lie below our cursor and are not here: we were let in after they were said."""
    compartments: set[str] = set()
    for exact in headers:
        name = header.entry_hash(exact)
        if tx.sql.first("select 1 from journal_entry where hash = ?", (name,)) is None:
            compartments.add(header.decode(exact).compartment.hex())
    return compartments


def _apply_confirmation(
    exchange: Exchange, peer: Peer, word: ControlMessage, shared: tuple[str, ...]
) -> None:
    """What the peer says it has, and what it still wants, of each tree."""
    by_tree = {OPEN: (word.taken, word.fills), CARE: (word.care_taken, word.care_fills)}

    def job(tx: Transaction) -> None:
        for tree in shared:
            cursor, requests = by_tree[tree]
            tree_peer = peers.at_tree(tx.sql, peer, tree)
            if cursor <= trees.size_of(tx.sql, tree):
                # Less than before as well: it may have been restored, and nobody else tells us.
                peers.advance(tx.sql, tree_peer, given=cursor)
                if cursor < tree_peer.given:
                    tx.sql.run(RESEND_ALL, (tree_peer.log,))
                    exchange.memory(peer.origin).resends += 1
            for compartment, since in requests[:256]:
                if len(compartment) == 16:
                    tx.sql.run(
                        "insert into exchange_asked (origin, compartment, since) values (?, ?, ?) "
                        "on conflict (origin, compartment) do update set since = excluded.since",
                        (tree_peer.log, compartment.hex(), since),
                    )

    exchange.node.writer.submit(job)


def restored(tx: Transaction) -> None:
    """Our log goes on under another name, of which nobody has confirmed or been sent anything."""
    tx.sql.run("delete from exchange_mailed")
    tx.sql.run("update exchange_peer set given = 0")
    tx.sql.run("update exchange_peer_tree set given = 0")


# -- the channel for what travels by others' hands -----------------------------------------


def seal(exchange: Exchange, origin: str, plain: bytes) -> bytes:
    """For one peer, by this node; ValueError when it is no active peer."""
    peer = peers.get(exchange.node.sql(), origin)
    if peer is None or peer.state != peers.ACTIVE:
        raise ValueError("no active peer of this name")
    mail = small(exchange.node.key.origin) + exchange.channel(peer).seal(MAIL, plain)
    return introduction.before_mail(exchange.node, peer) + mail


def open_mail(exchange: Exchange, data: bytes) -> tuple[str, bytes]:
    """(sender, plain) of what an active peer sealed for us; ValueError for anything else."""
    data = introduction.take_before_mail(exchange.node, data)
    origin = origin_of(data)
    peer = peers.get(exchange.node.sql(), origin)
    if peer is None or peer.state != peers.ACTIVE:
        raise NotOurs("no active peer sent it")
    channel: Channel = exchange.channel(peer)
    return origin, channel.open(MAIL, data[8:])
