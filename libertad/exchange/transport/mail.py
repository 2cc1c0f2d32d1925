"""The exchange without questions: parcels that are sent (NATS) or carried by hand (bundle files).

A letter holds a word and everything that the peer has not confirmed. Parcels end where those that were sent
before ended, so whoever has some of them goes on with the next; what it has already is passed over, and
what does not follow yet waits for the next letter. The peer's own letters confirm what it took.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from libertad.exchange.control import checkpoint_gossip, dispatch, introduction
from libertad.exchange.peering import bundle_peers, owed_replies, peers
from libertad.exchange.peering.peer_session import LONG_AGO
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.protocol.messages import CHUNK, BadMessage, ControlMessage, Parcel, pack, unpack
from libertad.exchange.protocol.secure_channel import MAIL, Channel, NotOurs, origin_of, small
from libertad.exchange.receiving import receiver
from libertad.exchange.receiving.receive_pipeline import Pulled
from libertad.exchange.sending.sender import Outgoing
from libertad.exchange.sync.endpoint import Exchange
from libertad.exchange.transport import letter_timing
from libertad.exchange.transport.letter_parcels import Read as Read
from libertad.exchange.transport.letter_parcels import Reading, missed
from libertad.journal import trees
from libertad.journal.sides import CARE, OPEN
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

MOST = 1024  # parcels of one letter: they are held in memory
KEPT = 2 * MOST  # ends of parcels that are remembered for each peer
PATIENCE = 10 * 60_000  # ms after which what is not confirmed is sent again
LONGEST = 12 * 3_600_000
UNMET = 6 * 3_600_000  # for a peer of which nothing has arrived yet
EVER = 1 << 53  # never sent again by itself
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
    exchange: Exchange,
    origin: str,
    *,
    everything: bool = True,
    most: int = MOST,
    again: int | None = None,
    jobs: list[dispatch.Job] | None = None,
) -> Letter:
    """A letter to a peer: all that it has not confirmed, or only what was not sent within `again` ms.

    `jobs`: where several letters are written, what the caller has to write down before any of them leaves.

    It counts as sent once `record_sent` is told that it left, for a process may end in between; as received,
    once the peer says so.
    """
    node, peer = exchange.node, exchange.active(origin)
    sql, memory = node.sql(), exchange.memory(origin)
    shared = [_confirmed_by(exchange, peers.at_tree(sql, peer, tree)) for tree in trees_of(exchange, origin)]
    peer = shared[0]
    again = patience(peer) if again is None else again
    owed, resends = owed_replies.recall_owed(sql, origin, memory), memory.resends
    word = (
        dispatch.compose(node, sql, peer, memory, peer.given, kept=True, evidence=False) or ControlMessage()
    )
    opened = [bytes(place) for place in word.opened]
    word.taken, word.fills = peer.taken, exchange.pending_fills(peer)
    for further in shared[1:]:
        word.care_taken, word.care_fills = further.taken, exchange.pending_fills(further)
    pressed, now = letter_timing.pressed(word), now_ms()
    pressing = pressed != memory.pressed or now - memory.pressed_at > again
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
    due = letter_timing.receipt_due(memory, word, now, again)
    due = due or letter_timing.evidence_due(sql, peer, memory, now, again)
    news = bool(fresh or due or letter_timing.answers(word) or (pressed and pressing))
    if news or everything:
        word.bundle = bundle_peers.own_key(node)
        checkpoint_gossip.add_evidence(node, sql, peer, memory, word)
    entries = sum(len(parcel.entries) for parcel in parcels)
    requests = tuple((at.log, *due) for at in shared for due in _fills_due(sql, at.log))
    packed = [pack(parcel) for parcel in parcels]
    letter = Letter(packed, ends, entries, news, left, owed, requests, resends)
    if news or everything:
        keeping: list[dispatch.Job] = [lambda tx: _keep_ends(tx, shared, letter)]
        if jobs is None:
            dispatch.run_together(node, keeping)
        else:
            jobs += keeping
        memory.mailed, memory.unanswered = word.taken + word.care_taken, 0
        memory.pressed, memory.pressed_at = pressed, now
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
    start = min(peer.given if everything else _sent_lately(sent, peer.given, again), outgoing.size)
    newer = list(outgoing.parcels(start, CHUNK, limit, cuts)) if start < outgoing.size else []
    end = newer[-1].end if newer else start
    older = fills(outgoing, sql, peer.log, opened if everything or pressing else [], end, limit)
    for parcel in (*newer, *older):
        parcel.tree = peers.wire_tree(peer.tree)
    return newer, older, end


def _sent_lately(sent: Sequence[tuple[int, int]], given: int, again: int) -> int:
    """How far what follows `given` was sent without a gap within `again` ms. Behind a parcel that is late
    nothing counts, however often later ones leave: they do not follow, and the peer has no use for them."""
    reached, since = given, max(0, now_ms() - again)
    for end, at in sent:
        if end > given:
            if at <= since:
                break
            reached = end
    return reached


def record_sent(exchange: Exchange, origin: str, letter: Letter) -> None:
    """The letter left; durable on return. See `sent_job`."""
    dispatch.run_together(exchange.node, [sent_job(exchange, origin, letter)])


def sent_job(exchange: Exchange, origin: str, letter: Letter) -> dispatch.Job:
    """What is to be written when a letter left: what was in it goes out again only when the peer does not
    confirm it in time.

    Where all was to be sent again after it was written, the peer may have had no use for it: the next letter
    brings the same.
    """
    memory = exchange.memory(origin)
    memory.called = False
    memory.dirty = memory.dirty or bool(letter.left or letter.asked)

    def job(tx: Transaction) -> None:
        size = letter.size
        tx.sql.run("update exchange_peer set bytes_out = bytes_out + ? where origin = ?", (size, origin))
        tx.sql.run("delete from exchange_owed where origin = ? and word = ?", (origin, letter.owed))
        for log, ends in letter.ends.items():
            if memory.resends == letter.resends:
                tx.sql.run_many(SENT, [(now_ms(), log, end) for end in ends])
        tx.sql.run_many(ANSWERED, letter.asked)

    return job


def unsent(exchange: Exchange, origin: str) -> None:
    """The letter did not leave: what was in it goes into the next one."""
    memory = exchange.memory(origin)
    memory.forget()
    memory.mailed, memory.unanswered, memory.dirty = -1, LONG_AGO, True


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


def read(exchange: Exchange, origin: str, parcels: Iterable[bytes]) -> Read:
    """Take the parcels of a letter in their order; each is durable before the next counts on it.

    The lies of a peer are raised (`endpoint.LIES`); what came before them is kept.
    """
    node, peer = exchange.node, exchange.active(origin)
    memory, done, size = exchange.memory(origin), Read(Pulled()), 0
    shared = trees_of(exchange, origin)
    reading = {tree: Reading(exchange, peers.at_tree(node.sql(), peer, tree), done) for tree in shared}
    before = sum(tree_reading.cursor for tree_reading in reading.values())
    knows = False  # whether it has taken a letter of ours, and not refused it as a stranger's
    jobs: list[dispatch.Job] = []  # what a word leaves to be written, before whatever comes after it
    try:
        for data in parcels:
            parcel = unpack(data, Parcel)
            size += len(data)
            peer = peers.take_format(node, peer, parcel.format)
            if parcel.word is not None:
                for tree_reading in reading.values():
                    tree_reading.intake.finish()
                jobs += dispatch.receive(node, peer, parcel.word, memory)
                jobs.append(_confirmation(exchange, peer, parcel.word, shared))
                knows = knows or bool(parcel.word.confirms or parcel.word.taken)
            elif jobs:
                dispatch.run_together(node, jobs)
                jobs = []
            tree = parcel.tree or OPEN
            if tree not in reading:
                raise BadMessage("a letter with entries of a tree that is not shared with its sender")
            reading[tree].take(parcel)
    except BaseException:
        dispatch.run_together(node, jobs)
        raise
    finally:
        for tree_reading in reading.values():
            tree_reading.intake.finish()
    now, first = now_ms(), not (peer.contact or knows)

    def job(tx: Transaction) -> None:
        dispatch.run_all(tx, jobs)
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
    memory.dirty = True
    if first:
        unsent(exchange, origin)
    elif any(tree_reading.again for tree_reading in reading.values()):
        memory.mailed = -1
    elif memory.mailed == before and not any(tree_reading.brought for tree_reading in reading.values()):
        # Its trees grew by what is for others: nobody waits for a letter that says that we have seen it.
        memory.mailed = sum(tree_reading.cursor for tree_reading in reading.values())
    return done


def _confirmation(
    exchange: Exchange, peer: Peer, word: ControlMessage, shared: tuple[str, ...]
) -> dispatch.Job:
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

    return job


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
