"""A table of questions put to an index, one after the other, as an officer would; and how long each took."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np

from libertad.hits.matching.asked import Asked
from libertad.hits.matching.calibrating import first
from libertad.hits.matching.matcher import EXPECTED, hits, settled
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.record import Record
from libertad.hits.matching.segment import Segment
from libertad.hits.matching.tables import explained
from libertad.hits.matching.trained import Trained


class Stats(msgspec.Struct, frozen=True):
    """`p50_ms`, `p99_ms`: how long half and 99 of 100 questions took at most, scores and reasons included."""

    records: int
    queries: int
    hits: int
    p50_ms: float
    p99_ms: float
    bytes_a_record: float


def ask_all(
    segment: Segment, questions: Iterable[Record], to: Path, limit: int, least: float,
    trained: Trained | None = None,
) -> Stats:  # fmt: skip
    """Write the hits of each question, the best first, from `least` bits on. Raises OSError."""
    model, prior = Model(), Prior.of(EXPECTED, len(segment))
    if trained is not None:
        model, prior = trained.model, trained.prior(len(segment))
    calibration = first(len(segment))
    times: list[float] = []
    count = 0
    with to.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["left_id", "right_id", "bits", "probability", "explanation"])
        for question in questions:
            start = time.perf_counter()
            found = settled(hits(Asked.of(segment, question), model, prior, calibration, limit, least))
            times.append(time.perf_counter() - start)
            count += len(found)
            for hit in found:
                out.writerow(
                    [question.id, hit.id, f"{hit.bits:.2f}", f"{hit.probability:.4f}", explained(hit.reasons)]
                )
    p50, p99 = (float(at) * 1000 for at in np.percentile(times or [0.0], [50, 99]))
    size = segment.bytes / max(len(segment), 1)
    return Stats(len(segment), len(times), count, round(p50, 3), round(p99, 3), round(size, 1))
