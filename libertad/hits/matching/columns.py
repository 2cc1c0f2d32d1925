"""What many records say, column by column: each value is held once, so that whatever is done to values is
done once to each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from libertad.hits.matching.lexicon import Ints
from libertad.hits.matching.record import Birth, Kind, Name, Record

T = TypeVar("T", bound=Hashable)
U = TypeVar("U", bound=Hashable)


@dataclass(frozen=True)
class Column(Generic[T]):
    """`once`: the values, in the order in which each comes first; `which` of them stands in every place."""

    once: list[T]
    which: Ints

    @classmethod
    def of(cls, values: Iterable[T]) -> Column[T]:
        every = list(values)
        once = list(dict.fromkeys(every))
        number = dict(zip(once, range(len(once)), strict=True)).__getitem__
        return cls(once, np.fromiter(map(number, every), np.int64, len(every)))

    def replaced(self, by: Iterable[U]) -> Column[U]:
        """With other values in the place of each; `by` stands beside `once`."""
        column = Column.of(by)
        return Column(column.once, column.which[self.which])

    def __iter__(self) -> Iterator[T]:
        return map(self.once.__getitem__, self.which.tolist())

    def __len__(self) -> int:
        return len(self.which)


@dataclass(frozen=True)
class Told:
    """Values of records, of which a record may have several or none: `of` says whose each is, ascending."""

    of: Ints
    value: Column[str]


@dataclass(frozen=True)
class Said:
    """Records in columns. `name_of`: the record of each name, ascending; its parts stand beside it."""

    ids: list[str]
    name_of: Ints
    full: Column[str]
    given: Column[str]
    family: Column[str]
    birth: Column[Birth | None]
    sex: Column[str]
    facts: Mapping[Kind, Told]
    where: Column[str]

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, records: Iterable[Record]) -> Said:
        """The columns of records, which are kept as they are: `records` gives them back."""
        rows = list(records)
        names = [(at, name) for at, row in enumerate(rows) for name in row.names]
        facts: dict[Kind, tuple[list[int], list[str]]] = {}
        for at, row in enumerate(rows):
            for kind, value in row.facts:
                owner, values = facts.setdefault(kind, ([], []))
                owner.append(at)
                values.append(value)
        return cls(
            [row.id for row in rows],
            np.array([at for at, _name in names], np.int64),
            Column.of(name.full for _at, name in names),
            Column.of(name.given for _at, name in names),
            Column.of(name.family for _at, name in names),
            Column.of(row.birth for row in rows),
            Column.of(row.sex for row in rows),
            {kind: Told(np.array(of, np.int64), Column.of(value)) for kind, (of, value) in facts.items()},
            Column.of(row.where for row in rows),
        )

    def records(self) -> Iterator[Record]:
        """As records, one after the other; facts in the order of their kinds."""
        names: list[list[Name]] = [[] for _ in self.ids]
        for at, *parts in zip(self.name_of.tolist(), self.full, self.given, self.family, strict=True):
            names[at].append(Name(*parts))
        facts: list[list[tuple[Kind, str]]] = [[] for _ in self.ids]
        for kind, values in self.facts.items():
            for at, value in zip(values.of.tolist(), values.value, strict=True):
                facts[at].append((kind, value))
        rows = zip(self.ids, names, self.birth, self.sex, facts, self.where, strict=True)
        for id_, called, birth, sex, record_facts, where in rows:
            yield Record(id_, tuple(called), birth, sex, tuple(record_facts), where)
