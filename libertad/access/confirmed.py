"""An act that an officer's passkey confirms: prepared, shown, confirmed, and then said exactly so.

First the action is run and taken back (`rehearsing.rehearse`): what came out is the body's exact bytes, and
whatever was drawn for it (ids, the moment, the device's clock). The passkey signs a hash of these bytes. Then
the action is run again with what was drawn, and is refused unless the same bytes come out: where something
was said meanwhile, or the form was changed, nothing that nobody confirmed is said in the officer's name.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

import msgspec

from libertad.journal.folding import BODY, Said
from libertad.journal.transaction import ENCODER, Transaction
from libertad.vocabulary.body import Body, Verb
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs.vouching import EntryVouch

# Decisions about people: what a passkey confirms, where its officer has one on file.
DECISIONS = frozenset({"identification.decide", "identification.read", "return.decide", "return.read"})
CUSTODY = frozenset({"custody.offer", "custody.accept", "custody.release", "custody.settle"})
CONFIRMED = DECISIONS | CUSTODY
STALE = marked(
    "something was recorded meanwhile, or the form was changed: nothing is saved. Read it again, send it, "
    "and confirm it anew"
)


class Prepared(msgspec.Struct, frozen=True):
    """An entry to be: its file, its body's exact bytes, the act's moment, and (nonce, prefix) of its ids."""

    compartment: str
    body: bytes
    happened: Happened
    drawn: tuple[tuple[bytes, bytes], ...]

    @property
    def content(self) -> Body:
        return BODY.decode(self.body)


class Vouch(msgspec.Struct, frozen=True):
    """A passkey's answer for what was prepared, in hexadecimal; see `EntryVouch`."""

    credential: str
    nonce: str
    data: str
    client: str
    signature: str


class Rehearsed(Exception):
    """The end of a rehearsal: nothing of it is kept. `prepared` is None where nothing is to be confirmed."""

    def __init__(self, prepared: Prepared | None) -> None:
        self.prepared = prepared
        super().__init__("rehearsed")


@dataclass
class Script:
    """What an act follows. Without `prepared` it is a rehearsal, which ends with the first entry that a
    passkey confirms."""

    prepared: Prepared | None = None
    answer: Vouch | None = None
    drawn: list[tuple[bytes, bytes]] = field(default_factory=list)
    _moment: Happened | None = None
    _begun: bool = False
    _due: bool = False

    def begin(self) -> Script:
        """The same from its beginning: a job may be run twice."""
        return Script(self.prepared, self.answer)

    def moment(self, now: Happened) -> Happened:
        """When the act happens, where its form gave no time."""
        self._moment = self.prepared.happened if self.prepared is not None else now
        return self._moment

    def draw(self, nonce: bytes, prefix: bytes) -> tuple[bytes, bytes]:
        """What an id is made from: as it was drawn in the rehearsal."""
        place = len(self.drawn)
        if self.prepared is not None and place < len(self.prepared.drawn):
            nonce, prefix = self.prepared.drawn[place]
        self.drawn.append((nonce, prefix))
        return nonce, prefix

    def settle(self, tx: Transaction, compartment: str, body: Body, content: Verb) -> Body:
        """The body as it is said; Refused where it is not the one that was confirmed."""
        if body.verb not in CONFIRMED or self._begun:
            return body
        self._begun = True
        if self.prepared is None:
            plain = ENCODER.encode(tx.knowing(body, content, compartment))
            moment = self._moment or body.happened
            raise Rehearsed(Prepared(compartment, plain, moment, tuple(self.drawn)))
        body = msgspec.structs.replace(body, clock=self.prepared.content.clock)
        plain = ENCODER.encode(tx.knowing(body, content, compartment))
        if (compartment, plain) != (self.prepared.compartment, self.prepared.body):
            raise Refused("", STALE)
        self._due = True
        return body

    def vouch(self, entry: Said) -> EntryVouch | None:
        """What goes with the entry that was just said; None with any other."""
        if not self._due or self.answer is None:
            return None
        self._due = False
        return EntryVouch(entry=entry.id, **msgspec.structs.asdict(self.answer))


SCRIPT: ContextVar[Script | None] = ContextVar("script", default=None)
