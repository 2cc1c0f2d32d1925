"""Signing in as a browser does, and what a reader of the database's tables sees."""

from __future__ import annotations

from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.apps import apps
from django.db import connection
from django.test import Client


def sign_in(client: Client, service_number: str, password: str) -> Any:
    return client.post("/sign-in/", {"login": service_number, "password": password})


def code_for(secret: str) -> str:
    """The six figures that an authenticator app shows now."""
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2])))


def raw_rows() -> bytes:
    """Every value of every table, one after the other, as bytes."""
    values = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'select * from "{model._meta.db_table}"')
            for row in cursor.fetchall():
                for value in row:
                    values.append(
                        bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                    )
    return b"\n".join(values)
