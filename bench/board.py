"""A hundred viewers on the live board at fifty entries a second: from the commit to every viewer.

A real server process over loopback, real sessions, real commits. Run: libertad bench board --json
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from bench.node import Bench, operation

VIEWERS = 100
RATE = 50
SECONDS = 20
LIMIT_MS = 300.0
LIMIT_KB = 300.0
ROLES = ("coordinator", "analyst", "national-lead", "officer", "exhibits-officer")
TEAMS = 20
ENTRY = re.compile(rb'data: \{"id": "([0-9a-f]{64})"')
ASSET = re.compile(r'(?:href|src)="(/static/[^"#]+)')


@dataclass
class Watched:
    """When each entry was committed, and when each viewer had its line."""

    committed: dict[str, float] = field(default_factory=dict)
    seen: list[dict[str, float]] = field(default_factory=list)

    def delays(self) -> list[float]:
        """Milliseconds for each entry and viewer, sorted."""
        return sorted(
            (at - self.committed[entry]) * 1000
            for viewer in self.seen
            for entry, at in viewer.items()
            if entry in self.committed
        )

    @property
    def lost(self) -> int:
        return sum(len(self.committed.keys() - viewer.keys()) for viewer in self.seen)


async def watch(base: str, cookie: str, arrivals: dict[str, float], ready: asyncio.Semaphore) -> None:
    """One viewer on a bare socket."""
    where = urlsplit(base)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(
        f"GET /board/live/ HTTP/1.1\r\nHost: localhost:{where.port}\r\nCookie: {cookie}\r\n\r\n".encode()
    )
    await writer.drain()
    begun = False
    try:
        while line := await reader.readline():
            if not begun and line.startswith(b"event: clock"):
                begun = True
                ready.release()
            elif match := ENTRY.match(line):
                arrivals.setdefault(match[1].decode(), time.perf_counter())
    finally:
        writer.close()


def cookies(bench: Bench) -> list[str]:
    """A session of its own for each viewer."""
    from django.conf import settings

    name = settings.SESSION_COOKIE_NAME
    clients = (bench.world.client(ROLES[n % len(ROLES)]) for n in range(VIEWERS))
    return [f"{name}={client.cookies[name].value}" for client in clients]


def speak(bench: Bench, teams: list[str]) -> None:
    """Reports at a steady rate: leads and check-ins in turn."""
    from libertad.operations.actions.check_in import check_in
    from libertad.operations.actions.report_lead import report_lead

    started = time.perf_counter()
    for n in range(RATE * SECONDS):
        time.sleep(max(0.0, started + n / RATE - time.perf_counter()))
        if n % 2:
            bench.world.perform("officer", check_in, team=teams[n // 2 % TEAMS], state="on-site")
        else:
            bench.world.perform(
                "officer",
                report_lead,
                country="GY",
                summary="A lead.",
                source_grade="2",
                information_grade="B",
                handling="P",
                workplace="farm",
            )


async def measure(bench: Bench, base: str, teams: list[str]) -> Watched:
    """All viewers in this loop; the reports in a thread of their own."""
    from libertad.journal.node import node

    watched = Watched(seen=[{} for _ in range(VIEWERS)])

    def committed(entries: list[Any]) -> None:
        at = time.perf_counter()
        watched.committed.update({entry.id: at for entry in entries})

    ready = asyncio.Semaphore(0)
    jars = await asyncio.to_thread(cookies, bench)
    tasks = [
        asyncio.create_task(watch(base, jar, arrivals, ready))
        for jar, arrivals in zip(jars, watched.seen, strict=True)
    ]
    for _ in tasks:
        await asyncio.wait_for(ready.acquire(), 30)
    await asyncio.sleep(1)
    node().listeners.append(committed)
    speaking = threading.Thread(target=speak, args=(bench, teams))
    speaking.start()
    await asyncio.to_thread(speaking.join)
    node().listeners.remove(committed)
    await asyncio.sleep(2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return watched


def first_load(base: str, cookie: str) -> float:
    """Kilobytes of the page and all that it asks for, compressed as production serves them."""

    def fetch(address: str) -> bytes:
        request = urllib.request.Request(urljoin(base, address), headers={"Cookie": cookie})  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            body: bytes = answer.read()
        return body

    page = fetch("/board/")
    addresses = set(ASSET.findall(page.decode()))
    parts = {"/board/": page} | {address: fetch(address) for address in addresses}
    return (
        sum(
            len(body) if name.endswith(".woff2") else len(gzip.compress(body, 6))
            for name, body in parts.items()
        )
        / 1000
    )


def make_teams(bench: Bench) -> list[str]:
    import datetime as dt

    from libertad.operations.actions.set_clock import set_clock
    from tests.operations.making import a_site, a_team

    now = bench.world.at(4, 12).at  # the operation's days are in the past: its clock reads one of them
    bench.world.perform("coordinator", set_clock, reads=now, set_at=dt.datetime.now(dt.UTC), rate=1.0)
    due = now + dt.timedelta(hours=1)
    return [
        a_team(bench.world, a_site(bench.world), reference=f"T-GY-{n:02}", first_check_in=due)
        for n in range(TEAMS)
    ]


def line(label: str, own: float, reference: float, name: str, unit: str) -> dict[str, Any]:
    """Less is better: the ratio is above 1 where ours is below the reference."""
    ratio = round(reference / own, 2) if own else None
    return {
        "what": label,
        "ours": round(own, 1),
        "reference": reference,
        "reference_name": name,
        "unit": unit,
        "ratio": ratio,
    }


def run() -> list[dict[str, Any]]:
    """In a process of its own: it makes a node, a server and a hundred viewers."""
    from tests.support.serving import server

    with operation() as bench:
        teams = make_teams(bench)
        with server(bench.home) as base:
            size = first_load(base, cookies(bench)[0])
            watched = asyncio.run(measure(bench, base, teams))
    delays = watched.delays()
    if watched.lost or len(delays) != VIEWERS * RATE * SECONDS:
        raise SystemExit(f"{watched.lost} lines did not reach their viewers")
    at = f"{VIEWERS} viewers, {RATE} entries/s"
    limit = "the limit that we set"
    return [
        line(f"commit to viewer, p99 ({at})", delays[int(len(delays) * 0.99)], LIMIT_MS, limit, "ms"),
        line(f"commit to viewer, median ({at})", delays[len(delays) // 2], LIMIT_MS, limit, "ms"),
        line("board's first load, compressed", size, LIMIT_KB, limit, "kB"),
    ]


if __name__ == "__main__":
    results = run()
    if "--json" in sys.argv:
        print(json.dumps(results, indent=2))
    else:
        for one in results:
            print(
                f"{one['what']}: {one['ours']} {one['unit']} (limit {one['reference']}; {one['ratio']} times)"
            )
