"""Make the databases that the upgrade tests open, with the code of the version that they are of.

    python -m tools.upgrade_fixtures [COMMIT] [FOLDER]

COMMIT is 0.1's where none is named, FOLDER `tests/upgrade/v0_1`. Written there: `demo.tar.xz` (a played demo
on SQLite), `demo-postgres.tar.xz` (another on PostgreSQL: its home and a dump), `production.tar.xz` (a centre
and a police node, and a bundle each way that nobody read), and `figures.json`: what that version said of the
demos. All persons in them are generated.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FIRST = "59ce6a8"  # version 0.1
PASSPHRASE = "correct horse battery staple"  # noqa: S105  of nodes that were made to be opened by tests


def main() -> None:
    arguments = dict(enumerate(sys.argv[1:]))
    commit, folder = arguments.get(0, FIRST), Path(arguments.get(1, ROOT / "tests" / "upgrade" / "v0_1"))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        code = checked_out(commit, base / "code")
        making(code, "demo", base / "demo")
        on_postgres(code, base / "demo-postgres")
        making(code, "production", base / "production", PASSPHRASE)
        stated = {}
        for fixture in ("demo", "demo-postgres", "production"):
            for database in (base / fixture).rglob("*.sqlite3"):
                compact(database)
            stated_path = base / fixture / "stated.json"
            if stated_path.exists():
                stated[fixture] = json.loads(stated_path.read_text("utf-8"))["figures"]
            pack(base / fixture, folder / f"{fixture}.tar.xz")
        text = json.dumps({"commit": commit, "figures": stated}, indent=1, sort_keys=True)
        (folder / "figures.json").write_text(text + "\n", "utf-8")


def checked_out(commit: str, to: Path) -> Path:
    """The files of a commit, in a folder. subprocess.CalledProcessError where the history is not here."""
    to.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "x", "-C", str(to)], input=archive.stdout, check=True)
    return to


def environment(code: Path, **extra: str) -> dict[str, str]:
    """What a process of another version needs: its code before this one's."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("LIBERTAD_", "DJANGO_"))
    }
    return inherited | {"PYTHONPATH": str(code)} | extra


def making(code: Path, *arguments: object, **extra: str) -> None:
    """A part of `upgrade_making.py`, run by that version's code."""
    command = [sys.executable, str(Path(__file__).with_name("upgrade_making.py")), *map(str, arguments)]
    subprocess.run(command, cwd=code, check=True, env=environment(code, **extra))


def on_postgres(code: Path, home: Path) -> None:
    """A demo on PostgreSQL, dumped as SQL into its home."""
    server: Any = import_module("tests.support.postgres").Postgres()
    try:
        making(code, "demo", home, LIBERTAD_DATABASE_URL=server.url())
        dump = subprocess.run(
            [
                server.programs / "pg_dump",
                "--no-owner",
                "--no-privileges",
                "-U",
                "postgres",
                "-h",
                server.folder,
                "postgres",
            ],
            check=True,
            capture_output=True,
        )
        (home / "dump.sql").write_bytes(dump.stdout)
    finally:
        server.stop()


def compact(database: Path) -> None:
    """One file without free pages, instead of a database with its log."""
    small = database.with_suffix(".small")
    connection = sqlite3.connect(database)
    connection.execute("vacuum into ?", (str(small),))
    connection.close()
    for leftover in database.parent.glob(f"{database.name}*"):
        leftover.unlink()
    small.replace(database)
    database.chmod(0o600)


def pack(folder: Path, to: Path) -> None:
    """A folder's files with their modes, and nobody's name."""

    def nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        return entry

    with tarfile.open(to, "w:xz", preset=9) as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, path.name, filter=nobody)


if __name__ == "__main__":
    main()
