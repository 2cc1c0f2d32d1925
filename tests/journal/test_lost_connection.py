"""A database that was away: whoever worked with it goes on once it is back, threads that never end too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connections

from libertad.journal.sql import Sql
from tests.support.databases import KIND, server_url

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(KIND == "sqlite", reason="a server that goes away"),
]


def ended(pid: int) -> None:
    """As the server ends a connection when it stops."""
    with psycopg.connect(server_url(), autocommit=True) as maintenance:
        maintenance.execute("select pg_terminate_backend(%s, 5000)", (pid,))


def test_a_thread_connects_anew_where_its_connection_was_ended() -> None:
    def pid() -> int:
        row = Sql().first("select pg_backend_pid()")
        assert row is not None
        return int(row[0])

    with ThreadPoolExecutor(1) as thread:  # one thread of long life, as the exchange's and the mail's
        before = thread.submit(pid).result()
        ended(before)
        with pytest.raises(psycopg.OperationalError):
            thread.submit(pid).result()
        assert thread.submit(pid).result() != before
        thread.submit(connections.close_all).result()
