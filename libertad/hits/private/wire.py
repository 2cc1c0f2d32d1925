"""What two nodes say to each other when one asks in private (docs/hits-private.md).

MessagePack arrays behind their length, filled up with zeros to whole steps: an observer of the line sees how
many steps, and batches have few sizes. All of it travels in the exchange's channel.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from libertad.hits.private.parts import BYTES, MOST_PART
from libertad.vocabulary.decoding import prepared

STEP = 128
HEAD = 4
MOST_BYTES = 256 * 1024  # of a question
MOST_ANSWER = BYTES * MOST_PART + 64 * 1024
HIT = b"%"  # a channel's kind: a question of hits is no ask of the exchange
Count = Annotated[int, Meta(ge=0, lt=1 << 53)]
Id = Annotated[str, Meta(min_length=1, max_length=32)]
Kind = Annotated[str, Meta(max_length=12)]
Element = Annotated[bytes, Meta(max_length=64)]  # its form is the group's matter
Batch = tuple[Kind, Annotated[list[Element], Meta(max_length=2048)]]
Batches = Annotated[list[Batch], Meta(max_length=8)]
Case = Annotated[str, Meta(max_length=64)]
Bond = Annotated[bytes, Meta(min_length=32, max_length=32)]
Key = Annotated[bytes, Meta(min_length=16, max_length=16)]
T = TypeVar("T", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)


class BadMessage(ValueError):
    """Bytes that are no message of this format."""


class Question(msgspec.Struct, frozen=True, array_like=True, tag_field="", kw_only=True):
    """What every question begins with: its number, whom it is for, on whose behalf."""

    counter: Count
    owner: Id
    asker: Id


class Sync(Question, frozen=True, array_like=True, tag=1, kw_only=True):
    """'What is new of your filter after this part of this epoch?'"""

    epoch: Count
    after: Count


class Evaluate(Question, frozen=True, array_like=True, tag=2, kw_only=True):
    """Blinded tokens, a batch a kind, for a case. `bond` is SHA-256 of a salt, the officer and the case."""

    epoch: Count
    case: Case
    bond: Bond
    batches: Batches


class Open(Question, frozen=True, array_like=True, tag=3, kw_only=True):
    """Marks that met, each with a key that only their token gives, and blinded fields to compare.

    `of` is the number of the `Evaluate` they came of: each is opened once.
    """

    epoch: Count
    of: Count
    case: Case
    bond: Bond
    met: Annotated[list[tuple[Count, Key]], Meta(max_length=32)]
    fields: Annotated[list[Element], Meta(max_length=64)]


class Refused(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """Why not, by a word of docs/hits-private.md, and in words for who asked."""

    why: Kind
    words: Annotated[str, Meta(max_length=200)]


class Told(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """Terms, and parts of the filter from `first` on. `left`: evaluations by kind, this day."""

    epoch: Count
    publics: Annotated[list[tuple[Kind, Element]], Meta(max_length=16)]
    contact: Annotated[str, Meta(max_length=200)]
    first: Count
    parts: Annotated[list[bytes], Meta(max_length=64)]
    more: bool
    left: Annotated[list[tuple[Kind, Count]], Meta(max_length=16)]


class Evaluated(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """An answer and a proof for each batch, in their order."""

    batches: Annotated[
        list[tuple[Annotated[list[Element], Meta(max_length=2048)], Element]], Meta(max_length=8)
    ]


class Card(msgspec.Struct, frozen=True, array_like=True):
    """A record that met: how many values it has of each field, and a tag for each value, sorted.

    `handle` names it towards its owner, who alone knows which record it is.
    """

    handle: Annotated[bytes, Meta(max_length=8)]
    has: Annotated[list[Count], Meta(max_length=32)]
    tags: Annotated[bytes, Meta(max_length=256)]


class Opened(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """The fields' evaluations with their proof, and a card for each record that met."""

    evaluated: Annotated[list[Element], Meta(max_length=64)]
    proof: Element
    cards: Annotated[list[Card], Meta(max_length=16)]


Questions = Sync | Evaluate | Open
Answers = Refused | Told | Evaluated | Opened
_questions: msgspec.msgpack.Decoder[Questions] = msgspec.msgpack.Decoder(prepared(Questions))
_answers: msgspec.msgpack.Decoder[Answers] = msgspec.msgpack.Decoder(prepared(Answers))


def pack(message: msgspec.Struct) -> bytes:
    """The message in whole steps."""
    data = msgspec.msgpack.encode(message)
    return (len(data).to_bytes(HEAD, "big") + data).ljust(-(-(len(data) + HEAD) // STEP) * STEP, b"\0")


def question(data: bytes) -> Questions:
    """Undo `pack`; BadMessage for anything else."""
    return _decoded(data, MOST_BYTES, _questions)


def answer(data: bytes) -> Answers:
    return _decoded(data, MOST_ANSWER, _answers)


def _decoded(data: bytes, maximum: int, decoder: msgspec.msgpack.Decoder[T]) -> T:
    size = int.from_bytes(data[:HEAD], "big")
    if len(data) > maximum or len(data) % STEP or size > len(data) - HEAD or any(data[HEAD + size :]):
        raise BadMessage("a message of another size than it says")
    try:
        return decoder.decode(data[HEAD : HEAD + size])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise BadMessage("not a message of this version") from None
