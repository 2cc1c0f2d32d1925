"""Many authorities of one operation over the hub's three real servers, killed one at a time.

`libertad bench authorities --count 16 --json`. Each authority is a node of its own; nothing passes between
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

COUNT, PROCESSES = 16, 2
NONE = "nothing like it to compare with"
LONGEST = 3600.0  # seconds for anything to come: an end, never a measure


class Share:
    """A process with some of the nodes."""

    def __init__(self, folder: Path, names: Sequence[str], hub: str, ca: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench._authorities", "serve", str(folder), *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
            stderr=(folder / f"{names[0]}.log").open("w"),
            env={**os.environ, "BENCH_HUB": hub, "BENCH_CA": str(ca)},
        )
        self.read()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        text = self.process.stdout.readline()
        if not text:
            raise RuntimeError("a process with nodes ended; its log lies beside the homes")
        answer: dict[str, Any] = json.loads(text)
        return answer

    def send(self, **request: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
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

    def ask(self, **request: Any) -> list[dict[str, Any]]:
        for share in self.shares:
            share.send(**request)
        return [share.read() for share in self.shares]

    def write(self, what: str) -> None:
        """An entry of each node."""
        for answer in self.ask(do="write", what=what):
            self.written += answer["ids"]

    def until(self, label: str, done: Any) -> float:
        """Seconds until all nodes together are so."""
        began = time.monotonic()
        while True:
            states = self.ask(do="state", expected=self.written)
            self.peak = max(self.peak, sum(state["rss"] for state in states) + self.cluster.memory())
            total = {name: sum(state[name] for state in states) for name in states[0]}
            if done(total):
                return time.monotonic() - began
            if time.monotonic() - began > LONGEST:
                raise RuntimeError(f"{label} did not come: {total}")
            if "--loud" in sys.argv:
                print(f"{time.monotonic() - began:.0f} s, {label}: {total}", file=sys.stderr, flush=True)
            time.sleep(max(1.0, self.count / 50))  # to ask all nodes takes a while


@contextmanager
def trial(folder: Path, count: int, processes: int) -> Iterator[Trial]:
    """Founded, boxes made, all nodes connected."""
    import asyncio

    from bench._authorities import Cluster, found_operation

    founded = found_operation(folder, count)
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
        run = Trial(shares, cluster, count)
        run.until("all connected", lambda total: total["connected"] == count)
        yield run


def wrong(answers: Sequence[dict[str, Any]], count: int) -> list[str]:
    """What is not as it must be: an entry that is missing, is there twice or is held back at some node."""
    nodes = {name: node for answer in answers for name, node in answer["nodes"].items()}
    everything = set().union(*(node["entries"] for node in nodes.values()))
    problems = [f"{count - len(nodes)} nodes did not answer"] if len(nodes) != count else []
    for name, state in nodes.items():
        if len(state["entries"]) != len(set(state["entries"])):
            problems.append(f"{name} has an entry twice")
        if missing := len(everything - set(state["entries"])):
            problems.append(f"{name} lacks {missing} of {len(everything)} entries")
        if state["held"]:
            problems.append(f"{name} holds back {state['held']} entries")
    return problems


def measured(trial: Trial, kills: Sequence[int] = (0, 1, 2)) -> list[dict[str, Any]]:
    """The lines of a trial; RuntimeError where anything is lost or twice.

    All nodes write at once. Before anything of it has arrived a server is killed, and comes back when some of
    it has; then the next.
    """
    first = trial.until("the operation", lambda total: total["operation"] == trial.count)
    trial.write("first")
    whole, took = trial.count * (trial.count - 1), 0.0
    for done, number in enumerate(kills, 1):
        trial.cluster.kill(number)
        left = whole * (len(kills) + 1 - done) // (len(kills) + 1)
        took += trial.until(
            f"what goes on without server {number}", lambda total, n=left: total["lacks"] <= n
        )
        trial.cluster.start(number)
    took += trial.until("what each wrote", lambda total: total["lacks"] == 0)
    answers = trial.ask(do="found")
    if problems := wrong(answers, trial.count):
        raise RuntimeError("; ".join(problems[:5]))
    nodes = [node for answer in answers for node in answer["nodes"].values()]
    entries = len(nodes[0]["entries"])
    rows: list[tuple[str, float, str]] = [
        ("all know the operation, joined by files", first, "s"),
        (f"an entry of each at all the others, {len(kills)} servers killed in turn meanwhile", took, "s"),
        ("processor, all nodes together", sum(answer["cpu"] for answer in answers), "s"),
        ("entries of the operation, the same at each, none twice", entries, "entries"),
        ("parcels sent, all nodes together", sum(node["sent"] for node in nodes), "parcels"),
        ("letters refused, of senders not known yet", sum(node["refused"] for node in nodes), "letters"),
        ("bytes of letters taken, a node", sum(node["bytes_in"] for node in nodes) / len(nodes) / 1e6, "MB"),
        ("memory of nodes and servers, at most", trial.peak / 1e9, "GB"),
        ("the servers' stores at the end", trial.cluster.stored() / 1e6, "MB"),
    ]
    of = f"{trial.count} authorities"
    return [line(f"{of}: {label}", own, own, NONE, unit) for label, own, unit in rows if own]


def option(name: str, default: int) -> int:
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def main() -> None:
    from django.core.management import call_command

    from bench._pair import django

    home = django()
    call_command("migrate", verbosity=0)
    try:
        with trial(home, option("--count", COUNT), option("--processes", PROCESSES)) as run:
            show(measured(run))
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
