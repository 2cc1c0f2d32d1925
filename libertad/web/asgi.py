"""Screens by WSGI threads (each keeps its database connection), only the live stream by ASGI."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "libertad.web.settings.production")

from a2wsgi import WSGIMiddleware  # noqa: E402

from libertad.web.wsgi import application as screens_application  # noqa: E402

screens = WSGIMiddleware(screens_application, workers=16)  # type: ignore[arg-type]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Route by path: '/board/live/' streams, all else is a screen."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["type"] == "http" and scope["path"] == "/board/live/":
        from libertad.board.live import stream

        await stream(scope, receive, send)
        return
    await screens(scope, receive, send)
