"""Homes of nodes of 0.1, unpacked for a test, and commands on them by the code of either version."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import warm

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "v0_1"
PASSPHRASE = "correct horse battery staple"  # as tools/upgrade_fixtures.py gave it
DEMO, PRODUCTION = "libertad.web.settings.demo", "libertad.web.settings.production"


START = """
from libertad.commands import running, start
with start.told():
    running.migrate()
    running.unlock()
"""


def unpack(name: str, to: Path) -> Path:
    """A fixture's files in a folder of the test's own."""
    to.mkdir(mode=0o700)
    with tarfile.open(FIXTURES / f"{name}.tar.xz", "r:xz") as archive:
        archive.extractall(to, filter="fully_trusted")  # our own; the modes of keys matter
    return to


@dataclass
class Node:
    """A node's home. `code`: the folder of the version that runs on it."""

    at: Path
    settings: str = PRODUCTION
    code: Path = ROOT
    database: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("LIBERTAD_", "DJANGO_"))}
        passphrase_file = self.at.with_name(f"{self.at.name}.passphrase")
        if not passphrase_file.exists():
            passphrase_file.write_text(PASSPHRASE + "\n", "utf-8")
            passphrase_file.chmod(0o600)
        return (
            inherited
            | {
                "LIBERTAD_HOME": str(self.at),
                "DJANGO_SETTINGS_MODULE": self.settings,
                "COLUMNS": "200",
                "PYTHONPATH": str(self.code),
                "LIBERTAD_DATABASE_URL": self.database,
                "LIBERTAD_HOSTS": "localhost",
                "LIBERTAD_PASSPHRASE_FILE": str(passphrase_file),
            }
            | self.more
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        if self.code == ROOT:
            return warm.run(command, cwd=ROOT, env=self.environment, timeout=300)
        return subprocess.run(
            command, cwd=self.code, env=self.environment, capture_output=True, text=True, timeout=300
        )

    def cli(self, *arguments: str, code: int = 0) -> str:
        """A command's output; its exit code is `code`."""
        done = self.run("-c", "from libertad.cli import app; app()", *arguments)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout if not code else done.stdout + done.stderr

    def json(self, *arguments: str) -> Any:
        return json.loads(self.cli(*arguments, "--json"))

    def script(self, text: str, *arguments: str) -> str:
        done = self.run("-c", "import django; django.setup()\n" + text, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        """What `libertad run` does before it serves."""
        self.script(START)

    def content_of_today(self) -> dict[str, Any]:
        """What `opened.py` tells of it, brought up to this version."""
        done = self.run("-m", "tests.upgrade.opened")
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(json.loads(done.stdout))
