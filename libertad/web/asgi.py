"""Screens by WSGI threads (each keeps its database connection); the live stream and the exchange by ASGI."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "libertad.web.settings.production")

# First: it loads Django's apps, which the exchange's models need.
from libertad.web.wsgi import application as screens_application  # isort: split

from django.conf import settings

from libertad.access import factor_keys, suspension_clock
from libertad.care import page_watch
from libertad.exchange import scheduler
from libertad.exchange.onboarding import admission
from libertad.exchange.transport import http
from libertad.figures import daily
from libertad.hits import watcher
from libertad.hits.private import answering, service
from libertad.journal import upgrade
from libertad.journal.fence import TakenOver
from libertad.journal.node import BehindMark, node
from libertad.web import health, keeping, monitoring, tracing
from libertad.web.bridge import Screens
from libertad.web.gc_tuning import settle
from libertad.web.preload import warm
from libertad.web.senders import sender_of

logger = logging.getLogger("libertad.web")
# Few, because they share one interpreter. Between 4 and 8 the p99 of 16 writers was the same on a quiet
# machine; under load, 16 threads were slower.
THREADS = 6
screens = monitoring.Counting(Screens(screens_application, workers=THREADS, sender_of=sender_of))
exchange = http.HttpEndpoint(scheduler.exchange, screens)
in_private = http.HttpEndpoint(service.answering, screens)
admission.register()


async def routed(scope: Any, receive: Any, send: Any) -> None:
    """Route by path: '/board/live/' streams, '/exchange/' and below are for peers, '/healthz' and '/metrics'
    for monitors, all else is a screen."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await asyncio.to_thread(warm)
                try:
                    await asyncio.to_thread(lambda: upgrade.at_start(node()))
                except (BehindMark, TakenOver) as why:
                    logger.error("the node does not start: %s", str(why))  # our own words
                    await send({"type": "lifespan.startup.failed", "message": str(why)})
                    return
                await asyncio.to_thread(lambda: factor_keys.at_start(node()))
                await asyncio.to_thread(scheduler.start)
                await asyncio.to_thread(watcher.start)
                await asyncio.to_thread(keeping.start)
                await asyncio.to_thread(daily.start)
                await asyncio.to_thread(suspension_clock.start)
                await asyncio.to_thread(page_watch.start)
                await asyncio.to_thread(service.start)
                await asyncio.to_thread(settle)
                await asyncio.to_thread(health.start)
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                await asyncio.to_thread(health.stop)
                await asyncio.to_thread(service.stop)
                await asyncio.to_thread(page_watch.stop)
                await asyncio.to_thread(suspension_clock.stop)
                await asyncio.to_thread(daily.stop)
                await asyncio.to_thread(keeping.stop)
                await asyncio.to_thread(watcher.stop)
                await asyncio.to_thread(scheduler.stop)
                return
    trace = tracing.begin()
    if scope["type"] == "http" and scope["path"] in monitoring.PATHS:
        await monitoring.answer(scope, receive, send, screens)
        return
    if scope["type"] == "http" and scope["path"] == "/board/live/":
        from libertad.board.live import stream

        trace.route = "board-live"
        await stream(scope, receive, send)
        return
    if scope["type"] == "http" and scope["path"] == http.PATH:
        trace.route = "exchange"
        await exchange(scope, receive, send)
        return
    if scope["type"] == "http" and scope["path"] == answering.PATH:
        trace.route = "exchange-private"
        await in_private(scope, receive, send)
        return
    await screens(scope, receive, send)


# Whose request it is says the connection, and a header only where a declared proxy has set it.
application: Any = ProxyHeadersMiddleware(routed, list(settings.LIBERTAD_TRUSTED_PROXIES))
