"""What an action looks up within its transaction: the time, its rights, files and rows.

All of it is as the transaction stands, with what the action itself has said so far. What only an entry can
change is kept in `caches.rights`; whoever stores such an entry clears it (`acting.GRANTS`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, Self

import msgspec

from libertad.access import features
from libertad.access.actor import Actor, founding
from libertad.access.clock import operation_now
from libertad.access.grounds import Grounds
from libertad.access.matrix import NODE
from libertad.access.models import Member
from libertad.access.officer_suspensions import TABLE as SUSPENSIONS
from libertad.access.officer_suspensions import is_shut
from libertad.access.sealed import open_columns, open_sealed
from libertad.journal import guards
from libertad.journal.fields import from_ms
from libertad.journal.folding import Said, quoted
from libertad.journal.guards import GUARDS, Guard
from libertad.journal.models import ReadModel, sealed_columns
from libertad.journal.node import Node
from libertad.journal.seals import RowChanged
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.vocabulary.values import Refused


def stated_readers(sql: Sql) -> Iterable[tuple[str, str]]:
    """(compartment, authority that reads it) of all files on file (`keys_missing.READERS`)."""
    return (
        (str(place), str(name)) for place, name in sql.all("select compartment, authority from access_reader")
    )


def kind_of(sql: Sql, authority: str) -> str:
    """The kind of an authority, '' where it is not known (`sides.KINDS`)."""
    row = sql.first("select kind from access_authority where id = ?", (authority,))
    return str(row[0]) if row else ""


class Lookup:
    """A transaction as one actor sees it; what it may say is in `acting.Act`, which sets these."""

    tx: Transaction
    node: Node
    actor: Actor

    # -- time ------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The operation's clock, else the device's."""
        return operation_now(self._clock())

    def _clock(self) -> tuple[Any, ...] | None:
        rights, key = self.tx.caches.rights, ("clock", self.actor.operation)
        if key not in rights:
            row = self.guarded("access_clock", self.actor.operation)
            rights[key] = (
                None if row is None else (from_ms(row["reads"]), from_ms(row["set_at"]), float(row["rate"]))
            )
        clock: tuple[Any, ...] | None = rights[key]
        return clock

    # -- other nodes -------------------------------------------------------------------------

    def knows(self, authority: str, feature: str) -> bool:
        """Whether an authority's node told that it knows a feature (`formats.FEATURES`)."""
        return features.knows(self.node, self.tx.sql, authority, feature)

    # -- rights and files --------------------------------------------------------------------

    def active(self) -> bool:
        """Whether the officer is appointed in this role at this authority and not withdrawn."""
        actor = self.actor
        if actor.role == NODE:  # no account has this role, and no entry of another node is believed in it
            return not actor.officer
        rights, key = self.tx.caches.rights, ("officer", actor.officer, actor.authority, actor.role)
        is_active = rights.get(key)
        if is_active is None:
            row = self.guarded("access_officer", actor.officer)
            is_active = rights[key] = (
                founding(actor)
                if row is None
                else row["authority"] == actor.authority
                and row["role"] == actor.role
                and not row["withdrawn"]
                and not self._suspended(actor.officer)
            )
        return bool(is_active)

    def _suspended(self, officer: str) -> bool:
        """Whether access is suspended; so is that of whose suspension's row somebody took away."""
        row = self.guarded(SUSPENSIONS, officer)
        if row is None:
            return not self.node.seals.absent(SUSPENSIONS, officer)
        return is_shut(row)

    def reads(self, compartment: str) -> bool:
        """Whether the actor's authority is a reader (and so holds the key)."""
        rights, key = self.tx.caches.rights, ("reads", compartment, self.actor.authority)
        is_reader = rights.get(key)
        if is_reader is None:
            row = self.guarded("access_reader", f"{compartment}:{self.actor.authority}")
            opening = ("opening", compartment) in self.tx.memo
            is_reader = rights[key] = row is not None or opening
        return bool(is_reader)

    def kind(self, compartment: str) -> str:
        rights, key = self.tx.caches.rights, ("kind", compartment)
        file_kind: str | None = rights.get(key)
        if file_kind is None:
            row = self.guarded("access_compartment", compartment)
            if row is None:
                raise Refused("compartment", "there is no such file")
            file_kind = rights[key] = str(row["kind"])
            rights["of", compartment] = str(row["operation"])
        return file_kind

    def operation_of(self, compartment: str) -> str:
        """The operation that a file is of; '' for an authority's own."""
        rights, key = self.tx.caches.rights, ("of", compartment)
        operation: str | None = rights.get(key)
        if operation is None:
            row = self.guarded("access_compartment", compartment)
            if row is None:  # it is being opened
                return self.actor.operation
            operation = rights[key] = str(row["operation"])
        return operation

    def compartment(self, kind: str, about: str) -> str:
        """The compartment of a kind about something; Refused when there is none or it is not ours.

        Both answers are the same: whoever may not know cannot tell the difference.
        """
        file_id = self.find_compartment(kind, about)
        if file_id is None or not self.reads(file_id):
            raise Refused(kind, "there is no such file")
        return file_id

    def find_compartment(self, kind: str, about: str) -> str | None:
        """As `compartment`; None where there is none in the actor's operation, or of the authority itself."""
        authority, of, meant = self.actor.authority, self.actor.operation, self.actor.file
        rights, key = self.tx.caches.rights, ("about", kind, about, authority, of, meant)
        file_id: str | None = rights.get(key)
        if file_id is None:
            # Where others opened one as well: the one that is meant, one's own, then one that one reads.
            row = self.tx.sql.first(
                "select c.id from access_compartment c left join access_reader r "
                "on r.compartment = c.id and r.authority = ? where c.kind = ? and c.about = ? "
                "and c.operation in ('', ?) "
                "order by case when c.id = ? and r.id is not null then 0 when c.owner = ? then 1 "
                "when r.id is not null then 2 else 3 end, c.id",
                (authority, kind, about, of, meant, authority),
            )
            if row is None or self.guarded("access_compartment", row[0]) is None:
                return None
            file_id = rights[key] = str(row[0])
        return file_id

    @property
    def operation_compartment(self) -> str:
        return self.compartment("operation", self.actor.operation)

    def inside(self, compartment: str) -> Self:
        """The same actor, as it speaks in a file of another operation that its authority is in: of its own
        officers and devices, which are the same in all of them."""
        of = self.operation_of(compartment) or self.actor.operation
        lookup = copy(self)
        lookup.actor = replace(self.actor, operation=of)
        return lookup

    def operation_files(self, authority: str = "") -> list[str]:
        """The files of all operations that an authority (the actor's own, where none is named) is in and that
        the actor's reads here; for another one only those in which the actor's coordinates."""
        rows = self.tx.sql.all(
            "select f.compartment from access_operation_file f join access_member m "
            "on m.operation = f.operation and m.compartment = f.compartment "
            "where m.authority = ? order by f.operation",
            (authority or self.actor.authority,),
        )
        files = [str(row[0]) for row in rows if self.reads(str(row[0]))]
        if authority in ("", self.actor.authority):
            return files
        grounds = Grounds(self.tx)
        return [place for place in files if grounds.coordinates(self.actor.authority, place)]

    def member(self, authority: str, kind: str = "") -> dict[str, Any] | None:
        """A member of the actor's operation (of this kind), as that invited it; None for all others. Its `id`
        is the authority's."""
        row = self.get(Member, f"{self.actor.operation}:{authority}") if authority else None
        return row | {"id": authority} if row is not None and kind in ("", row["kind"]) else None

    def members(self, **equal: Any) -> list[dict[str, Any]]:
        """All members of the actor's operation whose columns are these, as `member`, by id."""
        rows = self.find(Member, operation=self.actor.operation, **equal)
        return [row | {"id": row["authority"]} for row in rows]

    def guarded(self, table: str, key: str) -> dict[str, Any] | None:
        """The sealed columns of a row that decides; RowChanged for one that this node did not write so."""
        guard = GUARDS[table]
        row = self.tx.sql.first(f"{guard.select} and id = ?", (key,))
        if row is None:
            return None
        self.believe(guard, row)
        return dict(zip(guard.names, row, strict=True))

    # -- reading inside the transaction ----------------------------------------------------

    def get(self, model: type[ReadModel], key: str) -> dict[str, Any] | None:
        """One row's columns as a dict (moments as datetimes), or None."""
        rows = self.find(model, id=key)
        return rows[0] if rows else None

    def find(self, model: type[ReadModel], **equal: Any) -> list[dict[str, Any]]:
        """Rows whose columns equal the given values, in order of id. Of a model with sealed columns those
        that the actor's ring opens, with all that is sealed in them."""
        inside = {name: equal.pop(name) for name in sealed_columns(model).keys() & equal.keys()}
        names, moments, jsons = columns(model)
        where = " and ".join(f'"{name}" = ?' for name in equal) or "1 = 1"
        rows = self.tx.sql.all(
            f"select {quoted(names)} from {model._meta.db_table} where {where} order by id",  # noqa: S608
            tuple(equal.values()),
        )
        guard = GUARDS.get(model._meta.db_table)
        if guard is not None:
            places = [names.index(name) for name in guard.names]
            for row in rows:
                self.believe(guard, [row[at] for at in places])
        plain_rows = [read_row(names, moments, jsons, row) for row in rows]
        return list(self._opened(model, plain_rows, inside)) if sealed_columns(model) else plain_rows

    def _opened(
        self, model: type[ReadModel], rows: Iterable[dict[str, Any]], equal: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        for row in rows:
            opened = open_columns(self.node, self.actor.authority, model, str(row["id"]), row["sealed"])
            if opened is not None and all(opened[name] == value for name, value in equal.items()):
                yield {**opened, **row}

    def believe(self, guard: Guard, row: Sequence[Any]) -> None:
        """RowChanged for a row that decides and that this node did not write so."""
        if not self.tx.sealing.holds(guard.table, row):
            raise RowChanged(guard.table, guard.name(row))

    def believe_all(self, model: type[ReadModel]) -> None:
        """RowChanged where any row of a guarded model was changed, added or taken away: for acts that a row
        forbids and that cannot be taken back."""
        guard = GUARDS[model._meta.db_table]
        wrong = sorted(self.tx.sealing.wrong(guard.table, guards.rows(self.tx.sql, guard)))
        if wrong:
            raise RowChanged(guard.table, wrong[0])

    def open_row(self, model: type[ReadModel], row: Mapping[str, Any]) -> dict[str, Any]:
        """A row's sealed columns, opened with the actor's own ring."""
        return open_sealed(self.node, self.actor.authority, model._meta.label, str(row["id"]), row["sealed"])

    def find_entry(self, entry: str) -> Said | None:
        """An entry by hash, if this node opens it."""
        row = self.tx.sql.first("select idx from journal_entry where hash = ?", (bytes.fromhex(entry),))
        return self.tx.entry(row[0]) if row else None


@cache
def columns(model: type[ReadModel]) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    fields = model._meta.concrete_fields
    return (
        tuple(str(f.column) for f in fields),
        frozenset(str(f.column) for f in fields if type(f).__name__ == "MomentField"),
        frozenset(str(f.column) for f in fields if type(f).__name__ == "JsonText"),
    )


def read_row(
    names: tuple[str, ...], moments: frozenset[str], jsons: frozenset[str], row: tuple[Any, ...]
) -> dict[str, Any]:
    columns = dict(zip(names, row, strict=True))
    for name in moments:
        if columns[name] is not None:
            columns[name] = from_ms(columns[name])
    for name in jsons:
        if columns[name] is not None:
            columns[name] = msgspec.json.decode(columns[name])
    return columns
