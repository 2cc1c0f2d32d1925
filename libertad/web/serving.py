"""How a node is served: on this machine alone, with ends to waiting and no proxy but the declared ones.

`python -m libertad.web.serving PORT` serves the node of the environment's settings.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings

from libertad.web import log_hooks, tracing
from libertad.web.timeouts import Patient

APPLICATION = "libertad.web.asgi:application"
NAMED = "serving"  # a file in the node's home


def config(port: int, application: Any = APPLICATION, **options: Any) -> uvicorn.Config:
    """`options`: of uvicorn's own. X-Forwarded-For is read by the application: see `asgi.py`."""
    # Without a log of uvicorn's own, which would print exceptions with their values.
    arguments = {
        "log_level": "warning",
        "log_config": None,
        "lifespan": "on",
        "timeout_graceful_shutdown": 3,
        **options,
    }
    return uvicorn.Config(
        application,
        host="127.0.0.1",
        port=port,
        access_log=False,
        proxy_headers=False,
        http=Patient,
        ws="none",
        server_header=False,
        **arguments,
    )


@contextmanager
def announced(port: int) -> Iterator[None]:
    """Say in the node's home on which port this process serves it, for the doctor; it is no secret."""
    path = Path(settings.LIBERTAD_HOME) / NAMED
    fresh = path.with_name(f"{NAMED}.{os.getpid()}")
    fresh.write_text(json.dumps({"port": port, "pid": os.getpid(), "instance": tracing.PROCESS}))
    fresh.chmod(0o600)
    fresh.replace(path)
    try:
        yield
    finally:
        if announcement(path.parent).get("instance") == tracing.PROCESS:
            path.unlink(missing_ok=True)


def announcement(home: Path) -> dict[str, Any]:
    """What the process that serves a home said; empty where none did, or none that can be read."""
    try:
        announced = json.loads((home / NAMED).read_text())
        return {"port": int(announced["port"]), "instance": str(announced["instance"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


if __name__ == "__main__":
    log_hooks.install()
    given, port = {"log_level": "error", "timeout_graceful_shutdown": 1}, int(sys.argv[1])
    with announced(port):
        uvicorn.Server(config(port, **given)).run()
