"""Names in memory: searched by an authority over what its own ring opens, and never written anywhere.

Accents and capitals do not matter; each word asked for matches a word of the name by its beginning or
nearly (rapidfuzz). Documents, phones and references are found whole or by their end. The index takes up
what was appended since it was last asked and what this process folded late, its key having come after it, and
lets go of people whose keys were destroyed.
"""

from __future__ import annotations

import bisect
import heapq
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from rapidfuzz import fuzz, process

from libertad.access.actor import Actor
from libertad.access.matrix import roles
from libertad.access.models import Member
from libertad.access.queries import may_read, open_row, readable
from libertad.journal import trees
from libertad.journal.folding import Said
from libertad.journal.listening import Listening
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.look.finding import number_of as number_of
from libertad.look.finding import words_of as words_of
from libertad.people.models import Person

NEARLY = 80.0
PLATES = ("vehicle", "handle")  # found as numbers are: whole, or by their end
FEW = 500  # files that are looked at apart; of more, all are


@dataclass
class Index:
    """Words and numbers -> people. `size` is the tree's size up to which it is complete, but for `heard`."""

    size: int = 0
    ring_file: int = 0
    heard: set[str] = field(default_factory=set)  # files of which this process folded entries since
    place: dict[str, bytes] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_word: dict[str, set[str]] = field(default_factory=dict)
    # Nearly every number is of one person alone, who stands there without a set: it is a tenth of the memory.
    by_number: dict[str, str | set[str]] = field(default_factory=dict)
    sorted: list[str] = field(default_factory=list)  # the words
    ends: list[str] = field(default_factory=list)  # the numbers, each backwards
    fresh: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))  # of both, not in yet

    def upsert(self, person: str, compartment: str, reference: str, fields: Mapping[str, Any]) -> None:
        """Take up a person's row anew."""
        self.drop(person)
        named = [word for name, _entry in fields.get("name", ()) for word in words_of(name["text"])]
        numbers = [reference, *(phone for phone, _entry in fields.get("phone", ()))]
        numbers += [document[1] for document in fields.get("documents", ())]
        numbers += [text for kind in PLATES for text, _entry in fields.get(kind, ())]
        self.place[person] = bytes.fromhex(compartment)
        self.words[person] = tuple(dict.fromkeys(named))
        self.numbers[person] = tuple(dict.fromkeys(filter(None, map(number_of, numbers))))
        words, ends = self.fresh
        for word in self.words[person]:
            if word not in self.by_word:
                self.by_word[word] = set()
                words.add(word)
            self.by_word[word].add(person)
        for number in self.numbers[person]:
            holders = self.by_number.get(number)
            if holders is None:
                ends.add(number[::-1])
            self.by_number[number] = person if holders is None else {person, *people_of(holders)}

    def drop(self, person: str) -> None:
        """Forget a person."""
        self.place.pop(person, None)
        for word in self.words.pop(person, ()):
            self.by_word[word].discard(person)
            if not self.by_word[word]:
                del self.by_word[word]
                _take_out(self.sorted, self.fresh[0], word)
        for number in self.numbers.pop(person, ()):
            left = people_of(self.by_number[number]) - {person}
            if left:
                self.by_number[number] = left if len(left) > 1 else left.pop()
            else:
                del self.by_number[number]
                _take_out(self.ends, self.fresh[1], number[::-1])

    def settle(self) -> None:
        """Put in order what was put since."""
        self.sorted = _ordered(self.sorted, self.fresh[0])
        self.ends = _ordered(self.ends, self.fresh[1])
        self.fresh = (set(), set())

    def find(self, question: str, limit: int = 50, every: bool = True) -> list[tuple[str, float]]:
        """(person, score), the best first; the score is the mean over the words asked for.

        `every`: each word must match; without it half of them do.
        """
        if any(c.isdigit() for c in question):
            return self._find_number(number_of(question), limit)
        question_words = words_of(question)
        total: dict[str, float] = {}
        for turn, word in enumerate(question_words):
            best: dict[str, float] = {}
            for known, score in self._near(word):
                for person in self.by_word[known]:
                    if score > best.get(person, 0.0):
                        best[person] = score
            if every and turn:
                total = {p: total[p] + s for p, s in best.items() if p in total}
            else:
                for person, score in best.items():
                    total[person] = total.get(person, 0.0) + score
        minimum = 0.0 if every else 40.0 * len(question_words)
        likely = ((person, score) for person, score in total.items() if score >= minimum)
        ranked = heapq.nsmallest(limit, likely, key=lambda item: (-item[1], item[0]))
        return [(person, score / len(question_words)) for person, score in ranked]

    def _find_number(self, number: str, limit: int) -> list[tuple[str, float]]:
        scores = dict.fromkeys(people_of(self.by_number.get(number, set())), 100.0)
        if len(number) >= 4:
            for end in self.ends[_span(self.ends, number[::-1])]:
                for person in people_of(self.by_number[end[::-1]]):
                    scores.setdefault(person, 95.0)
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def _near(self, word: str) -> Iterable[tuple[str, float]]:
        scores = dict.fromkeys(self.sorted[_span(self.sorted, word)], 95.0)
        if word in self.by_word:
            scores[word] = 100.0
        if len(word) >= 3:
            for known, score, _at in process.extract(
                word, self.sorted, scorer=fuzz.ratio, processor=None, score_cutoff=NEARLY, limit=40
            ):
                scores.setdefault(known, score)
        return scores.items()


def people_of(holders: str | set[str]) -> set[str]:
    """The people of a number."""
    return {holders} if isinstance(holders, str) else holders


def _span(ordered: list[str], beginning: str) -> slice:
    """Where those with this beginning stand."""
    last = bisect.bisect_left(ordered, beginning + "\U0010ffff")
    return slice(bisect.bisect_left(ordered, beginning), last)


def _ordered(ordered: list[str], fresh: set[str]) -> list[str]:
    """With those that are new: few are put in place, of many all is put in order."""
    if len(fresh) > FEW:
        return sorted({*ordered, *fresh})
    for text in fresh:
        bisect.insort(ordered, text)
    return ordered


def _take_out(ordered: list[str], fresh: set[str], text: str) -> None:
    """Nothing of whom was forgotten stays in memory."""
    fresh.discard(text)
    at = bisect.bisect_left(ordered, text)
    if ordered[at : at + 1] == [text]:
        del ordered[at]


_indexes: dict[tuple[str, str], Index] = {}  # by authority and the operation in which it works
_guard = threading.RLock()
_hearing = threading.Lock()  # held for a moment: a commit waits for it


def _up_to_date(actor: Actor) -> Index:
    """The authority's index in the actor's operation; the caller holds the lock."""
    here = node()
    _listening.attend(here)
    size = trees.size(Sql())
    ring_file = here.rings.path.stat().st_ino
    index = _indexes.get((actor.authority, actor.operation))
    if index is None or size < index.size:
        index = _indexes[actor.authority, actor.operation] = Index(ring_file=ring_file)
    if ring_file != index.ring_file:  # destroying keys makes the file of rings anew
        here.rings.refresh()
        current_keys = here.rings.ring(actor.authority).current
        for person in [p for p, place in index.place.items() if place not in current_keys]:
            index.drop(person)
        index.ring_file = ring_file
    with _hearing:
        files, index.heard = index.heard, set()
    if size != index.size or files:
        try:
            _take_up(index, actor, files)
        except BaseException:
            with _hearing:
                index.heard |= files
            raise
        index.size = size
    return index


def _take_up(index: Index, actor: Actor, files: set[str]) -> None:
    """People in whose files something was said since, or folded; all there are where these are many."""
    rows = readable(actor, Person)
    if index.size and len(files) <= FEW:
        since = Entry.objects.filter(idx__gte=index.size).values("compartment")
        rows = rows.filter(Q(compartment__in=since) | Q(compartment__in=files))
    for row in rows.iterator():
        index.upsert(row.pk, row.compartment, row.reference, open_row(actor, row))
    index.settle()


def _on_commit(entries: list[Said]) -> None:
    if any(entry.verb == "person.erase" for entry in entries):
        forget()
        return
    files = {entry.compartment for entry in entries}
    with _hearing:
        for index in list(_indexes.values()):
            if len(index.heard) <= FEW:
                index.heard |= files


_listening = Listening(_indexes.clear, _on_commit)


def search(actor: Actor, question: str, limit: int = 50, every: bool = True) -> list[tuple[str, float]]:
    """People whose name or number is like the question, among those whose file the actor may read."""
    if not may_read(actor.role, Person):
        return []
    with _guard:
        return _up_to_date(actor).find(question, limit, every)


def keep() -> None:
    """Build what is not built yet, of every authority whose ring is open in each of its operations, and take
    up what was said since: in advance of who asks, whom the first index of fifty thousand people keeps
    waiting for seconds."""
    here, asks = node(), next(role for role in roles() if may_read(role, Person))
    with _guard:  # of a ring that is no longer open no name stays in memory
        for closed in [name for name in _indexes if name[0] not in here.rings.open]:
            del _indexes[closed]
    members = Member.objects.filter(authority__in=list(here.rings.open)).order_by("pk")
    for authority, operation in list(members.values_list("authority", "operation")):
        with _guard:
            _up_to_date(Actor(officer="", authority=authority, role=asks, operation=operation, zone="UTC"))


def forget() -> None:
    """Drop every index."""
    with _guard:
        _indexes.clear()
