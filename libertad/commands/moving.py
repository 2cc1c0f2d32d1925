"""`libertad journal move`: what the target's URL names, and what a person does after the move."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from libertad.commands.start import fail, out

if TYPE_CHECKING:
    from libertad.journal.move import Moved

FORMS = "give postgresql://user@host/name, or sqlite:///folder/file with a whole path"


def target(url: str) -> tuple[dict[str, Any], str]:
    """Django's settings for a URL, and the URL as it may be shown. Ends the command at a wrong one."""
    from psycopg import ProgrammingError

    from libertad.web.settings.base import database

    scheme = url.partition(":")[0]
    if scheme not in ("sqlite", "postgresql", "postgres") or "://" not in url:
        fail(f"--to is no URL of a database: {FORMS}")  # without what was given: it may hold a password
    if scheme == "sqlite" and not url.startswith("sqlite:///"):
        fail(f"--to names no file: {FORMS}")
    try:
        return database(url), without_password(url)
    except (ProgrammingError, ValueError):
        fail(f"--to cannot be read as a URL: {FORMS}")


def without_password(url: str) -> str:
    """The URL with its password left out, for screens and logs."""
    if url.startswith("sqlite:"):
        return url
    parts = urlsplit(url)
    user, at, where = parts.netloc.rpartition("@")
    name, colon, _password = user.partition(":")
    options = [part for part in parts.query.split("&") if part and not part.startswith("password=")]
    return urlunsplit(
        parts._replace(netloc=f"{name}{':PASSWORD' if colon else ''}{at}{where}", query="&".join(options))
    )


def tell(done: Moved, url: str) -> None:
    """What was moved, which variable to set, and what to do with the source."""
    from django.conf import settings
    from django.db import connection

    name = connection.settings_dict["NAME"]
    sqlite = connection.vendor == "sqlite"
    source = f"{name}, with -wal and -shm beside it" if sqlite else f"the PostgreSQL database {name}"
    out.print(
        f"Moved and verified there: {done.entries} entries, {done.rows} rows in {done.tables} tables, "
        f"root {done.root[:16]}, in {done.seconds:.1f} s.",
        soft_wrap=True,
    )
    out.print("Now start the node with:")
    out.print(f"  LIBERTAD_DATABASE_URL={shlex.quote(url)}", soft_wrap=True, markup=False)
    if settings.LIBERTAD_DEMO:
        out.print("  DJANGO_SETTINGS_MODULE=libertad.web.settings.demo")
    out.print(
        f"The source is untouched and still holds everything, sealed: {source}. Once the node runs on the "
        "new database and libertad journal verify is clean, destroy the source: until then an erasure does "
        "not reach it.",
        soft_wrap=True,
    )
