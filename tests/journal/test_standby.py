"""What `libertad restore --standby` refuses; docs/standby.md is followed in tests/docs/test_standby.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from libertad.journal.backup import database
from libertad.journal.backup.pool import Wrong
from libertad.journal.checkpoint import Checkpoint, Signer
from tests.support import databases, postgres

AUTHORITY = "a" * 32
OWN, PEER = Signer(bytes(32)), Signer(bytes([7] * 32))

# Threads of other tests of this process may not have given their connections back.
LEFT_OPEN = (
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)


def test_sqlite_has_no_standby() -> None:
    with pytest.raises(Wrong, match="LIBERTAD_DATABASE_URL"):
        database.refuse_standby({"ENGINE": "django.db.backends.sqlite3"}, 0, [], OWN.origin)


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The settings of a promoted standby that holds ten entries, and with which nobody works."""
    programs = postgres.programs(None, copied=False)  # type: ignore[arg-type]
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into journal_device (id, public, authority) values ('a', 'b', %s)", [AUTHORITY]
        )
        cursor.execute("insert into journal_head (id, size, frontier) values (1, 7, ''), (2, 3, '')")
        cursor.execute(LEFT_OPEN)
    connection.close()
    yield {**settings.DATABASES["default"], "NAME": connection.settings_dict["NAME"]}
    with connection.cursor() as cursor:
        for table in ("journal_device", "journal_head", "journal_signed"):
            cursor.execute(f"delete from {table}")


of_postgres = pytest.mark.skipif(databases.KIND == "sqlite", reason="of PostgreSQL")


def sign_as(signer: Signer, *sizes: int) -> None:
    """Checkpoints as a node's writer leaves them."""
    with connection.cursor() as cursor:
        for size, tree in zip(sizes, ("", "/care"), strict=False):
            text = Checkpoint(signer.origin + tree, size, bytes(32)).text()
            cursor.execute("insert into journal_signed (size, text) values (%s, %s)", [size, text])
    connection.close()


@of_postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.both
def test_another_nodes_database_and_one_that_lacks_something_are_refused(config: dict[str, Any]) -> None:
    database.refuse_standby(config, 10, [AUTHORITY], OWN.origin)
    with pytest.raises(Wrong, match="holds 10 entries and the backup 11"):
        database.refuse_standby(config, 11, [AUTHORITY], OWN.origin)
    with pytest.raises(Wrong, match="another node's"):
        database.refuse_standby(config, 10, [AUTHORITY, "b" * 32], OWN.origin)
    with connection.cursor() as cursor:
        cursor.execute("create database nothing_in_it")
    try:
        with pytest.raises(Wrong, match="empty"):
            database.refuse_standby({**config, "NAME": "nothing_in_it"}, 0, [], OWN.origin)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop database nothing_in_it")


@of_postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.both
def test_a_members_database_is_refused_though_it_knows_the_devices(config: dict[str, Any]) -> None:
    """It lists the devices of every authority of its operations; its checkpoints another signed."""
    sign_as(PEER, 7, 3)
    with pytest.raises(Wrong, match="another node's"):
        database.refuse_standby(config, 10, [AUTHORITY], OWN.origin)
    database.refuse_standby(config, 10, [AUTHORITY], PEER.origin)


@of_postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.both
def test_a_database_that_somebody_works_with_is_refused(config: dict[str, Any]) -> None:
    """It was never followed: it is the lost machine's own, which serves."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        with pytest.raises(Wrong, match="over 1 connections, so it serves"):
            database.refuse_standby(config, 10, [AUTHORITY], OWN.origin)
