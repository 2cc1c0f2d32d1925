"""Every page of a node that has been filled for years, as five readers ask for it. `libertad bench pages`.

A node of `--persons` people met (50,000), with what was said of each, property, exhibits and leads. It is
served by a process of its own. Five readers of five roles ask beside each other for every page that their
role may open: those without a key, and of each other page the first that a page leads to. Each is asked
`--times` times.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.http import Client, Server
from bench.node import Bench, operation
from bench.report import line, percentile, show
from bench.search import made_up_word

READERS = ("coordinator", "analyst", "national-lead", "officer", "exhibits-officer")
LIMIT_MS = 200.0
NAME = "the bound asked for"
BATCH = 250
# Not pages: a stream, files, and what signs out or in.
LEFT_OUT = ("board-live", "figures-download", "figures-public-download", "attachment", "gallery")
PREFIXES = ("account_", "mfa_", "enrol", "demo", "set-language", "static")
LINK = re.compile(rb'href="(/[^"#?]*)"')


def filled(bench: Bench, persons: int) -> int:
    """Fill the node; returns how many entries it has. A person in eight had property taken, one in ten has an
    exhibit, one in twelve is told of in a lead; a site for every hundred and fifty."""
    from libertad.access.acting import Act
    from libertad.evidence.actions.seize import seize
    from libertad.journal.models import Entry
    from libertad.journal.node import node
    from libertad.operations.actions.register_site import register_site
    from libertad.operations.actions.report_lead import report_lead
    from libertad.people.actions.meet_person import meet_person
    from libertad.people.actions.state_person import state_person
    from libertad.people.actions.take_property import take_property
    from libertad.vocabulary.values import Birth, PersonName, Place

    rng = random.Random(persons)
    given_names, families = ([made_up_word(rng) for _ in range(count)] for count in (900, 2500))
    sites: list[str] = []

    def batch(start: int) -> Any:
        def job(tx: Any) -> None:
            act = Act(tx, bench.officer)
            for n in range(start, min(start + BATCH, persons)):
                if n % 150 == 0:
                    sites.append(
                        register_site(
                            Act(tx, bench.world.actors["national-lead"]),
                            name=f"Workplace {n}",
                            country="GY",
                            zone="America/Guyana",
                            workplace="gold-mine",
                            place=Place(lat=5.0, lon=-59.0, within_m=100),
                        )
                    )
                name = (
                    f"{given_names[n % len(given_names)]} "
                    f"{families[n % len(families)]} {families[n * 7 % len(families)]}"
                )
                key = meet_person(
                    act,
                    country="GY",
                    site=sites[-1],
                    name=(PersonName(text=name),),
                    birth=Birth(date=str(1960 + n % 45)),
                    sex=("female", "male")[n % 2],
                    language=("spa",),
                    seen_as="potential-victim",
                )
                for value in (f"+592 6{n:06d}", f"+592 7{n:06d}"):
                    state_person(act, person=key, phone=(value,))
                if n % 8 == 0:
                    take_property(
                        act,
                        person=key,
                        kind="passport",
                        description="Passport",
                        taken_by="employer",
                        state="not-found",
                    )
                if n % 10 == 0:
                    seize(act, country="GY", kind="mobile-phone", description="Telephone", site=sites[-1])
                if n % 12 == 0:
                    report_lead(
                        act,
                        country="GY",
                        summary="Told of a workplace.",
                        source_grade="2",
                        information_grade="B",
                        handling="P",
                        workplace="gold-mine",
                        site="" if n % 600 == 0 else sites[-1],
                    )

        return job

    for start in range(0, persons, BATCH):
        node().writer.submit(batch(start))
    return Entry.objects.count()


@dataclass
class Asked:
    """One reader's page: its address, milliseconds of each answer in order, and what kind of page it is."""

    role: str
    route: str
    address: str
    times: list[float] = field(default_factory=list)


def pages(urlconf: str = "libertad.web.demo_urls") -> dict[str, str]:
    """Address by route of the pages without a key."""
    from tests.support.routes import routes

    keyless = [route for route in routes(urlconf) if not route.keys and not route.keyed]
    return {route.name: route.address() for route in keyless if measured(route.name)}


def measured(name: str) -> bool:
    """Whether a route is a page that is measured."""
    return bool(name) and not name.startswith(PREFIXES) and name not in LEFT_OUT


def openable(role: str, client: Client) -> Iterator[Asked]:
    """What the role may open: each page without a key, and the first of each kind that a page leads to."""
    from django.urls import Resolver404, resolve

    visited: set[str] = set()
    waiting = list(pages().items())
    while waiting:
        route, address = waiting.pop(0)
        if route in visited:
            continue
        status, body = client.ask("GET", address)
        if status != 200:
            continue
        visited.add(route)
        yield Asked(role, route, address)
        if b"<html" not in (text := unpack_page(body))[:400].lower():
            continue
        for link in LINK.findall(text):
            try:
                match = resolve(link.decode(), "libertad.web.demo_urls")
            except Resolver404:
                continue
            name = match.url_name or ""
            if measured(name) and name not in visited:
                waiting.append((name, link.decode()))


def unpack_page(body: bytes) -> bytes:
    """A page as it was before it was packed for the way."""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def read(server: Server, listed: list[Asked], times: int) -> None:
    """Ask each page `times` times, all roles beside each other."""

    def reader(role: str) -> None:
        client = server.client(role)
        for _ in range(times):
            for page in listed:
                if page.role == role:
                    start = time.perf_counter()
                    status, _body = client.ask("GET", page.address)
                    page.times.append((time.perf_counter() - start) * 1000)
                    if status != 200:
                        raise RuntimeError(f"{page.address} answered {status} to the {role}")

    with ThreadPoolExecutor(len(READERS)) as readers:
        list(readers.map(reader, READERS))


def lines(listed: list[Asked]) -> list[dict[str, Any]]:
    """p50 and p95 of each route over all readers, the slowest first."""
    by_route: dict[str, list[float]] = {}
    for page in listed:
        by_route.setdefault(page.route, []).extend(page.times)
    rows = []
    for route, times in sorted(by_route.items(), key=lambda item: -percentile(item[1], 0.95)):
        rows.append(
            line(f"{route}, p95", percentile(times, 0.95), LIMIT_MS, NAME, "ms")
            | {"p50": round(percentile(times, 0.5), 1)}
        )
    return rows


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--persons", type=int, default=50_000)
    options.add_argument("--times", type=int, default=5)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with operation() as bench:
        start = time.perf_counter()
        entries = filled(bench, chosen.persons)
        fill_seconds = time.perf_counter() - start
        from libertad.journal.node import close_node

        close_node()
        start = time.perf_counter()
        with Server(bench.home) as server:
            started = time.perf_counter() - start
            listed = [page for role in READERS for page in openable(role, server.client(role))]
            read(server, listed, chosen.times)
            memory = resident(server.process.pid)
        show(
            [
                line(f"made: {chosen.persons:,} persons, {entries:,} entries", fill_seconds, 180, NAME, "s"),
                line("start", started, 3, NAME, "s"),
                line("memory of the node", memory, 1024, NAME, "MB"),
                *lines(listed),
            ]
        )


def resident(pid: int) -> float:
    """Megabytes that a process has in memory at its highest."""
    match = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(match[1]) / 1024 if match else 0.0


if __name__ == "__main__":
    main()
