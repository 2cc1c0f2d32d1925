"""`libertad demo --nodes 4` as a process, for tests and for pictures."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def four(folder: Path, nodes: int = 4) -> Iterator[tuple[int, int]]:
    """Four nodes, or five, with their homes in a folder: (the first of their ports, the process that started
    them)."""
    first = ports(nodes)
    environment = {**os.environ, "LIBERTAD_NODES": str(folder), "COLUMNS": "100", "PYTHONPATH": str(ROOT)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "libertad.cli", "demo", "--nodes", str(nodes), "--port", str(first)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Stop with Ctrl+C" in line:
            break
    else:
        raise AssertionError("the nodes did not start:\n" + "".join(lines))
    try:
        yield first, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def ports(nodes: int = 4) -> int:
    """The first of so many ports in a row that are free."""
    for first in range(18_400, 19_400, nodes):
        try:
            for port in range(first, first + nodes):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no free ports in a row")
