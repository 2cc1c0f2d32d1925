"""Folding: entries -> read models. A row is a function of the set of entries of its key.

A room declares a projection: its model, the verbs it listens to, the keys that an entry touches,
and `row(key, entries)`. The entries always come in the order in which they stand (`causal.py`), so a fold
cannot depend on the order of arrival; appending and rebuilding run the same function.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from libertad.journal import sealing
from libertad.journal.causal import Standing
from libertad.journal.fields import json_value, moment_value
from libertad.journal.models import ReadModel, SealedColumn, sealed_columns
from libertad.journal.sql import Sql
from libertad.journal.subjects import Begins, Ours, belonging
from libertad.vocabulary.body import NO_VALUE, Body, Statement, Verb, content
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.retiring import retired_parts
from libertad.vocabulary.storable import SUSPECT, storable
from libertad.vocabulary.values import Refused

NOTHING: Mapping[str, Any] = {}
Fields = Mapping[str, tuple[tuple[Any, ...], tuple[str, ...]]]


class _Said(NamedTuple):
    at: datetime
    clock: datetime
    id: str
    body: Body
    content: Verb
    compartment: str
    key_id: bytes


class Said(_Said):
    """An opened entry. Sorts canonically: by when it happened, by the device's clock, by hash."""

    @property
    def fields(self) -> Fields:
        """By field: its typed values asserted, and the entries that they supersede. Made when first asked."""
        cache = self.__dict__
        by_field: Fields | None = cache.get("by_field")
        if by_field is None:
            by_field = cache["by_field"] = indexed(self.body, self.content)
        return by_field

    @property
    def verb(self) -> str:
        return self.body.verb

    @property
    def subject(self) -> str:
        return self.body.subject

    @property
    def operation(self) -> str:
        return self.body.operation

    @property
    def authority(self) -> str:
        return self.body.authority

    @property
    def officer(self) -> str:
        return self.body.officer

    @property
    def happened(self) -> Any:
        return self.body.happened

    @property
    def source(self) -> str:
        return self.body.source

    @property
    def interpreter(self) -> str:
        return self.body.interpreter

    @property
    def provenance(self) -> str:
        return self.body.provenance

    @property
    def statements(self) -> tuple[Statement, ...]:
        return self.body.statements


def make_entry(entry: str, body: Body, content: Verb, compartment: str, key_id: bytes) -> Said:
    return Said(body.happened.at, body.clock, entry, body, content, compartment, key_id)


def indexed(body: Body, content: Verb) -> Fields:
    """Statements by field, because folds ask by field, each for several."""
    repeated = type(content).multi_valued()
    by_field: dict[str, tuple[tuple[Any, ...], tuple[str, ...]]] = {}
    for statement in body.statements:
        name, superseded = statement.field, statement.supersedes
        if statement.operator != "assert":
            values: tuple[Any, ...] = ()
        elif name in repeated:
            # The typed values stand in the order of the statements that assert them.
            values = (getattr(content, name)[len(by_field[name][0]) if name in by_field else 0],)
        else:
            values = (getattr(content, name),)
        if name in by_field:
            values, superseded = by_field[name][0] + values, by_field[name][1] + superseded
        by_field[name] = values, superseded
    return by_field


class Unreadable(Refused):
    """A body that its own device signed and sealed, and that holds nothing that a body can hold."""

    def __init__(self, why: BaseException) -> None:
        super().__init__("body", NO_VALUE)
        self.kind = type(why).__name__


def understand(plain: bytes, entry: str, compartment: str, key_id: bytes) -> Said:
    """Decode an opened body; Refused for what this version does not know, Unreadable for what is no body.

    Whoever has a device and a file's key can put anything in: no other exception leaves this function.
    """
    try:
        body = BODY.decode(plain)
        typed = content(body)
        if SUSPECT.search(plain) is not None and not (storable(body) and storable(typed)):
            raise ValueError("a text or a number that no database keeps")
        return make_entry(entry, body, typed, compartment, key_id)
    except (Refused, MemoryError):
        raise
    except Exception as why:
        raise Unreadable(why) from None


BODY = msgspec.json.Decoder(prepared(Body))
SORTED = msgspec.json.Encoder(order="sorted")


class Value(NamedTuple):
    """A live value of a field and the entry that said it."""

    value: Any
    said: Said


def live(entries: Iterable[Said], name: str) -> list[Value]:
    """Values of a field that were asserted and that no entry names as superseded, in order."""
    asserted: list[Value] = []
    superseded_ids: set[str] = set()
    for entry in entries:
        values, superseded = entry.fields.get(name, NEVER)
        if superseded:
            superseded_ids.update(superseded)
        for value in values:
            asserted.append(Value(value, entry))
    return (
        [value for value in asserted if value.said.id not in superseded_ids] if superseded_ids else asserted
    )


NEVER: tuple[tuple[Any, ...], tuple[str, ...]] = ((), ())


def single_value(entries: Iterable[Said], name: str) -> Value | None:
    """The live value of a single field; None when there is none or people must settle a conflict."""
    values = distinct(live(entries, name))
    return values[0] if len(values) == 1 else None


def latest(entries: Iterable[Said], name: str) -> Value | None:
    """The live value that stands last: for dated states, which succeed one another."""
    if isinstance(entries, list) and len(entries) == 1:  # most rows; an entry cannot supersede itself
        asserted = entries[0].fields.get(name, NEVER)[0]
        return Value(asserted[-1], entries[0]) if asserted else None
    values = live(entries, name)
    return values[-1] if values else None


def conflict(entries: Iterable[Said], name: str) -> list[Value]:
    """The live values of a single field when they differ; empty when nothing is to settle."""
    if isinstance(entries, list) and len(entries) == 1 and len(entries[0].fields.get(name, NEVER)[0]) < 2:
        return []
    values = distinct(live(entries, name))
    return values if len(values) > 1 else []


def distinct(values: Iterable[Value]) -> list[Value]:
    """Values that differ; of equal ones the first."""
    values = list(values)
    if len(values) < 2:
        return values
    different: list[Value] = []
    for value in values:
        if all(value.value != earlier.value for earlier in different):
            different.append(value)
    return different


class Row(NamedTuple):
    """A row to be: its compartment, plain columns, and what is sealed under the compartment's key."""

    compartment: str
    plain: Mapping[str, Any] = NOTHING
    sealed: Mapping[str, Any] | None = None


COLUMNS = "columns"  # in the sealed bytes: the values of the model's sealed columns
RowFunction = Callable[[str, Sequence[Said]], Row | None]
# The authority that opened a file, by its opening in the journal; '' where that has not arrived.
Owner = Callable[[str], str]
Weigh = Callable[[Sequence[Said], Owner], Sequence[Said]]


@dataclass(frozen=True)
class Projection:
    """A read model and the function that computes one row of it.

    `begins` tells which entries could begin the row's subject; of the `own` verbs only entries of the
    authority that began it count. Both are applied to every row alike, before `row` (`belonging`). `weigh`
    leaves out words that stand behind others by who owns the files in which they were said. `joined`:
    other entries are part of its rows that are named by an entry's hash. `moved`: its words are said in
    another kind of file since; those of the authority that began the subject count wherever they stand.
    """

    model: type[ReadModel]
    verbs: frozenset[str]
    keys: Callable[[Said], Iterable[str]]
    row: RowFunction
    label: str
    columns: tuple[str, ...]
    names: tuple[str, ...]
    prepare: tuple[tuple[int, Callable[[Any], Any]], ...]
    defaults: tuple[Any, ...]
    place: Mapping[str, int]
    upsert: str
    retired: frozenset[str]
    lengths: tuple[tuple[int, int], ...]
    ranges: tuple[tuple[int, int, int], ...]
    inside: Mapping[str, SealedColumn]
    begins: Begins | None = None
    own: frozenset[str] = frozenset()
    weigh: Weigh | None = None
    joined: bool = False
    moved: bool = False

    def touch(self, key: str) -> str:
        return f"{self.label}:{key}"


def quoted(columns: Iterable[str]) -> str:
    """Column names for SQL; quoted, because some are words of SQL (window, end)."""
    return ", ".join(f'"{c}"' for c in columns)


def on_conflict(columns: Sequence[str], keys: Sequence[str] = ("id",)) -> str:
    """The end of an insert that replaces the row that is there."""
    sets = ", ".join(f'"{c}" = excluded."{c}"' for c in columns if c not in keys)
    return f" on conflict ({quoted(keys)}) do " + (f"update set {sets}" if sets else "nothing")


# The quick form of these fields' `get_prep_value`, which every row passes.
PREPARE: Mapping[str, Callable[[Any], Any]] = {"MomentField": moment_value, "JsonText": json_value}
RANGES = {
    "SmallIntegerField": (-(1 << 15), (1 << 15) - 1),
    "PositiveSmallIntegerField": (0, (1 << 15) - 1),
    "IntegerField": (-(1 << 31), (1 << 31) - 1),
    "PositiveIntegerField": (0, (1 << 31) - 1),
    "BigIntegerField": (-(1 << 63), (1 << 63) - 1),
    "PositiveBigIntegerField": (0, (1 << 63) - 1),
}
PROJECTIONS: list[Projection] = []
BY_VERB: dict[str, list[Projection]] = defaultdict(list)


def project(
    model: type[ReadModel],
    *,
    verbs: Iterable[str],
    key: Callable[[Said], Iterable[str]],
    retired: Iterable[str] = (),
    begins: Begins | None = None,
    own: Iterable[str] = (),
    weigh: Weigh | None = None,
    joined: bool = False,
    moved: bool = False,
) -> Callable[[RowFunction], RowFunction]:
    """Register a projection. One per model; rooms do it in their `fold.py`.

    `joined` says of rows that are named by an entry's hash that further entries join them: without it such a
    row is of that entry alone, and nothing else is looked up for it.

    `retired` names what is retired and still folded here (`retiring.full_name`); entries that say anything
    else in a retired way touch no row of it. `check_retired` tells of names that are not retired.
    """
    if unknown := set(own) - set(verbs):
        raise TypeError(f"{model._meta.label} does not listen to {sorted(unknown)}")

    def register(row: RowFunction) -> RowFunction:
        fields = model._meta.concrete_fields
        plain = ("CharField", "BooleanField", "FloatField", "IntegerField", "BigIntegerField", "BinaryField")
        columns = tuple(str(f.column) for f in fields)
        projection = Projection(
            model=model,
            verbs=frozenset(verbs),
            keys=key,
            row=row,
            label=model._meta.label,
            columns=columns,
            names=tuple(f.attname for f in fields),
            prepare=tuple(
                (n, PREPARE.get(f.__class__.__name__, f.get_prep_value))
                for n, f in enumerate(fields)
                if f.__class__.__name__ in ("MomentField", "JsonText")
                or (
                    f.get_internal_type() not in (*plain, "TextField", "SmallIntegerField")
                    and f.__class__.__name__ != "SealedField"
                )
            ),
            defaults=tuple(f.get_default() for f in fields),
            place={f.attname: n for n, f in enumerate(fields)},
            upsert=f"insert into {model._meta.db_table} ({quoted(columns)}) "
            f"values ({', '.join('?' * len(columns))})" + on_conflict(columns),
            retired=frozenset(retired),
            lengths=tuple((n, f.max_length) for n, f in enumerate(fields) if f.max_length),
            ranges=tuple(
                (n, *RANGES[f.get_internal_type()])
                for n, f in enumerate(fields)
                if f.get_internal_type() in RANGES
            ),
            begins=begins,
            own=frozenset(own),
            weigh=weigh,
            joined=joined,
            moved=moved,
            inside=sealed_columns(model),
        )
        if any(p.label == projection.label for p in PROJECTIONS):
            raise TypeError(f"two projections for {projection.label}")
        PROJECTIONS.append(projection)
        for verb in projection.verbs:
            BY_VERB[verb].append(projection)
        return row

    return register


# The newest (key id, key) of a compartment.
KeyFinder = Callable[[str], tuple[bytes, bytes] | None]


def columns(
    projection: Projection, key: str, row: Row, operation: str, provenance: str
) -> tuple[list[Any], Mapping[str, Any] | None]:
    """The row's values in column order, but for what is sealed; and that, which is sealed in `record`."""
    row_values, place = list(projection.defaults), projection.place
    compartment, plain, sealed = row
    row_values[place["id"]] = key
    row_values[place["compartment"]] = compartment
    row_values[place["operation"]] = operation
    row_values[place["provenance"]] = provenance
    inside = projection.inside
    if inside:
        packed = {name: column.packed(plain.get(name, column.default)) for name, column in inside.items()}
        sealed = {**(sealed or {}), COLUMNS: packed}
        plain = {name: value for name, value in plain.items() if name not in inside}
    try:
        for name, value in plain.items():
            row_values[place[name]] = value
    except KeyError:
        unknown = plain.keys() - place.keys()
        raise TypeError(f"{projection.label} has no column {sorted(unknown)}") from None
    for at, prepare in projection.prepare:
        row_values[at] = prepare(row_values[at])
    return row_values, sealed


def record(
    projection: Projection, key: str, row: Row, operation: str, provenance: str, find: KeyFinder
) -> tuple[Any, ...]:
    """The row's values in column order, identifying ones sealed under the compartment's key.

    Of a closed model (`ReadModel.CLOSED`) all of them, with blanks behind up to the next step of length.
    What no column keeps, and only several entries together can bring about (`misfits.py`), is left out.
    """
    row_values, sealed = columns(projection, key, row, operation, provenance)
    for at in overflows(projection, row_values):
        if at != projection.place["id"]:  # never under another's
            row_values[at] = projection.defaults[at]
    if sealed is not None:
        epoch = find(row.compartment)
        if epoch is not None:
            kid, secret = epoch
            packed = SORTED.encode(sealed)
            if projection.model.CLOSED:
                packed = packed.ljust(sealing.padded_length(max(len(packed), projection.model.LEAST)))
            row_values[projection.place["sealed"]] = sealing.seal_columns(
                packed, secret, projection.touch(key).encode(), kid
            )
    return tuple(row_values)


def overflows(projection: Projection, values: Sequence[Any]) -> list[int]:
    """Columns whose value is longer or larger than the column keeps: PostgreSQL refuses the whole row, SQLite
    keeps it, and no value is ever cut, for what is left of an id may be another's."""
    wrong = [at for at, most in projection.lengths if values[at].__class__ is str and len(values[at]) > most]
    wrong += [
        at
        for at, low, high in projection.ranges
        if values[at].__class__ is int and not low <= values[at] <= high
    ]
    return wrong


def compute(
    projection: Projection,
    key: str,
    entries: Sequence[Said],
    find: KeyFinder,
    own_authorities: Ours,
    owner: Owner,
) -> tuple[Any, ...] | None:
    """The record of one row from all its entries, or None when it has none.

    `ours` gives the authorities of this node: what they began here before ids proved it stays theirs here.
    """
    if not entries:
        return None
    counted = belonging(projection, entries, own_authorities)
    if projection.weigh is not None:
        counted = projection.weigh(counted, owner)
    ordered = Standing(counted)
    row = projection.row(key, ordered)
    if row is None:
        return None
    body = _began(projection, ordered).body
    return record(projection, key, row, body.operation, body.provenance, find)


def _began(projection: Projection, entries: Sequence[Said]) -> Said:
    """The entry that begins the row's subject, else the first: of its operation and provenance the row is.
    Whoever may speak of it, and dates that early, moves it nowhere."""
    if projection.begins is None:
        return entries[0]
    return next((entry for entry in entries if projection.begins(entry)), entries[0])


def write(sql: Sql, projection: Projection, key: str, values: tuple[Any, ...] | None) -> None:
    """Put one row in place, or take it away."""
    if values is None:
        sql.run(f"delete from {projection.model._meta.db_table} where id = ?", (key,))
        return
    sql.run(projection.upsert, values)


def touched(entry: Said) -> list[tuple[Projection, str]]:
    """The rows that an entry is part of."""
    rows = []
    old = retired_parts(entry.body.verb, entry.body.statements)
    for projection in BY_VERB.get(entry.body.verb, ()):
        if old and not projection.retired.issuperset(old):
            continue
        keys = projection.keys(entry)
        if keys.__class__ is not tuple or len(keys) > 1:
            keys = dict.fromkeys(keys)
        for key in keys:
            if key:
                rows.append((projection, key))
    return rows


def outdated(entry: Said) -> list[str]:
    """What an entry says in a retired way, where for that reason no row is made of it; else nothing."""
    old = retired_parts(entry.body.verb, entry.body.statements)
    is_folded = old and any(p.retired.issuperset(old) for p in BY_VERB.get(entry.body.verb, ()))
    return [] if is_folded else old


Groups = dict[tuple[str, str], list[Said]]


def group(entries: Iterable[Said]) -> Groups:
    """Entries by (projection label, key): what a rebuild computes rows from."""
    groups: Groups = defaultdict(list)
    for entry in entries:
        for projection, key in touched(entry):
            groups[projection.label, key].append(entry)
    return groups


def by_label() -> dict[str, Projection]:
    return {p.label: p for p in PROJECTIONS}


def is_joined(label: str) -> bool:
    """Whether other entries are part of the rows that are named by an entry's hash."""
    return any(p.joined for p in PROJECTIONS if p.label == label)


def batches(rows: Iterable[Any], size: int = 500) -> Iterator[list[Any]]:
    """Rows in lists of at most `size`."""
    iterator = iter(rows)
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk
