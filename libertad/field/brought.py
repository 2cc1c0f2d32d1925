"""What a submission says while it waits, sealed to the authority that it was brought for.

It is sealed under the key of the authority's own file, bound to its row: no other authority of the node opens
it, and no row opens in another's place.
"""

from __future__ import annotations

import time
from contextlib import suppress

import msgspec

from libertad.access.acting import Act
from libertad.access.submissions import keyed
from libertad.field.odk_submissions import Answer
from libertad.field.xlsform import limits
from libertad.journal import sealing
from libertad.journal.header import Malformed
from libertad.journal.node import Node
from libertad.journal.rings import RingError
from libertad.vocabulary.decoding import prepared

DAY = 24 * 3600 * 1000  # ms
WAITS, ACCEPTED, LEFT_OUT = "waits", "accepted", "left-out"
# By verb: the kind of file that it is said in.
FILES = {"person.meet": "person", "lead.report": "police", "exhibit.seize": "case", "visit.record": "police"}


class Words(msgspec.Struct, frozen=True):
    """`by`, `at`: who collected it and when, as the phone or the server wrote it. `brought_by`: an officer.

    Once it is over: `officer`, `ended` (ms) and `reason`, and no answers any more.
    """

    verb: str
    form: str
    by: str
    at: str
    brought_by: str
    answers: tuple[Answer, ...] = ()
    officer: str = ""
    ended: int = 0
    reason: str = ""


def row_id(authority: str, operation: str, instance: str) -> str:
    """The name of a submission's row: nobody can tell from it which submission that is."""
    return keyed(b"brought", authority.encode(), operation.encode(), instance.encode())[:32]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def oldest() -> int:
    """What was brought before (ms) has ended."""
    return now_ms() - limits()["kept_days"] * DAY


def own_file(act: Act) -> str:
    """The authority's own file, opened where there is none yet."""
    place = act.find_compartment("authority", act.actor.authority)
    return place if place is not None else act.open("authority", act.actor.authority, ())


def seal_words(act: Act, key: str, words: Words) -> bytes:
    """The words of a row, sealed to the actor's authority, in steps of length."""
    authority, operation = act.actor.authority, act.actor.operation
    kid, epoch = act.node.rings.current(authority, bytes.fromhex(own_file(act)))
    return sealing.seal_columns(
        sealing.pad(msgspec.json.encode(words)), epoch, _bound(authority, operation, key), kid
    )


def open_words(
    node: Node, authority: str, operation: str, key: str, sealed: bytes | memoryview | None
) -> Words | None:
    """The words of a row; None where there are none, where the authority's ring does not open them, and where
    they are not those that this node sealed for this row."""
    if sealed is None:
        return None
    epoch = node.rings.key(authority, bytes(sealed)[:16])
    if epoch is None:
        with suppress(RingError):  # another process of the node has brought them a moment ago
            node.rings.refresh()
        epoch = node.rings.key(authority, bytes(sealed)[:16])
    if epoch is None:
        return None
    try:
        plain = sealing.unpad(sealing.open_columns(bytes(sealed), epoch, _bound(authority, operation, key)))
        return msgspec.json.decode(plain, type=prepared(Words))
    except (sealing.CannotOpen, Malformed, msgspec.MsgspecError, ValueError):
        return None


def _bound(authority: str, operation: str, key: str) -> bytes:
    return f"field.Brought:{authority}:{operation}:{key}".encode()
