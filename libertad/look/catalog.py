"""What a reader may find, by word and by number: an answer costs by what matches, not by how much is on file.

Each word asked for must match a word by its beginning or nearly; a number must be whole, or its end of at
least four signs. Nothing here reads anything: what is put in has been read by the reader's own rights, and
nothing else can change an answer, its order or how long it takes.
"""

from __future__ import annotations

import bisect
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from libertad.look.finding import LEAST_END, LEAST_NEAR, NEARLY, Findable, number_of, words_of

MANY = 500  # new words up to which each is put in its place; of more, all are put in order
Ref = tuple[str, str, str]  # kind, id and reference: of an exhibit there may be several seals


@dataclass(frozen=True)
class Matches:
    """What was found of one kind. `count`: of all that match; `first`: the best of them."""

    count: int
    first: Sequence[Findable]


@dataclass
class _Terms:
    """Words or numbers in order, and what has each."""

    refs: dict[str, set[Ref]] = field(default_factory=dict)
    ordered: list[str] = field(default_factory=list)
    fresh: set[str] = field(default_factory=set)  # not in order yet

    def add(self, term: str, ref: Ref) -> None:
        if term not in self.refs:
            self.refs[term] = set()
            self.fresh.add(term)
        self.refs[term].add(ref)

    def drop(self, term: str, ref: Ref) -> None:
        """Nothing of what was forgotten stays in memory."""
        self.refs[term].discard(ref)
        if not self.refs[term]:
            del self.refs[term]
            self.fresh.discard(term)
            at = bisect.bisect_left(self.ordered, term)
            if self.ordered[at : at + 1] == [term]:
                del self.ordered[at]

    def beginning(self, begin: str) -> list[str]:
        """Those with this beginning."""
        last = bisect.bisect_left(self.ordered, begin + "\U0010ffff")
        return self.ordered[bisect.bisect_left(self.ordered, begin) : last]

    def settle(self) -> None:
        if len(self.fresh) > MANY:
            self.ordered = sorted({*self.ordered, *self.fresh})
        else:
            for term in self.fresh:
                bisect.insort(self.ordered, term)
        self.fresh.clear()


@dataclass
class Catalog:
    """Things by the key under which they were put, of whatever kinds. Not thread-safe."""

    findables: dict[Ref, Findable] = field(default_factory=dict)
    of_key: dict[str, tuple[Ref, ...]] = field(default_factory=dict)
    words: _Terms = field(default_factory=_Terms)  # without digits: they may be spelt nearly
    signs: _Terms = field(default_factory=_Terms)  # words that have digits
    numbers: _Terms = field(default_factory=_Terms)  # each backwards: found by its end

    def replace(self, key: str, findables: Iterable[Findable]) -> None:
        """Take up what is under this key anew."""
        self.drop(key)
        by_ref = {(findable.kind, findable.id, findable.reference): findable for findable in findables}
        if not by_ref:
            return
        self.of_key[key] = tuple(by_ref)
        for ref, findable in by_ref.items():
            self.findables[ref] = findable
            for terms, term in self._terms(findable):
                terms.add(term, ref)

    def drop(self, key: str) -> None:
        """Forget what is under this key."""
        for ref in self.of_key.pop(key, ()):
            for terms, term in self._terms(self.findables.pop(ref)):
                terms.drop(term, ref)

    def _terms(self, findable: Findable) -> Iterator[tuple[_Terms, str]]:
        for word in findable.words:
            yield (self.signs if _has_digit(word) else self.words), word
        for number in findable.plain:
            yield self.numbers, number[::-1]

    def find(self, question: str, limit: int) -> dict[str, Matches]:
        """By kind, what matches, the best first and then by reference: of each kind the first `limit`."""
        for terms in (self.words, self.signs, self.numbers):
            terms.settle()
        words = list(dict.fromkeys(words_of(question)))
        if not words:
            return {}
        score = self._match_words(words)
        for ref, value in self._match_numbers(number_of(question)).items():
            score[ref] = max(value, score.get(ref, 0.0))
        ranked: dict[str, list[tuple[float, str, str, Ref]]] = defaultdict(list)
        for ref, value in score.items():
            ranked[ref[0]].append((-value, ref[2], ref[1], ref))
        return {
            kind: Matches(
                len(listed), [self.findables[ranking[3]] for ranking in heapq.nsmallest(limit, listed)]
            )
            for kind, listed in ranked.items()
        }

    def _match_words(self, words: Sequence[str]) -> dict[Ref, float]:
        """The mean over the words asked for, of what has one like each of them."""
        total: dict[Ref, float] = {}
        for turn, word in enumerate(words):
            best: dict[Ref, float] = {}
            for terms, known, score in self._near(word):
                for ref in terms.refs[known]:
                    if (not turn or ref in total) and score > best.get(ref, 0.0):
                        best[ref] = score
            total = {ref: total.get(ref, 0.0) + score for ref, score in best.items()}
        return {ref: score / len(words) for ref, score in total.items()}

    def _near(self, word: str) -> Iterator[tuple[_Terms, str, float]]:
        for terms in (self.words, self.signs):
            for known in terms.beginning(word):
                yield terms, known, 100.0 if known == word else 95.0
        if len(word) >= LEAST_NEAR and not _has_digit(word):
            for known, score, _at in process.extract(
                word, self.words.ordered, scorer=fuzz.ratio, processor=None, score_cutoff=NEARLY, limit=None
            ):
                if not known.startswith(word):
                    yield self.words, known, score

    def _match_numbers(self, number: str) -> Mapping[Ref, float]:
        if not _has_digit(number):
            return {}
        backwards = number[::-1]
        scores = dict.fromkeys(self.numbers.refs.get(backwards, ()), 100.0)
        for known in self.numbers.beginning(backwards) if len(number) >= LEAST_END else ():
            for ref in self.numbers.refs[known]:
                scores.setdefault(ref, 95.0)
        return scores


def _has_digit(word: str) -> bool:
    return any(sign.isdigit() for sign in word)
