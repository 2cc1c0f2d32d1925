"""`libertad run` and `libertad demo`: a node that serves, with the demo operation where the home is empty."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.table import Table

from libertad.commands import start
from libertad.commands.start import err, fail, out
from libertad.installed import CHECKOUT

PLAY = "scenarios.operation_libertad_2018.play"
OURS = (
    "demo.json",
    "mark",
    "presence",
    "serving",
    "libertad.sqlite3",
    "rings.db",
    "rings.backup",
    "keys",
    "secrets",
)


def migrate() -> None:
    """Bring the tables to this version; refuses those of a move that was cut off."""
    start.refuse_unfinished()
    if start.unapplied():
        from django.core.management import call_command

        with err.status("Preparing the database"):
            call_command("migrate", verbosity=0)


def collect() -> None:
    """Collect static files where they are missing or older than their sources.

    Nodes of one installation share them: of several that start together one collects, the others wait.
    """
    from django.conf import settings
    from django.core.management import call_command

    if "Manifest" not in settings.STORAGES["staticfiles"]["BACKEND"]:
        return
    root = Path(settings.STATIC_ROOT)
    if not CHECKOUT or _collected(root):  # a package brings them, where nothing may be written
        return
    root.parent.mkdir(parents=True, exist_ok=True)
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _collected(root):
            with err.status("Collecting static files"):
                call_command("collectstatic", verbosity=0, interactive=False)


def _collected(root: Path) -> bool:
    manifest = root / "staticfiles.json"
    return manifest.exists() and newest_source() <= manifest.stat().st_mtime


def newest_source() -> float:
    """When a static file of the package last changed."""
    folders = (start.BASE / "libertad").glob("*/static")
    return max((p.stat().st_mtime for folder in folders for p in folder.rglob("*")), default=0.0)


def scenario() -> Any | None:
    """The scenario's module, or None where it is not installed."""
    try:
        return import_module(PLAY)
    except ModuleNotFoundError as why:
        if (why.name or "").startswith("scenarios"):
            return None
        raise


def create() -> bool:
    """Create the demo operation in an empty home; False where the scenario is not installed."""
    play = scenario()
    if play is None:
        err.print("The scenario is not installed here: the node starts empty.")
        return False
    with play.forging.changed_node() as other:
        with start.progress("Playing the operation") as moved:
            stage = play.create(moved)
        try:
            with err.status("Reading a bundle of a changed node"):
                play.meet_forgery(stage, other)
        except (OSError, RuntimeError) as why:
            err.print(f"The demo has no bundle of a changed node ({type(why).__name__}); all else is there.")
    return True


def prepare(fresh: bool = True) -> None:
    """Migrate, collect, and create the demo where it is wanted and not there."""
    from django.conf import settings

    migrate()
    collect()
    if not (fresh and settings.LIBERTAD_DEMO):
        return
    from libertad.access.models import Clock
    from libertad.journal.models import Entry

    if not Entry.objects.exists():
        create()
    elif not Clock.objects.exists():  # its last entry sets the clock
        fail("the demo was not finished when it was made: run libertad demo --reset")


def free(port: int) -> None:
    """Refuse a port that something else listens on, before work is done for it."""
    listening(port).close()


def listening(port: int) -> socket.socket:
    """A socket that listens on this machine's port; refuses one that something else has."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("127.0.0.1", port))
        sock.listen()
    except OSError:
        sock.close()
        fail(f"port {port} is taken: stop what listens there, or choose another with --port")
    return sock


def unlock() -> None:
    """Open the rings; refuses a node whose rings belong to police and to care. What stays locked is told."""
    from django.conf import settings

    from libertad.commands import unlocking
    from libertad.journal import fence
    from libertad.journal.node import node

    fence.check(node(), node().sql())
    for authority in unlocking.open_rings():
        why = node().locked.get(authority, "its passphrase was not given")
        err.print(f"[bold red]Locked:[/] {unlocking.name_with_id(authority)}: {why}", soft_wrap=True)
    bring_up()
    if not (settings.LIBERTAD_DEMO or node().rings.authorities()):
        err.print("No authority is founded here yet: run libertad found")


def bring_up() -> None:
    """After an update: judge and fold anew what is on file. While a ring is locked nothing is done."""
    from libertad.journal import upgrade
    from libertad.journal.node import node
    from libertad.journal.rings import Locked

    try:
        with start.progress("Judging anew what is on file, after the update") as moved:
            upgrade.bring_up(node(), moved)
    except Locked as why:
        err.print(f"Not judged anew yet, after the update: {why}", soft_wrap=True)


def banner(port: int) -> None:
    """Where to go, and as whom one can sign in."""
    from django.conf import settings

    if not settings.LIBERTAD_DEMO:
        hosts = ", ".join(f"https://{host}" for host in settings.ALLOWED_HOSTS)
        out.print(f"Libertad serves 127.0.0.1:{port} to the proxy with TLS in front of it")
        out.print(f"It answers to {hosts or 'nobody: name the host in LIBERTAD_HOSTS'}")
        return
    from libertad.web.demo_accounts import demo_accounts

    accounts = demo_accounts()
    if accounts:
        table = Table(title="Demo sign-ins", title_justify="left")
        for name in ("Role", "Officer", "Authority"):
            table.add_column(name)
        for account in accounts:
            table.add_row(account.role, account.name, account.authority)
        out.print(table)
    out.print("All persons and cases in the demo are generated. Stop with Ctrl+C.")
    out.print(
        f"Libertad is at [bold]http://localhost:{port}[/]; sign in at http://localhost:{port}/demo/",
        soft_wrap=True,
    )


def serve(port: int, then: Any = None) -> None:
    """Serve on this machine alone, in this process, until stopped; `then` runs once it answers."""
    import uvicorn

    from libertad.journal.node import close_node, node
    from libertad.web import log_hooks, serving

    log_hooks.install()
    node()  # opens the rings, so that a missing key is told before anything is served
    server = uvicorn.Server(serving.config(port))
    # Here, because uvicorn's own error says no port; it may be long since `free` looked.
    sock = listening(port)
    if then is not None:
        threading.Thread(target=_when_up, args=(server, then), daemon=True).start()
    try:
        with serving.announced(port):
            server.run(sockets=[sock])
    finally:
        close_node()


def _when_up(server: Any, then: Any) -> None:
    while not server.started:
        time.sleep(0.05)
    then()


def reset(home: Path) -> None:
    """Empty a demo's home. Refuses a folder that is not a demo's."""
    if os.environ.get("LIBERTAD_DATABASE_URL") or (home.exists() and not start.demo_home(home)):
        fail(f"{home} is not the demo's: nothing was deleted")
    if not home.exists():
        return
    from libertad.journal.presence import NotAlone, only_server

    strange = [p.name for p in home.iterdir() if not p.name.startswith(OURS)]
    if strange:
        fail(f"{home} holds {', '.join(sorted(strange)[:3])}, which is not the demo's: nothing was deleted")
    try:
        with only_server(home):
            shutil.rmtree(home)
    except NotAlone as why:
        fail(str(why))
