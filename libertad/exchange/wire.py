"""What travels between two nodes: asks and parcels (docs/exchange-format.md).

MessagePack with one-letter names, compressed by zstd. Every bound is checked before memory is taken: a
message that says it is larger than it may be is refused unread.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
import zstandard

CHUNK = 64 * 1024  # compressed bytes of a parcel, but for one entry that is larger by itself
MOST_PACKED = 1_200_000
MOST_PLAIN = 4_000_000
MOST_ENTRIES = 4096
VERSION = 1
T = TypeVar("T", bound=msgspec.Struct)


class BadMessage(ValueError):
    """Bytes that are no message of this format, or break a bound; the message says which."""


class Carried(msgspec.Struct, frozen=True, array_like=True):
    """An entry and its place in the sender's tree. `body` is None where it was erased."""

    idx: int
    header: bytes
    signature: bytes
    body: bytes | None


class Word(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What two nodes tell each other besides entries. `number` is confirmed by the other's `confirms`."""

    number: int = msgspec.field(default=0, name="n")
    confirms: int = msgspec.field(default=0, name="c")
    opened: list[bytes] = msgspec.field(default_factory=list, name="o")  # compartments now yours to read
    wraps: list[bytes] = msgspec.field(default_factory=list, name="k")
    got: list[tuple[str, bytes]] = msgspec.field(default_factory=list, name="g")  # (authority, key id) taken
    recipients: list[bytes] = msgspec.field(default_factory=list, name="r")
    notes: list[str] = msgspec.field(default_factory=list, name="h")  # checkpoints of third nodes
    cosigned: str = msgspec.field(default="", name="s")
    prove: list[int] = msgspec.field(default_factory=list, name="p")  # sizes of your tree
    proofs: list[tuple[int, int, list[bytes]]] = msgspec.field(default_factory=list, name="q")
    erase: list[bytes] = msgspec.field(default_factory=list, name="e")
    receipts: list[bytes] = msgspec.field(default_factory=list, name="a")
    successions: list[bytes] = msgspec.field(default_factory=list, name="u")
    slips: list[bytes] = msgspec.field(default_factory=list, name="l")
    forks: list[list[bytes]] = msgspec.field(default_factory=list, name="f")

    def empty(self) -> bool:
        return self == Word(number=self.number)


class Ask(msgspec.Struct, omit_defaults=True, kw_only=True):
    """'What have you for me after index `after`?' `after` confirms all before it.

    `fills` are (compartment, from index): older entries of a compartment, below `after`.
    """

    counter: int = msgspec.field(name="n")
    after: int = msgspec.field(default=0, name="a")
    chunk: int = msgspec.field(default=CHUNK, name="z")
    most: int = msgspec.field(default=64, name="m")
    fills: list[tuple[bytes, int]] = msgspec.field(default_factory=list, name="f")
    word: Word | None = msgspec.field(default=None, name="w")
    fingerprints: list[bytes] | None = msgspec.field(default=None, name="x")
    named: list[bytes] = msgspec.field(default_factory=list, name="y")  # entries asked for by hash


class Parcel(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A chunk of the sender's journal from index `start` to `end`, for one reader.

    `note` is the sender's checkpoint of size `end`, `proof` the hashes that cover what is not for this
    reader. A fill names its compartment and covers `start` to `end` below the reader's cursor `size`.
    """

    start: int = msgspec.field(default=0, name="a")
    end: int = msgspec.field(default=0, name="z")
    note: str = msgspec.field(default="", name="n")
    entries: list[Carried] = msgspec.field(default_factory=list, name="e")
    proof: list[bytes] = msgspec.field(default_factory=list, name="p")
    fill: bytes = msgspec.field(default=b"", name="f")
    size: int = msgspec.field(default=0, name="s")
    head: int = msgspec.field(default=0, name="h")  # the sender's whole size
    word: Word | None = msgspec.field(default=None, name="w")
    differing: list[bytes] | None = msgspec.field(default=None, name="d")


def pack(message: msgspec.Struct) -> bytes:
    """The message as it travels."""
    return zstandard.ZstdCompressor(level=1, write_checksum=False).compress(msgspec.msgpack.encode(message))


def unpack(data: bytes, kind: type[T]) -> T:
    """Undo `pack`; BadMessage for anything else, without ever holding more than MOST_PLAIN bytes."""
    if len(data) > MOST_PACKED:
        raise BadMessage(f"{len(data):,} bytes in one message, at most {MOST_PACKED:,}")
    try:
        stated = zstandard.get_frame_parameters(data).content_size
        if stated in (zstandard.CONTENTSIZE_UNKNOWN, zstandard.CONTENTSIZE_ERROR) or stated > MOST_PLAIN:
            raise BadMessage(f"it would be larger than {MOST_PLAIN:,} bytes, or does not say how large")
        plain = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompress(data, allow_extra_data=False)
    except zstandard.ZstdError:
        raise BadMessage("not compressed as agreed: it was cut off or changed on the way") from None
    try:
        found = msgspec.msgpack.decode(plain, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BadMessage("not a message of this version") from None
    if isinstance(found, Parcel):
        check(found)
    return found


def check(parcel: Parcel) -> None:
    """Bounds of a parcel's numbers."""
    if not 0 <= parcel.start <= parcel.end < 1 << 53 or not 0 <= parcel.head < 1 << 53:
        raise BadMessage("its indices are out of range")
    if len(parcel.entries) > MOST_ENTRIES:
        raise BadMessage(f"{len(parcel.entries):,} entries in one parcel, at most {MOST_ENTRIES:,}")
    place = parcel.start - 1
    for one in parcel.entries:
        if not place < one.idx < parcel.end:
            raise BadMessage("its entries are not in order or outside its range")
        place = one.idx
