"""Looking for many byte strings in files at once: every offset of every file, not only where text begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

WIDTH = 8  # a needle is at least this long


def files(home: Path) -> Iterator[Path]:
    """Every regular file under a folder."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def find_needles(data: bytes, needles: Iterable[bytes]) -> list[bytes]:
    """Those of the needles that occur in data. ValueError for a needle shorter than 8 bytes."""
    heads: dict[int, list[bytes]] = defaultdict(list)
    for needle in needles:
        if len(needle) < WIDTH:
            raise ValueError(f"a needle of {len(needle)} bytes is too short to be looked for")
        heads[int.from_bytes(needle[:WIDTH], _ORDER)].append(needle)
    known, present, view = frozenset(heads), set[int](), memoryview(data)
    for offset in range(WIDTH):
        whole = (len(data) - offset) // WIDTH * WIDTH
        if whole > 0:
            present |= known.intersection(view[offset : offset + whole].cast("Q"))
    return [
        needle for head in present for needle in _needles_at(data, head.to_bytes(WIDTH, _ORDER), heads[head])
    ]


def _needles_at(data: bytes, head: bytes, needles: Iterable[bytes]) -> set[bytes]:
    """Those of the needles, all of which begin with `head`, that are there: by each place of the head."""
    by_length: dict[int, set[bytes]] = defaultdict(set)
    for needle in needles:
        by_length[len(needle)].add(needle)
    hits = set()
    at = data.find(head)
    while at >= 0:
        for length, known in by_length.items():
            if (here := data[at : at + length]) in known:
                hits.add(here)
        at = data.find(head, at + 1)
    return hits


def search(home: Path, needles: Mapping[bytes, str]) -> list[tuple[Path, str]]:
    """(file, label of the needle) for each needle in each file under a folder."""
    hits = []
    for path in files(home):
        hits += [(path, needles[needle]) for needle in find_needles(path.read_bytes(), needles)]
    return hits


_ORDER: Literal["little", "big"] = (
    "little" if memoryview(bytes([1, 0, 0, 0, 0, 0, 0, 0])).cast("Q")[0] == 1 else "big"
)
