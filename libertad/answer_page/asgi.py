"""The host as a server runs it: pages by threads, whose request it is told by a declared proxy alone."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "libertad.answer_page.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from libertad.answer_page.bodies import Bodies

THREADS = 4
screens: Any = get_wsgi_application()
pages: Any = Bodies(WSGIMiddleware(screens, workers=THREADS))


async def routed(scope: Any, receive: Any, send: Any) -> None:
    """Requests alone; there is nothing to begin or to end."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await pages(scope, receive, send)


application: Any = ProxyHeadersMiddleware(routed, list(settings.LIBERTAD_TRUSTED_PROXIES))
