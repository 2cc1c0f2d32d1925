"""Many authorities of one operation over the hub's three real servers, killed one at a time.

`libertad bench authorities --count 40 --json`. Each authority is a node of its own; nothing passes between
them but letters through NATS JetStream. All learn of the operation, then each writes what all members read;
as that travels each server in turn is killed and comes back. In the end every node must hold the same.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.report import line, show

COUNT, PROCESSES = 40, 2
NONE = "nothing like it to compare with"
LONGEST = 3600.0  # seconds for anything to come: an end, never a measure


class Share:
    """A process with some of the nodes."""

    def __init__(self, folder: Path, names: Sequence[str], hub: str, ca: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench._authorities", "serve", str(folder), *names],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
            stderr=(folder / f"{names[0]}.log").open("w"),
            env={**os.environ, "BENCH_HUB": hub, "BENCH_CA": str(ca)},
        )  # fmt: skip
        self.read()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        text = self.process.stdout.readline()
        if not text:
            raise RuntimeError("a process with nodes ended; its log lies beside the homes")
        found: dict[str, Any] = json.loads(text)
        return found

    def send(self, **what: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Trial:
    """All of it, while it runs."""

    def __init__(self, shares: list[Share], cluster: Any, count: int) -> None:
        self.shares, self.cluster, self.count = shares, cluster, count
        self.written: list[str] = []
        self.peak = 0

    def ask(self, **what: Any) -> list[dict[str, Any]]:
        for share in self.shares:
            share.send(**what)
        return [share.read() for share in self.shares]

    def write(self, what: str) -> None:
        """An entry of each node."""
        for answer in self.ask(do="write", what=what):
            self.written += answer["ids"]

    def until(self, what: str, done: Any) -> float:
        """Seconds until all nodes together are so."""
        began = time.monotonic()
        while True:
            states = self.ask(do="state", expected=self.written)
            self.peak = max(self.peak, sum(one["rss"] for one in states) + self.cluster.memory())
            total = {name: sum(one[name] for one in states) for name in states[0]}
            if done(total):
                return time.monotonic() - began
            if time.monotonic() - began > LONGEST:
                raise RuntimeError(f"{what} did not come: {total}")
            if "--loud" in sys.argv:
                print(f"{time.monotonic() - began:.0f} s, {what}: {total}", file=sys.stderr, flush=True)
            time.sleep(1)


@contextmanager
def trial(folder: Path, count: int, processes: int) -> Iterator[Trial]:
    """Founded, boxes made, all nodes connected."""
    import asyncio

    from bench._authorities import Cluster, found

    founded = found(folder, count)
    hub = folder / "hub"
    hub.mkdir()
    with ExitStack() as ends:
        cluster = Cluster(hub, founded.seeds)
        ends.callback(cluster.stop)
        asyncio.run(cluster.provide())
        shares = []
        for number in range(processes):
            share = Share(folder, founded.names[number::processes], cluster.url, cluster.certificate)
            ends.callback(share.close)
            shares.append(share)
        made = Trial(shares, cluster, count)
        made.until("all connected", lambda total: total["connected"] == count)
        yield made


def wrong(answers: Sequence[dict[str, Any]], count: int) -> list[str]:
    """What is not as it must be: an entry that is missing, is there twice or is held back at some node."""
    nodes = {name: one for answer in answers for name, one in answer["nodes"].items()}
    everything = set().union(*(one["entries"] for one in nodes.values()))
    problems = [f"{count - len(nodes)} nodes did not answer"] if len(nodes) != count else []
    for name, one in nodes.items():
        if len(one["entries"]) != len(set(one["entries"])):
            problems.append(f"{name} has an entry twice")
        if missing := len(everything - set(one["entries"])):
            problems.append(f"{name} lacks {missing} of {len(everything)} entries")
        if one["held"]:
            problems.append(f"{name} holds back {one['held']} entries")
    return problems


def measured(made: Trial, kills: Sequence[int] = (0, 1, 2)) -> list[dict[str, Any]]:
    """The lines of a trial; RuntimeError where anything is lost or twice.

    All nodes write at once. Before anything of it has arrived a server is killed, and comes back when some of
    it has; then the next.
    """
    first = made.until("the operation", lambda total: total["operation"] == made.count)
    made.write("first")
    whole, took = made.count * (made.count - 1), 0.0
    for done, number in enumerate(kills, 1):
        made.cluster.kill(number)
        left = whole * (len(kills) + 1 - done) // (len(kills) + 1)
        took += made.until(f"what goes on without server {number}", lambda total, n=left: total["lacks"] <= n)
        made.cluster.start(number)
    took += made.until("what each wrote", lambda total: total["lacks"] == 0)
    answers = made.ask(do="found")
    if problems := wrong(answers, made.count):
        raise RuntimeError("; ".join(problems[:5]))
    nodes = [one for answer in answers for one in answer["nodes"].values()]
    entries = len(nodes[0]["entries"])
    told: list[tuple[str, float, str]] = [
        ("all know the operation, joined by files", first, "s"),
        (f"an entry of each at all the others, {len(kills)} servers killed in turn meanwhile", took, "s"),
        ("processor, all nodes together", sum(one["cpu"] for one in answers), "s"),
        ("entries of the operation, the same at each, none twice", entries, "entries"),
        ("parcels sent, all nodes together", sum(one["sent"] for one in nodes), "parcels"),
        ("letters refused, of senders not known yet", sum(one["refused"] for one in nodes), "letters"),
        ("bytes of letters taken, a node", sum(one["bytes_in"] for one in nodes) / len(nodes) / 1e6, "MB"),
        ("memory of nodes and servers, at most", made.peak / 1e9, "GB"),
        ("the servers' stores at the end", made.cluster.stored() / 1e6, "MB"),
    ]
    of = f"{made.count} authorities"
    return [line(f"{of}: {what}", ours, ours, NONE, unit) for what, ours, unit in told if ours]


def option(name: str, default: int) -> int:
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def main() -> None:
    from django.core.management import call_command

    from bench._pair import django

    home = django()
    call_command("migrate", verbosity=0)
    try:
        with trial(home, option("--count", COUNT), option("--processes", PROCESSES)) as made:
            show(measured(made))
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
