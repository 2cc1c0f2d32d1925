"""What travels between two nodes: asks and parcels (docs/exchange-format.md).

MessagePack with one-letter names, compressed by zstd. Every bound is checked before memory is taken: a
message that says it is larger than it may be is refused unread.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
import zstandard
from msgspec import Meta

from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.formats import FIRST, TODAY

CHUNK = 64 * 1024  # compressed bytes of a parcel, but for one entry that is larger by itself
MOST_PACKED = 1_200_000
MOST_PLAIN = 4_000_000
MOST_ENTRIES = 4096
VERSION = 1
MOST_TOLD = 4096  # of any one thing in a word
MOST_HASHES = 120_000  # of a proof or a list: as many as MOST_PLAIN holds
# Bounds that are checked before a list is made: an empty list is one byte on the way and 56 here.
Count = Annotated[int, Meta(ge=0, lt=1 << 53)]
Told = Annotated[list[bytes], Meta(max_length=MOST_TOLD)]
Hashes = Annotated[list[bytes], Meta(max_length=MOST_HASHES)]
Fingerprints = Annotated[list[bytes], Meta(max_length=256)]
Fills = Annotated[list[tuple[bytes, Count]], Meta(max_length=256)]
Confirmed = Annotated[list[tuple[str, bytes]], Meta(max_length=MOST_TOLD)]
Names = Annotated[list[str], Meta(max_length=MOST_TOLD)]
Notes = Annotated[list[str], Meta(max_length=MOST_TOLD)]
Sizes = Annotated[list[Count], Meta(max_length=64)]
Path = Annotated[list[bytes], Meta(max_length=128)]
Proofs = Annotated[list[tuple[Count, Count, Path]], Meta(max_length=64)]
Pieces = Annotated[list[bytes], Meta(max_length=64)]
Fork = Annotated[list[bytes], Meta(max_length=4)]
Forks = Annotated[list[Fork], Meta(max_length=MOST_TOLD)]
T = TypeVar("T", bound=msgspec.Struct)


class BadMessage(ValueError):
    """Bytes that are no message of this format, or break a bound; the message says which."""


class CarriedEntry(msgspec.Struct, frozen=True, array_like=True):
    """An entry and its place in the sender's tree. `body` is None where it was erased."""

    idx: Count
    header: bytes
    signature: bytes
    body: bytes | None


Entries = Annotated[list[CarriedEntry], Meta(max_length=MOST_ENTRIES)]


class ControlMessage(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What two nodes tell each other besides entries. `number` is confirmed by the other's `confirms`."""

    number: Count = msgspec.field(default=0, name="n")
    confirms: Count = msgspec.field(default=0, name="c")
    opened: Told = msgspec.field(default_factory=list, name="o")  # compartments now yours to read
    wraps: Told = msgspec.field(default_factory=list, name="k")
    got: Confirmed = msgspec.field(default_factory=list, name="g")  # (authority, key id) taken
    recipients: Told = msgspec.field(default_factory=list, name="r")
    notes: Notes = msgspec.field(default_factory=list, name="h")  # checkpoints of third nodes
    cosigned: str = msgspec.field(default="", name="s")
    prove: Sizes = msgspec.field(default_factory=list, name="p")  # sizes of your tree
    proofs: Proofs = msgspec.field(default_factory=list, name="q")
    erase: Told = msgspec.field(default_factory=list, name="e")
    receipts: Told = msgspec.field(default_factory=list, name="a")
    successions: Told = msgspec.field(default_factory=list, name="u")
    # Of 0.1's relays: read, and nothing is made of them. `l`, `m` and `v` mean nothing else, ever.
    slips: Told = msgspec.field(default_factory=list, name="l")
    letters: Told = msgspec.field(default_factory=list, name="m")
    carried: Told = msgspec.field(default_factory=list, name="v")
    forks: Forks = msgspec.field(default_factory=list, name="f")
    forged: Forks = msgspec.field(
        default_factory=list, name="y"
    )  # (header, signature): your words, held here
    lacks: Names = msgspec.field(default_factory=list, name="i")  # whose recipient key we do not know
    # Where no question is answered (mail, bundles): what we have of yours, and what we still want.
    taken: Count = msgspec.field(default=0, name="t")
    fills: Fills = msgspec.field(default_factory=list, name="w")
    # The same of care's tree, from and to nodes of its side.
    care_taken: Count = msgspec.field(default=0, name="ct")
    care_fills: Fills = msgspec.field(default_factory=list, name="cw")
    bundle: str = msgspec.field(default="", name="b")  # the key that bundles for us are encrypted to
    missing: Told = msgspec.field(default_factory=list, name="j")  # files whose keys we lost, blinded

    def empty(self) -> bool:
        return self == ControlMessage(number=self.number)


class PullRequest(msgspec.Struct, omit_defaults=True, kw_only=True):
    """'What have you for me after index `after`?' `after` confirms all before it.

    `fills` are (compartment, from index): older entries of a compartment, below `after`.
    """

    counter: Count = msgspec.field(name="n")
    after: Count = msgspec.field(default=0, name="a")
    chunk: int = msgspec.field(default=CHUNK, name="z")
    most: int = msgspec.field(default=64, name="m")
    fills: Fills = msgspec.field(default_factory=list, name="f")
    word: ControlMessage | None = msgspec.field(default=None, name="w")
    fingerprints: Fingerprints | None = msgspec.field(default=None, name="x")
    format: Count = msgspec.field(default=FIRST, name="v")  # of the sender; `pack` sets it
    named: Told = msgspec.field(default_factory=list, name="y")  # entries asked for by hash
    chunks: Pieces = msgspec.field(default_factory=list, name="h")  # of attached files, by hash
    tree: str = msgspec.field(default="", name="t")  # of which tree: the open one, or "care"


class Parcel(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A chunk of the sender's journal from index `start` to `end`, for one reader.

    `note` is the sender's checkpoint of size `end`, `proof` the hashes that cover what is not for this
    reader. A fill names its compartment and covers `start` to `end` below the reader's cursor `size`.
    """

    start: Count = msgspec.field(default=0, name="a")
    end: Count = msgspec.field(default=0, name="z")
    note: str = msgspec.field(default="", name="n")
    entries: Entries = msgspec.field(default_factory=list, name="e")
    proof: Hashes = msgspec.field(default_factory=list, name="p")
    fill: bytes = msgspec.field(default=b"", name="f")
    size: Count = msgspec.field(default=0, name="s")
    head: Count = msgspec.field(default=0, name="h")  # the sender's whole size
    format: Count = msgspec.field(default=FIRST, name="v")  # of the sender; `pack` sets it
    word: ControlMessage | None = msgspec.field(default=None, name="w")
    differing: Hashes | None = msgspec.field(default=None, name="d")
    pieces: Pieces = msgspec.field(default_factory=list, name="c")  # chunks of attached files
    tree: str = msgspec.field(default="", name="t")  # in a letter: of which tree


def pack(message: msgspec.Struct) -> bytes:
    """The message as it travels. Asks and parcels state the sender's format, which 0.1 passes over."""
    if isinstance(message, (PullRequest, Parcel)):
        message.format = TODAY
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
        message = msgspec.msgpack.decode(plain, type=prepared(kind))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BadMessage("not a message of this version") from None
    if isinstance(message, Parcel):
        check(message)
    return message


def check(parcel: Parcel) -> None:
    """A parcel's places are in order; how many and how large they may be, its type says."""
    if parcel.start > parcel.end:
        raise BadMessage("its indices are out of range")
    place = parcel.start - 1
    for entry in parcel.entries:
        if not place < entry.idx < parcel.end:
            raise BadMessage("its entries are not in order or outside its range")
        place = entry.idx
