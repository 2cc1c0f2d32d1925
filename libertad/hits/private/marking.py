"""Marks of many tokens at once: half of them in a process beside the node's own, so that both cores work.

Two threads would hold each other up: each token is a few calls of microseconds that let go of the
interpreter. This module is all that the other process imports: no database, no records, the one epoch's keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from multiprocessing import get_context
from operator import itemgetter

from libertad.hits.private import parts
from libertad.hits.private.oprf import SUITE, Key

APART = 2000  # tokens from which it is worth while
Wanted = Sequence[tuple[Key, bytes]]
Marked = list[tuple[int, bytes]]


def marked(inputs: Wanted) -> Marked:
    """(mark, opening) of each token."""
    outputs = (
        output
        for key, group in groupby(inputs, key=itemgetter(0))
        for output in SUITE.values(key, [data for _, data in group])
    )
    return [(parts.mark(output), parts.opening(output)) for output in outputs]


class Marking:
    """The process beside, started when there is first much to do."""

    def __init__(self) -> None:
        self.made: ProcessPoolExecutor | None = None

    def close(self) -> None:
        if self.made is not None:
            self.made.shutdown(wait=False, cancel_futures=True)

    def all(self, inputs: Wanted) -> Marked:
        """As `marked`."""
        if len(inputs) < APART:
            return marked(inputs)
        if self.made is None:
            self.made = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        half = len(inputs) // 2
        future = self.made.submit(marked, inputs[:half])
        here = marked(inputs[half:])
        return [*future.result(), *here]
