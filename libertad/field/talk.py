"""The channel of a phone: kind, key, sealed question; and the one sealed answer.

`kind || sender's Ed25519 key (32) || Channel.seal('?', plain)`, docs/exchange-format.md ('Phones').
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from libertad.exchange.protocol.secure_channel import ASK, Channel, NotOurs
from libertad.field.problems import BAD, LARGE, Problem
from libertad.journal.node import Node

HAND_OVER, LEASE, ENROL = b"\x01", b"\x02", b"\x03"
MOST = 67_000  # bytes: a full chunk of an attachment, and what the channel and the parcel add
MOST_ASK = 4_000  # of what is no parcel
KEY = 32


class Question(NamedTuple):
    """What somebody asked who holds the key `sender`."""

    sender: bytes
    ask: bytes
    plain: bytes
    channel: Channel

    def answer(self, content: Mapping[str, Any]) -> bytes:
        """Sealed, and bound to this question: it is the answer to no other."""
        plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return self.channel.answer(self.ask, 0, plain, last=True)


def read(here: Node, kind: bytes, body: bytes) -> Question:
    """The question in a request; Problem for what is none, or of another kind."""
    if len(body) > (MOST if kind == HAND_OVER else MOST_ASK):
        raise Problem(LARGE)
    sender, ask = body[1 : 1 + KEY], body[1 + KEY :]
    if body[:1] != kind or len(sender) != KEY:
        raise Problem(BAD)
    try:
        channel = Channel(here.key.seed, sender)
        return Question(sender, ask, channel.open(ASK, ask), channel)
    except NotOurs:
        raise Problem(BAD) from None


def fields(plain: bytes) -> dict[str, Any]:
    """The JSON object in a question."""
    try:
        content = json.loads(plain)
    except (ValueError, RecursionError):
        raise Problem(BAD) from None
    if not isinstance(content, dict):
        raise Problem(BAD)
    return content
