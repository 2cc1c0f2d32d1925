"""Asking other authorities in private: for a case, as an officer, written down before it leaves.

`ask` takes each owner's filter where it is old, has the record's tokens evaluated, looks them up in the
filter, and only for what met asks the owner to open it. What comes of it is hit or none, weights by kind of
fact, and whom to call. No name, number or birth leaves, in clear or hashed.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import msgspec

from libertad.access.acting import Forbidden, new_id
from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.protocol.secure_channel import NotOurs
from libertad.exchange.sync.endpoint import Exchange, Trip
from libertad.hits.matching.record import Record
from libertad.hits.private import parts, wire
from libertad.hits.private.answering import CARDS, LEAST_CASE, SIZES, TAG, binding
from libertad.hits.private.channel import Lie, No, Talk
from libertad.hits.private.filters import FRESH, Held, Synced
from libertad.hits.private.group import BadPoint
from libertad.hits.private.holding import Source
from libertad.hits.private.oprf import SUITE, BadProof
from libertad.hits.private.parts import BadPart
from libertad.hits.private.private_score import Shares, Weight, weigh
from libertad.hits.private.tokens import COMPARED, FIELDS, Of, fields, near_years, prf_inputs, tokens_of
from libertad.hits.private.wire import Card, Evaluate, Evaluated, Open, Opened, Questions
from libertad.journal.transaction import Transaction
from libertad.vocabulary import values

LEAST = 2.0  # bits, the prior included, from which it is a hit: four to one
MARKS_A_RECORD = 11  # about, for the prior
MOST_CASE = 64
MOST_MET = 8
WORKERS = 4
COUNTED_FOR = 3_600_000  # ms
ASKED = (
    "insert into hits_private_asked "
    "(id, at, authority, officer, about, owner, salt, counter, counts, what, bits) "
    "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set "
)
SENT = ASKED + "counter = excluded.counter, counts = excluded.counts"
DONE = ASKED + "what = excluded.what, bits = excluded.bits"
WRONG = (Lie, BadProof, BadPoint, BadPart, wire.BadMessage, NotOurs)
Met = list[tuple[int, bytes]]


class Answer(msgspec.Struct, frozen=True):
    """What one owner answered, one for each of its records that met.

    `what`: 'hit', 'none', 'refused' or 'unreachable' (`words` says why). `handle` names the record to its
    owner, `ask` is the line in our log.
    """

    owner: str
    what: str
    bits: float = 0.0
    probability: float = 0.0
    weights: tuple[Weight, ...] = ()
    contact: str = ""
    handle: str = ""
    words: str = ""
    ask: str = ""


class Wanted(NamedTuple):
    """What is asked for of one kind: inputs of the PRF, and as elements, the same for every owner."""

    inputs: list[bytes]
    elements: list[bytes]


class Question(NamedTuple):
    """On whose behalf, for which case, about what; `salt` makes the bond that the owner keeps."""

    actor: Actor
    case: str
    record: Record
    wanted: Mapping[Of, Wanted]
    salt: bytes

    @property
    def bond(self) -> bytes:
        return bond(self.salt, self.actor.officer, self.case)


class Line(NamedTuple):
    """The line of our log about one owner: written before the question leaves, and once more after."""

    id: str
    at: int
    authority: str
    officer: str
    about: str
    owner: str
    salt: bytes

    @classmethod
    def of(cls, owner: str, question: Question) -> Line:
        actor = question.actor
        return cls(new_id(), now_ms(), actor.authority, actor.officer, question.case, owner, question.salt)

    def log_sent(self, tx: Transaction, counter: int, counts: str) -> None:
        tx.sql.run(SENT, (*self, counter, counts, "sent", None))

    def log_done(self, tx: Transaction, outcome: str, bits: float | None) -> None:
        tx.sql.run(DONE, (*self, 0, "{}", outcome, bits))


class Asking:
    """The asking side of one node. Thread-safe."""

    def __init__(
        self,
        exchange: Exchange,
        source: Source,
        trip: Callable[[Peer], Trip] | None = None,
        fresh: int = FRESH,
    ) -> None:
        self.source, self.node = source, exchange.node
        self.talk = Talk(exchange, trip)
        self.synced = Synced(self.talk, fresh)
        self.shares: dict[str, tuple[int, Shares]] = {}
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="libertad-private-ask")

    def close(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)

    def ask(
        self,
        actor: Actor,
        case: str,
        record: Record,
        owners: Sequence[str] | None = None,
        before: Callable[[], None] | None = None,
    ) -> list[Answer]:
        """Ask the owners, all that there are unless some are named; the hits come first. Raises Refused and
        Forbidden, `before` anything leaves."""
        case = " ".join(case.split())
        if not LEAST_CASE <= len(case) <= MOST_CASE or not case.isprintable():
            raise values.Refused(
                "case",
                "name the case, in %(least)s to %(most)s characters",
                least=LEAST_CASE,
                most=MOST_CASE,
            )
        if not actor.officer or not matrix().may_ask(actor.role, "hits", "get"):
            raise Forbidden("only an officer who works with hits asks other authorities")
        tokens = tokens_of(record)
        if not tokens:
            raise values.Refused(
                "record", "two names with a year of birth, three names or a number is the least to ask by"
            )
        prepared_tokens = {kind: _to_elements(inputs[: SIZES[kind][-1]]) for kind, inputs in tokens.items()}
        question = Question(actor, case, record, prepared_tokens, os.urandom(16))
        if before is not None:
            before()
        asked_owners = self.talk.owners() if owners is None else list(owners)
        answers = [
            answer
            for group in self.pool.map(lambda owner: self._of(owner, question), asked_owners)
            for answer in group
        ]
        return sorted(answers, key=lambda answer: (answer.what != "hit", -answer.bits, answer.owner))

    def _of(self, owner: str, question: Question) -> list[Answer]:
        """One owner's answers, whatever goes wrong; our log has it before and after."""
        line = Line.of(owner, question)
        try:
            answers = self._query_owner(line, owner, question)
        except No as no:
            answers = [Answer(owner, "refused", words=str(no))]
        except WRONG as why:
            answers = [Answer(owner, "refused", words=f"its answer was wrong: {why}")]
        except OSError as why:
            answers = [Answer(owner, "unreachable", words=str(why))]
        best = max((answer.bits for answer in answers if answer.what == "hit"), default=None)
        self.node.writer.submit(lambda tx: line.log_done(tx, answers[0].what, best))
        return [msgspec.structs.replace(answer, ask=line.id) for answer in answers]

    def _query_owner(self, line: Line, owner: str, question: Question) -> list[Answer]:
        asker = question.actor.authority
        try:
            return self._evaluate(line, owner, question, self.synced.of(owner, asker))
        except No as no:
            if no.why != "epoch":
                raise
        return self._evaluate(line, owner, question, self.synced.of(owner, asker, anew=True))

    def _evaluate(self, line: Line, owner: str, question: Question, known: Held) -> list[Answer]:
        """Stage one: which of the record's tokens are in the filter. Stage two for those."""
        batches = {
            kind: SUITE.batch(tokens.inputs, filled(len(tokens.inputs), SIZES[kind]), tokens.elements)
            for kind, tokens in question.wanted.items()
        }
        counts = json.dumps({kind: len(batch.elements) for kind, batch in batches.items()})
        number = 0

        def say(counter: int) -> Questions:
            return Evaluate(
                counter=counter,
                owner=owner,
                asker=question.actor.authority,
                epoch=known.epoch,
                case=question.case,
                bond=question.bond,
                batches=[(kind, batch.elements) for kind, batch in batches.items()],
            )

        def log(tx: Transaction, counter: int) -> None:
            nonlocal number
            number = counter
            line.log_sent(tx, counter, counts)

        answer = self.talk.talk(owner, Evaluated, say, log)
        if len(answer.batches) != len(batches):
            raise Lie("another number of batches than were asked for")
        met: Met = []
        for (kind, batch), (evaluated, proof) in zip(batches.items(), answer.batches, strict=True):
            for output in SUITE.outputs(known.publics.get(kind, b""), batch, evaluated, proof):
                if (mark := parts.mark(output)) in known.filter:
                    met.append((mark, parts.opening(output)))
        return (
            self._open_matches(owner, question, known, number, met[:MOST_MET])
            if met
            else [Answer(owner, "none")]
        )

    def _open_matches(self, owner: str, question: Question, known: Held, of: int, met: Met) -> list[Answer]:
        """Stage two: which fields of the records that met are equal to ours."""
        asker, own, near = question.actor.authority, fields(question.record), near_years(question.record)
        bound = binding(asker, of)
        batch = SUITE.batch([bound + data for data in prf_inputs(own + near)], FIELDS)
        answer = self.talk.talk(
            owner,
            Opened,
            lambda counter: Open(
                counter=counter,
                owner=owner,
                asker=asker,
                epoch=known.epoch,
                of=of,
                case=question.case,
                bond=question.bond,
                met=met,
                fields=batch.elements,
            ),
            number=of + 1,
        )
        outputs = SUITE.outputs(known.publics.get("field", b""), batch, answer.evaluated, answer.proof)
        tags = {output[:TAG]: value for output, value in zip(outputs, own + near, strict=True)}
        prior = math.log2(max(2.0, len(known.filter) / MARKS_A_RECORD))
        answers = []
        if len(answer.cards) > CARDS:
            raise Lie("more cards than an answer has")
        for card in answer.cards:
            card_tags = _tags(card)
            same = frozenset(value for tag, value in tags.items() if tag in card_tags)
            has = dict(zip(COMPARED, card.has, strict=True))
            weights = tuple(weigh(own, has, same, self.name_shares(asker), near=frozenset(near)))
            bits = round(sum(weight.bits for weight in weights) - prior, 2)
            if bits >= LEAST:
                chance = 1 / (1 + 2**-bits)
                answers.append(Answer(owner, "hit", bits, chance, weights, known.contact, card.handle.hex()))
        return answers or [Answer(owner, "none")]

    def name_shares(self, authority: str) -> Shares:
        """How often names occur among the records of the operation that invited
        this authority first, counted once an hour."""
        at, shares = self.shares.get(authority, (0, Shares()))
        if now_ms() - at > COUNTED_FOR:
            shares = Shares(self.source.every(authority, self.source.first(authority)))
            self.shares[authority] = (now_ms(), shares)
        return shares


def bond(salt: bytes, officer: str, case: str) -> bytes:
    """What the owner keeps of the officer: with the salt from the asker's log it proves who asked."""
    return hashlib.sha256(b"libertad hits bond v1\0" + salt + f"{officer}\0{case}".encode()).digest()


def _tags(card: Card) -> set[bytes]:
    """A card's tags; Lie where it is no card of ours: with more tags it would guess more of our values."""
    if len(card.tags) != TAG * FIELDS or len(card.has) != len(COMPARED) or sum(card.has) > FIELDS:
        raise Lie("a card of another form")
    return {card.tags[at : at + TAG] for at in range(0, len(card.tags), TAG)}


def filled(count: int, sizes: Iterable[int]) -> int:
    """The next size of a batch."""
    return next(size for size in sizes if size >= count)


def _to_elements(inputs: list[bytes]) -> Wanted:
    return Wanted(inputs, [SUITE.element(data) for data in inputs])
