"""`libertad nats`: what the operator of a hub does for the nodes. It needs no node of its own."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from libertad.commands.start import fail, out

app = typer.Typer(no_args_is_help=True, help="For the operator of a NATS hub: its rights and its boxes.")
LINE = re.compile(r"(libertad/[0-9a-f]{16})\s+(U[A-Z2-7]{55})")
Nodes = Annotated[
    Path, typer.Argument(help="A file with a line for each node, as libertad exchange nkey prints it.")
]
Operator = Annotated[
    Path, typer.Option(help="The operator's seed; made, with mode 0600, when it is not there.")
]


def _nodes(file: Path) -> dict[str, str]:
    """Origin -> public nkey; ends with the line that is wrong."""
    try:
        lines = file.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as why:
        fail(f"{file} cannot be read ({type(why).__name__}): put the lines of libertad exchange nkey into it")
    nkeys: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        match = LINE.fullmatch(line)
        if match is None:
            fail(f"{file}, line {number}: write a node's name and its nkey, as libertad exchange nkey prints")
        if match[1] in nkeys:
            fail(f"{file}, line {number}: {match[1]} is there twice")
        nkeys[match[1]] = match[2]
    if not nkeys:
        fail(f"{file} names no node")
    return nkeys


def _operator(file: Path) -> Any:
    from libertad.exchange.transport.nats_keys import Credentials, read_seed

    if not file.exists():
        credentials = Credentials(os.urandom(32))
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as why:
            fail(f"{file} cannot be written ({why.strerror})")
        with os.fdopen(handle, "w") as opened:
            opened.write(credentials.secret() + "\n")
        return credentials
    try:
        return read_seed(file)
    except (OSError, ValueError) as why:
        fail(str(why))


@app.command(epilog="Example: libertad nats users nodes.txt --operator operator.nk --file authorities.conf")
def users(
    nodes: Nodes,
    operator: Operator,
    file: Annotated[Path | None, typer.Option(help="Write to this file; else print.")] = None,
) -> None:
    """Write authorities.conf: each node fills every box and empties its own alone. Then reload the hub."""
    from libertad.exchange.transport import nats_hub

    text = nats_hub.users(_nodes(nodes), _operator(operator).public)
    if file is None:
        typer.echo(text, nl=False)
        return
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.write_text(text, "ascii")
        os.replace(fresh, file)
    except OSError as why:
        fail(f"{file} cannot be written ({why.strerror})")
    out.print(f"Written: {file}. Now: nats-server --signal reload, and libertad nats boxes.", soft_wrap=True)


@app.command(
    epilog="Example: libertad nats boxes nodes.txt --operator operator.nk --url tls://hub.example:4222 "
    "--replicas 3"
)
def boxes(
    nodes: Nodes,
    operator: Operator,
    url: Annotated[str, typer.Option(help="The hub: tls://host:4222; several with commas.")],
    ca: Annotated[Path | None, typer.Option(help="Who signed its certificate, if not a public one.")] = None,
    replicas: Annotated[int, typer.Option(min=1, max=5, help="Copies of each box: 3 in a cluster.")] = 1,
    cluster: Annotated[str | None, typer.Option(help="The region's cluster that keeps these boxes.")] = None,
) -> None:
    """Make the box of each node on the hub, or bring it up to date. Mail that is in it stays."""
    origins, credentials = sorted(_nodes(nodes)), _operator(operator)
    try:
        asyncio.run(_provide(origins, credentials, url, ca, replicas, cluster))
    except Exception as why:
        fail(
            f"the hub did not make the boxes ({why or type(why).__name__}): check --url and --ca, and that "
            "its authorities.conf names this operator"
        )
    out.print(f"{len(origins)} boxes are there.")


async def _provide(
    origins: list[str], credentials: Any, url: str, ca: Path | None, replicas: int, cluster: str | None
) -> None:
    import ssl

    from nats.aio.client import Client

    from libertad.exchange.transport import nats_hub

    client = Client()
    client._public_nkey = credentials.public
    await client.connect(
        servers=[server.strip() for server in url.split(",")],
        signature_cb=credentials.sign,
        tls=ssl.create_default_context(cafile=str(ca)) if ca else None,
        allow_reconnect=False,
        error_cb=_quiet,
        connect_timeout=10,
    )
    try:
        await nats_hub.provide(client.jetstream(), origins, replicas=replicas, cluster=cluster)
    finally:
        await client.close()


async def _quiet(_error: Exception) -> None:
    """It is raised as well."""
