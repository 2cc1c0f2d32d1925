"""The inside of a bundle: parcels packed into one padded stream, and the age file cut into parts.

    'libertad bundle 1\\n' | length and origin | (length, parcel)* | 0, number of parcels | zeros

Lengths are 4 bytes, the number 8, most significant first. age calls `read` and `write` of the objects here,
so nothing is ever held whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import queue
import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyrage
from django.utils.translation import gettext as _
from pyrage import x25519

from .bundle_format import HEAD, BadBundle, Head

FRONT = b"libertad bundle 1\n"
MOST_PARCEL = 1_300_000
"""A parcel is a chunk of 64 KB, but for one entry that is larger by itself, and what the exchange adds."""
MOST_ORIGIN = 255
STEPS = (4096, 16384, 65536, 262144, 1 << 20)
ZEROS = bytes(65536)


def padded(size: int) -> int:
    """The step that `size` is padded to: five small ones, then three significant bits (at most 25% more)."""
    for step in STEPS:
        if size <= step:
            return step
    unit = 1 << (size.bit_length() - 3)
    return -(-size // unit) * unit


class Packed:
    """What age reads: the plain stream. An error of the iterable is kept in `error`: age hides its kind."""

    def __init__(self, parcels: Iterable[bytes], origin: str) -> None:
        self.error: BaseException | None = None
        self._pieces = self._stream(parcels, origin.encode())
        self._rest = b""

    def read(self, size: int) -> bytes:
        while not self._rest:
            try:
                self._rest = next(self._pieces)
            except StopIteration:
                return b""
            except BaseException as error:
                self.error = error
                raise
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    @staticmethod
    def _stream(parcels: Iterable[bytes], origin: bytes) -> Iterator[bytes]:
        if not 1 <= len(origin) <= MOST_ORIGIN:
            raise ValueError("sender_origin: 1 to 255 bytes")
        front = FRONT + len(origin).to_bytes(4, "big") + origin
        yield front
        size, count = len(front), 0
        for parcel in parcels:
            if not 1 <= len(parcel) <= MOST_PARCEL:
                raise ValueError(f"parcel of {len(parcel):,} bytes: 1 to {MOST_PARCEL:,} can be carried")
            yield len(parcel).to_bytes(4, "big") + parcel
            size, count = size + 4 + len(parcel), count + 1
        yield bytes(4) + count.to_bytes(8, "big")
        size += 12
        left = padded(size) - size
        while left:
            piece = ZEROS[:left]
            yield piece
            left -= len(piece)


class Part:
    """One part being written under a temporary name; room for the head is kept at its front."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f".{secrets.token_hex(8)}.part"
        self.size = 0
        self.digest = hashlib.sha256()
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._out = os.fdopen(fd, "wb")
        self._out.write(bytes(HEAD))

    def write(self, piece: bytes) -> None:
        self._out.write(piece)
        self.digest.update(piece)
        self.size += len(piece)

    def end(self) -> None:
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()

    def clear(self) -> None:
        with contextlib.suppress(OSError):  # a full disk says so once more when the buffer is flushed
            self._out.close()
        self.path.unlink(missing_ok=True)


class Cutter:
    """What age writes to: parts of at most `most` bytes of the age file each (None: one part)."""

    def __init__(self, folder: Path, most: int | None) -> None:
        self.parts: list[Part] = []
        self.total = 0
        self.error: BaseException | None = None
        self._folder = folder
        self._most = most

    def write(self, piece: bytes) -> int:
        try:
            left = memoryview(piece)
            while left:
                if not self.parts or self.parts[-1].size == self._most:
                    self._next()
                room = len(left) if self._most is None else self._most - self.parts[-1].size
                self.parts[-1].write(bytes(left[:room]))
                self.total += len(left[:room])
                left = left[room:]
        except BaseException as error:
            self.error = error
            raise
        return len(piece)

    def flush(self) -> None:
        """age flushes at its end; durability is `end`'s."""

    def end(self) -> None:
        if self.parts:
            self.parts[-1].end()

    def clear(self) -> None:
        """Remove what still stands under a temporary name."""
        for part in self.parts:
            part.clear()

    def _next(self) -> None:
        self.end()
        self.parts.append(Part(self._folder))


class Joined:
    """What age reads back: the parts one after the other, hashed again as they pass."""

    def __init__(self, parts: Sequence[tuple[Path, Head]]) -> None:
        self.error: BaseException | None = None
        self._parts = iter(parts)
        self._file: BinaryIO | None = None
        self._head: Head | None = None
        self._left = 0
        self._digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        try:
            while not self._left:
                if not self._next():
                    return b""
            assert self._file is not None  # noqa: S101 - a part is open while anything of it is left
            piece = self._file.read(min(size, self._left))
            if not piece:
                raise self._changed()
        except BaseException as error:
            self.error = error
            raise
        self._left -= len(piece)
        self._digest.update(piece)
        return piece

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _next(self) -> bool:
        """Check the part that was read to its end and open the next one; False after the last."""
        self.close()
        if self._head is not None and self._digest.digest() != self._head.digest:
            raise self._changed()
        path, self._head = next(self._parts, (Path(), None))
        if self._head is None:
            return False
        self._file = path.open("rb")
        self._file.seek(HEAD)
        self._left, self._digest = self._head.size, hashlib.sha256()
        return True

    def _changed(self) -> BadBundle:
        number, count = (self._head.part, self._head.of) if self._head else (0, 0)
        return BadBundle(
            _("Part %(part)s of %(count)s changed while it was read: copy it to this computer first.")
            % {"part": number, "count": count}
        )


class Gone(Exception):
    """Nobody reads on: age is to stop."""


class _Hose:
    """What age writes the plain stream to: a short queue, so that it waits for its reader."""

    def __init__(self) -> None:
        self.pieces: queue.Queue[bytes | BaseException | None] = queue.Queue(maxsize=4)
        self.closed = threading.Event()

    def write(self, piece: bytes) -> int:
        self.push(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def push(self, piece: bytes | BaseException | None) -> None:
        while not self.closed.is_set():
            try:
                self.pieces.put(piece, timeout=0.1)
                return
            except queue.Full:
                continue
        raise Gone


def _decrypt(joined: Joined, identity: x25519.Identity) -> Iterator[bytes]:
    """The decrypted stream piece by piece; age runs in a thread, which ends with this iterator."""
    hose = _Hose()

    def run() -> None:
        end: BaseException | None = None
        try:
            pyrage.decrypt_io(joined, hose, [identity])
        except BaseException as error:  # handed over to the reader, whatever it is
            end = joined.error or error
        with contextlib.suppress(Gone):
            hose.push(end)

    worker = threading.Thread(target=run, name="bundle", daemon=True)
    worker.start()
    try:
        while True:
            piece = hose.pieces.get()
            if isinstance(piece, BadBundle):
                raise piece
            if isinstance(piece, BaseException):
                raise BadBundle(
                    _("This bundle does not open with this node's key: it is written for another node.")
                ) from piece
            if piece is None:
                return
            yield piece
    finally:
        hose.closed.set()
        worker.join()
        joined.close()


class _Taker:
    """Exact numbers of bytes from pieces of any size; never holds more than it is asked for and one piece."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._have = bytearray()

    def take(self, size: int) -> bytes:
        while len(self._have) < size:
            piece = next(self._pieces, b"")
            if not piece:
                raise _malformed()
            self._have += piece
        chunk = bytes(self._have[:size])
        del self._have[:size]
        return chunk

    def zeros(self) -> bool:
        """Whether all that is left is padding; reads to the end."""
        clean = not any(self._have)
        for piece in self._pieces:
            clean = clean and not piece.strip(b"\x00")
        return clean


def _malformed() -> BadBundle:
    return BadBundle(_("The inside of this bundle is malformed: its sender must write it again."))


def unpacked(joined: Joined, identity: x25519.Identity, sender: str) -> Iterator[bytes]:
    """The parcels inside; BadBundle when the inside is not what `sender` writes or another reader's."""
    pieces = _decrypt(joined, identity)
    with contextlib.closing(pieces):  # type: ignore[type-var]
        inside = _Taker(pieces)
        if inside.take(len(FRONT)) != FRONT:
            raise _malformed()
        length = int.from_bytes(inside.take(4), "big")
        if length > MOST_ORIGIN or inside.take(length) != sender.encode():
            # Another known node took the age file as it was and signed it as its own.
            raise BadBundle(
                _("This bundle was written by another node than the one that signed it: refuse it.")
            )
        count = 0
        while length := int.from_bytes(inside.take(4), "big"):
            if length > MOST_PARCEL:
                raise _malformed()
            yield inside.take(length)
            count += 1
        if int.from_bytes(inside.take(8), "big") != count or not inside.zeros():
            raise _malformed()
