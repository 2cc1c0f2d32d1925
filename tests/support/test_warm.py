"""A forked program is as one that was started: settings, ids, end and streams of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import warm

TELL = """
import django, json, os, sys
django.setup()
from django.conf import settings
from django.db import connection
from django.contrib.auth.hashers import get_hasher
from libertad.web import tracing
print(json.dumps({
    "home": str(settings.LIBERTAD_HOME), "hosts": settings.ALLOWED_HOSTS, "demo": settings.LIBERTAD_DEMO,
    "code": settings.LIBERTAD_REQUIRE_CODE, "database": str(connection.settings_dict["NAME"]),
    "hasher": get_hasher().algorithm, "urls": settings.ROOT_URLCONF, "secret": settings.SECRET_KEY,
    "folder": os.getcwd(), "argv": sys.argv[1:], "zone": os.environ["TZ"], "width": os.environ["COLUMNS"],
}))
print(tracing.PROCESS, file=sys.stderr)
"""


@pytest.mark.parametrize("settings", ["production", "demo", "test"])
def test_it_tells_of_itself_what_a_started_one_tells(tmp_path: Path, settings: str) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(warm.ROOT), "COLUMNS": "77"} | {
        "LIBERTAD_HOME": str(tmp_path / "node"),
        "LIBERTAD_HOSTS": "node.example",
        "DJANGO_SETTINGS_MODULE": f"libertad.web.settings.{settings}",
    }
    (tmp_path / "node").mkdir(mode=0o700)
    command = [sys.executable, "-c", TELL, "given"]
    started = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    forked = [warm.run(command, cwd=tmp_path, env=environment, check=True) for _ in range(2)]
    assert [json.loads(done.stdout) for done in forked] == [json.loads(started.stdout)] * 2
    assert len({done.stderr for done in (started, *forked)}) == 3, "each has an id of its own"


def test_how_it_ends_is_told() -> None:
    def run(code: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return warm.run([sys.executable, "-c", code], input=given)

    assert run("import sys; print(input()); sys.exit(3)", "said\n").stdout == "said\n"
    assert run("import sys; sys.exit(3)").returncode == 3
    failed = run("raise ValueError('planted')")
    assert failed.returncode == 1 and "ValueError: planted" in failed.stderr
    sleeping = warm.start([sys.executable, "-c", "import time; time.sleep(600)"])
    assert sleeping.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        sleeping.wait(0.01)
    sleeping.kill()
    assert sleeping.wait(300) == -signal.SIGKILL
