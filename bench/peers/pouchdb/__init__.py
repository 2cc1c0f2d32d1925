"""PouchDB replicating to a PouchDB server, each in a Node.js process of its own, over loopback HTTP.

Installed from the committed lock into build/peers when it is first measured; nothing of it is committed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
FILES = ("package.json", "package-lock.json", "server.js", "replicate.js", "durable.js")


@dataclass(frozen=True)
class Replicated:
    """One replication. `bytes` are those of the server's sockets, both ways, with all headers of HTTP."""

    way: str  # 'push' to the server or 'pull' from it
    batch: int
    durable: bool  # every batch waits for the disk; PouchDB itself does not ask for that
    seconds: float
    bytes: int


def node() -> Path:
    """The folder of Node.js, as the Makefile finds it."""
    process = subprocess.run([ROOT / "tools" / "node-path"], capture_output=True, text=True, check=False)
    if process.returncode:
        raise RuntimeError(process.stderr.strip())
    return Path(process.stdout.strip())


def installed() -> Path:
    """The peer with its libraries; brought from the registry by the lock's hashes if it is not here."""
    exact = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:12]
    place = ROOT / "build" / "peers" / f"pouchdb-{exact}"
    if (place / "ready").exists():
        return place
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in FILES:
        shutil.copy(HERE / name, place)
    search = f"{node()}{os.pathsep}{os.environ['PATH']}"
    arguments = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        [shutil.which("npm", path=search) or "npm", *arguments[1:]],
        cwd=place,
        env={**os.environ, "PATH": search},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"PouchDB could not be installed, which needs the network once:\n{done.stderr}")
    (place / "ready").touch()
    return place


def replicate(count: int, size: int, batch: int, durable: bool) -> list[Replicated]:
    """Push and pull `count` documents of `size` bytes, on the disk that the other benchmarks use."""
    place = installed()
    with tempfile.TemporaryDirectory(
        prefix="libertad-bench-", dir=os.environ.get("LIBERTAD_BENCH_DIR")
    ) as folder:
        process = subprocess.run(
            [
                node() / "node",
                place / "replicate.js",
                folder,
                str(count),
                str(size),
                str(batch),
                *(["sync"] if durable else []),
            ],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    if process.returncode:
        raise RuntimeError(f"PouchDB failed:\n{process.stderr}")
    figures = json.loads(process.stdout)
    return [
        Replicated(way, batch, durable, figures[way]["seconds"], figures[way]["bytes"])
        for way in ("push", "pull")
    ]
