"""A real node in processes of its own, to be killed. Imports once, forks for each start: a start takes 0.1 s.

Commands on its input, answers on its output, one JSON value a line: "start PORT" (the child's pid; it serves
until killed; with a word more it is cut off, see `serve`), "check" (what is on file, what verify finds). The
forking process itself opens neither node nor database.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any


def in_child(work: Any) -> str:
    """Run in a child and give what it wrote; its own connections and keys die with it."""
    here, pipe_end = os.pipe()
    child = os.fork()
    if not child:
        os.close(here)
        try:
            with os.fdopen(pipe_end, "w") as out:
                out.write(json.dumps(work()))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(pipe_end)
    with os.fdopen(here) as answer:
        output = answer.read()
    os.waitpid(child, 0)
    return output or "null"


def make() -> dict[str, Any]:
    """The small operation, a site, a team, and a demo sign-in for the officer."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from libertad.access.models import Account
    from libertad.journal.node import close_node
    from tests.operations.making import a_site, a_team
    from tests.support.world import build

    home = Path(settings.LIBERTAD_HOME)
    world = build(home)
    team = a_team(world, a_site(world))
    account = Account.objects.get(officer=world.actors["officer"].officer)
    line = {"account": account.pk, "role": "Officer", "name": "N", "authority": "A", "does": ""}
    (home / "demo.json").write_text(json.dumps({"operation": world.operation, "accounts": [line]}))
    close_node()
    return {"team": team, "account": account.pk}


def serve(port: int, cut: str = "") -> None:
    """`cut`: the process kills itself when it has 'written' a form, or has 'recorded' how it was answered."""
    import uvicorn

    from libertad.journal.node import node
    from libertad.web import serving
    from libertad.web.asgi import application

    node()
    if cut:
        cut_off(cut)
    uvicorn.Server(serving.config(port, application, log_level="error", lifespan="off")).run()


def cut_off(when: str) -> None:
    from libertad.web import submitting

    answered = submitting.answered

    def killed(*arguments: Any) -> Any:
        if when == "recorded":
            answered(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    submitting.answered = killed


def check() -> dict[str, Any]:
    from libertad.journal import reading
    from libertad.journal.node import node
    from libertad.journal.sql import Sql
    from libertad.journal.verify import verify
    from libertad.operations.models import CheckIn, Lead

    here = node()
    here.writer.submit(lambda tx: None)
    entries = [s for _, s in reading.open_entries(here, reading.stored(Sql()))]
    return {
        "leads": [s.content.summary for s in entries if s.verb == "lead.report"],
        "check_ins": sum(s.verb == "team.check_in" for s in entries),
        "lead_rows": Lead.objects.count(),
        "check_in_rows": CheckIn.objects.count(),
        "findings": [str(finding) for finding in verify(here).findings],
        "size": len(entries),
    }


def main() -> None:
    import django

    django.setup()
    from django.urls import get_resolver

    import libertad.web.asgi  # noqa: F401

    _ = get_resolver().url_patterns
    print(in_child(make), flush=True)
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "check":
            print(in_child(check), flush=True)
        elif command == "start":
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            child = os.fork()
            if not child:
                try:
                    serve(int(rest[0]), *rest[1:])
                finally:
                    os._exit(1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            print(child, flush=True)
        elif command == "reap":
            os.waitpid(int(rest[0]), 0)
            print("true", flush=True)


if __name__ == "__main__":
    main()
