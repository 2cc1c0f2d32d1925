"""`libertad answer-page`: the host on which services outside Libertad answer once. Not on a care node."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from libertad.commands import start
from libertad.commands.start import fail, out
from libertad.installed import default_home

PRODUCTION, LOCAL = "libertad.answer_page.settings", "libertad.answer_page.settings_local"
NODE_KEY = "answer-page"  # in the secrets of a care node's home
app = typer.Typer(
    no_args_is_help=True,
    help="The separate host on which services outside Libertad answer a referral once.",
)
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")]


def _settings(local: bool) -> None:
    if (default_home() / start.RINGS).exists() and "LIBERTAD_ANSWERS_HOME" not in os.environ and not local:
        fail(
            "a node was made on this machine: the pages belong on a machine of their own, which nothing of "
            "a node is on. Where this is not a node's machine, set LIBERTAD_ANSWERS_HOME"
        )
    os.environ["DJANGO_SETTINGS_MODULE"] = LOCAL if local else PRODUCTION
    import django

    django.setup()


@app.command(epilog="Example: libertad answer-page run --port 8010")
def run(
    port: Port = 8010,
    local: Annotated[
        bool, typer.Option("--local", help="For trying: without TLS, for this machine's own names alone.")
    ] = False,
) -> None:
    """Serve the pages on this machine, for the proxy with TLS in front of it."""
    _settings(local)
    import uvicorn
    from django.conf import settings

    from libertad.answer_page.configured import known_nodes
    from libertad.commands.running import free
    from libertad.web import log_hooks, serving

    if not known_nodes():
        fail("no care node is named: LIBERTAD_ANSWERS_NODES has its key (libertad answer-page keys --node)")
    if not settings.ALLOWED_HOSTS:
        fail("it would answer to nobody: name its host in LIBERTAD_ANSWERS_HOSTS")
    free(port)
    log_hooks.install()
    out.print(f"One-time pages are served at 127.0.0.1:{port}. Stop with Ctrl+C.")
    uvicorn.Server(serving.config(port, "libertad.answer_page.asgi:application")).run()


@app.command(epilog="Example: libertad answer-page keys --node")
def keys(
    node: Annotated[
        bool, typer.Option("--node", help="Of the care node on this machine, for the settings of the host.")
    ] = False,
) -> None:
    """Tell the public key of this host, for the settings of the care node; or that of the care node."""
    from libertad.answer_page.signing import public, signing_key

    if node:
        path = default_home() / "secrets" / NODE_KEY
        out.print(f"LIBERTAD_ANSWERS_NODES={public(signing_key(path))}", soft_wrap=True)
        return
    home = os.environ.get("LIBERTAD_ANSWERS_HOME", "")
    if not home:
        fail("set LIBERTAD_ANSWERS_HOME to the folder of the host, which is not a node's")
    out.print(f"LIBERTAD_ANSWER_HOST_KEY={public(signing_key(Path(home) / 'key'))}", soft_wrap=True)
