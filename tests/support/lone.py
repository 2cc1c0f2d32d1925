"""A database of a node's own, beside Django's: an SQLite file in its home, or a PostgreSQL database.

On PostgreSQL it is copied from a template: one that is migrated once a process, or another node's. Its
connections are made as Django makes them, so that statements are bound as in the product.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from libertad.journal.sql import Sql
from tests.support.databases import KIND, server_url

POSTGRES = KIND == "postgres"
_kept: dict[str, Any] = {}  # the template's name, and the connection that makes and drops databases


def schema() -> list[str]:
    """What `make` needs: the migrated test database's statements (SQLite), or the template's name."""
    if POSTGRES:
        return [_template()]
    with connection.cursor() as cursor:
        cursor.execute(
            "select sql from sqlite_master where sql is not null and name not like 'sqlite_%' "
            "order by type desc, name"
        )
        return [row[0] for row in cursor.fetchall()]


def make(home: Path, statements: Sequence[str]) -> None:
    """The database of the node in this home, with all tables and no row."""
    if POSTGRES:
        _maintain("create database {} template {} strategy file_copy", _name(home), statements[0])
        return
    database = FileSql(_file(home))
    for statement in statements:
        database.run(statement)
    database.close()


def copy(source: Path, home: Path) -> None:
    """A closed node's home and database once more, in a home that is not there yet."""
    shutil.copytree(source, home)
    if POSTGRES:
        make(home, [_name(source)])


def drop(home: Path) -> None:
    if POSTGRES:
        _maintain("drop database if exists {} with (force)", _name(home))


def open_sql(home: Path) -> Sql:
    """A connection to the node's database, for this thread."""
    return LoneSql(_name(home)) if POSTGRES else FileSql(_file(home))


def laid(own: Sql, home: Path) -> None:
    """All of the node's database in files of its home, where its bytes can be searched."""
    if not own.postgres:
        own.all("pragma wal_checkpoint(truncate)")
        return
    with (home / "tables").open("wb") as file, own.raw.cursor() as cursor:
        for (table,) in own.all("select tablename from pg_tables where schemaname = 'public'"):
            with cursor.copy(
                sql.SQL("copy {} to stdout (format binary)").format(sql.Identifier(table))
            ) as rows:
                for part in rows:
                    file.write(part)


class FileSql(Sql):
    """A connection to one SQLite file."""

    def __init__(self, path: Path) -> None:
        self.raw = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        self.raw.execute("pragma journal_mode=wal")
        self.raw.execute("pragma synchronous=full")
        self.postgres = False

    def close(self) -> None:
        self.raw.close()


class LoneSql(Sql):
    """A connection to one PostgreSQL database, made by Django and in none of its lists."""

    def __init__(self, name: str) -> None:
        self.django = type(connections["default"])({**connection.settings_dict, "NAME": name}, alias=name)
        self.django.ensure_connection()
        self.raw = self.django.connection
        self.postgres = True

    def close(self) -> None:
        self.raw.close()


def _file(home: Path) -> Path:
    return home / "libertad.sqlite3"


def _name(home: Path) -> str:
    return f"lone_{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"


def _maintain(text: str, *names: str) -> None:
    if "maintenance" not in _kept:
        _kept["maintenance"] = psycopg.connect(server_url(), autocommit=True)
    _kept["maintenance"].execute(sql.SQL(text).format(*map(sql.Identifier, names)))


def _template() -> str:
    """A migrated database without rows; this process's own, for nobody may use it while it is copied."""
    name = f"lone_template_{os.getpid()}"
    if _kept.get("template") == name:
        return name
    _maintain("create database {}", name)
    config = {**connection.settings_dict, "NAME": name}
    connections.settings[name] = config
    try:
        connections[name].connect()  # a test's own databases are the only ones that may be opened otherwise
        call_command("migrate", database=name, verbosity=0, interactive=False)
        with connections[name].cursor() as cursor:
            tables = connections[name].introspection.table_names(cursor)
            cursor.execute("truncate " + ", ".join(f'"{table}"' for table in tables))
    finally:
        connections[name].close()
        del connections[name], connections.settings[name]
    _kept["template"] = name
    return name
