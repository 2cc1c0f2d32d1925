"""A warm parent of node processes: it has imported everything and opened nothing; a child starts in 20 ms.

    python -m scenarios.replay.nursery --scratch FOLDER --socket FD

The driver sends a home, with the child's end of a socket pair as ancillary data; the answer is the pid. Each
child is a process of its own, with a group of its own, that may be killed with SIGKILL. No thread runs
and no database is open here when it forks.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import os
import shutil
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path

from scenarios.replay import process
from scenarios.replay.wire import Frames

TEMPLATE = "template.sqlite3"
USED = (
    "uvicorn",
    "libertad.journal.ingest",
    "libertad.journal.restore",
    "libertad.journal.verify",
    "libertad.web.asgi",
    "scenarios.operation_libertad_2018.play",
    "scenarios.replay.on_node",
    "scenarios.replay.snapshots",
)


def warm(scratch: Path) -> None:
    """Set Django up for a scratch home and import what nodes use."""
    os.environ["LIBERTAD_HOME"] = str(scratch / "nursery")
    os.environ["DJANGO_SETTINGS_MODULE"] = process.SETTINGS
    import django

    django.setup()
    from django.urls import get_resolver

    from libertad.access.matrix import matrix
    from libertad.vocabulary import codelists

    matrix()
    for path in sorted(codelists.FOLDER.glob("*.yaml")):
        codelists.codelist(path.stem)
    get_resolver()._populate()
    for name in USED:
        import_module(name)


def template(scratch: Path) -> Path:
    """An empty database of this version, migrated once, in a child so that nothing is open here."""
    database = scratch / TEMPLATE
    if database.exists():
        return database
    home = scratch / "first"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    child = os.fork()
    if not child:
        code = 1
        try:
            process.settle_in(home)
            process.migrate()
            from django.db import connection

            connection.cursor().execute("pragma wal_checkpoint(truncate)")
            connection.close()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit("the empty database could not be made")
    shutil.copy(home / "libertad.sqlite3", database)
    return database


def bear(home: Path, end: socket.socket, control: socket.socket, empty: Path) -> int:
    """Fork a node process for a home; returns its pid."""
    child = os.fork()
    if child:
        end.close()
        return child
    code = 1
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver ends us, not a terminal's Ctrl+C
        control.close()
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = os.open(home / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        # Where every thread stands: at a crash, and for a driver that waits in vain.
        faulthandler.enable(file=2)
        faulthandler.register(signal.SIGUSR1, file=2)
        if not (home / "libertad.sqlite3").exists():
            shutil.copy(empty, home / "libertad.sqlite3")
        process.settle_in(home)
        process.run(Frames(end))
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scenarios.replay.nursery")
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--socket", type=int, required=True, metavar="FD")
    options = parser.parse_args()
    control = socket.socket(fileno=options.socket)
    warm(options.scratch)
    empty = template(options.scratch)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended children leave nothing behind
    gc.collect()
    gc.freeze()
    control.sendall(b"ready\n")
    while True:
        home, ends, _, _ = socket.recv_fds(control, 4096, 1)
        if not home:
            return
        pid = bear(Path(home.decode()), socket.socket(fileno=ends[0]), control, empty)
        control.sendall(f"{pid}\n".encode())


if __name__ == "__main__":
    main()
