"""One index of `overview`: lines by person, and the orders and queues that are made of them."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from libertad.access.actor import Actor
from libertad.access.catalogs import Keys, Stamp
from libertad.care.file_lines import Line
from libertad.care.ordered_lists import View, listed
from libertad.care.presenters import person_of
from libertad.care.queue_limits import limits
from libertad.care.queues import Queues
from libertad.look.catalog import Catalog
from libertad.look.finding import Findable

VIEWS = 16  # orders that are kept: the common one, and those of officers whose decisions wait


@dataclass
class Index:
    """Lines by person. `folded`: files in which this process folded something since.

    `catalog`: protection files by name and reference, for who looks for one.
    """

    stamp: Stamp
    keys: Keys
    by_person: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # keys of lines
    lines: dict[str, Line] = field(default_factory=dict)
    by_place: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    linked_by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    danger: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)  # of whom a service answers, now or from an hour on
    agreeing: set[str] = field(default_factory=set)  # of whom a care authority offered who leads
    deciding: Counter[str] = field(default_factory=Counter)  # officers whose decisions wait for a reader
    views: OrderedDict[str, View] = field(default_factory=OrderedDict)
    catalog: Catalog = field(default_factory=Catalog)
    queues: Queues = field(default_factory=lambda: Queues(limits()))
    unplaced: set[str] = field(default_factory=set)  # whose place in the queues is to be computed
    folded: set[str] = field(default_factory=set)
    again: dict[str, float] = field(default_factory=dict)
    erased: frozenset[str] = frozenset()  # files of which another authority told that it erased them

    def update(self, person: str, line: Line | None) -> None:
        """Take a person's line up anew, or forget the person."""
        before = self.lines.pop(person, None)
        if before is not None:
            self.danger.discard(person)
            self.agreeing.discard(person)
            self.answered.discard(person)
            self.deciding -= Counter(due.officer for due in before.dues if due.officer)
            _forget(self.by_place, before.places, person)
            _forget(self.linked_by, before.links, person)
            self.unplaced.update(before.links)
            self.catalog.drop(person)
            self.queues.drop(person)
            _forget(self.by_person, [person_of(person)], person)
        if line is not None:
            self.lines[person] = line
            self.by_person[person_of(person)].add(person)
            if line.has_file:
                self.catalog.replace(person, [findable(person, line.reference, line.name)])
            if line.danger is not None:
                self.danger.add(person)
            if line.answers:
                self.answered.add(person)
            if line.is_agreeing:
                self.agreeing.add(person)
            self.deciding.update(due.officer for due in line.dues if due.officer)
            for place in line.places:
                self.by_place[place].add(person)
            for linked_person in line.links:
                self.linked_by[linked_person].add(person)
        self.unplaced |= {person, *self.linked_by.get(person, ())}
        # Whether somebody without a protection file is listed goes by those of whom it is another record.
        for view in self.views.values():
            for listed_person in {person, *self.linked_by.get(person, ())}:
                listed_line = listed(self.lines, listed_person)
                view.drop(listed_person) if listed_line is None else view.update(listed_line)

    def siblings(self, people: Iterable[str]) -> set[str]:
        """These, and all other lines of the same persons."""
        keys = set(people)
        return keys.union(*(self.by_person.get(person_of(key), ()) for key in keys))

    def placed(self, left: frozenset[str], now: datetime | None = None) -> Queues:
        """Everybody in the queues, as the lines are now. `left`: officers whose appointment was withdrawn."""
        if left != self.queues.left:
            self.queues, self.unplaced = Queues(limits(), left), set(self.lines)
        if now is not None and now != self.queues.now:
            hours = sorted((now, self.queues.now or now))
            self.unplaced.update(
                person
                for person in self.answered
                for answer in self.lines[person].answers
                if self.queues.now is None or hours[0] < answer.at <= hours[1]
            )
            self.queues.now = now
        self.queues.update(self.lines, self.linked_by, self.unplaced)
        self.unplaced = set()
        return self.queues

    def view(self, actor: Actor) -> View:
        """The actor's lists; all whose decisions wait for nobody have the same."""
        officer = actor.officer if actor.officer in self.deciding else ""
        view = self.views.pop(officer, None)
        if view is None:
            listed_lines = (listed(self.lines, person) for person in self.lines)
            view = View(actor, officer, filter(None, listed_lines))
        self.views[officer] = view
        while len(self.views) > VIEWS:
            self.views.popitem(last=False)
        return view


def findable(person: str, reference: str, name: str, provenance: str = "") -> Findable:
    """A protection file as it is looked for: by its reference and the person's name, by no other word."""
    return Findable("care", person, reference, name, "care-file", (name,), (), provenance)


def _forget(where: dict[str, set[str]], names: Sequence[str] | frozenset[str], person: str) -> None:
    for name in names:
        where[name].discard(person)
        if not where[name]:
            del where[name]
