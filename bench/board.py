"""The live board: 100 viewers at 50 entries a second, and its first load. `libertad bench board`."""

from __future__ import annotations

import asyncio
import gzip
import re
import threading
import time
from typing import Any

from bench.http import Server
from bench.node import Bench, operation
from bench.report import line, percentile, show

VIEWERS = 100
RATE = 50
SECONDS = 10
LEAD = {
    "country": "GY", "summary": "Vans at night", "source_grade": "1", "information_grade": "B",
    "handling": "P", "origin": "hotline",
}  # fmt: skip
REFERENCE = re.compile(rb"L-GY-[0-9]+")
ASSET = re.compile(rb"""(?:src|href)="(/static/[^"]+)\"""")
URL = re.compile(rb"""url\(["']?([^"')]+)["']?\)""")


class Viewer:
    """One open stream; notes when each lead's reference arrived."""

    def __init__(self) -> None:
        self.seen: dict[bytes, float] = {}

    async def watch(self, port: int, cookie: str, ready: asyncio.Semaphore) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET /board/live/ HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        ready.release()
        left = b""
        while data := await reader.read(65536):
            now = time.perf_counter()
            for found in REFERENCE.findall(left + data):
                self.seen.setdefault(found, now)
            left = data[-16:]


def live(bench: Bench) -> list[dict[str, Any]]:
    from libertad.access.acting import perform
    from libertad.operations.actions.report_lead import report_lead
    from libertad.operations.models import Lead

    with Server(bench.home) as server:
        client = server.client("coordinator")
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        viewers = [Viewer() for _ in range(VIEWERS)]
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, daemon=True).start()
        ready = asyncio.Semaphore(0)
        for viewer in viewers:
            asyncio.run_coroutine_threadsafe(viewer.watch(server.port, cookie, ready), loop)
        time.sleep(4)
        committed: dict[str, float] = {}
        start = time.perf_counter()
        for n in range(RATE * SECONDS):
            time.sleep(max(0.0, start + n / RATE - time.perf_counter()))
            key = perform(bench.officer, report_lead, **LEAD)
            committed[key] = time.perf_counter()
        took = time.perf_counter() - start
        time.sleep(2)
        loop.call_soon_threadsafe(loop.stop)
        references = {pk: ref.encode() for pk, ref in Lead.objects.values_list("pk", "reference")}
    delays, missed = [], 0
    for key, at in committed.items():
        for viewer in viewers:
            arrived = viewer.seen.get(references[key])
            if arrived is None:
                missed += 1
            else:
                delays.append(max(0.0, arrived - at))
    if not delays:
        raise RuntimeError("no viewer saw any lead: the stream shows no reference")
    name = "the bound asked for"
    rate = len(committed) / took
    unseen = f"{missed} of {len(committed) * VIEWERS} not seen"
    return [
        line(
            f"{VIEWERS} viewers at {rate:.0f} entries/s, commit to viewer, p99; {unseen}",
            percentile(delays, 0.99) * 1000, 300, name, "ms",
        ),
        line("the same, median", percentile(delays, 0.5) * 1000, 300, name, "ms"),
    ]  # fmt: skip


def weight(bench: Bench) -> list[dict[str, Any]]:
    """The board's page with its styles, scripts, fonts and pictures, each compressed."""
    with Server(bench.home) as server:
        client = server.client("coordinator")
        status, page = client.ask("GET", "/board/")
        if status != 200:
            raise RuntimeError(f"/board/ answered {status}")
        page = _plain(page)
        total = _compressed(page)
        wanted = {found.decode().partition("#")[0] for found in ASSET.findall(page)}
        done: set[str] = set()
        while wanted - done:
            path = min(wanted - done)
            done.add(path)
            status, data = client.ask("GET", path)
            if status != 200:
                continue
            data = _plain(data)
            total += len(data) if path.endswith((".woff2", ".png")) else _compressed(data)
            if path.endswith(".css"):
                wanted |= {_beside(path, u.decode()) for u in URL.findall(data) if _first(u)}
    return [line("first load of the board, compressed", total / 1000, 300, "the bound asked for", "kB")]


def _first(url: bytes) -> bool:
    """What a browser fetches for Latin letters: not the further subsets of the font."""
    return not url.startswith(b"data:") and b"latin-ext" not in url


def _beside(path: str, url: str) -> str:
    from urllib.parse import urljoin

    return urljoin(path, url).partition("#")[0].partition("?")[0]


def _plain(data: bytes) -> bytes:
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def _compressed(data: bytes) -> int:
    return len(gzip.compress(data, 6))


def main() -> None:
    with operation() as bench:
        lines = [*weight(bench), *live(bench)]
    show(lines)


if __name__ == "__main__":
    main()
