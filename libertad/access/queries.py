"""Reading for screens: only rows that the actor's authority and role may read, opened by its own ring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from libertad.access import guarded
from libertad.access.actor import Actor
from libertad.access.clock import operation_now
from libertad.access.matrix import matrix
from libertad.access.membership import is_in
from libertad.access.models import Account, Authority, Compartment, Member, Officer, Reader
from libertad.access.officer_suspensions import TABLE as SUSPENSIONS
from libertad.access.officer_suspensions import is_shut
from libertad.access.sealed import open_columns, open_sealed
from libertad.journal import sealing, sides
from libertad.journal.folding import Said, by_label, understand
from libertad.journal.guards import GUARDS
from libertad.journal.header import Malformed, decode, entry_hash
from libertad.journal.models import Entry, ReadModel, sealed_columns
from libertad.journal.node import node
from libertad.journal.rings import RingError
from libertad.vocabulary.values import Refused

M = TypeVar("M", bound=ReadModel)
# By kind of file: whether an officer of an authority that reads it does so too, where not every one may.
FILE_GUARDS: dict[str, Callable[[Actor, str], bool]] = {}


class Readable(QuerySet[M, M]):
    """Rows that are handed out only where this node itself let the authority read their file: a reader that
    was written into the database, or one that was removed and is put back, opens nothing. Rows with sealed
    columns are handed out opened, and not where the authority has not got the key."""

    reader = ""

    def _clone(self) -> Readable[M]:
        clone: Readable[M] = super()._clone()  # type: ignore[misc]
        clone.reader = self.reader
        return clone

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        rows = self._result_cache
        if fresh and rows and isinstance(rows[0], ReadModel):
            names = {row.compartment: f"{row.compartment}:{self.reader}" for row in rows}
            known = node().seals.sealed_names("access_reader", names.values())
            if len(known) < len(names):
                self._result_cache = [row for row in rows if names[row.compartment] in known]
            if sealed_columns(self.model):
                self._result_cache = self._opened(self._result_cache or [])

    def _opened(self, rows: list[M]) -> list[M]:
        """Those that the authority's ring opens; asked once more with the keys of now, because another
        process of the node may have written the row a moment ago."""
        closed = {row.pk for row in rows if not self._opens(row)}
        if not closed:
            return rows
        with suppress(RingError):
            node().rings.refresh()
        return [row for row in rows if row.pk not in closed or self._opens(row)]

    def _opens(self, row: ReadModel) -> bool:
        opened = open_columns(node(), self.reader, type(row), str(row.pk), row.sealed)
        row.opened_for = None if opened is None else (self.reader, opened)
        return opened is not None


def readable(actor: Actor, model: type[M], ids: Iterable[str] | None = None) -> QuerySet[M]:
    """Rows of a model that the actor may know of: role by the matrix, compartment by its readers.

    Of the operation that the actor works in, and of an authority's own rows those of before it was in any;
    officers and what else is of the authority itself (`OWN`) are the same in all of its operations.
    What may not be read and what does not exist give the same empty answer, by one query. It costs by the
    rows that are looked at, and not by how many files the authority reads. `ids`: of these rows alone.
    """
    manager: Readable[M] = Readable(model)
    manager.reader = actor.authority
    if not may_read(actor.role, model):
        return manager.none()
    if model._meta.label not in OWN:
        manager = manager.filter(operation__in=("", actor.operation))
    rows = manager.filter(read_by(actor.authority))
    return rows if ids is None else rows.filter(pk__in=list(ids))


def read_by(authority: str, column: str = "compartment") -> Exists:
    """The condition that an authority reads the file that a row's column names, looked up row by row.

    A list of all that it reads, as `in (select ...)` makes it, is made anew for every question: of fifty
    thousand files, even to read three rows.
    """
    name = Concat(OuterRef(column), Value(f":{authority}"))
    return Exists(Reader.objects.filter(pk=name))


def shared(actor: Actor, model: type[ReadModel], kind: str) -> list[str]:
    """The files of a kind that the actor reads, to count a model's rows by: a country's case file, or the one
    file of an operation. [] for a role that does not read the model. Not of kinds with a file a person.
    """
    if not may_read(actor.role, model):
        return []
    rows = Compartment.objects.filter(read_by(actor.authority, "pk"), kind=kind, operation=actor.operation)
    return list(rows.values_list("pk", flat=True))


def files_read(actor: Actor, model: type[ReadModel], kind: str) -> int:
    """How many files of a kind with a file a person the actor reads, counted in the index of readers: a row
    of it is there until the file is erased. Who was let into a file later has a row without its kind.
    """
    if not may_read(actor.role, model):
        return 0
    own_rows = Reader.objects.filter(authority=actor.authority, operation=actor.operation)
    later = Exists(Compartment.objects.filter(pk=OuterRef("compartment"), kind=kind))
    return own_rows.filter(kind=kind).count() + own_rows.filter(later, kind="").count()


# Of an authority, in whichever operation they were said.
OWN = frozenset(
    {"access.Officer", "access.Appointment", "access.Passkey", "access.ProgramKey", "access.DangerContact"}
)


def mixed_node() -> bool:
    """Whether police and care share this node, as in a demonstration: what it counts is of both."""
    hosted = Authority.objects.filter(pk__in=node().rings.authorities())
    return sides.mixed(hosted.values_list("kind", flat=True))


@cache
def may_read(role: str, model: type[ReadModel]) -> bool:
    """Whether the matrix lets a role read every verb that a model is made from."""
    projection = by_label().get(model._meta.label)
    return projection is not None and all(matrix().may_read(role, verb) for verb in projection.verbs)


def open_row(actor: Actor, row: ReadModel) -> dict[str, Any]:
    """The sealed columns of a row, for this actor."""
    if row.opened_for is not None and row.opened_for[0] == actor.authority:
        return dict(row.opened_for[1])
    return open_sealed(node(), actor.authority, row._meta.label, str(row.pk), row.sealed)


def clock_now(operation: str) -> datetime:
    """What the operation's clock shows."""
    return operation_now(first_row(CLOCK, operation))


def on_clock(operation: str, moment: datetime) -> datetime:
    """A moment of this node (a sign-in, a saving) by the operation's clock, as all else on a page stands.

    What lies ahead, such as the end of a session, is as far ahead as it is by this node's own clock.
    """
    clock, ahead = first_row(CLOCK, operation), max(timedelta(), moment - datetime.now(UTC))
    return operation_now(clock, moment - ahead) + ahead


def first_row(sql: str, *params: Any) -> tuple[Any, ...] | None:
    """The first row of a question that every request asks; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def actor_of(account: Account) -> Actor | None:
    """The actor behind a sign-in, from the journal's read models; None once access has ended.

    In the operation in whose file its authority's row stands (`fold.weighed` tells which of several):
    `chosen_operation.working_as` chooses among them. Asked once more where a row did not hold: this node may
    have changed it just then.
    """
    return _actor_of(account) or _actor_of(account)


def is_member(actor: Actor) -> bool:
    """Whether the actor's authority was invited into the actor's operation and reads its file here."""
    guarded.ready()
    return is_in(node().sql(), actor.operation, actor.authority)


def operations_of(actor: Actor) -> list[str]:
    """The operations that the actor's authority is in and whose file it reads here, in a fixed order."""
    if actor.authority not in node().rings.open:
        return []
    rows = Member.objects.filter(authority=actor.authority).order_by("operation")
    listed = list(rows.values_list("operation", flat=True))
    if listed in ([], [actor.operation]):
        return listed
    return [operation for operation in listed if is_member(replace(actor, operation=operation))]


def _actor_of(account: Account) -> Actor | None:
    if not account.is_active:
        return None
    row = first_row(_actor_question(), account.officer)
    if row is None:
        node().seals.absent("access_officer", account.officer)
        return None
    rows: dict[str, dict[str, Any]] = {}
    for table in ACTOR_TABLES:
        guard = GUARDS[table]
        values, row = row[: len(guard.names)], row[len(guard.names) :]
        if values[0] is not None:
            if not guarded.believed(table, *values):
                return None
            rows[table] = dict(zip(guard.names, values, strict=True))
    officer = rows["access_officer"]
    if officer["withdrawn"] or is_shut(rows.get(SUSPENSIONS)):
        return None
    if SUSPENSIONS not in rows and not node().seals.absent(SUSPENSIONS, officer["id"]):
        return None
    return Actor(
        officer=officer["id"],
        authority=officer["authority"],
        role=officer["role"],
        operation=rows.get("access_compartment", NONE).get("about", ""),
        zone=rows.get("access_authority", NONE).get("zone", "") or "UTC",
    )


@cache
def _actor_question() -> str:
    """Officer, authority, its operation's file and a suspension, with all that is sealed of each row."""
    columns = ", ".join(
        f'{letter}."{name}"'
        for letter, table in zip("oacs", ACTOR_TABLES, strict=True)
        for name in GUARDS[table].names
    )
    return f"select {columns} {ACTOR}"


# In SQL, because every request asks them: putting such a question together takes longer than its answer.
CLOCK = "select reads, set_at, rate from access_clock where id = %s"
ACTOR_TABLES = ("access_officer", "access_authority", "access_compartment", SUSPENSIONS)
ACTOR = (
    "from access_officer o left join access_authority a on a.id = o.authority "
    "left join access_compartment c on c.id = a.compartment and c.kind = 'operation' "
    f"left join {SUSPENSIONS} s on s.id = o.id where o.id = %s"
)
NONE: Mapping[str, Any] = {}
AUTHORITY = "select name, provenance from access_authority where id = %s"

# Stands for whoever asks in `compiled`.
STANDS = Actor(officer="<officer>", authority="<authority>", role="", operation="<operation>", zone="UTC")
Compiled = tuple[str, tuple[Any, ...]]


def compiled(rows: QuerySet[Any, Any]) -> Compiled | None:
    """SQL and parameters of rows that `STANDS`, with a role, may read: put together once for each role, where
    every page asks. None where that role reads none of them."""
    with suppress(EmptyResultSet):
        sql, params = rows.query.sql_with_params()
        return sql, tuple(params)
    return None


def first_row_for(
    question: Compiled, actor: Actor, given: Mapping[str, str] | None = None
) -> tuple[Any, ...] | None:
    """The first row, for this actor in the place of `STANDS`; `given`: what else stands for something."""
    stands = {
        STANDS.officer: actor.officer,
        STANDS.authority: actor.authority,
        STANDS.operation: actor.operation,
    } | dict(given or {})

    def filled(param: Any) -> Any:
        for placeholder, value in stands.items() if isinstance(param, str) else ():
            param = param.replace(placeholder, value)
        return param

    sql, params = question
    return first_row(sql, *map(filled, params))


@dataclass(frozen=True)
class Own:
    """Who acts, for the frame of every page. `name`: '' where the ring is locked; a published authority may
    have a generated officer."""

    name: str
    authority: str
    provenance: str


def own(actor: Actor) -> Own:
    """The actor's own name and authority."""
    authority, authority_provenance = first_row(AUTHORITY, actor.authority) or ("", "")
    question = _own(actor.role)
    own_provenance, sealed = (first_row_for(question, actor) if question else None) or ("", None)
    words = {}
    with suppress(RingError):
        words = open_sealed(node(), actor.authority, Officer._meta.label, actor.officer, sealed)
    return Own(called(words), authority, own_provenance or authority_provenance)


@cache
def _own(role: str) -> Compiled | None:
    rows = readable(replace(STANDS, role=role), Officer, [STANDS.officer])
    return compiled(rows.values_list("provenance", "sealed"))


def officer_names(actor: Actor, ids: list[str]) -> Mapping[str, str]:
    """'Sgt. D. Browne' by officer id, for those whose name the actor may read."""
    names = {}
    for row in readable(actor, Officer, set(ids)):
        names[row.pk] = called(open_row(actor, row))
    return names


def called(words: Mapping[str, Any]) -> str:
    """'Sgt. D. Browne' of an officer's opened row."""
    return f"{words.get('rank', '')} {words.get('name', '')}".strip()


def authority_names(ids: list[str] | None = None) -> Mapping[str, str]:
    """Names of authorities; they are not personal."""
    rows = Authority.objects.all() if ids is None else Authority.objects.filter(pk__in=set(ids))
    return dict(rows.values_list("id", "name"))


def can_say(actor: Actor, verb: str) -> bool:
    """Whether a button for this verb makes sense to show."""
    right = matrix().entries.get(verb)
    return right is not None and actor.role in right.say


def read_entries(actor: Actor, compartment: str) -> list[Said]:
    """The entries of a compartment that this actor may read, opened by its own ring, in order.

    Empty alike for a compartment that does not exist, one of other readers, and an erased one.
    """
    here, law = node(), matrix()
    if not reads(actor, compartment):
        return []
    entries = []
    rows = Entry.objects.filter(compartment=compartment, body__isnull=False).values_list("header", "body")
    for exact, body in rows:
        head = decode(bytes(exact))
        key = here.rings.key(actor.authority, head.key_id)
        if key is None:
            continue
        try:
            plain = sealing.open_known(bytes(body or b""), key, head)
            entry = understand(plain, entry_hash(bytes(exact)).hex(), compartment, head.key_id)
        except (Refused, sealing.CannotOpen, Malformed):
            continue
        if law.may_read(actor.role, entry.verb):
            entries.append(entry)
    return sorted(entries)


def reads(actor: Actor, compartment: str) -> bool:
    """Whether the actor's authority reads a file of the actor's operation, as far as signed entries say; of a
    complaint about staff whether the actor does."""
    name = f"{compartment}:{actor.authority}"
    here = Compartment.objects.filter(pk=compartment, operation__in=("", actor.operation))
    kind = here.values_list("kind", flat=True).first()
    if (
        kind is None
        or not Reader.objects.filter(pk=name).exists()
        or not node().seals.sealed_names("access_reader", [name])
    ):
        return False
    guard = FILE_GUARDS.get(kind)
    return guard is None or guard(actor, compartment)


def readers_of(compartment: str) -> list[Authority]:
    """The authorities that read a compartment."""
    ids = Reader.objects.filter(compartment=compartment).values_list("authority", flat=True)
    return list(Authority.objects.filter(pk__in=list(ids)).order_by("kind", "name"))
