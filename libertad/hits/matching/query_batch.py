"""A table of questions put to an index, one after the other, as an officer would; and how long each took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from libertad.hits.matching.calibration import first
from libertad.hits.matching.matcher import EXPECTED, hits, normalise_probabilities
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.model_file import Trained
from libertad.hits.matching.query import Asked
from libertad.hits.matching.record import Hit, Record
from libertad.hits.matching.segment import Segment
from libertad.hits.matching.tables import explained
from libertad.vocabulary.tables import Rows


class Stats(msgspec.Struct, frozen=True):
    """`p50_ms`, `p99_ms`: how long half and 99 of 100 questions took at most, scores and reasons included."""

    records: int
    queries: int
    hits: int
    p50_ms: float
    p99_ms: float
    bytes_a_record: float


def asker(
    segment: Segment, limit: int, minimum_bits: float, trained: Trained | None = None
) -> Callable[[Record], Sequence[Hit]]:
    """What answers a question put to an index."""
    records = len(segment)
    model, prior = Model(), Prior.of(EXPECTED, records)
    if trained is not None:
        model, prior = trained.model, trained.prior(records)
    calibration = first(records)
    return lambda question: normalise_probabilities(
        hits(Asked.of(segment, question), model, prior, calibration, limit, minimum_bits)
    )


def ask_all(
    segment: Segment,
    questions: Iterable[Record],
    to: Path,
    limit: int,
    minimum_bits: float,
    trained: Trained | None = None,
) -> Stats:
    """Write the hits of each question, the best first, from `minimum_bits` on. Raises OSError."""
    ask, records = asker(segment, limit, minimum_bits, trained), len(segment)
    times: list[float] = []
    count = 0
    with to.open("w", encoding="utf-8", newline="") as file:
        out = Rows(file)
        out.writerow(["left_id", "right_id", "bits", "probability", "explanation"])
        for question in questions:
            start = time.perf_counter()
            question_hits = ask(question)
            times.append(time.perf_counter() - start)
            count += len(question_hits)
            for hit in question_hits:
                out.writerow(
                    [question.id, hit.id, f"{hit.bits:.2f}", f"{hit.probability:.4f}", explained(hit.reasons)]
                )
    p50, p99 = (float(at) * 1000 for at in np.percentile(times or [0.0], [50, 99]))
    size = segment.bytes / max(records, 1)
    return Stats(records, len(times), count, round(p50, 3), round(p99, 3), round(size, 1))
