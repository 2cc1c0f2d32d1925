"""An index in a file that grows: a batch is on the disk before it is said to be taken up.

Beside the index `people` lie `people.1.log`, the batches that were added since, each with its length and a
hash; a log that is full becomes the segment `people.1`, written whole before the log goes, and `people.2.log`
follows. A batch whose end is missing was never acknowledged: the next to add cuts it away. Segments are asked
together, as shards are, so nothing that is there is ever written again.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import count
from pathlib import Path

import msgspec

from libertad.hits.matching import filed
from libertad.hits.matching.filed import Damaged
from libertad.hits.matching.record import Record
from libertad.hits.matching.segment import Segment
from libertad.vocabulary.decoding import prepared

MAGIC = b"libertad-hits-log-1\n"
FULL = 50_000  # records of a log that becomes a segment
_LENGTH, _HASH = 4, 16
_BATCH = msgspec.msgpack.Decoder(prepared(list[Record]))


class Busy(OSError):
    """Another program adds to this index."""


def segments(path: Path) -> list[Segment]:
    """All of an index: its file, what was added and became segments, and the batches since.

    Raises `Damaged`, OSError.
    """
    sealed = records = None
    while sealed is None or sealed != _sealed(path):  # a log became a segment meanwhile
        sealed = _sealed(path)
        records = [record for batch, _end in _batches(_log(path, len(sealed))) for record in batch]
    parts = [filed.read(segment_path) for segment_path in (path, *sealed)]
    return [*parts, Segment.of(records)] if records else parts


def beside(path: Path) -> Path | None:
    """A file of what was added to an index; None where nothing was."""
    sealed = _sealed(path)
    log = _log(path, len(sealed))
    return sealed[0] if sealed else log if any(True for _ in _batches(log)) else None


class Growing:
    """Adds to an index; one at a time, for as long as it is open."""

    def __init__(self, path: Path) -> None:
        """Raises `Damaged`, `Busy`, OSError; FileNotFoundError where there is no index yet."""
        self.path = path
        self._guard = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(self._guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
            filed.read(path)
            self.sealed = _sealed(path)
            self._open()
        except BlockingIOError as why:
            os.close(self._guard)
            raise Busy("another program adds to it; wait until that is done") from why
        except BaseException:
            os.close(self._guard)
            raise

    def __len__(self) -> int:
        """Records of the whole index."""
        return sum(len(filed.read(segment_path)) for segment_path in (self.path, *self.sealed)) + self.waiting

    def _open(self) -> None:
        """The log that is added to, without a batch that was cut off."""
        for old in range(1, len(self.sealed) + 1):  # a segment that was written before its log could go
            self.path.with_name(f"{self.path.name}.{old}.log").unlink(missing_ok=True)
        log = _log(self.path, len(self.sealed))
        self.waiting, self.end = 0, len(MAGIC)
        for batch, self.end in _batches(log):
            self.waiting += len(batch)
        self._file, file = -1, os.open(log, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(file).st_size < len(MAGIC):
                os.pwrite(file, MAGIC, 0)
            os.ftruncate(file, self.end)
            os.fsync(file)
            _sync_folder(self.path)
        except OSError:
            os.close(file)
            raise
        self._file = file

    def add(self, records: Sequence[Record]) -> None:
        """Take a batch up; it is on the disk when this returns. Raises OSError, and then nothing of it is."""
        batch = msgspec.msgpack.encode(list(records))
        pending = len(batch).to_bytes(_LENGTH) + blake2b(batch, digest_size=_HASH).digest() + batch
        try:
            at = self.end
            while pending:
                size = os.pwrite(self._file, pending, at)
                pending, at = pending[size:], at + size
            os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, self.end)
            raise
        self.end = at
        self.waiting += len(records)
        if self.waiting >= FULL:
            with suppress(OSError):  # the batch is there all the same; the next one tries again
                self._seal()

    def _seal(self) -> None:
        """The log becomes a segment; a new log begins. Without that nothing more can be added."""
        number = len(self.sealed) + 1
        log, to = _log(self.path, number - 1), self.path.with_name(f"{self.path.name}.{number}")
        filed.write(to, Segment.of(record for batch, _end in _batches(log) for record in batch))
        _sync_folder(self.path)
        self._let_go()
        self.sealed.append(to)
        self._open()

    def close(self) -> None:
        self._let_go()
        os.close(self._guard)

    def _let_go(self) -> None:
        """Of the log: its number may soon be another file's."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)


def _sealed(path: Path) -> list[Path]:
    """Segments that were added, in their order."""
    names = (path.with_name(f"{path.name}.{number}") for number in count(1))
    paths: list[Path] = []
    for name in names:
        if not name.exists():
            return paths
        paths.append(name)
    return paths


def _log(path: Path, sealed: int) -> Path:
    """The log of the batches since so many segments."""
    return path.with_name(f"{path.name}.{sealed + 1}.log")


def _batches(log: Path) -> Iterator[tuple[list[Record], int]]:
    """The batches of a log and where each ends; one that was cut off at the end is none. Raises `Damaged`."""
    try:
        data = log.read_bytes()
    except FileNotFoundError:
        return
    if not data.startswith(MAGIC):
        if MAGIC.startswith(data):  # cut off at its very beginning
            return
        raise Damaged(f"{log}: this is no log of an index; move it away.")
    at = len(MAGIC)
    while at + _LENGTH + _HASH <= len(data):
        body = at + _LENGTH + _HASH
        end = body + int.from_bytes(data[at : at + _LENGTH])
        if end > len(data):
            return
        batch = data[body:end]
        if blake2b(batch, digest_size=_HASH).digest() != data[at + _LENGTH : body]:
            if not data[end:].strip(b"\0"):  # its length reached the disk, and the rest of it did not
                return
            raise Damaged(f"{log}: a batch at byte {at} was changed; take it from a backup, or add anew.")
        try:
            yield _BATCH.decode(batch), end
        except msgspec.ValidationError as why:
            raise Damaged(f"{log}: another version wrote it; make the index again, then add anew.") from why
        at = end


def _sync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
