"""A node's web server as a process of its own, on the test's database and home, over loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scenarios.replay.ports import free_ports
from tests.support import warm

ROOT = Path(__file__).parents[2]
WITHIN = 300.0  # seconds for a server to answer; a guard, nothing is measured by it


def database_url() -> str:
    """The running test's own database, as another process names it."""
    from django.db import connection

    now: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{now['NAME']}"
    where = f"{now['HOST']}:{now['PORT']}" if str(now["HOST"])[:1] != "/" else ""
    asks = "&".join(f"{k}={quote(str(v), safe='')}" for k, v in now["OPTIONS"].items() if isinstance(v, str))
    if not where:
        asks = "&".join(filter(None, [f"host={quote(now['HOST'], safe='')}", f"port={now['PORT']}", asks]))
    credentials = f"{quote(now['USER'])}:{quote(now['PASSWORD'])}@" if now["USER"] else ""
    return f"postgresql://{credentials}{where}/{quote(str(now['NAME']))}?{asks}"


def free_port() -> int:
    return free_ports(1)[0]


@contextmanager
def server(home: Path, settings: str = "libertad.web.settings.test", **more: str) -> Iterator[str]:
    """Yields 'http://127.0.0.1:<port>' of a new process; it ends with the block. `more`: its environment."""
    if not (home / "secrets").exists():
        shutil.copytree(Path(os.environ["LIBERTAD_HOME"]) / "secrets", home / "secrets")
    port = free_port()
    environment = os.environ | {
        "LIBERTAD_HOME": str(home),
        "LIBERTAD_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": settings,
        **more,
    }
    command = [sys.executable, "-m", "libertad.web.serving", str(port)]
    running = warm.start(command, cwd=ROOT, env=environment)
    try:
        _wait(port, running)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _wait(port: int, running: subprocess.Popen[bytes] | warm.Forked) -> None:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        if running.poll() is not None:
            raise AssertionError(f"the server ended by itself with {running.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer")
