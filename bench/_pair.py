"""Two nodes of an operation for the benchmark of the exchange, each with a home; the giving one is a process.

`python -m bench._pair serve HOME PORT` serves the exchange of a prepared home, as the product's server does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.node import prepare

ENTRIES = 10_000


def django() -> Path:
    """Set Django up on a fresh home; returns it. Once a process."""
    home = prepare()
    import django as framework

    framework.setup()
    return home


@dataclass
class Pair:
    """A centre that reads and a police node that gives; what the police says lies in one file."""

    centre: Any
    police: Any
    place: str

    def say(self, count: int, first: int = 0) -> None:
        """Entries whose sealed bodies are 256 bytes padded: the smallest that there are."""
        from libertad.access.acting import Act
        from libertad.vocabulary.values import Happened
        from libertad.vocabulary.verbs.access import FileOpen

        content, actor, place = FileOpen(page="person"), self.police.actor("short"), self.place

        def job(tx: Any, start: int, end: int) -> None:
            act = Act(tx, actor, Happened(at=Act(tx, actor).now, zone="UTC"))
            for number in range(start, end):
                act.say(place, content, subject=short(number))

        for start in range(first, first + count, 500):
            end = min(start + 500, first + count)
            self.police.node.writer.submit(lambda tx, s=start, e=end: job(tx, s, e))


def build(home: Path) -> Pair:
    """Found both, let them join, settle, and open the file that is measured."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from libertad.exchange.onboarding import admission
    from libertad.operations.actions.report_lead import report_lead
    from tests.support import nodes

    admission.register()
    statements = nodes.schema()
    centre = nodes.Party(home / "centre", statements, "Centre")
    police = nodes.Party(home / "police", statements, "Police")
    nodes.operation(centre)
    nodes.invited(centre, police)
    nodes.settle([centre, police])
    police.appoint("officer")
    police.officers["short"], police.roles["short"] = "o", "officer"  # an id that leaves bodies small
    police.do("administrator", _appoint)
    police.do(
        "officer",
        report_lead,
        country="GY",
        summary="Generated for a benchmark",
        source_grade="1",
        information_grade="A",
        handling="P",
    )
    nodes.settle([centre, police])
    ((place,),) = police.rows("operations_lead", "compartment")
    return Pair(centre, police, place)


def short(number: int) -> str:
    """A subject of at most three signs."""
    signs = "0123456789abcdefghijklmnopqrstuvwxyz"
    return signs[number // 1296 % 36] + signs[number // 36 % 36] + signs[number % 36]


def _appoint(act: Any) -> None:
    from libertad.vocabulary.verbs.access import OfficerAppoint

    content = OfficerAppoint(name="Generated", service_number="B-1", role="officer")
    act.say(act.operation_compartment, content, subject="o")


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The police's node behind HTTP in a process of its own; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._pair", "serve", str(home)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ},
        cwd=Path(__file__).parents[1],
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the giving node did not start")
        yield f"http://127.0.0.1:{int(line)}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def serve(home: Path) -> None:
    """Serve the exchange of a node on a free port; prints the port."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "libertad.web.settings.test"
    import socket

    import django as framework

    framework.setup()
    import uvicorn

    from libertad.exchange.sync.endpoint import Exchange
    from libertad.exchange.transport.http import HttpEndpoint
    from tests.support.nodes import LoneNode

    node = LoneNode(home)
    exchange = Exchange(node)

    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(
        HttpEndpoint(lambda: exchange, nothing), log_level="warning", access_log=False, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[listening])
    node.close()


def drain(pair: Pair, address: str, **options: Any) -> tuple[float, Any]:
    """Pull until nothing is new; (seconds, the last pull with sums of bytes)."""
    from libertad.exchange.transport.http import trip

    origin, go = pair.police.node.key.origin, trip(address)
    began = time.perf_counter()
    total = pair.centre.exchange.pull(origin, go, **options)
    while total.lag:
        done = pair.centre.exchange.pull(origin, go, **options)
        total.add(done.taken)
        total.asked, total.answered, total.lag = (
            total.asked + done.asked,
            total.answered + done.answered,
            done.lag,
        )
    return time.perf_counter() - began, total


if __name__ == "__main__" and sys.argv[1:2] == ["serve"]:
    serve(Path(sys.argv[2]))
