"""The backup drill: random work, backups at random moments, the machine lost, restored by the commands."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.support import warm

ROOT = Path(__file__).parents[2]
Act = dict[str, Any]


@contextmanager
def empty_database(server: str | None) -> Iterator[str]:
    """The URL of a database of its own on this PostgreSQL; '' for SQLite in the home."""
    if server is None:
        yield ""
        return
    name = f"drill_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as maintenance:
        maintenance.execute(f"create database {name}")
        try:
            yield server.replace("/postgres?", f"/{name}?")
        finally:
            maintenance.execute(f"drop database {name} with (force)")


@dataclass
class Place:
    """A home and its database, with commands on it. `programs`: where PostgreSQL's own lie."""

    home: Path
    url: str = ""
    programs: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        inherited = {n: v for n, v in os.environ.items() if not n.startswith(("LIBERTAD_", "DJANGO_"))}
        path = f"{self.programs}:{inherited['PATH']}" if self.programs else inherited["PATH"]
        return inherited | {
            "LIBERTAD_HOME": str(self.home),
            "LIBERTAD_DATABASE_URL": self.url,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "libertad.web.settings.test",
            "COLUMNS": "500",
            "PATH": path,
        }

    def python(self, *arguments: str, given: str = "", code: int | None = 0) -> str:
        command = [sys.executable, *arguments]
        done = warm.run(command, cwd=ROOT, env=self.environment, timeout=300, input=given)
        assert code is None or done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout + (done.stderr if code != 0 else "")

    def libertad(self, *arguments: str, code: int = 0) -> str:
        return self.python("-m", "libertad.cli", *arguments, code=code)

    def drill(self, *arguments: str, given: str = "") -> str:
        return self.python("-m", "tests.journal.drill_process", *arguments, given=given)

    def backup(self, to: Path, parts: Path, *options: str, code: int = 0) -> str:
        return self.libertad(
            "backup", "--to", str(to), "--parts-to", str(parts), "--one-disk-opens-all", *options, code=code
        )

    def restore(self, source: Path, parts: Path, *options: str, code: int = 0) -> str:
        return self.libertad(
            "restore", "--from", str(source), "--parts-from", str(parts), "--yes", *options, code=code
        )

    def lost(self, world: Path, acts: list[Act]) -> list[Act]:
        """Of acknowledged acts, those that are not as they were."""
        changed: list[Act] = json.loads(self.drill("check", str(world), given=json.dumps(acts)))
        return changed


@dataclass
class Work:
    """A node at work, until it is killed. `acts`: what it acknowledged, in order."""

    process: subprocess.Popen[str]
    acts: list[Act] = field(default_factory=list)

    @classmethod
    def begin(cls, place: Place, world: Path, seed: int) -> Work:
        command = [sys.executable, "-m", "tests.journal.drill_process", "work", str(world), str(seed)]
        return cls(
            subprocess.Popen(command, cwd=ROOT, env=place.environment, stdout=subprocess.PIPE, text=True)
        )

    def go_on(self, count: int) -> None:
        """Until so many further acts were acknowledged."""
        assert self.process.stdout is not None
        for _ in range(count):
            line = self.process.stdout.readline()
            assert line, "the node at work ended"
            self.acts.append(json.loads(line))

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.acts.append(json.loads(line))


def standing(acts: list[Act], later: list[Act]) -> list[Act]:
    """Acts of before a backup, but for those of people whose erasure was begun meanwhile or after."""
    begun = {act["erasing"] for act in [*acts, *later] if "erasing" in act}
    return [
        act
        for act in acts
        if "erased" in act or ("erasing" not in act and (act.get("person") or act["care"]) not in begun)
    ]


def drilled(template: Path, folder: Path, server: str | None, programs: Path | None, seed: int) -> None:
    """One drill: what was acknowledged before a backup is there; who was erased before it is in no set."""
    chance = random.Random(seed)
    world, home = folder / "world", folder / "node"
    shutil.copytree(template, folder, dirs_exist_ok=True)
    copy, safe = folder / "copy", folder / "safe"
    with empty_database(server) as url, empty_database(server) as second, empty_database(server) as third:
        place = Place(home, url, programs)
        if server is not None:
            _filled(place, template)
        work = Work.begin(place, world, seed)
        work.go_on(chance.randrange(5, 60))
        earlier = list(work.acts)
        place.backup(copy, safe)
        work.go_on(chance.randrange(5, 60))
        before = list(work.acts)
        place.backup(copy, safe)
        work.go_on(chance.randrange(0, 20))
        work.kill()
        shutil.rmtree(home)
        first, last = sorted(path.stem for path in (copy / "sets").glob("*.json"))
        newest = Place(folder / "elsewhere", second, programs)
        newest.restore(copy, safe)
        lost = newest.lost(world, standing(before, work.acts))
        assert not lost, (lost, work.acts)
        older = Place(folder / "older", third, programs)
        older.restore(copy, safe, "--set", first)
        # What was erased before the second backup is not in the first set any more either.
        erased = [
            act for act in before if "erased" in act and act["erased"] in {a.get("person") for a in earlier}
        ]
        lost = older.lost(world, [*standing(earlier, work.acts), *erased])
        assert not lost, (lost, work.acts)
        assert last != first


def _filled(place: Place, template: Path) -> None:
    done = subprocess.run(
        [
            f"{place.programs}/psql",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            place.url,
            "-f",
            str(template / "dump.sql"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def make_world(folder: Path, server: str | None, programs: Path | None) -> Path:
    """The small operation, to begin drills from: home, world and, on PostgreSQL, a dump of the database."""
    with empty_database(server) as url:
        place = Place(folder / "node", url, programs)
        place.drill("make", str(folder / "world"))
        if server is not None:
            with (folder / "dump.sql").open("w") as file:
                command = [f"{programs}/pg_dump", "--no-owner", "--dbname", url]
                subprocess.run(command, stdout=file, check=True)
    return folder
