"""A large table in columns by two processes, each of which puts its share of the rows into comparable form.

The second is this module run as a program; what it found comes back through a pipe. Should it fail, the first
does its share as well, and says what is wrong with the table.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from libertad.hits.matching import tables
from libertad.hits.matching.frame import FACTS, Frame, Many, Words, framed, gathered, widened
from libertad.hits.matching.lexicon import Ints, Lexicon
from libertad.hits.matching.record import Kind
from libertad.hits.matching.tables import Columns

LARGE = 25_000_000  # bytes of a table from which a second process is worth its start
FIRST = 0.56  # of a table's bytes; who does the rest must read these as well


def framed_of(
    path: Path, columns: Columns, so_far: Callable[[int], None] = lambda rows: None, large: int = LARGE
) -> tuple[Frame, Words]:
    """The rows of a table as columns, and what numbers their words. Raises `Unreadable`."""
    words = Words()
    size = path.stat().st_size
    if path.suffix == ".parquet" or size < large or (os.cpu_count() or 1) < 2:
        return framed(tables.said(path, columns, so_far), words), words
    cut = int(size * FIRST)
    columns_json = json.dumps([columns.of, columns.rest])
    # -P: nothing of this folder
    command = [sys.executable, "-P", "-m", __name__, str(path), columns_json, str(cut)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as second:
        first = gathered(tables.said(path, columns, so_far, until=cut), words)
        answer = second.stdout.read() if second.stdout else b""
    if second.returncode:
        rest_words = Words()
        rest = gathered(tables.said(path, columns, since=cut), rest_words)
    else:
        rest, rest_words = pickle.loads(answer)  # noqa: S301 (of our own process)
    return widened(_joined(first, _numbered(rest, rest_words, words)), words.names), words


def _numbered(frame: Frame, source: Words, target: Words) -> Frame:
    """With the numbers that its words and values have in `target`, which takes them up."""

    def numbers(of: Lexicon, to: Lexicon) -> Ints:
        return np.array([*map(to.put, of.words, of.counts), -1], np.int64)

    facts = {}
    for kind, ragged in frame.facts.items():
        facts[kind] = Many(ragged.start, numbers(source.of(kind), target.of(kind))[ragged.value])
    words = numbers(source.names, target.names)[frame.words].astype(np.int32)  # -1 stays -1
    return replace(frame, words=words, facts=facts)


def _joined(first: Frame, second: Frame) -> Frame:
    """The records of one and then those of the other."""
    facts = {kind: _after(*(_facts(frame, kind) for frame in (first, second))) for kind in FACTS}
    columns = ("words", "roles", "earliest", "latest", "placeholder", "sex")
    return Frame(
        ids=first.ids + second.ids,
        names=_after(first.names, replace(second.names, value=second.names.value + len(first.names.value))),
        facts={kind: ragged for kind, ragged in facts.items() if len(ragged.value)},
        **{name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in columns},
    )


def _facts(frame: Frame, kind: Kind) -> Many:
    return frame.facts.get(kind) or Many(np.zeros(len(frame) + 1, np.int64), np.zeros(0, np.int64))


def _after(first: Many, second: Many) -> Many:
    start = np.append(first.start, second.start[1:] + first.start[-1])
    return Many(start, np.append(first.value, second.value))


if __name__ == "__main__":
    gc.disable()  # nothing here refers to itself; looking for such takes a tenth of the time
    there, (of, rest), since = Path(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3])
    own = Words()
    told = gathered(tables.said(there, Columns(of, rest), since=since), own)
    pickle.dump((told, own), sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
