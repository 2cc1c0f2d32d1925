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
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import msgspec

from libertad.access.acting import Actor, Forbidden, new_id
from libertad.access.matrix import matrix
from libertad.exchange.box import NotOurs
from libertad.exchange.peers import Peer, now_ms
from libertad.exchange.session import Exchange, Trip
from libertad.hits.matching.record import Record
from libertad.hits.private import parts, wire
from libertad.hits.private.answering import LEAST_CASE, SIZES, TAG, binding
from libertad.hits.private.group import BadPoint
from libertad.hits.private.holding import Source
from libertad.hits.private.oprf import SUITE, BadProof, Blinded
from libertad.hits.private.parts import BadPart
from libertad.hits.private.synced import FRESH, Held, Synced
from libertad.hits.private.talking import Lie, No, Talk
from libertad.hits.private.tokens import COMPARED, FIELDS, fields, held, joined
from libertad.hits.private.weighing import Shares, Weight, weigh
from libertad.hits.private.wire import Evaluate, Evaluated, Open, Opened, Questions
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
    "(id, at, authority, officer, about, owner, counter, counts, salt, what, bits) "
    "values (?, ?, ?, ?, ?, ?, 0, '{}', ?, 'sent', null)"
)
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


class Question(NamedTuple):
    """On whose behalf, for which case, about what; `salt` makes the bond that the owner keeps."""

    actor: Actor
    case: str
    record: Record
    salt: bytes

    @property
    def bond(self) -> bytes:
        return bond(self.salt, self.actor.officer, self.case)


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
        self, actor: Actor, case: str, record: Record, owners: Sequence[str] | None = None
    ) -> list[Answer]:
        """Ask the owners, all that there are unless some are named; the hits come first."""
        case = " ".join(case.split())
        if not LEAST_CASE <= len(case) <= MOST_CASE or not case.isprintable():
            raise values.Refused("case", f"name the case, in {LEAST_CASE} to {MOST_CASE} characters")
        if not actor.officer or not matrix().may_ask(actor.role, "hits", "get"):
            raise Forbidden("only an officer who works with hits asks other authorities")
        if not held(record):
            raise values.Refused(
                "record", "two names with a year of birth, three names or a number is the least to ask by"
            )
        question = Question(actor, case, record, os.urandom(16))
        who = self.talk.owners() if owners is None else list(owners)
        found = [one for some in self.pool.map(lambda owner: self._of(owner, question), who) for one in some]
        return sorted(found, key=lambda one: (one.what != "hit", -one.bits, one.owner))

    def _of(self, owner: str, question: Question) -> list[Answer]:
        """One owner's answers, whatever goes wrong; our log has it before and after."""
        name, actor = new_id(), question.actor
        row = (name, now_ms(), actor.authority, actor.officer, question.case, owner, question.salt)
        self.node.writer.submit(lambda tx: tx.sql.run(ASKED, row))  # whatever comes of it
        try:
            found = self._asked(name, owner, question)
        except No as no:
            found = [Answer(owner, "refused", words=str(no))]
        except WRONG as why:
            found = [Answer(owner, "refused", words=f"its answer was wrong: {why}")]
        except OSError as why:
            found = [Answer(owner, "unreachable", words=str(why))]
        best = max((one.bits for one in found if one.what == "hit"), default=None)
        done = "update hits_private_asked set what = ?, bits = ? where id = ?"
        self.node.writer.submit(lambda tx: tx.sql.run(done, (found[0].what, best, name)))
        return [msgspec.structs.replace(one, ask=name) for one in found]

    def _asked(self, name: str, owner: str, question: Question) -> list[Answer]:
        asker = question.actor.authority
        try:
            return self._evaluated(name, owner, question, self.synced.of(owner, asker))
        except No as no:
            if no.why != "epoch":
                raise
        return self._evaluated(name, owner, question, self.synced.of(owner, asker, anew=True))

    def _evaluated(self, name: str, owner: str, question: Question, known: Held) -> list[Answer]:
        """Stage one: which of the record's tokens are in the filter. Stage two for those."""
        wanted = {kind: some[: SIZES[kind][-1]] for kind, some in held(question.record).items()}
        batches = {kind: padded(some, SIZES[kind]) for kind, some in wanted.items()}
        blinded = {kind: [SUITE.blind(data) for data in some] for kind, some in batches.items()}
        counts = json.dumps({kind: len(some) for kind, some in batches.items()})
        number = 0

        def say(counter: int) -> Questions:
            return Evaluate(
                counter=counter, owner=owner, asker=question.actor.authority, epoch=known.epoch,
                case=question.case, bond=question.bond,
                batches=[(kind, [one.element for one in some]) for kind, some in blinded.items()],
            )  # fmt: skip

        def log(tx: Transaction, counter: int) -> None:
            nonlocal number
            number = counter
            tx.sql.run(
                "update hits_private_asked set counter = ?, counts = ? where id = ?", (counter, counts, name)
            )

        answer = self.talk.talk(owner, Evaluated, say, log)
        if len(answer.batches) != len(batches):
            raise Lie("another number of batches than were asked for")
        met: Met = []
        for (kind, inputs), (evaluated, proof) in zip(batches.items(), answer.batches, strict=True):
            outputs = unblinded(known.publics.get(kind, b""), inputs, blinded[kind], evaluated, proof)
            for output in outputs[: len(wanted[kind])]:
                if (mark := parts.mark(output)) in known.filter:
                    met.append((mark, parts.opening(output)))
        return (
            self._opened(owner, question, known, number, met[:MOST_MET]) if met else [Answer(owner, "none")]
        )

    def _opened(self, owner: str, question: Question, known: Held, of: int, met: Met) -> list[Answer]:
        """Stage two: which fields of the records that met are equal to ours."""
        asker, mine = question.actor.authority, fields(question.record)
        bound = binding(asker, of)
        inputs = padded([bound + data for data in joined(mine)], (FIELDS,))
        blinded = [SUITE.blind(data) for data in inputs]
        answer = self.talk.talk(
            owner, Opened,
            lambda counter: Open(
                counter=counter, owner=owner, asker=asker, epoch=known.epoch, of=of, case=question.case,
                bond=question.bond, met=met, fields=[one.element for one in blinded],
            ),
        )  # fmt: skip
        outputs = unblinded(known.publics.get("field", b""), inputs, blinded, answer.evaluated, answer.proof)
        tags = {output[:TAG]: value for output, value in zip(outputs, mine, strict=False)}
        prior = math.log2(max(2.0, len(known.filter) / MARKS_A_RECORD))
        found = []
        for card in answer.cards:
            theirs = {card.tags[at : at + TAG] for at in range(0, len(card.tags), TAG)}
            same = frozenset(value for tag, value in tags.items() if tag in theirs)
            has = dict(zip(COMPARED, card.has, strict=False))
            weights = tuple(weigh(mine, has, same, self._shares(asker)))
            bits = round(sum(one.bits for one in weights) - prior, 2)
            if bits >= LEAST:
                chance = 1 / (1 + 2**-bits)
                found.append(Answer(owner, "hit", bits, chance, weights, known.contact, card.handle.hex()))
        return found or [Answer(owner, "none")]

    def _shares(self, authority: str) -> Shares:
        """How often names occur among what this authority reads, counted once an hour."""
        at, found = self.shares.get(authority, (0, Shares()))
        if now_ms() - at > COUNTED_FOR:
            found = Shares(self.source.every(authority))
            self.shares[authority] = (now_ms(), found)
        return found


def bond(salt: bytes, officer: str, case: str) -> bytes:
    """What the owner keeps of the officer: with the salt from the asker's log it proves who asked."""
    return hashlib.sha256(b"libertad hits bond v1\0" + salt + f"{officer}\0{case}".encode()).digest()


def padded(inputs: Sequence[bytes], sizes: Iterable[int]) -> list[bytes]:
    """Inputs with as many of no meaning as the next size of a batch needs."""
    size = next(one for one in sizes if one >= len(inputs))
    return [*inputs, *(os.urandom(24) for _ in range(size - len(inputs)))]


def unblinded(
    public: bytes,
    inputs: Sequence[bytes],
    blinded: Sequence[Blinded],
    evaluated: Sequence[bytes],
    proof: bytes,
) -> list[bytes]:
    """The PRF's outputs, once the proof shows that the announced key made them."""
    SUITE.verify(public, [one.element for one in blinded], evaluated, proof)
    return SUITE.finalized(inputs, [one.blind for one in blinded], evaluated)
