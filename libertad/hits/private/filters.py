"""Other authorities' filters: taken part by part, kept in the database, and in memory to look things up."""

from __future__ import annotations

import threading
from typing import NamedTuple

import msgspec

from libertad.exchange.peering.peers import now_ms
from libertad.hits.private import filter as filters
from libertad.hits.private.channel import Lie, No, Talk
from libertad.hits.private.filter import Filter
from libertad.hits.private.wire import Sync, Told
from libertad.journal.transaction import Transaction
from libertad.vocabulary.decoding import prepared

FRESH = 600_000  # ms for which a filter is not asked for again
# Of one owner's filter, so that none fills our disk or keeps us asking: bytes (two hundred million marks),
# parts (one every ten minutes of an epoch are 4,320), and answers with which it comes.
MOST_BYTES, MOST_NUMBER, MOST_ANSWERS = 1 << 30, 20_000, 2000
TERMS = (
    "insert into hits_private_terms (authority, epoch, publics, contact, at) values (?, ?, ?, ?, ?) "
    "on conflict (authority) do update set epoch = excluded.epoch, publics = excluded.publics, "
    "contact = excluded.contact, at = excluded.at"
)
PART = (
    "insert into hits_private_part (authority, epoch, number, marks) values (?, ?, ?, ?) "
    "on conflict do nothing"
)
PARTS = (
    "select number, marks from hits_private_part where authority = ? and epoch = ? and number > ? "
    "order by number"
)


class Held(NamedTuple):
    """What we hold of an owner: its keys by kind, whom to call, its marks."""

    epoch: int
    publics: dict[str, bytes]
    contact: str
    filter: Filter


class Synced:
    """The filters that one node holds."""

    def __init__(self, talk: Talk, fresh: int = FRESH) -> None:
        self.talk, self.node, self.fresh = talk, talk.node, fresh
        self.lock = threading.Lock()
        self.kept: dict[str, tuple[int, int, Filter]] = {}  # owner -> epoch, newest part, filter

    def of(self, owner: str, asker: str, anew: bool = False) -> Held:
        """The owner's filter, taken up to date where it is old; No where it does not admit us."""
        row = self.node.sql().first("select at from hits_private_terms where authority = ?", (owner,))
        if anew or row is None or now_ms() - row[0] >= self.fresh:
            self._refresh(owner, asker)
        return self._load(owner)

    def _refresh(self, owner: str, asker: str) -> None:
        for _ in range(MOST_ANSWERS):
            if not self._fetch_parts(owner, asker):
                return
        raise Lie("a filter without an end")

    def _fetch_parts(self, owner: str, asker: str) -> bool:
        """Take what is new; whether there is still more."""
        sql = self.node.sql()
        row = sql.first("select epoch, publics from hits_private_terms where authority = ?", (owner,))
        epoch = row[0] if row else 0
        last = sql.first(
            "select coalesce(max(number), 0) from hits_private_part where authority = ? and epoch = ?",
            (owner, epoch),
        )
        after = last[0] if last else 0
        terms = self.talk.talk(
            owner,
            Told,
            lambda counter: Sync(counter=counter, owner=owner, asker=asker, epoch=epoch, after=after),
        )
        publics = msgspec.msgpack.encode(dict(terms.publics))
        if terms.first != (after + 1 if terms.epoch == epoch else 1):
            raise Lie("parts that were not asked for")
        if row and (terms.epoch < epoch or (terms.epoch == epoch and publics != bytes(row[1]))):
            raise Lie("other keys than it has announced")
        if not terms.contact.isprintable():
            raise Lie("a contact that cannot be shown")
        for data in terms.parts:
            filters.marks(data)
        self._bounded(owner, terms)

        def job(tx: Transaction) -> None:
            tx.sql.run(TERMS, (owner, terms.epoch, publics, terms.contact, now_ms()))
            tx.sql.run(
                "delete from hits_private_part where authority = ? and epoch <> ?", (owner, terms.epoch)
            )
            rows = [(owner, terms.epoch, terms.first + at, data) for at, data in enumerate(terms.parts)]
            tx.sql.run_many(PART, rows)

        self.node.writer.submit(job)
        return terms.more

    def _bounded(self, owner: str, terms: Told) -> None:
        """Lie where the filter would grow beyond what one may be."""
        held = self.node.sql().first(
            "select coalesce(sum(length(marks)), 0) from hits_private_part where authority = ? and epoch = ?",
            (owner, terms.epoch),
        )
        size = int(held[0] if held else 0) + sum(map(len, terms.parts))
        if size > MOST_BYTES or terms.first + len(terms.parts) > MOST_NUMBER:
            raise Lie("a filter larger than there are")

    def _load(self, owner: str) -> Held:
        """As the database has it; the filter stays in memory, and grows by what is new."""
        sql = self.node.sql()
        row = sql.first(
            "select epoch, publics, contact from hits_private_terms where authority = ?", (owner,)
        )
        if row is None:
            raise No("closed", "it has told us nothing of itself")
        with self.lock:
            cached = self.kept.get(owner)
            if cached is None or cached[0] != row[0]:
                cached = (row[0], 0, Filter())
            _, number, marks = cached
            parts = sql.all(PARTS, (owner, row[0], number))
            for _, data in parts:
                marks.add(bytes(data))
            self.kept[owner] = (row[0], parts[-1][0] if parts else number, marks)
        return Held(
            row[0], msgspec.msgpack.decode(bytes(row[1]), type=prepared(dict[str, bytes])), row[2], marks
        )
