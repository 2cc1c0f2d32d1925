"""How a node is served: on this machine alone, with ends to waiting and no proxy but the declared ones.

`python -m libertad.web.serving PORT` serves the node of the environment's settings.
"""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

from libertad.web.patience import Patient

APPLICATION = "libertad.web.asgi:application"


def config(port: int, application: Any = APPLICATION, **more: Any) -> uvicorn.Config:
    """`more`: of uvicorn's own. X-Forwarded-For is read by the application: see `asgi.py`."""
    given = {"log_level": "warning", "lifespan": "on", "timeout_graceful_shutdown": 3, **more}
    return uvicorn.Config(
        application, host="127.0.0.1", port=port, access_log=False, proxy_headers=False, http=Patient,
        ws="none", server_header=False, **given,
    )  # fmt: skip


if __name__ == "__main__":
    uvicorn.Server(config(int(sys.argv[1]), log_level="error", timeout_graceful_shutdown=1)).run()
