"""What two nodes tell each other besides entries: keys, checkpoints of third nodes, requests, receipts.

Everything is told again until the other confirms it, and taking it twice does no harm.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from libertad.access.epochs import epochs
from libertad.exchange import (
    alarms,
    bundle_peers,
    erasing,
    files,
    keys,
    letters,
    offered,
    peers,
    relaying,
    succeeding,
    taking,
    withholding,
)
from libertad.exchange.peers import Peer, now_ms
from libertad.exchange.wire import Word
from libertad.journal import checkpoint, tree
from libertad.journal.node import Node
from libertad.journal.rings import Locked
from libertad.journal.sealing import key_id as key_id_of
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

NOTES_EVERY = 30_000  # ms between what is told of third nodes
MOST_WRAPS = 100
ROTATE = 12 * 3600 * 1000  # ms for which a recipient key is the newest; its secret lives as long again
TEND = 600  # seconds between looking after them
ASKED_ENOUGH = 10


@dataclass
class Memory:
    """What this process remembers of its talk with one peer; nothing is lost with it but a repetition."""

    sent: int = 0  # number of the newest word that we sent as the one who answers
    confirm: int = 0  # number of its newest word that we took
    got: list[tuple[str, bytes]] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)
    noted: int = 0
    cosigned: int = 0
    announced: int = 0
    announcing: int = 0
    forks: int = 0
    prove: list[int] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    counter: int = 0
    fresh: bool = True  # attachments may be readable that are not yet asked for
    quiet: bool = False  # the last answer brought nothing new: there is time for attachments
    chunks: int = files.FIRST  # of attachments, in one round trip
    chunks_again: int = 0  # not before this moment
    missed: dict[str, int] = field(default_factory=dict)  # chunks that it had not; until when
    posted: dict[bytes, int] = field(default_factory=dict)  # slips and letters, when last sent
    owed: list[bytes] = field(default_factory=list)  # those that we took and confirm
    mailed: int = -1  # our cursor of its tree, as our last letter told it
    pressed: bytes = b""  # what our last letter repeats until the peer confirms it, and when it left
    pressed_at: int = 0
    proven: bool = False  # it confirmed a word of this process: its asks are no copies of older ones

    def delivered(self) -> None:
        """What we told as the one who asks has arrived: the peer answered."""
        self.announced = max(self.announced, self.announcing)

    def forget(self) -> None:
        """What we told may not have arrived: tell it again."""
        self.told.clear()
        self.posted.clear()
        self.pressed = b""
        self.noted = self.cosigned = self.forks = 0


def compose(
    node: Node, sql: Sql, peer: Peer, memory: Memory, after: int | None, kept: bool = False
) -> Word | None:
    """What is to be told to a peer now, or None. `after`: its cursor, when we are the one who answers.

    `kept`: the cursor is not as an ask states it but as we keep it ourselves.
    """
    word = Word(confirms=memory.confirm)
    memory.confirm = 0
    theirs = peers.authorities(sql, peer.origin)
    if after is not None:
        word.opened = offered.untold(node, sql, peer, after, numbered(memory), kept or memory.proven)
    word.wraps = wraps_for(node, sql, theirs)
    word.got, memory.got = memory.got, []
    announce(node, sql, memory, word)
    word.lacks = lacking(node, sql, theirs)
    third(node, sql, peer, memory, word)
    word.prove = to_prove(sql, peer)
    word.proofs = proofs(node, sql, memory.prove)
    memory.prove = []
    word.erase = erasing.asked_of(sql, theirs)
    word.receipts, memory.receipts = memory.receipts, []
    word.slips = relaying.due(relaying.slips_for(node, sql, peer.origin, theirs), memory.posted)
    word.letters = letters.letters_for(node, sql, peer, theirs, memory)
    word.carried, memory.owed = memory.owed, []
    if after is None and word.empty():
        return None
    if after is not None:
        if word == Word():
            return None
        if word.opened or word.recipients or word.successions:
            word.number = memory.sent = numbered(memory)
    return word


def numbered(memory: Memory) -> int:
    """The number of our next word: grows across starts of this process as well."""
    return max(memory.sent + 1, now_ms())


def wraps_for(node: Node, sql: Sql, theirs: list[str]) -> list[bytes]:
    """Keys of files that our authorities opened to the peer's, wrapped to their newest recipient keys."""
    own = sorted(node.rings.open)
    if not theirs or not own:
        return []
    mark, marks = ", ".join("?" * len(theirs)), ", ".join("?" * len(own))
    rows = sql.all(
        f'select r.compartment, r.authority, r."by", k.key_id, k.public from access_reader r '
        f"join exchange_recipient k on k.authority = r.authority "
        f'where r.authority in ({mark}) and r."by" in ({marks}) and not exists (select 1 from '
        f"exchange_released x where x.authority = r.authority and x.compartment = r.compartment "
        f"and x.taken is not null) limit {MOST_WRAPS}",
        (*theirs, *own),
    )
    found: list[bytes] = []
    given: list[tuple[str, bytes, str, int]] = []
    withheld = withholding.withheld(node, sql, [row[0] for row in rows])
    for compartment, reader, giver, key_id, public in rows:
        if compartment in withheld:
            continue
        place = bytes.fromhex(compartment)
        for number, key in epochs(node.rings, giver, compartment):
            kid = key_id_of(key)
            wrap = keys.wrap(
                bytes(public), bytes(key_id), compartment=place, kid=kid, number=number, giver=giver,
                reader=reader, key=key,
            )  # fmt: skip
            found.append(keys.packed(wrap))
            given.append((reader, kid, compartment, now_ms()))
    if given:
        node.writer.submit(lambda tx: tx.sql.many(GIVEN, given))
    return found


GIVEN = (
    "insert into exchange_released (authority, kid, compartment, given, taken) values (?, ?, ?, ?, null) "
    "on conflict (authority, kid) do nothing"
)


def announce(node: Node, sql: Sql, memory: Memory, word: Word) -> None:
    """Our newest recipient keys, until the peer has them."""
    made = 0
    for authority in sorted(node.rings.open):
        try:
            key = keys.recipient_key(node.rings, authority)
        except Locked:
            continue
        if key.made > memory.announced:
            word.recipients.append(keys.announce(node.rings, authority))
            made = max(made, key.made)
    for at, slip in sql.all("select at, slip from journal_succession where origin = ?", (node.key.origin,)):
        if at > memory.announced:
            word.successions.append(bytes(slip))
            made = max(made, at)
    if word.recipients:
        word.bundle = bundle_peers.own(node)
    memory.announcing = max(made, memory.announcing)


def lacking(node: Node, sql: Sql, theirs: list[str]) -> list[str]:
    """The peer's authorities whose recipient key we need and do not know: its word may have been lost."""
    own = sorted(node.rings.open)
    if not theirs or not own:
        return []
    mark, marks = ", ".join("?" * len(theirs)), ", ".join("?" * len(own))
    rows = sql.all(
        f"select distinct r.authority from access_reader r where r.authority in ({mark}) "
        f'and r."by" in ({marks}) '
        "and not exists (select 1 from exchange_recipient k where k.authority = r.authority)",
        (*theirs, *own),
    )
    return [row[0] for row in rows]


def third(node: Node, sql: Sql, peer: Peer, memory: Memory, word: Word) -> None:
    """Checkpoints that third nodes showed us, our cosignature of the peer's own, proofs of forks."""
    now = now_ms()
    found = alarms.forks(sql)
    if len(found) > memory.forks:
        word.forks = found
        memory.forks = len(found)
    if now - memory.noted < NOTES_EVERY:
        return
    memory.noted = now
    for other in peers.every(sql):
        if other.note and other.origin != peer.origin and memory.told.get(other.origin, -1) < other.taken:
            word.notes.append(other.note)
            memory.told[other.origin] = other.taken
    if peer.note and peer.taken > memory.cosigned:
        key = node.key
        word.cosigned = checkpoint.cosign(peer.note, key.origin, key.seed)
        memory.cosigned = peer.taken


def to_prove(sql: Sql, peer: Peer) -> list[int]:
    """Sizes at which others saw this peer's tree, which it is to show to be ours."""
    rows = sql.all(
        'select distinct size from exchange_heard where origin = ? and size <= ? and not "right" '
        "order by size limit 8",
        (peer.origin, peer.taken),
    )
    return [*(row[0] for row in rows), peer.taken] if rows else []


def proofs(node: Node, sql: Sql, sizes: list[int]) -> list[tuple[int, int, list[bytes]]]:
    """(size, asker's cursor, consistency proof) of our own tree; the cursor stands last in `sizes`."""
    from libertad.exchange.offering import Outgoing

    if len(sizes) < 2:
        return []
    outgoing, whole = Outgoing(node, sql, ""), sizes[-1]
    return [
        (size, whole, tree.consistency_proof(size, whole, outgoing.source))
        for size in sizes[:-1]
        if 0 < size <= whole <= outgoing.size
    ]


# -- taking what was told ------------------------------------------------------------------


def heard(node: Node, peer: Peer, word: Word, memory: Memory) -> None:
    """Take what a peer told. Everything in it is checked by its own signature or commitment."""
    if word.number:
        memory.confirm = word.number
    if word.confirms:
        confirmed(node, peer, word.confirms, memory)
    memory.prove = [size for size in word.prove[:9] if size > 0]
    if word.successions:
        node.writer.submit(lambda tx: succeeding.take(tx, peer, word.successions))
    if set(word.lacks) & set(node.rings.open):
        memory.announced = memory.announcing = 0
    if word.recipients:
        node.writer.submit(lambda tx: recipients(tx, peer, word.recipients))
    memory.fresh = memory.fresh or bool(word.wraps or word.letters)
    if word.bundle and word.bundle != bundle_peers.of(node.sql(), peer.origin):
        node.writer.submit(lambda tx: bundle_peers.put(tx.sql, peer.origin, word.bundle))
    if word.wraps:
        memory.got += take_wraps(node, peer, word.wraps)
    if word.got:
        node.writer.submit(lambda tx: taken(tx, peer, word.got))
    if word.opened:
        places = {one.hex() for one in word.opened[: offered.MOST] if len(one) == 16}
        node.writer.submit(lambda tx: taking.want(tx, peer.origin, places, 0))
    if word.notes or word.proofs or word.cosigned or word.forks:
        node.writer.submit(lambda tx: witness(tx, peer, word))
    if word.slips:
        memory.owed += node.writer.submit(lambda tx: relaying.take_slips(tx, peer.origin, word.slips))
    if word.letters:
        memory.owed += letters.take_letters(node, peer.origin, word.letters)
    if word.carried:
        node.writer.submit(lambda tx: relaying.confirmed(tx, peer.origin, word.carried))
        node.writer.submit(lambda tx: letters.confirmed(tx, peer.origin, word.carried))
    if word.erase:
        memory.receipts = erasing.take_requests(node, peer, word.erase)
    if word.receipts:
        node.writer.submit(lambda tx: erasing.take_receipts(tx, peer, word.receipts))


def confirmed(node: Node, peer: Peer, number: int, memory: Memory) -> None:
    memory.announced = max(memory.announced, memory.announcing)
    memory.proven = memory.proven or number == memory.sent
    node.writer.submit(
        lambda tx: tx.sql.run(
            "update exchange_offered set word = 0 where origin = ? and word > 0 and word <= ?",
            (peer.origin, number),
        )
    )


def recipients(tx: Transaction, peer: Peer, messages: list[bytes]) -> None:
    """Newest recipient keys of authorities that live at the peer, signed by their devices."""
    devices = {
        bytes(i): (bytes(p), a) for i, p, a in tx.sql.all("select id, public, authority from journal_device")
    }
    theirs = set(peers.authorities(tx.sql, peer.origin))
    for message in messages[:64]:
        try:
            found = keys.heard(message, devices)
        except keys.WrongWrap:
            continue
        if found.authority not in theirs:
            continue
        old = tx.sql.one("select made from exchange_recipient where authority = ?", (found.authority,))
        if old is None or old[0] < found.made:
            tx.sql.run(
                "insert into exchange_recipient (authority, key_id, public, made) values (?, ?, ?, ?) "
                "on conflict (authority) do update set key_id = excluded.key_id, public = excluded.public, "
                "made = excluded.made",
                (found.authority, found.key_id, found.public, found.made),
            )


def take_wraps(node: Node, peer: Peer, messages: list[bytes]) -> list[tuple[str, bytes]]:
    """Put the keys that a peer's authorities gave into our rings, fold what they open, confirm."""
    sql = node.sql()
    theirs = set(peers.authorities(sql, peer.origin))
    found: list[keys.Wrap] = []
    for message in messages[:MOST_WRAPS]:
        with suppress(keys.WrongWrap):
            wrap = keys.unpacked(message)
            if wrap.giver in theirs and gives(sql, wrap):
                found.append(wrap)
    fresh = sorted({wrap.compartment.hex() for wrap in found if wrap.kid not in node.rings.known})
    if fresh:
        taking.opening(node, fresh)
    got: list[tuple[str, bytes]] = []
    for wrap in found:
        with suppress(keys.WrongWrap, Locked):
            keys.take_keys(node.rings, [wrap])
            got.append((wrap.reader, wrap.kid))
    if fresh:
        node.rings.refresh()
        node.writer.submit(lambda tx: taking.opened(tx, fresh))
    return got


def gives(sql: Sql, wrap: keys.Wrap) -> bool:
    """Whether the giver reads the file, as far as we know; else it is the first key of a file new here."""
    place = wrap.compartment.hex()
    if sql.one("select 1 from access_compartment where id = ?", (place,)) is None:
        return True
    return sql.one("select 1 from access_reader where id = ?", (f"{place}:{wrap.giver}",)) is not None


def tend(node: Node, now: int) -> None:
    """Change recipient keys, destroy the secrets of old ones, and bring the ring's backup up to date."""
    for authority in sorted(node.rings.open):
        if keys.recipient_key(node.rings, authority).made < now - ROTATE:
            keys.rotate(node.rings, authority)
        keys.destroy_old(node.rings, authority, now - 2 * ROTATE)
    node.rings.backup()


def taken(tx: Transaction, peer: Peer, got: list[tuple[str, bytes]]) -> None:
    theirs = set(peers.authorities(tx.sql, peer.origin))
    for reader, kid in got[:1000]:
        if reader in theirs:
            tx.sql.run(
                "update exchange_released set taken = ? where authority = ? and kid = ? and taken is null",
                (now_ms(), reader, kid),
            )


def witness(tx: Transaction, peer: Peer, word: Word) -> None:
    """Compare what third nodes showed others with what they showed us; keep cosignatures of our own."""
    ours = tx.node.key
    known = {one.origin: one for one in peers.every(tx.sql)}
    for note in word.notes[:64]:
        hear(tx, peer, note, known)
    for size, whole, proof in word.proofs[:8]:
        compare(tx, peer, size, whole, proof)
    if word.cosigned:
        cosigned(tx, peer, word.cosigned, ours)
    if word.forks:
        publics = {bytes(i): bytes(p) for i, p in tx.sql.all("select id, public from journal_device")}
        for fork in word.forks[:64]:
            if alarms.check_fork(fork, publics):
                alarms.put_fork(tx, fork)


def hear(tx: Transaction, peer: Peer, note: str, known: dict[str, Peer]) -> None:
    try:
        origin = checkpoint.parse(note).checkpoint.origin
        third = known.get(origin)
        if third is None:
            if origin == tx.node.key.origin:
                own_note(tx, note)
            return
        stated = checkpoint.verify(note, {origin: third.public}).checkpoint
    except (checkpoint.BadCheckpoint, ValueError):
        return
    if stated.size == third.taken and third.note:
        if stated.root != tree.Frontier.from_bytes(third.peaks).root():
            alarms.two_histories(tx, origin, third.note, note, "one size, two roots")
        return
    tx.sql.run(
        'insert into exchange_heard (origin, size, root, note, via, asked, "right") '
        "values (?, ?, ?, ?, ?, 0, ?) on conflict (origin, size, root) do nothing",
        (origin, stated.size, stated.root.hex(), note, peer.origin, False),
    )


def own_note(tx: Transaction, note: str) -> None:
    """Others tell us what we signed: nothing to compare, since only our key can have signed it."""


def compare(tx: Transaction, peer: Peer, size: int, whole: int, proof: list[bytes]) -> None:
    """The peer shows that a size at which others saw it lies in its tree."""
    now = peers.get(tx.sql, peer.origin)
    if now is None or whole != now.taken or not now.peaks:
        return  # the tree grew meanwhile: it is asked again
    root = tree.Frontier.from_bytes(now.peaks).root()
    rows = tx.sql.all(
        'select root, note from exchange_heard where origin = ? and size = ? and not "right"',
        (peer.origin, size),
    )
    for seen, note in rows:
        if tree.verify_consistency(size, whole, proof, bytes.fromhex(seen), root):
            tx.sql.run(
                "delete from exchange_heard where origin = ? and size = ? and root = ?",
                (peer.origin, size, seen),
            )
        else:
            why = f"it does not show that its tree of {whole} grew from the one of {size} that it signed"
            alarms.two_histories(tx, peer.origin, note, now.note, why)


def cosigned(tx: Transaction, peer: Peer, note: str, ours: checkpoint.Signer) -> None:
    """Keep our newest checkpoint that the peer cosigned."""
    try:
        found = checkpoint.verify(note, {ours.origin: ours.public})
    except (checkpoint.BadCheckpoint, ValueError):
        return
    if peer.origin not in checkpoint.signers(found, [(peer.origin, peer.public)]):
        return
    tx.sql.run(
        "insert into exchange_cosigned (origin, size, note, at) values (?, ?, ?, ?) "
        "on conflict (origin) do update set size = excluded.size, note = excluded.note, at = excluded.at",
        (peer.origin, found.checkpoint.size, note, now_ms()),
    )
