"""Many records as an index keeps them: in columns, with their words and keys looked up in place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching import blocking
from libertad.hits.matching.columns import Said
from libertad.hits.matching.facts import Ages
from libertad.hits.matching.frequencies import often
from libertad.hits.matching.lexicon import Floats
from libertad.hits.matching.name_alignment import letters_of, surprise
from libertad.hits.matching.nationality_frequencies import Here, Listed, Nations, by_nation
from libertad.hits.matching.packed_texts import Kept, Texts
from libertad.hits.matching.postings import Postings
from libertad.hits.matching.record import Kind, Record
from libertad.hits.matching.record_table import Frame, Many, Words, build_frame, tabulate

CROWD = 250  # records under one key that are still looked at


@dataclass(frozen=True)
class Segment:
    """`by`: records by their keys. `first`, `single`, `letters`: as in `Rarity`, of the words of names;
    `nations`: those that some people have more than others."""

    ids: Texts
    frame: Frame
    names: Kept
    values: dict[Kind, Kept]
    by: Postings
    ages: Ages
    first: NDArray[np.uint8]
    single: NDArray[np.bool_]
    letters: Floats
    nations: Nations

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, records: Iterable[Record] | Said) -> Segment:
        """Build from records; their ids are taken as they are."""
        words = Words()
        frame = build_frame(records, words)
        coded = blocking.codes(words)
        lexicon = words.names
        with ThreadPoolExecutor(1) as executor:  # who sorts lets others compute
            by = executor.submit(_listed, frame, coded)
            first, single = letters_of(lexicon.words)
            share = often(lexicon.words, lexicon.counts)
            return cls(
                Texts.of(frame.ids),
                _small(frame),
                Kept.of(lexicon, looked_up=True),
                {kind: Kept.of(values, looked_up=False) for kind, values in words.values.items()},
                by.result(),
                Ages.of(frame),
                first,
                single,
                surprise(np.bincount(first, weights=share, minlength=128).astype(np.float64), 1e-4),
                Nations.of(frame, lexicon.counts),
            )

    @cached_property
    def peoples(self) -> Here | None:
        """How common words are among people of one nationality; None where nobody says one."""
        nationalities = self.values.get("nationality")
        return (
            Here(self.nations, self.names, nationalities)
            if nationalities is not None and len(nationalities)
            else None
        )

    @property
    def bytes(self) -> int:
        """What it holds in memory."""
        parts: list[NDArray[np.generic]] = [
            self.ids.blob,
            self.ids.start,
            self.frame.words,
            self.frame.roles,
            self.frame.names.start,
            self.frame.earliest,
            self.frame.latest,
            self.frame.placeholder,
            self.frame.sex,
            self.first,
            self.single,
        ]
        for ragged in self.frame.facts.values():
            parts += [ragged.start, ragged.value]
        for lexicon in (self.names, *self.values.values()):
            parts += [lexicon.words.blob, lexicon.words.start, lexicon.counts]
        lists = (self.by, self.names.by, *(values.by for values in self.values.values()))
        nations = self.peoples.bytes if self.peoples else 0
        return sum(part.nbytes for part in parts) + sum(postings.bytes for postings in lists) + nations


def _listed(frame: Frame, coded: Mapping[Kind, NDArray[np.uint32]]) -> Postings:
    """Records by their keys."""
    owner, key = blocking.keys(frame, frame.words, coded)
    return Postings.of(key, owner, CROWD)


def _small(frame: Frame) -> Frame:
    """In as few bytes as will do; the ids are kept apart."""
    facts = {kind: ragged.packed() for kind, ragged in frame.facts.items()}
    names = Many(frame.names.start.astype(np.uint32), np.zeros(0, np.int64))
    return replace(frame, ids=[], facts=facts, names=names)


class Counts(Counter[str]):
    """A counter that need not add up to know its total: questions ask for it."""

    whole = 0

    def total(self) -> int:
        return self.whole


class Tally:
    """How often words and values are in all segments of one matcher together; words also by nationality."""

    def __init__(self) -> None:
        self.names = Counts()
        self.values: dict[Kind, Counts] = defaultdict(Counts)
        self.nations: dict[str, Counts] = defaultdict(Counts)

    def count(self, records: Iterable[Record], times: int) -> None:
        """Count records in (`times` 1) or out (-1)."""
        words = Words()
        frame = tabulate(records, words)
        for counts, of in (
            (self.names, words.names),
            *((self.values[k], v) for k, v in words.values.items()),
        ):
            for text, word_count in zip(of.words, of.counts, strict=True):
                _add(counts, text, word_count * times)
        nations = words.values["nationality"].words if "nationality" in words.values else []
        for nation, here in zip(nations, by_nation(frame, len(words.names)), strict=False):
            for at in np.flatnonzero(here).tolist():
                _add(self.nations[nation], words.names.words[at], int(here[at]) * times)
            if not self.nations[nation]:
                del self.nations[nation]

    @property
    def peoples(self) -> Listed | None:
        """How common words are among people of one nationality; None where nobody says one."""
        if not self.nations:
            return None
        nations = {nation: (counts, counts.whole) for nation, counts in self.nations.items()}
        return Listed(nations, self.names, self.names.whole)


def _add(counts: Counts, text: str, times: int) -> None:
    """What nobody says any more is not kept."""
    counts.whole += times
    counts[text] += times
    if counts[text] <= 0:
        del counts[text]
