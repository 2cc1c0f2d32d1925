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

from libertad.exchange import bundle_peers, keys, peers, taking, telling
from libertad.exchange.box import MAIL, Channel, NotOurs, origin_of, small
from libertad.exchange.intake import Intake, Pulled
from libertad.exchange.memory import Memory
from libertad.exchange.offering import Outgoing
from libertad.exchange.peers import Peer, now_ms
from libertad.exchange.session import Exchange
from libertad.exchange.wire import CHUNK, MOST_TOLD, Parcel, Word, pack, unpack
from libertad.journal import header
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

MOST = 1024  # parcels of one letter: they are held in memory
KEPT = 2 * MOST  # ends of parcels that are remembered for each peer
PATIENCE = 10 * 60_000  # ms after which what is not confirmed is sent again
LONGEST = 12 * 3_600_000
UNMET = 6 * 3_600_000  # for a peer of which nothing has arrived yet
EVER = 1 << 53  # never sent again by itself
REPEATED = ("opened", "wraps", "recipients", "successions", "erase", "prove", "fills", "lacks")
ALWAYS = ("number", "taken", "bundle")
CUT = (
    'insert into exchange_mailed (origin, "end", at) values (?, ?, ?) '
    'on conflict (origin, "end") do update set at = excluded.at'
)


@dataclass
class Letter:
    """What one letter carries; `ends` is where its parcels end, `entries` how many are in it."""

    parcels: list[bytes]
    ends: list[int]
    entries: int
    news: bool  # whether it says more than that we are here
    left: int = 0  # entries of our journal after its end: the next letter's

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

    It counts as sent from now on, unless it is without `news` and not of `everything`; as received, once the
    peer says so.
    """
    node, peer = exchange.node, exchange.active(origin)
    sql, memory = node.sql(), exchange.memory(origin)
    peer = peer._replace(given=max(peer.given, exchange.seen.get(origin, (0, 0))[0]))
    again = patience(peer) if again is None else again
    sent = sql.all('select "end", at from exchange_mailed where origin = ? order by "end"', (origin,))
    cuts = [end for end, _ in sent if end > peer.given]
    lately = [end for end, at in sent if at > max(0, now_ms() - again)]
    start = peer.given if everything else max([peer.given, *lately])
    owed = _recall(sql, origin, memory)
    word = telling.compose(node, sql, peer, memory, peer.given, kept=True) or Word()
    opened = [bytes(one) for one in word.opened]
    word.taken, word.fills, word.bundle = peer.taken, exchange.wanted(peer), bundle_peers.own(node)
    pressed = _pressed(word)
    pressing = pressed != memory.pressed or now_ms() - memory.pressed_at > again
    outgoing = Outgoing(node, sql, origin)
    start = min(start, outgoing.size)
    made = list(outgoing.parcels(start, CHUNK, most, cuts)) if start < outgoing.size else []
    end = made[-1].end if made else start
    older = fills(outgoing, sql, origin, opened, end, most) if everything or pressing else []
    found = [Parcel(start=start, end=start, head=outgoing.size, word=word), *made, *older]
    fresh = any(one.entries for one in made)
    news = bool(fresh or older or word.taken != memory.mailed or _answers(word) or (pressed and pressing))
    letter = Letter(
        [pack(one) for one in found], [one.end for one in made], sum(len(one.entries) for one in found),
        news, outgoing.size - end,
    )  # fmt: skip
    if news or everything:
        node.writer.submit(lambda tx: _sent(tx, peer, letter, owed))
        memory.mailed, memory.pressed, memory.pressed_at = word.taken, pressed, now_ms()
    return letter


def unsent(exchange: Exchange, origin: str, letter: Letter) -> None:
    """The letter did not leave: what was in it goes into the next one."""
    exchange.memory(origin).forget()
    exchange.memory(origin).mailed = -1

    def job(tx: Transaction) -> None:
        for end in letter.ends:
            tx.sql.run('update exchange_mailed set at = 0 where origin = ? and "end" = ?', (origin, end))

    exchange.node.writer.submit(job)


def _pressed(word: Word) -> bytes:
    """What a word repeats until the peer confirms it, in short; b'' for nothing. Wraps differ each time."""
    told = msgspec.structs.asdict(word)
    told["wraps"] = [(one.reader, one.kid) for one in map(keys.unpacked, word.wraps)]
    what = [sorted(told.get(name, [])) for name in REPEATED]
    return hashlib.sha256(msgspec.msgpack.encode(what)).digest() if any(what) else b""


def _answers(word: Word) -> bool:
    """Whether a word says anything that is said once."""
    told = msgspec.structs.asdict(word)
    return any(what for name, what in told.items() if name not in (*REPEATED, *ALWAYS))


def fills(
    outgoing: Outgoing, sql: Sql, origin: str, opened: list[bytes], cursor: int, most: int
) -> list[Parcel]:
    """Older entries of files that the peer was let into, and of those that it asked for in its letters."""
    asked = sql.all(
        "select compartment, since from exchange_asked where origin = ? order by compartment", (origin,)
    )
    wanted = {bytes.fromhex(compartment): since for compartment, since in asked}
    wanted.update(dict.fromkeys(opened, 0))
    found: list[Parcel] = []
    for compartment, since in wanted.items():
        if len(found) < most:
            found += outgoing.fill(compartment, since, cursor, CHUNK, most - len(found))
    return found


def _sent(tx: Transaction, peer: Peer, letter: Letter, owed: bytes) -> None:
    tx.sql.many(CUT, [(peer.origin, end, now_ms()) for end in letter.ends])
    tx.sql.run(
        "update exchange_peer set bytes_out = bytes_out + ? where origin = ?", (letter.size, peer.origin)
    )
    tx.sql.run("delete from exchange_owed where origin = ? and word = ?", (peer.origin, owed))
    tx.sql.run('delete from exchange_mailed where origin = ? and "end" <= ?', (peer.origin, peer.given))
    tx.sql.run(
        'delete from exchange_mailed where origin = ? and "end" < (select min("end") from (select "end" from '
        'exchange_mailed where origin = ? order by "end" desc limit ?) as newest)',
        (peer.origin, peer.origin, KEPT),
    )
    tx.sql.run("delete from exchange_asked where origin = ?", (peer.origin,))


# -- what we owe a peer after its letter -----------------------------------------------------


def _owe(tx: Transaction, origin: str, memory: Memory) -> None:
    """Keep what our next letter is to confirm and to answer: another process may write that letter."""
    _recall(tx.sql, origin, memory)
    word = Word(
        confirms=memory.confirm, got=memory.got[-MOST_TOLD:], receipts=memory.receipts[-MOST_TOLD:],
        carried=memory.owed[-MOST_TOLD:], prove=memory.prove,
    )  # fmt: skip
    memory.confirm, memory.got, memory.receipts, memory.owed, memory.prove = 0, [], [], [], []
    if word != Word():
        tx.sql.run(
            "insert into exchange_owed (origin, word) values (?, ?) "
            "on conflict (origin) do update set word = excluded.word",
            (origin, pack(word)),
        )


def _recall(sql: Sql, origin: str, memory: Memory) -> bytes:
    """What we owe, back into memory: for `telling.compose`. Returns it as it is stored."""
    row = sql.one("select word from exchange_owed where origin = ?", (origin,))
    if row is None:
        return b""
    owed = unpack(bytes(row[0]), Word)
    memory.confirm = max(memory.confirm, owed.confirms)
    memory.prove = memory.prove or list(owed.prove)
    for mine, kept in (
        (memory.got, owed.got), (memory.receipts, owed.receipts), (memory.owed, owed.carried),
    ):  # fmt: skip
        mine[:] = list(dict.fromkeys([*kept, *mine]))
    return bytes(row[0])


@dataclass
class Read:
    """What reading a letter did; `missing`: something does not follow what is here; it is sent again."""

    pulled: Pulled
    missing: bool = False
    early: bool = False  # it follows another letter that has not come yet
    known: int = 0


def read(exchange: Exchange, origin: str, parcels: Iterable[bytes]) -> Read:
    """Take the parcels of a letter in their order; each is durable before the next counts on it.

    The lies of a peer are raised (`session.LIES`); what came before them is kept.
    """
    node, peer = exchange.node, exchange.active(origin)
    memory, done, size, head = exchange.memory(origin), Read(Pulled()), 0, 0
    intake = Intake(exchange.node, exchange.pool, peer, done.pulled)
    cursor = peer.taken
    passed: list[bytes] = []
    try:
        for data in parcels:
            parcel = unpack(data, Parcel)
            size, head = size + len(data), max(head, parcel.head)
            peer = peers.take_format(node, peer, parcel.format)
            if parcel.word is not None:
                intake.finish()
                telling.heard(node, peer, parcel.word, memory)
                _confirmed(exchange, peer, parcel.word)
            elif parcel.fill:
                if parcel.size == cursor:
                    intake.add(parcel)
                else:
                    done.missing = True
                    done.early = done.early or parcel.size > cursor
            elif parcel.end <= cursor:
                done.known += 1
                passed += [one.header for one in parcel.entries]
            elif parcel.start == cursor:
                intake.add(parcel)
                cursor = parcel.end
                done.pulled.parcels += 1
            else:
                done.missing = done.early = True
    finally:
        intake.finish()
    now = now_ms()

    def job(tx: Transaction) -> None:
        peers.change(tx.sql, origin, contact=now, error="", size=max(head, cursor))
        tx.sql.run("update exchange_peer set bytes_in = bytes_in + ? where origin = ?", (size, origin))
        _owe(tx, origin, memory)
        taking.want(tx, origin, missed(tx, passed), 0)

    node.writer.submit(job)
    return done


def missed(tx: Transaction, headers: list[bytes]) -> set[str]:
    """Files of entries that lie below our cursor and are not here: we were let in after they were said."""
    found: set[str] = set()
    for exact in headers:
        name = header.entry_hash(exact)
        if tx.sql.one("select 1 from journal_entry where hash = ?", (name,)) is None:
            found.add(header.decode(exact).compartment.hex())
    return found


def _confirmed(exchange: Exchange, peer: Peer, word: Word) -> None:
    """What the peer says it has, and what it still wants."""

    def job(tx: Transaction) -> None:
        head = tx.sql.one("select size from journal_head where id = 1")
        if head is not None and word.taken <= head[0]:
            # Less than before as well: it may have been restored, and nobody else tells us.
            peers.change(tx.sql, peer.origin, given=word.taken)
        for compartment, since in word.fills[:256]:
            if len(compartment) == 16:
                tx.sql.run(
                    "insert into exchange_asked (origin, compartment, since) values (?, ?, ?) "
                    "on conflict (origin, compartment) do update set since = excluded.since",
                    (peer.origin, compartment.hex(), since),
                )

    exchange.node.writer.submit(job)


# -- the channel for what travels by others' hands -----------------------------------------


def seal(exchange: Exchange, origin: str, plain: bytes) -> bytes:
    """For one peer, by this node; ValueError when it is no active peer."""
    peer = peers.get(exchange.node.sql(), origin)
    if peer is None or peer.state != peers.ACTIVE:
        raise ValueError("no active peer of this name")
    return small(exchange.node.key.origin) + exchange.channel(peer).seal(MAIL, plain)


def open_mail(exchange: Exchange, data: bytes) -> tuple[str, bytes]:
    """(sender, plain) of what an active peer sealed for us; ValueError for anything else."""
    origin = origin_of(data)
    peer = peers.get(exchange.node.sql(), origin)
    if peer is None or peer.state != peers.ACTIVE:
        raise NotOurs("no active peer sent it")
    channel: Channel = exchange.channel(peer)
    return origin, channel.open(MAIL, data[8:])
