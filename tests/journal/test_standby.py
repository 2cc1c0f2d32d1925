"""What `libertad restore --standby` refuses; docs/standby.md is followed in tests/docs/test_standby.py."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection

from libertad.journal.backup import database
from libertad.journal.backup.pool import Wrong
from tests.support import databases, postgres

AUTHORITY = "a" * 32


def test_sqlite_has_no_standby() -> None:
    with pytest.raises(Wrong, match="LIBERTAD_DATABASE_URL"):
        database.refuse_standby({"ENGINE": "django.db.backends.sqlite3"}, 0, [])


@pytest.mark.skipif(databases.KIND == "sqlite", reason="of PostgreSQL")
@pytest.mark.django_db(transaction=True)
@pytest.mark.both
def test_another_nodes_database_and_one_that_lacks_something_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = postgres.programs(None, copied=False)  # type: ignore[arg-type]
    monkeypatch.setenv("PATH", str(found), prepend=":")
    config = {**settings.DATABASES["default"], "NAME": connection.settings_dict["NAME"]}
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into journal_device (id, public, authority) values ('a', 'b', %s)", [AUTHORITY]
        )
        cursor.execute("insert into journal_head (id, size, frontier) values (1, 7, ''), (2, 3, '')")
    try:
        database.refuse_standby(config, 10, [AUTHORITY])
        with pytest.raises(Wrong, match="holds 10 entries and the backup 11"):
            database.refuse_standby(config, 11, [AUTHORITY])
        with pytest.raises(Wrong, match="another node's"):
            database.refuse_standby(config, 10, [AUTHORITY, "b" * 32])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("delete from journal_device")
            cursor.execute("delete from journal_head")
    with connection.cursor() as cursor:
        cursor.execute("create database nothing_in_it")
    try:
        with pytest.raises(Wrong, match="empty"):
            database.refuse_standby({**config, "NAME": "nothing_in_it"}, 0, [])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop database nothing_in_it")
