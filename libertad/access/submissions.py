"""Each posting of a form writes once: what it wrote is recorded in the transaction of its entries.

A form carries an id that this node made when it showed the form. `perform` runs an action for a posting
(`CURRENT`) through `submit_once`: in one transaction the action's entries are appended and its result is
recorded, or neither is. A posting that arrives again gets the recorded result, whatever was killed in
between, in whichever process it arrives. The id is used up only by what was written, not by a refusal.

Rows are named by keyed hashes of account, address and id and their content is sealed: a copy of the database
tells nothing, and another account's id is a new one. They stay at this node, in no entry: entries of one
posting lie in files with different readers, and nothing common to them may tell that they belong together.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from libertad.access.submission_models import SubmissionRecord
from libertad.journal.folding import Said
from libertad.journal.node import Node, node
from libertad.journal.transaction import Transaction
from libertad.vocabulary.decoding import prepared

R = TypeVar("R")
S = TypeVar("S", bound=msgspec.Struct)
FIELD = "submission"
SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 random bits
KEPT = 7 * 24 * 3600 * 1000  # ms; a form outlives neither its session (4 h) nor the next sign-in
CONTEXT = b"libertad submission v1"
ANSWER = "answer"
SELECT = "select sealed from access_submission where id = ?"
DELETE = "delete from access_submission where id = ?"
PRUNE = "delete from access_submission where at < ?"
INSERT = "insert into access_submission (id, sealed, at) values (?, ?, ?)"


class Repeated(Exception):
    """The posting was written before, and the page that was made then cannot be made again.

    Such as a page that showed a secret once.
    """


class Write(msgspec.Struct, frozen=True):
    """One action's recorded write: a digest of action and arguments, of the posting, and the result.

    `kind`: 'plain' (as JSON holds it), 'tuple' (of such), or '' for a result that is not kept.
    """

    call: str
    content: str
    kind: str
    result: Any
    at: int


class Answer(msgspec.Struct, frozen=True):
    """How a posting was answered: where it led ('' for a page that is not kept), at `at` (ms)."""

    content: str
    location: str
    at: int


@dataclass
class Submission:
    """One arrival of a posted form. `name` identifies the posting, `content` is a digest of all it holds."""

    name: str
    content: str
    writes: int = 0  # actions that wrote, in this arrival or in an earlier one
    replayed: int = 0  # those of them that an earlier arrival had written
    entries: list[Said] = field(default_factory=list)  # what this arrival said, in order


CURRENT: ContextVar[Submission | None] = ContextVar("submission", default=None)


def new_submission() -> str:
    """A fresh id for a form that is about to be shown."""
    return secrets.token_urlsafe(16)


def keyed(*parts: bytes) -> str:
    """A hash (hex) of these parts that nobody can compute without this node's key."""
    mac = hmac.new(_key(b"names"), digestmod=hashlib.sha256)
    for part in parts:
        mac.update(len(part).to_bytes(8, "big") + part)
    return mac.hexdigest()


def identify(account: str, path: str, submission: str, content: str) -> Submission:
    """The posting of a form by an account, at an address."""
    return Submission(keyed(b"form", account.encode(), path.encode(), submission.encode()), content)


def submit_once(
    job: Callable[[Transaction], R],
    action: Callable[..., object],
    arguments: Mapping[str, object],
    here: Node | None = None,
) -> R:
    """Run a job in a node's writer (this process's own), once for the posting that is being answered.

    Waits until it is durable. Where an earlier arrival wrote it, its recorded result; Repeated where that
    cannot be given again. Raises what the job raises; the posting's next action then stands in its place.
    """
    submission, writer = CURRENT.get(), (here or node()).writer
    if submission is None:
        return writer.submit(job)
    place = f"{submission.name}:{submission.writes}"
    label = f"{action.__module__}.{action.__qualname__}"
    call = keyed(b"call", label.encode(), repr(sorted(arguments.items())).encode())

    def run(tx: Transaction) -> R:
        row = tx.sql.first(SELECT, (place,))
        write = _open(place, bytes(row[0]), Write) if row is not None else None
        if write is not None:
            submission.replayed += 1
            if write.call != call or not write.kind:
                raise Repeated
            return _restored_result(write)  # type: ignore[no-any-return]
        before = len(tx.appended)
        result = job(tx)
        submission.entries += tx.appended[before:]
        now = _now()
        tx.sql.run(PRUNE, (now - KEPT,))
        tx.sql.run(DELETE, (place,))  # one that this node did not write, or that its key opens no more
        new_write = Write(call, submission.content, *_storable_result(result), now)
        tx.sql.run(INSERT, (place, _seal(place, new_write), now))
        return result

    result = writer.submit(run)
    submission.writes += 1
    return result


def keep_answer(tx: Transaction, submission: Submission, location: str) -> None:
    """Record where a written posting led."""
    place, now = f"{submission.name}:{ANSWER}", _now()
    tx.sql.run(DELETE, (place,))
    tx.sql.run(INSERT, (place, _seal(place, Answer(submission.content, location, now)), now))


def recorded(submission: Submission) -> Answer | Write | None:
    """How the posting was answered before; else its first write, where the answer was cut off; else None."""
    places = f"{submission.name}:{ANSWER}", f"{submission.name}:0"
    rows = SubmissionRecord.objects.filter(pk__in=places).values_list("pk", "sealed")
    by_place = {place: bytes(sealed) for place, sealed in rows}
    if places[0] in by_place and (answer := _open(places[0], by_place[places[0]], Answer)) is not None:
        return answer
    return _open(places[1], by_place[places[1]], Write) if places[1] in by_place else None


def repeats(account: str, path: str, submission: str) -> Answer | Write | None:
    """What is recorded of the posting of a form with this id, whatever it holds now; None for a new one."""
    return recorded(identify(account, path, submission, "")) if SHAPE.fullmatch(submission) else None


def _storable_result(result: object) -> tuple[str, Any]:
    """A result's kind and what is kept of it."""
    simple = (str, int, float, bool, type(None))
    if isinstance(result, simple):
        return "plain", result
    if isinstance(result, (tuple, list)) and all(isinstance(part, simple) for part in result):
        return ("tuple" if isinstance(result, tuple) else "plain"), list(result)
    return "", None


def _restored_result(write: Write) -> Any:
    return tuple(write.result) if write.kind == "tuple" else write.result


def _now() -> int:
    return time.time_ns() // 1_000_000


def _key(purpose: bytes) -> bytes:
    """A key of this node's own for one purpose, 32 bytes."""
    secret = bytes.fromhex(settings.LIBERTAD_SESSION_KEY)
    return hmac.digest(secret, CONTEXT + b" " + purpose, "sha256")


def _seal(place: str, content: msgspec.Struct) -> bytes:
    nonce = os.urandom(12)
    plain = msgspec.json.encode(content)
    return nonce + AESGCM(_key(b"seal")).encrypt(nonce, plain, CONTEXT + place.encode())


def _open(place: str, sealed: bytes, kind: type[S]) -> S | None:
    """What a row holds; None for one that this node did not write for this place."""
    try:
        plain = AESGCM(_key(b"seal")).decrypt(sealed[:12], sealed[12:], CONTEXT + place.encode())
        return msgspec.json.decode(plain, type=prepared(kind))
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        return None
