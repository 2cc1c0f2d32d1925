"""One node of the replay as a process of its own: home, database, keys, writer; led over an inherited socket.

    python -m scenarios.replay.process --home FOLDER --socket FD

or, much faster, forked by `scenarios.replay.nursery`. Requests are (number, function, args, kwargs); answers
are (number, 'ok', value) or (number, 'raised', (type, field, text, trace)). A function is named by
'module:name' or pickled by reference. The process ends when its socket does, so it never outlives the driver;
it may be killed at any moment, and what it had acknowledged is there when it is started again.
"""

from __future__ import annotations

import argparse
import importlib
import os
import queue
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scenarios.replay.wire import Closed, Frames

SETTINGS = "scenarios.replay.settings"
THREADS = 6


def function(named: str | Callable[..., Any]) -> Callable[..., Any]:
    """The function of a name 'module:name'."""
    if callable(named):
        return named
    module, _, name = named.partition(":")
    target: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return target


def serve(frames: Frames) -> None:
    """Answer requests, several at once, until the driver is gone or says None."""
    jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for number in range(THREADS):
        threading.Thread(target=_work, args=(frames, jobs), name=f"replay-{number}", daemon=True).start()
    while True:
        try:
            request = frames.receive()
        except Closed:
            return
        if request is None:
            return
        jobs.put(request)


def _work(frames: Frames, jobs: queue.SimpleQueue[Any]) -> None:
    while True:
        number, named, args, kwargs = jobs.get()
        try:
            answer = (number, "ok", function(named)(*args, **kwargs))
        except Exception as why:
            reason = (type(why).__name__, getattr(why, "field", ""), getattr(why, "rule", str(why)))
            answer = (number, "raised", (*reason, traceback.format_exc()))
        try:
            frames.send(answer)
        except Closed:
            return
        except Exception as why:  # an answer that cannot be pickled
            frames.send((number, "raised", ("NotTold", "", repr(why), traceback.format_exc())))


def run(frames: Frames) -> None:
    """Serve as the node of settings.LIBERTAD_HOME; Django is set up and its database migrated."""
    from libertad.journal.node import close_node

    try:
        serve(frames)
    finally:
        close_node()


def settle_in(home: Path) -> None:
    """In a process forked from a warm one: settings, secrets and connections as if started for `home`."""
    from django.conf import Settings, settings
    from django.db import connections

    os.environ["LIBERTAD_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    importlib.reload(importlib.import_module("libertad.web.settings.base"))
    importlib.reload(importlib.import_module(SETTINGS))
    settings._wrapped = Settings(SETTINGS)  # and forgets the values that were asked for
    for alias in list(connections):  # none is open: these are only their places
        if hasattr(connections._connections, alias):  # type: ignore[attr-defined]
            del connections[alias]
    connections._settings = None  # type: ignore[attr-defined]
    connections.__dict__.pop("settings", None)


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scenarios.replay.process")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--socket", type=int, required=True, metavar="FD")
    options = parser.parse_args()
    os.environ["LIBERTAD_HOME"] = str(options.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    options.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    import django

    django.setup()
    migrate()
    run(Frames(socket.socket(fileno=options.socket)))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
