"""A consistent copy of the node's database while it serves, and putting it back.

SQLite by its backup API; PostgreSQL by `pg_dump` and `pg_restore`, one file a table. No password is on a
command line.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from libertad.journal.backup.pool import Wrong

SQLITE, POSTGRES = "sqlite", "postgresql"
SQLITE_FILE = "libertad.sqlite3"


def kind(config: Mapping[str, Any]) -> str:
    """Of Django's settings of a database."""
    return POSTGRES if config["ENGINE"].endswith("postgresql") else SQLITE


def copy(config: Mapping[str, Any], folder: Path) -> list[Path]:
    """Copy the database, as it is at one moment, into files of an empty folder."""
    if kind(config) == POSTGRES:
        return _dump(config, folder / "dump")
    target = folder / SQLITE_FILE
    source, made = sqlite3.connect(config["NAME"], timeout=30), sqlite3.connect(target)
    try:
        source.backup(made)  # in one step: a snapshot, beside which the node goes on writing
        made.execute("pragma journal_mode=delete")
    finally:
        made.close()
        source.close()
    target.chmod(0o600)
    return [target]


def _dump(config: Mapping[str, Any], folder: Path) -> list[Path]:
    _run(
        "pg_dump", config,
        ["--format=directory", "--compress=0", "--no-owner", "--no-privileges", f"--file={folder}"],
    )  # fmt: skip
    return sorted(folder.iterdir())


def put_back(config: Mapping[str, Any], folder: Path) -> None:
    """Fill the empty database that these settings name from a dump; all of it or nothing."""
    tables = _run("psql", config, ["--tuples-only", "--no-align", "--command", LISTED]).split()
    if tables:
        raise Wrong(
            f"the database holds {len(tables)} tables already: give an empty one "
            "(createdb; LIBERTAD_DATABASE_URL)"
        )
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", config, [*options, str(folder)])


LISTED = "select tablename from pg_tables where schemaname = 'public'"


def _run(program: str, config: Mapping[str, Any], options: list[str]) -> str:
    found = shutil.which(program)
    if found is None:
        raise Wrong(
            f"{program} is not on the path: install PostgreSQL's own programs, or put their folder into PATH "
            "(docs/deployment.md, step 5)"
        )
    parts = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    given = {name: config.get(key) for name, key in parts.items()}
    where = make_conninfo("", **{k: v for k, v in given.items() if v}, **config.get("OPTIONS", {}))
    password = {"PGPASSWORD": str(config["PASSWORD"])} if config.get("PASSWORD") else {}
    done = subprocess.run(
        [found, f"--dbname={where}", *options], env={**os.environ, **password}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        older = any("server version" in line for line in lines)
        hint = (
            f": put the server's own programs first in PATH ({found} is of another version)" if older else ""
        )
        raise Wrong(f"{program} failed: {lines[-1]}{hint}")
    return done.stdout
