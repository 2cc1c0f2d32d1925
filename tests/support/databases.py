"""Which database the tests run on, and databases of their own for tests with real processes."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.support.postgres import Postgres

KIND = os.environ.get("LIBERTAD_TEST_DB", "sqlite")
MEMORY = Path("/dev/shm")
ROOM = 6_000_000_000
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
    "database_url",
    "postgres_url",
    "populated",
}

FILLED = {"django_content_type", "auth_permission"}

_ours: list[Postgres] = []


def server_url() -> str:
    """The URL of this run's PostgreSQL; the first to ask starts it, xdist's workers inherit it."""
    if "LIBERTAD_TEST_POSTGRES" not in os.environ:
        server = Postgres()
        _ours.append(server)
        os.environ["LIBERTAD_TEST_POSTGRES"] = server.url()
        atexit.register(stop)
    return os.environ["LIBERTAD_TEST_POSTGRES"]


def stop() -> None:
    while _ours:
        _ours.pop().stop()
        os.environ.pop("LIBERTAD_TEST_POSTGRES", None)


def choose() -> None:
    """Before Django's settings are read: points them at the database that LIBERTAD_TEST_DB asks for."""
    _into_memory()
    if KIND not in ("sqlite", "postgres"):
        raise pytest.UsageError(f"LIBERTAD_TEST_DB is 'sqlite' or 'postgres', not {KIND!r}")
    if KIND == "postgres":
        os.environ["LIBERTAD_DATABASE_URL"] = server_url()
    else:
        os.environ.pop("LIBERTAD_DATABASE_URL", None)


def _into_memory() -> None:
    """Temporary files lie in memory where there is room: every commit waits for its disk, and there are many.

    All of them go when the process that made their folder ends; workers inherit it.
    """
    if "TMPDIR" not in os.environ:
        room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
        os.environ["TMPDIR"] = run = tempfile.mkdtemp(prefix="libertad-run-", dir=MEMORY if room else None)
        os.chmod(run, 0o711)  # PostgreSQL may run as another user
        tempfile.tempdir = None  # asked again
        atexit.register(shutil.rmtree, run, ignore_errors=True)
    if "LIBERTAD_HOME" not in os.environ:
        os.environ["LIBERTAD_HOME"] = tempfile.mkdtemp(prefix="libertad-test-")


def touches_database(item: pytest.Item) -> bool:
    """Whether a test belongs to the PostgreSQL run: it asks for a database, or is marked `both`."""
    from django.test import TransactionTestCase

    if item.get_closest_marker("sqlite_only") or item.get_closest_marker("look"):
        return False
    if item.get_closest_marker("both") or item.get_closest_marker("django_db"):
        return True
    owner = getattr(item, "cls", None)
    if owner is not None and issubclass(owner, TransactionTestCase):
        return True
    return bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


def emptied() -> None:
    """Every table of the test's database without rows, but for those that migrations fill.

    Django's flush does so by emptying all tables and filling these anew, after each of two thousand tests.
    """
    if names := filled_tables():
        with deferred_keys() as cursor:
            for name in names:
                cursor.execute(f'delete from "{name}"')


def filled_tables() -> list[str]:
    """Tables that have rows, but for those that migrations fill."""
    from django.db import connection

    asked = [f"select '{t}' where exists (select 1 from \"{t}\")" for t in _tables() if t not in FILLED]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(asked))
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def deferred_keys() -> Iterator[Any]:
    """A cursor in a transaction in which rows that refer to one another go and come in any order."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("set local session_replication_role = replica")
        else:
            cursor.execute("pragma defer_foreign_keys = on")
        yield cursor


@cache
def _tables() -> list[str]:
    from django.db import connection

    names: list[str] = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return names


def end_sessions() -> None:
    """Before the test database is dropped: threads that a test ended may leave a session behind."""
    from django.db import connection, connections

    from libertad.journal.node import close_node

    close_node()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
    connections.close_all()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A running PostgreSQL, whatever the run is on."""
    return server_url()


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """An empty database of this test's own, of the run's kind: for real commits, processes and kill -9."""
    if KIND == "sqlite":
        yield f"sqlite:///{tmp_path / 'node.sqlite3'}"
        return
    name = f"node_{uuid.uuid4().hex[:12]}"
    server = server_url()
    with psycopg.connect(server, autocommit=True) as maintenance:
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield server.replace("/postgres?", f"/{name}?")
        maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
