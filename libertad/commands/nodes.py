"""`libertad demo --nodes 4`: four real nodes on this machine, each its own process, home and keys.

With `--nodes 5` a shelter joins them, at a node of its own.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.table import Table

from libertad.commands import start
from libertad.commands.start import err, fail, out
from libertad.installed import data_folder

NAMES = ("barbados", "lyon", "guyana", "care", "shelter")
FEWEST = 4
WORDS = {
    "barbados": "Coordination centre, Barbados",
    "lyon": "INTERPOL centre, Lyon",
    "guyana": "Police, Guyana",
    "care": "Care service, Guyana",
    "shelter": "Shelter, Guyana",
}
STARTING = 180.0


def folder() -> Path:
    return Path(os.environ.get("LIBERTAD_NODES", data_folder() / "nodes"))


def home_of(name: str) -> Path:
    return folder() / name


def names() -> tuple[str, ...]:
    """The nodes of this demo, as it was made."""
    counted = folder() / "handed-over" / "nodes"
    return NAMES[: int(counted.read_text())] if counted.exists() else NAMES[:FEWEST]


def reset() -> None:
    """Delete the homes of the nodes, and nothing else."""
    if not folder().exists():
        return
    strange = [p.name for p in folder().iterdir() if p.name not in (*NAMES, "handed-over")]
    if strange:
        fail(
            f"{folder()} holds {', '.join(sorted(strange)[:3])}, which is not this demo's: "
            "nothing was deleted"
        )
    from libertad.journal.presence import NotAlone, only_server

    with ExitStack() as held:
        for name in NAMES:
            if home_of(name).exists():
                try:
                    held.enter_context(only_server(home_of(name)))
                except NotAlone as why:
                    fail(str(why))
        shutil.rmtree(folder())


def run(port: int, nodes: int = FEWEST) -> None:
    """Start the nodes, show where they are, and stop them all together."""
    from libertad.commands import running

    for number in range(nodes):
        running.free(port + number)
    whole = [name for name in NAMES if (home_of(name) / "demo.json").exists()]
    if whole and len(names()) != nodes:
        fail(f"these are {len(names())} nodes: add --nodes {len(names())}, or --reset")
    if whole and len(whole) < nodes:
        fail("the nodes were not finished when they were made: add --reset")
    (folder() / "handed-over").mkdir(parents=True, exist_ok=True)
    _known_at(port)
    (folder() / "handed-over" / "nodes").write_text(str(nodes))
    processes = {name: _start(name, port + number) for number, name in enumerate(names())}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _wait(processes, port)
        _tell(port)
        while all(process.poll() is None for process in processes.values()):
            time.sleep(0.5)
        stopped = [name for name, process in processes.items() if process.poll() is not None]
        err.print(f"[bold red]Stopped:[/] {', '.join(WORDS[name] for name in stopped)}; stopping the others")
    except KeyboardInterrupt:
        out.print("Stopping the nodes")
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _known_at(port: int) -> None:
    """Refuse other ports than those at which the nodes know each other."""
    port_file = folder() / "handed-over" / "port"
    if not port_file.exists():
        port_file.write_text(str(port))
    elif (first := port_file.read_text()) != str(port):
        fail(f"these nodes know each other from port {first} on: add --port {first}, or --reset")


def _start(name: str, port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "LIBERTAD_HOME": str(home_of(name)),
        "DJANGO_SETTINGS_MODULE": start.DEMO,
        "LIBERTAD_EXCHANGE_EVERY": "1",
        "LIBERTAD_COOKIES": name,  # four nodes on one host name: each has its own session
    }
    environment.pop("LIBERTAD_DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, "-m", "libertad.commands.nodes", name, str(port)], env=environment, cwd=start.BASE
    )


def _wait(processes: dict[str, subprocess.Popen[bytes]], port: int) -> None:
    """Until every node has played its part and answers."""
    until = time.monotonic() + STARTING
    with err.status("The nodes found themselves, join and exchange") as status:
        while True:
            ready = [
                name
                for at, name in enumerate(names())
                if (home_of(name) / "demo.json").exists() and _answers(port + at)
            ]
            status.update(f"The nodes join and exchange: {len(ready)} of {len(names())} are ready")
            if len(ready) == len(names()):
                return
            if any(process.poll() is not None for process in processes.values()):
                fail("a node ended before it was ready; its words stand above. Try again with --reset")
            if time.monotonic() > until:
                fail("the nodes were not ready in time; try again with --reset")
            time.sleep(0.2)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _tell(port: int) -> None:
    table = Table(title="The nodes, each with its own data and keys", title_justify="left")
    for heading in ("Node", "Sign in at", "Process"):
        table.add_column(heading)
    for number, name in enumerate(names()):
        table.add_row(WORDS[name], f"http://localhost:{port + number}/demo/", "its own")
    out.print(table)
    out.print(
        "Sign in as administrator, coordinator or national lead and open Exchange: each peer has a page "
        "with a switch that cuts the line to it. What is said meanwhile arrives when the line is back.",
        soft_wrap=True,
    )
    out.print("All persons and cases are generated. Stop with Ctrl+C.")


def serve(name: str, port: int) -> None:
    """In one node's own process: serve, and play its part the first time."""
    start.settings()
    from django.conf import settings

    from libertad.commands import running
    from libertad.journal.presence import only_server

    home = Path(settings.LIBERTAD_HOME)

    def signs_in(own: int) -> dict[str, str]:
        first = own - NAMES.index(name)
        return {
            WORDS[other_name]: f"http://localhost:{first + at}/demo/"
            for at, other_name in enumerate(names())
            if other_name != name
        }

    def part() -> None:
        from scenarios.four_nodes.parts import play

        try:
            with _quiet():
                play(
                    name, home, folder() / "handed-over", f"http://localhost:{port}", signs_in(port), names()
                )
        except BaseException as why:
            err.print(f"[bold red]{WORDS[name]}:[/] {why}", soft_wrap=True)
            os.kill(os.getpid(), signal.SIGTERM)

    with start.told(), only_server(home, port):
        running.migrate()
        running.collect()
        fresh = not (home / "demo.json").exists()
        running.serve(port, part if fresh else None)


@contextmanager
def _quiet() -> Iterator[None]:
    """While they find each other a peer that does not answer yet is no news."""
    loggers = [logging.getLogger(name) for name in ("django.request", "libertad.exchange")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
