"""Names in memory: searched by an authority over what its own ring opens, and never written anywhere.

Accents and capitals do not matter; each word of the question must match a word of the name by its
beginning or nearly (rapidfuzz). Kept up to date by what was appended since; dropped when keys go.
"""

from __future__ import annotations

import bisect
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from libertad.access.acting import Actor
from libertad.access.queries import may_read, opened, readable
from libertad.journal.models import Head, Touch
from libertad.people.models import Person

NEARLY = 80.0


def words_of(text: str) -> list[str]:
    """Lower-case words without accents: 'María José Ibáñez' -> maria, jose, ibanez."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d").replace("ø", "o"))
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return letters.split()


@dataclass
class Index:
    """Words of names -> people. `size` is the tree's size up to which it is complete."""

    size: int = -1
    keys: int = -1
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_word: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sorted: list[str] = field(default_factory=list)

    def put(self, person: str, words: Iterable[str]) -> None:
        self.drop(person)
        found = tuple(dict.fromkeys(words))
        if found:
            self.people[person] = found
        for word in found:
            self.by_word[word].add(person)

    def drop(self, person: str) -> None:
        for word in self.people.pop(person, ()):
            self.by_word[word].discard(person)
            if not self.by_word[word]:
                del self.by_word[word]

    def find(self, question: str, limit: int = 50) -> list[tuple[str, float]]:
        """(person, score) with the best first; the score is the mean over the question's words."""
        total: dict[str, float] | None = None
        asked = words_of(question)
        if not asked:
            return []
        for word in asked:
            near = self._near(word)
            best: dict[str, float] = {}
            for known, score in near.items():
                for person in self.by_word[known]:
                    best[person] = max(best.get(person, 0.0), score)
            total = best if total is None else {p: total[p] + s for p, s in best.items() if p in total}
        ranked = sorted((total or {}).items(), key=lambda item: (-item[1], item[0]))
        return [(person, score / len(asked)) for person, score in ranked[:limit]]

    def _near(self, word: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for at in range(bisect.bisect_left(self.sorted, word), len(self.sorted)):
            if not self.sorted[at].startswith(word):
                break
            found[self.sorted[at]] = 100.0 if self.sorted[at] == word else 95.0
        if len(word) >= 3:
            for known, score, _ in process.extract(
                word, self.sorted, scorer=fuzz.ratio, score_cutoff=NEARLY, limit=40
            ):
                found.setdefault(known, score)
        return found


_indexes: dict[str, Index] = {}
_guard = threading.Lock()


def index_for(actor: Actor) -> Index:
    """The authority's index, brought up to date."""
    from libertad.journal.node import node

    size = Head.objects.filter(pk=1).values_list("size", flat=True).first() or 0
    ring = node().rings.ring(actor.authority)
    with _guard:
        index = _indexes.get(actor.authority)
        if index is None or len(ring.keys) < index.keys or size < index.size:
            index = _indexes[actor.authority] = Index()
        if size != index.size:
            rows = readable(actor, Person)
            if index.size >= 0:
                touched = Touch.objects.filter(entry__gte=index.size, key__startswith="people.Person:")
                rows = rows.filter(
                    pk__in=[k.partition(":")[2] for k in touched.values_list("key", flat=True)]
                )
            for row in rows:
                names = opened(actor, row).get("name", [])
                index.put(row.pk, [w for name, _ in names for w in words_of(name["text"])])
            index.sorted = sorted(index.by_word)
            index.size, index.keys = size, len(ring.keys)
        return index


def search(actor: Actor, question: str, limit: int = 50) -> list[tuple[str, float]]:
    """People whose name is like the question, among those whose file the actor may read."""
    if not may_read(actor.role, Person):
        return []
    return index_for(actor).find(question, limit)


def forget() -> None:
    """Drop every index: after keys were destroyed, and when a node closes."""
    with _guard:
        _indexes.clear()
