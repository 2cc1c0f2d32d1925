"""Requests to erase, and their receipts, as bytes that one authority's device signs for another.

A receipt is a promise, nothing more: nobody can prove to another that something is gone. It says who said so
and when, and it is called a promise wherever it is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from libertad.exchange.protocol import signed
from libertad.exchange.protocol.signed import Publics, Wrong
from libertad.journal.rings import Rings

REQUEST = b"libertad erase request v1\x00"
RECEIPT = b"libertad erase receipt v1\x00"
REQUEST_ID = b"libertad erase request id v1\x00"
LEGAL_HOLD = "refused: legal hold"
NEEDED = "refused: needed"  # for another reason than a legal hold; nodes of 0.1 do not read it
REFUSALS = (LEGAL_HOLD, NEEDED)
MOST_COMPARTMENTS = 1000


class EraseRequest(NamedTuple):
    """`authority` asks the other readers to erase these files (16-byte ids, sorted); `at` in ms since 1970.

    The id (16 bytes) is derived from all of it, so that a receipt says what it is for.
    """

    id: bytes
    compartments: tuple[bytes, ...]
    authority: str
    at: int


class EraseReceipt(NamedTuple):
    """A promise, nothing more. `outcome`: how many keys were destroyed, or one of `REFUSALS`."""

    request: bytes
    authority: str
    at: int
    outcome: int | str


class _Request(signed.Message, frozen=True):
    compartments: tuple[bytes, ...]
    at: int


class _Receipt(signed.Message, frozen=True):
    request: bytes
    at: int
    outcome: int | str


def request(rings: Rings, authority: str, compartments: Iterable[bytes], at: int) -> bytes:
    """The authority asks for these files to be erased. Whether it may is for whoever is asked."""
    message = _Request(b"", authority, tuple(sorted(set(compartments))), at)
    _check_request(message)
    return signed.write(rings, REQUEST, message)


def read_request(data: bytes, publics: Publics) -> EraseRequest:
    """Verify a request; Wrong says why it is none."""
    request = signed.read(data, REQUEST, _Request, publics)
    _check_request(request)
    named = hashlib.sha256(REQUEST_ID + data[signed.SIGNATURE :]).digest()[:16]
    return EraseRequest(named, request.compartments, request.authority, request.at)


def receipt(rings: Rings, authority: str, request_id: bytes, at: int, outcome: int | str) -> bytes:
    """The authority promises that it destroyed its keys, and how many, or says why it did not."""
    message = _Receipt(b"", authority, request_id, at, outcome)
    _check_receipt(message)
    return signed.write(rings, RECEIPT, message)


def read_receipt(data: bytes, publics: Publics) -> EraseReceipt:
    """Verify a receipt; Wrong says why it is none."""
    receipt = signed.read(data, RECEIPT, _Receipt, publics)
    _check_receipt(receipt)
    return EraseReceipt(receipt.request, receipt.authority, receipt.at, receipt.outcome)


def _check_request(request: _Request) -> None:
    places = request.compartments
    if not 0 < len(places) <= MOST_COMPARTMENTS or any(len(place) != 16 for place in places):
        raise Wrong("malformed", f"a request to erase names 1 to {MOST_COMPARTMENTS} files by their ids")
    if list(places) != sorted(set(places)):
        raise Wrong("malformed", "a request to erase names each file once, in order")
    signed.moment(request.at, "request to erase")


def _check_receipt(receipt: _Receipt) -> None:
    fits = 0 <= receipt.outcome < 1 << 32 if isinstance(receipt.outcome, int) else receipt.outcome in REFUSALS
    if len(receipt.request) != 16 or not fits:
        raise Wrong("malformed", f"a receipt says how many keys were destroyed, or one of {REFUSALS}")
    signed.moment(receipt.at, "receipt")
