"""An index that grows: what was acknowledged is there after any end, what was cut off is not, and answers are
those of one index."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from libertad.hits.matching import Record, filed, growing
from libertad.hits.matching.asking import asker
from libertad.hits.matching.filed import Damaged
from libertad.hits.matching.growing import MAGIC, Busy, Growing
from libertad.hits.matching.segment import Segment
from tests.hits.matching.test_linking import PEOPLE, crowd, person
from tests.hits.matching.test_sharding import ASKED, WITHIN

ROOT = Path(__file__).parents[3]
FIRST = [person(f"a{n}", *fields) for n, fields in enumerate(PEOPLE)]
MORE = crowd()
# Adds two at a time for ever, and says how many it has added; logs are soon full.
ADDING = """
import sys
from pathlib import Path
from libertad.hits.matching import growing
from tests.hits.matching.test_linking import person
growing.FULL = 7
index, at = growing.Growing(Path(sys.argv[1])), int(sys.argv[2])
while True:
    index.add([person(f"k{n}", f"Yulimar{n}", "Rojas", "1994-12-03") for n in (at, at + 1)])
    at += 2
    print(at, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    index_path = tmp_path / "people"
    filed.write(index_path, Segment.of(FIRST))
    return index_path


def add(path: Path, *batches: Sequence[Record]) -> None:
    with closing(Growing(path)) as index:
        for batch in batches:
            index.add(batch)


def ids(path: Path) -> list[str]:
    return sorted(record_id for segment in growing.segments(path) for record_id in segment.ids)


def of(*batches: Sequence[Record]) -> list[str]:
    return sorted(record.id for batch in (FIRST, *batches) for record in batch)


def told(segments: list[Segment], record: Record) -> list[tuple[str, float]]:
    return sorted((hit.id, hit.bits) for hit in asker(segments, 20, 0.0)(record))


@pytest.mark.parametrize("full", [1_000_000, 20])
def test_what_is_added_is_answered_as_by_one_index(
    path: Path, full: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "FULL", full)
    add(path, *(MORE[start : start + 7] for start in range(0, len(MORE), 7)))
    segments = growing.segments(path)
    assert (len(segments) > 3) == (full == 20)
    whole = [Segment.of([*FIRST, *MORE])]
    for record in ASKED:
        expected = [(id_, pytest.approx(bits, abs=WITHIN)) for id_, bits in told(whole, record)]
        assert told(segments, record) == expected and expected


def test_a_batch_is_there_for_others_at_once_and_for_who_comes_later(path: Path) -> None:
    with closing(Growing(path)) as index:
        index.add(MORE[:2])
        assert ids(path) == of(MORE[:2])
        with pytest.raises(Busy, match="wait"):
            Growing(path)
    with closing(Growing(path)) as index:
        index.add(MORE[2:3])
        assert len(index) == len(FIRST) + 3
    assert ids(path) == of(MORE[:3])


def test_a_batch_that_was_cut_off_anywhere_is_cut_away(path: Path, tmp_path: Path) -> None:
    add(path, MORE[:2])
    log = tmp_path / "people.1.log"
    before = log.read_bytes()
    add(path, MORE[2:4])
    after = log.read_bytes()
    for end in [*range(len(before), len(after), 5), len(after) - 1]:
        for torn in (after[:end], after[:end] + bytes(len(after) - end)):  # the size may reach the disk first
            log.write_bytes(torn)
            assert ids(path) == of(MORE[:2]), end
    add(path, MORE[4:5])
    assert ids(path) == of(MORE[:2], MORE[4:5])
    for end in range(len(MAGIC)):
        log.write_bytes(MAGIC[:end])
        assert ids(path) == of()


def test_a_changed_byte_is_told_and_not_taken_for_the_end(path: Path, tmp_path: Path) -> None:
    add(path, MORE[:2], MORE[2:4])
    log = tmp_path / "people.1.log"
    whole = log.read_bytes()
    for at in (0, len(MAGIC) + 5, len(MAGIC) + 40):
        log.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        for look in (growing.segments, Growing):
            with pytest.raises(Damaged, match=r"people\.1\.log"):
                look(path)


def test_a_full_disk_leaves_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Growing(path)) as index:
        index.add(MORE[:2])

        room, really = [9], os.pwrite

        def short(file: int, data: bytes, at: int) -> int:
            if not room:
                raise OSError(errno.ENOSPC, "No space left on device")
            return really(file, data[: room.pop()], at)

        monkeypatch.setattr(os, "pwrite", short)
        with pytest.raises(OSError, match="space"):
            index.add(MORE[2:4])
        monkeypatch.undo()
        assert ids(path) == of(MORE[:2])
        index.add(MORE[4:6])
    assert ids(path) == of(MORE[:2], MORE[4:6])


def test_a_full_log_that_cannot_become_a_segment_stays_a_log(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch is on the disk; whoever was told otherwise would add it twice."""
    monkeypatch.setattr(growing, "FULL", 4)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with closing(Growing(path)) as index:
        with monkeypatch.context() as patch:
            patch.setattr(filed, "write", full)
            index.add(MORE[:4])
            assert ids(path) == of(MORE[:4]) and not index.sealed
        index.add(MORE[4:5])
        assert ids(path) == of(MORE[:5]) and len(index.sealed) == 1
        with monkeypatch.context() as patch:  # the segment is written, and no new log can be begun
            patch.setattr(growing, "_sync_folder", lambda _: None)
            patch.setattr(os, "ftruncate", full)
            index.add(MORE[5:9])
        assert ids(path) == of(MORE[:9])
        with pytest.raises(OSError, match="descriptor"):
            index.add(MORE[9:10])
    add(path, MORE[9:10])
    assert ids(path) == of(MORE[:10])


def test_a_log_that_became_a_segment_counts_once(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two: the log is still there, and gone when somebody adds again."""
    monkeypatch.setattr(growing, "FULL", 4)
    add(path, MORE[:2])
    log = tmp_path / "people.1.log"
    contents: list[bytes] = []
    real = filed.write

    def noted(to: Path, segment: Segment) -> int:
        contents.append(log.read_bytes())
        return real(to, segment)

    monkeypatch.setattr(filed, "write", noted)
    add(path, MORE[2:4])
    assert not log.exists() and ids(path) == of(MORE[:4])
    log.write_bytes(contents[0])
    assert ids(path) == of(MORE[:4])
    add(path, MORE[4:5])
    assert not log.exists() and ids(path) == of(MORE[:5])


def test_whoever_asks_while_a_log_becomes_a_segment_misses_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "FULL", 4)
    with closing(Growing(path)) as index:
        index.add(MORE[:2])
        looked: Any = growing._log
        turns = [1]

        def meanwhile(path: Path, sealed: int) -> Path:
            log_path: Path = looked(path, sealed)
            if turns:
                turns.pop()
                index.add(MORE[2:4])
            return log_path

        monkeypatch.setattr(growing, "_log", meanwhile)
        assert ids(path) == of(MORE[:4])


def test_whoever_is_killed_loses_nothing_that_was_acknowledged(path: Path) -> None:
    rng, done = random.Random(11), 0
    for _ in range(4):
        running = subprocess.Popen(
            [sys.executable, "-c", ADDING, str(path), str(done)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert running.stdout is not None
        for _ in range(rng.randrange(1, 30)):
            done = int(running.stdout.readline())
        running.kill()
        done = max([done, *map(int, running.stdout.read().split())])
        running.wait()
        listed = [record_id for record_id in ids(path) if record_id.startswith("k")]
        assert len(listed) == len(set(listed)) in (done, done + 2)  # the last may be there and not be said
        assert {f"k{n}" for n in range(done)} <= set(listed)
        done = len(listed)


def test_an_index_that_is_not_there_or_is_none_is_not_added_to(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Growing(tmp_path / "none")
    (tmp_path / "table.csv").write_text("id,name\n")
    with pytest.raises(Damaged, match="no index"):
        Growing(tmp_path / "table.csv")
    assert growing.beside(tmp_path / "table.csv") is None
