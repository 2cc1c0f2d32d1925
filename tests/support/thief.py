"""A superuser of the database who changes rows at random, and everything that anybody might gain by it.

What the database holds in clear the superuser reads without the node. A change *grants* something where the
running node then does what it did not do before: opens a page of another role, shows what is sealed, takes a
password, a cookie or a key that it refused, takes an act, believes a device or a peer, or gives a key away.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from libertad.access.acting import Act
from libertad.access.matrix import matrix, roles
from libertad.exchange.onboarding import invitations
from libertad.exchange.peering import guarded, peers
from libertad.journal.guarded import devices
from libertad.journal.node import node
from libertad.journal.seals import RowChanged
from libertad.journal.transaction import Transaction
from libertad.vocabulary.values import Refused
from tests.access.signing import sign_in
from tests.support.populated import CANARIES, Populated

Row = tuple[Any, ...]
Table = dict[Row, Row]  # rows by their key
LEFT_OUT = {"django_migrations", "django_content_type", "auth_permission"}
WRAPS = (
    "select r.compartment, r.authority, k.public from access_reader r "
    "join exchange_recipient k on k.authority = r.authority"
)


@dataclass(frozen=True)
class Shape:
    """A table: its columns in order, and how many of them are its key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[int, ...]


def shapes() -> list[Shape]:
    table_shapes = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table in LEFT_OUT or table not in connection.introspection.table_names(cursor):
                continue
            columns = tuple(field.column for field in model._meta.concrete_fields)
            keys = connection.introspection.get_primary_key_columns(cursor, table) or []
            table_shapes.append(Shape(table, columns, tuple(columns.index(name) for name in keys)))
    return sorted(table_shapes, key=lambda shape: shape.name)


def quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def read(shape: Shape) -> Table:
    """A table as it is; values as the driver gives them, so that they can be written back."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {quoted(shape.columns)} from {shape.name}")
        rows = [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for row in cursor.fetchall()
        ]
    return {tuple(row[at] for at in shape.key): row for row in rows}


def adapted(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        from psycopg.types.json import Jsonb

        return Jsonb(value)
    return value


def write(shape: Shape, removed: Table, added: Table) -> None:
    """Take rows away and put others in, as one statement of the superuser would, whatever refers to them."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("set local session_replication_role = replica")
        else:
            cursor.execute("pragma defer_foreign_keys = on")
        where = " and ".join(f'"{shape.columns[at]}" = %s' for at in shape.key)
        for key in removed:
            cursor.execute(f"delete from {shape.name} where {where}", key)
        marks = ", ".join(["%s"] * len(shape.columns))
        for row in added.values():
            cursor.execute(
                f"insert into {shape.name} ({quoted(shape.columns)}) values ({marks})",
                [adapted(value) for value in row],
            )


@dataclass
class Change:
    """A change of rows: what is taken away and what is put in, by key."""

    kind: str
    shape: Shape
    gone: Table
    come: Table

    def __str__(self) -> str:
        return f"{self.kind} of {self.shape.name} {list(self.gone or self.come)}"


@dataclass
class Thief:
    """Makes changes from rows as they are and as they were (`before`)."""

    rng: random.Random
    before: dict[str, Table]
    shapes: list[Shape] = field(default_factory=shapes)

    def change(self) -> Change | None:
        """One change of one table; every table as likely as any other."""
        shape = self.rng.choice(self.shapes)
        rows = read(shape)
        kinds = [self.update, self.delete, self.copied, self.swapped, self.put_back]
        return self.rng.choice(kinds)(shape, rows)

    def _pick_row(self, rows: Table) -> Row | None:
        return self.rng.choice(sorted(rows, key=repr)) if rows else None

    def update(self, shape: Shape, rows: Table) -> Change | None:
        """A column gets the value of another row, of another column, or one that is a little different."""
        key = self._pick_row(rows)
        if key is None:
            return None
        at = self.rng.randrange(len(shape.columns))
        values = [row[at] for row in rows.values() if row[at] != rows[key][at]]
        value = self.rng.choice(sorted(values, key=repr)) if values and self.rng.random() < 0.7 else None
        row = list(rows[key])
        row[at] = self.different_value(row[at]) if value is None else value
        new = tuple(row)
        name = tuple(new[at] for at in shape.key)
        return (
            None
            if new == rows[key] or (name in rows and name != key)
            else Change(f"update of {shape.columns[at]}", shape, {key: rows[key]}, {name: new})
        )

    def different_value(self, value: Any) -> Any:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return 1 - value if value in (0, 1) else value + self.rng.choice((-1, 1, 1000))
        if isinstance(value, str):
            roles_of = [name for name in roles() if name != value]
            if value in roles():
                return self.rng.choice(roles_of)
            return value[::-1] if value else "active"
        if isinstance(value, bytes):
            return value[:-1] + bytes([(value[-1] + 1) % 256]) if value else b"\x01"
        return value

    def delete(self, shape: Shape, rows: Table) -> Change | None:
        key = self._pick_row(rows)
        return None if key is None else Change("delete", shape, {key: rows[key]}, {})

    def copied(self, shape: Shape, rows: Table) -> Change | None:
        """A row again, under a key of its own: where the key is made of ids, one of them is another's."""
        key = self._pick_row(rows)
        if key is None:
            return None
        row = list(rows[key])
        at = self.rng.choice(shape.key)
        parts = [part for other_row in rows for part in str(other_row[shape.key.index(at)]).split(":")]
        if isinstance(row[at], str) and ":" in row[at]:
            row[at] = ":".join([*row[at].split(":")[:-1], self.rng.choice(parts)])
        else:
            row[at] = self.different_value(row[at])
        name = tuple(row[at] for at in shape.key)
        return None if name in rows else Change("copy", shape, {}, {name: tuple(row)})

    def swapped(self, shape: Shape, rows: Table) -> Change | None:
        first, second = self._pick_row(rows), self._pick_row(rows)
        if first is None or second is None or first == second:
            return None
        mixed = {}
        for key, source in ((first, second), (second, first)):
            mixed[key] = tuple(
                rows[key][at] if at in shape.key else rows[source][at] for at in range(len(shape.columns))
            )
        removed = {key: rows[key] for key in (first, second)}
        return None if mixed == removed else Change("swap", shape, removed, mixed)

    def put_back(self, shape: Shape, rows: Table) -> Change | None:
        """A row as it once was: one that is gone since, or that was changed."""
        old = {key: row for key, row in self.before.get(shape.name, {}).items() if rows.get(key) != row}
        key = self._pick_row(old)
        if key is None:
            return None
        present = {key: rows[key]} if key in rows else {}
        return Change("old row", shape, present, {key: old[key]})


@dataclass
class Gains:
    """What the node lets anybody do, so far as a change could add to it; sealed words are found by canaries.

    `refused`: (number, password) that open nothing; `cookies`, `secrets`: of sessions and keys that ended.
    """

    made: Populated
    clients: dict[str, Client]
    pages: list[str]
    refused: list[tuple[str, str]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def all(self, accounts: list[str]) -> set[tuple[str, ...]]:
        cache.clear()
        return {*self.open_pages(accounts), *self.entered(), *self.acted(), *self.exchanged()}

    def open_pages(self, accounts: list[str]) -> Iterator[tuple[str, ...]]:
        """Pages of other roles, and sealed words, for these accounts."""
        for name in accounts:
            for page in self.pages:
                answer = self.clients[name].get(page)
                if answer.status_code != 200:
                    continue
                if page.count("/") < 3:  # a list: what an address of one row answers depends on plain columns
                    yield ("page", name, page)
                text = answer.content.decode(errors="replace")
                yield from (("word", name, word) for word in CANARIES.values() if word in text)

    def entered(self) -> Iterator[tuple[str, ...]]:
        for number, password in self.refused:
            client = Client(raise_request_exception=False)
            sign_in(client, number, password)
            if client.get("/").status_code == 200:
                yield ("sign-in", number)
        for cookie in self.cookies:
            client = Client()
            client.cookies["libertad"] = cookie
            if client.get("/").status_code == 200:
                yield ("cookie", cookie)
        for secret in self.secrets:
            client = Client(headers={"Authorization": f"ApiKey {secret}"})
            address = reverse("hit-match", args=["libertad"])
            answer = client.post(address, "{}", content_type="application/json")
            if answer.status_code not in (401, 404):
                yield ("key", secret)

    def acted(self) -> Iterator[tuple[str, ...]]:
        """For whom the node would take an act: officer, authority and role; authority and file."""
        permitted: list[tuple[str, ...]] = []

        def ask(tx: Transaction) -> None:
            tx.caches.rights.clear()
            actors = self.made.world.actors
            authorities = sorted({actor.authority for actor in actors.values()})
            files = [row[0] for row in tx.sql.all("select id from access_compartment order by id")]
            for actor, role, authority in product(actors.values(), roles(), authorities):
                if allowed(Act(tx, replace(actor, role=role, authority=authority)).active):
                    permitted.append(("act", actor.officer, authority, role))
            actor = next(iter(actors.values()))
            for authority in authorities:
                for file in files:
                    act = Act(tx, replace(actor, authority=authority))
                    if allowed(lambda act=act, file=file: act.reads(file)):
                        permitted.append(("file", authority, file))
                        if kind := allowed(lambda act=act, file=file: act.kind(file)):
                            permitted.append(("kind", file, kind))
            tx.caches.rights.clear()

        node().writer.submit(ask)
        yield from permitted

    def exchanged(self) -> Iterator[tuple[str, ...]]:
        sql = node().sql()
        for peer in peers.every(sql):
            if peer.state == peers.ACTIVE:
                yield ("peer", peer.origin, peer.public.hex(), peer.address)
                yield from (
                    ("lives", peer.origin, authority) for authority in peers.authorities(sql, peer.origin)
                )
        for device, (public, authority) in devices(sql).items():
            yield ("device", device.hex(), public.hex(), authority)
        yield from (("stands", device.hex()) for device in guarded.standing_devices(sql))
        for (name,) in sql.all("select id from exchange_invitation"):
            invitation = invitations.find(sql, name)
            if invitation is not None and invitation.used is None and invitation.revoked is None:
                yield ("invitation", name, invitation.authority, invitation.token.hex())
        for compartment, authority, public in sql.all(WRAPS):
            if guarded.reads(sql, compartment, authority):
                yield ("given", compartment, authority, bytes(public).hex())


def allowed(ask: Any) -> Any:
    """The answer; False where the node refuses to believe what it would answer by."""
    try:
        return ask()
    except (RowChanged, Refused):
        return False


def pages_of(populated: Populated) -> list[str]:
    """Lists that only some roles get, and the files of the canaries."""
    ids = populated.ids
    lists = ("care", "officers", "leads", "exchange", "keys", "invitations")
    addresses = [reverse(name) for name in lists if name in matrix().routes]
    return [
        *addresses,
        reverse("care-file", args=[ids["victim"]]),
        reverse("person", args=[ids["person"]]),
        reverse("person", args=[ids["victim"]]),
        reverse("lead", args=[ids["lead"]]),
        reverse("exhibit", args=[ids["exhibit"]]),
    ]
