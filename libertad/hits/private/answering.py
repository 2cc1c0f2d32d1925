"""The owner's answers: to peers that its authority admitted, for a case, within quotas, each written down.

The endpoint lies beside the exchange's, opens messages as that does, and answers strangers as that does. What
an admitted peer does wrong is refused in words and is an alarm; nothing is calculated for it.
"""

from __future__ import annotations

import hmac
import os
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from libertad.access.membership import is_in
from libertad.access.suspending import suspended
from libertad.exchange.peering import ask_counter, peers
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.sync.endpoint import Cut, Exchange, UnknownPeer
from libertad.hits.matching.record import Record
from libertad.hits.private import group, quotas, wire
from libertad.hits.private.group import BadPoint
from libertad.hits.private.holding import PUBLISH_EVERY, Epoch, Holding
from libertad.hits.private.oprf import SUITE, Key
from libertad.hits.private.tokens import ASKED, COMPARED, FIELDS, fields, prf_inputs
from libertad.hits.private.wire import (
    Card,
    Evaluate,
    Evaluated,
    Open,
    Opened,
    Questions,
    Refused,
    Sync,
    Told,
)
from libertad.journal.ringfile import Locked
from libertad.journal.transaction import Transaction
from libertad.vocabulary.codelists import marked

PATH = "/exchange/hits/"
# Of batches: few, so that they tell little of how many names and numbers are asked for. Two words of a name
# with a day of birth are 4 tokens, three are 10, four more than 16.
SIZES: dict[str, tuple[int, ...]] = {"person": (4, 10, 16), **dict.fromkeys(ASKED[1:], (2, 4, 8))}
CARDS = 4
COMMON = 12  # records under one mark, from which it tells nobody from another
TAG, HANDLE = 4, 8
LEAST_CASE = 3
MOST_SENT, MOST_PARTS = 1_000_000, 64  # bytes and parts of a filter in one answer
WORDS = {
    "closed": marked("this authority does not answer you in private: ask it to admit you"),
    "epoch": marked("its keys have changed: take its filter anew"),
    "case": marked("name the case, in 3 to 64 characters"),
    "batch": marked("a batch has one of a few sizes, and each kind of fact one batch"),
    "message": marked("not a question of this version: are both nodes of one version?"),
    "malformed": marked("an element is no point of the group: nothing was calculated"),
    "quota": marked("the quota of this kind is spent: ask the authority, or wait"),
    "unasked": marked("what is opened was not asked for in this case, or is open already"),
    "resting": marked("its keys are locked: try again later"),
}
LATELY = 128  # questions of a node that may overtake each other
NUMBER = (
    "insert into hits_private_counter (origin, came, lately, went) values (?, ?, ?, 0) "
    "on conflict (origin) do update set came = excluded.came, lately = excluded.lately"
)


class Standing(NamedTuple):
    """Of a question, before it is looked at: whose node it came of, whether its asker lives there, and what
    the owner answers with. `locked`: its ring is. `inside`: the asker is in the operation that the owner
    answers from; that it asks from another one is no fault of its own."""

    origin: str
    lives: bool
    epoch: Epoch | None
    locked: bool
    inside: bool = True


class Copy(Exception):
    """A copy of an older message."""


class Answering:
    """The private side of one node's exchange."""

    def __init__(self, exchange: Exchange, holding: Holding, every: int = PUBLISH_EVERY) -> None:
        self.exchange, self.holding, self.node = exchange, holding, exchange.node
        self.every = every

    def answer(self, message: bytes) -> Iterator[bytes]:
        """The sealed answer to a sealed question; Stranger unless an active peer sent it, once."""
        peer, channel, sealed, plain = self.exchange.open_message(wire.HIT, message)
        if peer.origin in self.exchange.cuts:
            raise Cut("the line is cut here, for demonstration")
        try:
            question = wire.question(plain)
            answer = self._answer(peer, question)
        except wire.BadMessage:
            self._alarm("", peer.origin, "malformed")
            answer = refused("message")
        except Copy:
            self._alarm(question.owner if self._owns(question.owner) else "", peer.origin, "copy")
            raise UnknownPeer from None
        except Locked:
            answer = refused("resting")
        return iter((channel.answer(sealed, 0, wire.pack(answer), last=True),))

    def _owns(self, authority: str) -> bool:
        row = self.node.sql().first("select 1 from hits_private_owner where authority = ?", (authority,))
        return row is not None

    def _alarm(self, authority: str, peer: str, alarm_kind: str) -> None:
        self.node.writer.submit(lambda tx: quotas.alarm(tx, authority, peer, alarm_kind, now_ms()))

    def _answer(self, peer: Peer, question: Questions) -> wire.Answers:
        at = self._standing(peer, question)
        if isinstance(question, Sync):
            return self._sync(at, question)
        if isinstance(question, Evaluate):
            return self._evaluate(at, question)
        return self._open(at, question)

    def _standing(self, peer: Peer, question: Questions) -> Standing:
        sql = self.node.sql()
        lives = question.asker in peers.authorities(sql, peer.origin)
        lives = lives and not suspended(sql, [question.asker])
        try:
            epoch = self.holding.epoch(question.owner)
        except Locked:  # which is told only to whom it admitted
            return Standing(peer.origin, lives, None, locked=True)
        inside = epoch is None or is_in(sql, epoch.operation, question.asker)
        return Standing(peer.origin, lives, epoch, locked=False, inside=inside)

    def _closed(self, tx: Transaction, at: Standing, question: Questions) -> tuple[str, quotas.Quotas]:
        """In the transaction of an answer: the question is new. Why its asker is told nothing, if so; else
        what it may ask."""
        record_counter(tx, at.origin, question.counter)
        is_owner, allowed = quotas.admitted(tx.sql, question.owner, question.asker)
        if is_owner and not (at.lives and allowed is not None):
            quotas.alarm(tx, question.owner, question.asker if at.lives else at.origin, "uninvited", now_ms())
        if not is_owner or not at.lives or allowed is None or not at.inside:
            return "closed", {}
        if at.locked:
            return "resting", {}
        return "" if at.epoch is not None else "closed", allowed

    # -- filters ---------------------------------------------------------------------------

    def _sync(self, at: Standing, question: Sync) -> wire.Answers:
        why, _ = self.node.writer.submit(lambda tx: self._closed(tx, at, question))
        if why or at.epoch is None:
            return refused(why or "closed")
        epoch = at.epoch
        self.holding.publish(question.owner, self.every)
        after = question.after if question.epoch == epoch.number else 0
        rows, has_more = self._parts(question.owner, epoch.number, after)
        left = quotas.remaining_today(self.node.sql(), question.owner, question.asker, now_ms())
        return Told(
            epoch.number,
            [(kind, key.public) for kind, key in epoch.keys.items()],
            epoch.contact,
            after + 1,
            rows,
            has_more,
            list(left.items()),
        )

    def _parts(self, owner: str, epoch: int, after: int) -> tuple[list[bytes], bool]:
        """Parts after a number, a megabyte or so of them; whether there are more."""
        sql = self.node.sql()
        sizes = sql.all(
            "select number, length(marks) from hits_private_part where authority = ? and epoch = ? "
            "and number > ? order by number",
            (owner, epoch, after),
        )
        total, last = 0, after
        for number, size in sizes[:MOST_PARTS]:
            total += size
            if total > MOST_SENT and last > after:
                break
            last = number
        rows = sql.all(
            "select marks from hits_private_part where authority = ? and epoch = ? and number > ? "
            "and number <= ? order by number",
            (owner, epoch, after, last),
        )
        return [bytes(row[0]) for row in rows], bool(sizes) and last < sizes[-1][0]

    # -- evaluations -----------------------------------------------------------------------

    def _evaluate(self, at: Standing, question: Evaluate) -> wire.Answers:
        counts = {kind: len(elements) for kind, elements in question.batches}
        wrong = _wrong_case(question.case) or _wrong_batches(question.batches)

        def job(tx: Transaction) -> str:
            why = self._why_not(tx, at, question, wrong, counts)
            for kind, count in counts.items() if not why else ():
                self._log(tx, question, question.counter, kind, count, "evaluated")
            return why

        why = self.node.writer.submit(job)
        if why or at.epoch is None:
            return refused(why or "closed")
        keys = at.epoch.keys
        return Evaluated(
            [SUITE.evaluate(keys[kind], elements) for kind, elements in _typed(question.batches)]
        )

    def _why_not(
        self, tx: Transaction, at: Standing, question: Evaluate | Open, wrong: str, counts: dict[str, int]
    ) -> str:
        """Why a question is refused, with the alarm that it is; '' where it is answered."""
        owner, asker, now = question.owner, question.asker, now_ms()
        closed, allowed = self._closed(tx, at, question)
        if closed or at.epoch is None:
            return closed or "closed"
        if not wrong and question.epoch != at.epoch.number:
            return "epoch"
        reason = wrong or quotas.spend(tx, owner, asker, allowed, counts, now)
        if reason:
            quotas.alarm(tx, owner, asker, reason, now)
        return "" if reason == "nearly" else reason

    def _log(
        self,
        tx: Transaction,
        question: Evaluate | Open,
        counter: int,
        kind: str,
        count: int,
        event: str,
        ref: str = "",
    ) -> str:
        return quotas.write(
            tx,
            at=now_ms(),
            authority=question.owner,
            peer=question.asker,
            counter=counter,
            about=question.case,
            bond=question.bond,
            kind=kind,
            count=count,
            what=event,
            ref=ref,
        )

    # -- what met --------------------------------------------------------------------------

    def _open(self, at: Standing, question: Open) -> wire.Answers:
        wrong = _wrong_case(question.case) or _wrong_elements(question.fields, (FIELDS,))
        handles: list[tuple[str, bytes]] = []

        def job(tx: Transaction) -> str:
            unasked = "" if wrong or self._was_evaluated(tx, question) else "unasked"
            why = self._why_not(tx, at, question, wrong or unasked, {"field": FIELDS})
            if not why and at.epoch is not None:
                self._log(tx, question, question.of, "field", FIELDS, "opened")
                handles.extend(self._disclose(tx, question, *self._met(tx, question, at.epoch)))
            return why

        why = self.node.writer.submit(job)
        if why or at.epoch is None:
            return refused(why or "closed")
        key, bound = at.epoch.keys["field"], binding(question.asker, question.of)
        evaluated, proof = SUITE.evaluate(key, question.fields)
        # Written down is what met; told is what the authority may read of it still.
        refs = [ref for ref, _ in handles]
        records = self.holding.source.readable_records(question.owner, refs, at.epoch.operation)
        disclosures = [(records[ref], handle) for ref, handle in handles if ref in records]
        return Opened(evaluated, proof, self._cards(key, bound, disclosures))

    def _disclose(
        self, tx: Transaction, question: Open, refs: list[str], forged: bool
    ) -> list[tuple[str, bytes]]:
        """Which of the records are shown, each written down, with the handle that its line has."""
        owner, asker, now = question.owner, question.asker, now_ms()
        if forged:
            quotas.alarm(tx, owner, asker, "forged", now)
        often = quotas.openings(tx.sql, owner, asker, refs, now)
        if often:
            quotas.alarm(tx, owner, asker, "insistent", now)
        disclosed = [ref for ref in refs if ref not in often][:CARDS]
        names = [self._log(tx, question, question.of, "field", 0, "met", ref) for ref in disclosed]
        return [(ref, bytes.fromhex(name[: 2 * HANDLE])) for ref, name in zip(disclosed, names, strict=True)]

    @staticmethod
    def _was_evaluated(tx: Transaction, question: Open) -> bool:
        """Whether this was asked for, in this case by this officer, and has not been opened."""
        rows = tx.sql.all(
            "select what, about, bond from hits_private_answered "
            "where authority = ? and peer = ? and counter = ?",
            (question.owner, question.asker, question.of),
        )
        same = all(row[1] == question.case and bytes(row[2]) == question.bond for row in rows)
        return bool(rows) and same and all(row[0] == "evaluated" for row in rows)

    def _met(self, tx: Transaction, question: Open, epoch: Epoch) -> tuple[list[str], bool]:
        """Records that one of the tokens opens, most tokens first; whether a key was none of a token's."""
        times: Counter[str] = Counter()
        forged = False
        held = self.holding.met(tx.sql, question.owner, epoch.number, {mark for mark, _ in question.met})
        for mark, key in question.met:
            candidates = held.get(mark, [])
            check = epoch.made.check(key)
            opened = [ref for ref, proof in candidates if hmac.compare_digest(check, proof)]
            forged |= bool(candidates) and not opened
            if len(opened) <= COMMON:
                times.update(opened)
        return sorted(times, key=lambda ref: (-times[ref], ref)), forged

    def _cards(self, key: Key, bound: bytes, disclosures: Sequence[tuple[Record, bytes]]) -> list[Card]:
        """What is told of records, each with its handle; what several say is evaluated once."""
        field_lists = [fields(record) for record, _ in disclosures]
        every = list(dict.fromkeys(value for values in field_lists for value in values))
        outputs = SUITE.values(key, [bound + data for data in prf_inputs(every)])
        tags = dict(zip(every, (output[:TAG] for output in outputs), strict=True))
        return [
            _card([tags[value] for value in values], Counter(field for field, _ in values), handle)
            for values, (_, handle) in zip(field_lists, disclosures, strict=True)
        ]


def _card(tags: Iterable[bytes], has: Mapping[str, int], handle: bytes) -> Card:
    """Tags in an order that tells nothing, filled up, and how many values of each field there are."""
    padded = set(tags)
    while len(padded) < FIELDS:
        padded.add(os.urandom(TAG))
    return Card(handle, [has.get(field, 0) for field in COMPARED], b"".join(sorted(padded)))


def record_counter(tx: Transaction, origin: str, number: int) -> None:
    """Note a question's number; Copy unless it is heard for the first time."""
    row = tx.sql.first("select came, lately from hits_private_counter where origin = ?", (origin,))
    came, packed = (row[0], bytes(row[1])) if row else (0, b"")
    lately = struct.unpack(f">{len(packed) // 8}Q", packed)
    if ask_counter.too_far(came):  # what an older version took
        came, lately = ask_counter.floor(came), ()
    if number <= came or number in lately or ask_counter.too_far(number):
        raise Copy
    numbers = sorted([*lately, number])
    past = max(0, len(numbers) - LATELY)
    came = max(came, *numbers[:past]) if past else came
    tx.sql.run(NUMBER, (origin, came, struct.pack(f">{len(numbers) - past}Q", *numbers[past:])))


def refused(why: str) -> Refused:
    words = str(WORDS[why])  # on the wire it is no more than that
    return Refused(why, words)


def binding(asker: str, counter: int) -> bytes:
    """What stands before each field that is compared: the same value gives another tag in each question."""
    return f"{asker} {counter} ".encode()


def _wrong_case(case: str) -> str:
    is_valid = len(case.strip()) >= LEAST_CASE and case.isprintable()
    return "" if is_valid else "case"


def _wrong_batches(batches: Sequence[wire.Batch]) -> str:
    kinds = [kind for kind, _ in batches]
    if not kinds or len(set(kinds)) != len(kinds) or not set(kinds) <= set(ASKED):
        return "batch"
    wrong = [_wrong_elements(elements, SIZES[kind]) for kind, elements in batches]
    return next((why for why in wrong if why), "")


def _wrong_elements(elements: Sequence[bytes], sizes: Sequence[int]) -> str:
    if len(elements) not in sizes:
        return "batch"
    try:
        for element in elements:
            group.point(element)
    except BadPoint:
        return "malformed"
    return ""


def _typed(batches: Sequence[wire.Batch]) -> list[tuple[str, list[bytes]]]:
    return [(kind, list(elements)) for kind, elements in batches]
