"""What a phone's parcel does not say twice, made whole again (docs/field-app.md, Parcels).

A header that follows another of the parcel in its log comes as [place of that one, what it depends on]: the
rest is that header's, its hash, and the hash and length of the entry's own body. A wrap for a reader that
another wrap of the parcel names comes as [place of an entry sealed with its key, place of that wrap, seal].
The bytes made here are the signed ones or nothing is taken: what was changed on the way fails at the
signature as ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from libertad.exchange.control import key_wrap
from libertad.exchange.control.key_wrap import WrongWrap
from libertad.exchange.protocol.messages import BadMessage, CarriedEntry, Parcel
from libertad.journal import header
from libertad.journal.header import Malformed
from libertad.vocabulary.decoding import prepared

# MessagePack's arrays of two and of three; a whole header is CBOR's array of ten, a whole wrap one of seven.
SHORT_HEADER = b"\x92"
SHORT_WRAP = b"\x93"
T = TypeVar("T")


class _ShortHeader(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    before: int
    depends: list[bytes]


class _ShortWrap(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    entry: int
    similar: int
    sealed: bytes


def expand(parcel: Parcel) -> Parcel:
    """The parcel with whole headers and wraps; BadMessage where a short form names what is not before it."""
    entries: list[CarriedEntry] = []
    wraps: list[bytes] = []
    word = parcel.word
    try:
        for carried in parcel.entries:
            entries.append(_entry(carried, entries))
        for packed in word.wraps if word is not None else ():
            wraps.append(_wrap(packed, wraps, entries))
    except (IndexError, Malformed, WrongWrap, msgspec.MsgspecError):
        raise BadMessage("a short form in it names nothing that came before") from None
    if word is not None:
        word = msgspec.structs.replace(word, wraps=wraps)
    return msgspec.structs.replace(parcel, entries=entries, word=word)


def _entry(carried: CarriedEntry, before: list[CarriedEntry]) -> CarriedEntry:
    if carried.header[:1] != SHORT_HEADER or carried.body is None:
        return carried
    short = msgspec.msgpack.decode(carried.header, type=prepared(_ShortHeader))
    last = _at(before, short.before).header
    head = header.decode(last)._replace(
        previous=header.entry_hash(last),
        depends=tuple(short.depends),
        body_hash=hashlib.sha256(carried.body).digest(),
        length=len(carried.body),
    )
    return CarriedEntry(
        carried.idx, head._replace(seq=head.seq + 1).encode(), carried.signature, carried.body
    )


def _wrap(packed: bytes, before: list[bytes], entries: list[CarriedEntry]) -> bytes:
    if packed[:1] != SHORT_WRAP:
        return packed
    short = msgspec.msgpack.decode(packed, type=prepared(_ShortWrap))
    head = header.decode(_at(entries, short.entry).header)
    similar = key_wrap.unpacked(_at(before, short.similar))
    return key_wrap.packed(
        msgspec.structs.replace(similar, compartment=head.compartment, kid=head.key_id, sealed=short.sealed)
    )


def _at(parts: Sequence[T], place: int) -> T:
    if not 0 <= place < len(parts):
        raise IndexError(place)
    return parts[place]
