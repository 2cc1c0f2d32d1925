"""Records that come and go, and at any time: which of them may be the same person as this one?

New records wait in a small segment, which is made anew when it is asked; full segments are joined with others
of their size, so that a record is moved a few times and no question looks at more than a few segments.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from libertad.hits.matching.calibration import Calibration, competing, first
from libertad.hits.matching.comparison import Context
from libertad.hits.matching.frequencies import often
from libertad.hits.matching.lexicon import Counted, Ints
from libertad.hits.matching.model import Bits, Compared, Model, Prior
from libertad.hits.matching.nationality_frequencies import Tables
from libertad.hits.matching.query import Asked
from libertad.hits.matching.reasons import reasons
from libertad.hits.matching.record import Hit, Record
from libertad.hits.matching.record_table import FACTS, FEW, Frame, Words, build_frame_pair
from libertad.hits.matching.segment import Segment, Tally

FULL = 256  # records that wait before they become a segment
EXPECTED = 0.5  # how many of the records here are of the person asked for, before anything is compared


class Matcher:
    """An index in memory. Safe from several threads; scores depend on the records, not on their order."""

    def __init__(self, model: Model | None = None, calibration: Calibration | None = None) -> None:
        self.model = model or Model()
        self._calibration = calibration
        self.tally = Tally()
        self._records: dict[str, Record] = {}
        self._waiting: dict[str, Record] = {}
        self._fresh: Segment | None = None
        self._segments: list[tuple[Segment, dict[str, int]]] = []
        self._guard = threading.RLock()

    def __len__(self) -> int:
        return len(self._records)

    def upsert(self, record: Record) -> None:
        """Take a record up, in the place of one of the same id."""
        self.upsert_all([record])

    def upsert_all(self, records: Iterable[Record]) -> None:
        """Take records up, of several with one id the last: quicker than each by itself."""
        new = {record.id: record for record in records}
        with self._guard:
            for id_ in new:
                self.drop(id_)
            self._records |= new
            self._waiting |= new
            self._fresh = None
            self.tally.count(new.values(), 1)
            if len(self._waiting) >= FULL:
                self._settle()

    def drop(self, id: str) -> None:
        """Forget a record: nothing of it stays."""
        with self._guard:
            record = self._records.pop(id, None)
            if record is None:
                return
            self.tally.count([record], -1)
            if self._waiting.pop(id, None) is not None:
                self._fresh = None
                return
            for at, (_segment, places) in enumerate(self._segments):
                if id in places:
                    self._segments[at] = self._build_segment(places.keys() - {id})
                    return

    def _build_segment(self, ids: Iterable[str]) -> tuple[Segment, dict[str, int]]:
        known = sorted(ids)
        return Segment.of(self._records[id_] for id_ in known), {id_: at for at, id_ in enumerate(known)}

    def _settle(self) -> None:
        """The waiting become a segment; it takes up those that are not four times as large."""
        ids = set(self._waiting)
        while self._segments and len(self._segments[-1][1]) < 4 * len(ids):
            ids |= self._segments.pop()[1].keys()
        self._segments.append(self._build_segment(ids))
        self._waiting = {}

    def _all(self) -> list[Segment]:
        if self._waiting and self._fresh is None:
            self._fresh = self._build_segment(self._waiting)[0]
        return [segment for segment, _ in self._segments] + ([self._fresh] if self._fresh else [])

    def ask(self, record: Record, limit: int = 20, least: float = 0.0) -> list[Hit]:
        """Records that may be of the same person, the best first; never that of the record's own id.

        `least`: log-odds in bits, with the prior: 0 is as likely as not.
        """
        with self._guard:
            segments, prior, calibration = self._all(), self.prior, self.calibration
            all_hits: list[Hit] = []
            for segment in segments:
                query = Asked.of(segment, record, self.tally)
                all_hits += hits(query, self.model, prior, calibration, limit, least, record.id)
        return normalise_probabilities(sorted(all_hits, key=lambda hit: (-hit.bits, hit.id))[:limit])

    @property
    def calibration(self) -> Calibration:
        """The curve that was given, else the first one for an index as large as this."""
        return self._calibration or first(len(self))

    @property
    def prior(self) -> Prior:
        """How likely any one record here is of the person asked for."""
        return Prior.of(EXPECTED, len(self))

    def compare(self, a: Record, b: Record) -> Hit:
        """How two records compare, with the frequencies and the size of this index."""
        words = self._words()
        left, right = build_frame_pair([a], [b], words)
        each = np.zeros(1, np.int64)
        compared = self._compared(words, left, right, each)
        bits = self.model.score(compared, self.prior)
        why = reasons(compared, left, right, each, each, words, self.model, self.prior)
        chance = self.calibration(bits.astype(np.float64))
        return Hit(b.id, float(bits[0]), float(chance[0]), why[0])

    def compare_many(self, pairs: Sequence[tuple[Record, Record]], among: int = 30_000) -> list[float]:
        """Log-odds in bits of each pair, quicker than one by one, without reasons.

        Words and values are as common as they are in this index, which may be empty, and in the region. The
        prior is that of an index of `among` records, or of this one where it is larger.
        """
        prior, scores = Prior.of(EXPECTED, max(len(self), among)), []
        for start in range(0, len(pairs), FEW):
            chunk, words = pairs[start : start + FEW], self._words()
            left, right = build_frame_pair(
                [left_record for left_record, _ in chunk], [right_record for _, right_record in chunk], words
            )
            compared = self._compared(words, left, right, np.arange(len(chunk)))
            scores += self.model.score(compared, prior).tolist()
        return scores

    def _words(self) -> Words:
        """For words and values of records that are not here, which are as common as they are here."""
        with self._guard:
            return Words(values={kind: Counted(self.tally.values.get(kind, Counter())) for kind in FACTS})

    def _compared(self, words: Words, left: Frame, right: Frame, each: Ints) -> Compared:
        """Each record of `left` with that beside it in `right`."""
        with self._guard:
            counts, total = self.tally.names, float(self.tally.names.total())
            share = often(words.names.words, [counts[word] for word in words.names.words], total)
            tables = Tables.from_counts(words, share, self.tally.peoples)
            return Context.of_pairs(words, left, right, tables).compare(left, right, each, each, self.model)


def normalise_probabilities(question_hits: list[Hit]) -> list[Hit]:
    """Hits of one question, the best first, with chances that know of each other: one is the person, or none
    is."""
    chance = np.array([hit.probability for hit in question_hits]).clip(1e-9, 1 - 1e-6)
    odds = chance / (1 - chance)
    chances = competing(odds, odds.sum() - odds, odds).tolist()
    return [
        msgspec.structs.replace(hit, probability=hit_chance)
        for hit, hit_chance in zip(question_hits, chances, strict=True)
    ]


def hits(
    query: Asked,
    model: Model,
    prior: Prior,
    calibration: Calibration,
    limit: int,
    minimum_bits: float,
    own: str = "",
) -> list[Hit]:
    """The best records of one segment."""
    records, compared = query.compared(model)
    bits = model.score(compared, prior)
    best = np.argsort(-bits, kind="stable")
    best = best[bits[best] >= minimum_bits][: limit + 1]
    is_other = [query.segment.ids[at] != own for at in records[best].tolist()]
    rows = best[np.array(is_other, bool)][:limit]
    return to_hits(query, records[rows], compared.rows(rows), bits[rows], model, prior, calibration)


def to_hits(
    query: Asked,
    records: Ints,
    compared: Compared,
    bits: Bits,
    model: Model,
    prior: Prior,
    calibration: Calibration,
) -> list[Hit]:
    """These records as hits, with their reasons. `bits`: their scores."""
    if not len(records):
        return []
    segment, none = query.segment, np.zeros_like(records)
    why = reasons(compared, query.frame, segment.frame, none, records, query.context.words, model, prior)
    chances = calibration(bits.astype(np.float64)).tolist()
    return [
        Hit(segment.ids[at], score, chance, reason)
        for at, score, chance, reason in zip(records.tolist(), bits.tolist(), chances, why, strict=True)
    ]
