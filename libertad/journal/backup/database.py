"""A consistent copy of the node's database while it serves, and putting it back.

SQLite by its backup API; PostgreSQL by `pg_dump` and `pg_restore`, one file a table. No password is on a
command line.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Collection, Mapping
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
    source, target_db = sqlite3.connect(config["NAME"], timeout=30), sqlite3.connect(target)
    try:
        source.backup(target_db)  # in one step: a snapshot, beside which the node goes on writing
        target_db.execute("pragma journal_mode=delete")
    finally:
        target_db.close()
        source.close()
    target.chmod(0o600)
    return [target]


def _dump(config: Mapping[str, Any], folder: Path) -> list[Path]:
    _run(
        "pg_dump",
        config,
        ["--format=directory", "--compress=0", "--no-owner", "--no-privileges", f"--file={folder}"],
    )
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


# Not psql's: those of the questions before end a moment after their program.
WORKING = (
    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() "
    "and backend_type = 'client backend' "
    "and application_name <> 'psql'"
)
# Of a checkpoint's first line, which may name the tree after the node: libertad/0123456789abcdef/care.
SIGNERS = r"select distinct substring(text from '^[^/\n]+/[^/\n]+') from journal_signed"


def refuse_standby(
    config: Mapping[str, Any], entries: int, authorities: Collection[str], origin: str
) -> None:
    """Wrong unless these settings name a promoted standby of this node: unused, and lacking nothing.

    `origin`: of the node's key in the backup. Another member's database lists the same authorities' devices;
    its checkpoints another node signed.
    """
    if kind(config) != POSTGRES:
        raise Wrong("a standby is PostgreSQL's: name it in LIBERTAD_DATABASE_URL (docs/standby.md)")
    if _query(config, "select pg_is_in_recovery()") != "f":
        raise Wrong("the database still follows the other machine's: promote it first (docs/standby.md)")
    if _query(config, "select to_regclass('journal_head') is not null") != "t":
        raise Wrong("the database is empty, so it is no standby of the lost one: leave --standby out")
    known = set(_query(config, "select distinct authority from journal_device").split())
    signers = set(_query(config, SIGNERS).split())
    if not known.issuperset(authorities) or (signers and origin not in signers):
        raise Wrong("the database is another node's than the backup: look at LIBERTAD_DATABASE_URL")
    working = int(_query(config, WORKING))
    if working:
        raise Wrong(
            f"something works with the database, over {working} connections, so it serves: stop libertad "
            "there, or name the standby's database in LIBERTAD_DATABASE_URL"
        )
    size = int(_query(config, "select coalesce(sum(size), 0) from journal_head"))
    if size < entries:
        raise Wrong(
            f"the database holds {size} entries and the backup {entries}: the standby had not followed for "
            "some time. Restore the backup without --standby, into an empty database"
        )


def _query(config: Mapping[str, Any], query: str) -> str:
    return _run("psql", config, ["--tuples-only", "--no-align", "--command", query]).strip()


LISTED = "select tablename from pg_tables where schemaname = 'public'"


def _run(program: str, config: Mapping[str, Any], options: list[str]) -> str:
    executable = shutil.which(program)
    if executable is None:
        raise Wrong(
            f"{program} is not on the path: install PostgreSQL's own programs, or put their folder into PATH "
            "(docs/deployment.md, step 5)"
        )
    parts = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    settings = {name: config.get(key) for name, key in parts.items()}
    where = make_conninfo("", **{k: v for k, v in settings.items() if v}, **config.get("OPTIONS", {}))
    password = {"PGPASSWORD": str(config["PASSWORD"])} if config.get("PASSWORD") else {}
    done = subprocess.run(
        [executable, f"--dbname={where}", *options],
        env={**os.environ, **password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        older = any("server version" in line for line in lines)
        hint = (
            f": put the server's own programs first in PATH ({executable} is of another version)"
            if older
            else ""
        )
        raise Wrong(f"{program} failed: {lines[-1]}{hint}")
    return done.stdout
