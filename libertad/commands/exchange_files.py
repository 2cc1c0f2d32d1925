"""`libertad exchange`, beside the wire: answers and bundle keys that travel by hand, the key for a broker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from libertad.commands import start, unlocking
from libertad.commands.doctor_mail import nkey_line
from libertad.commands.exchange import PeerName, begin, by_name, compare, own
from libertad.commands.exchange_join import app
from libertad.commands.journal import AsJson
from libertad.commands.start import fail, out

__all__ = ["app"]


def text_of(file: Path, document: str) -> str:
    try:
        return file.read_text("ascii")
    except (OSError, UnicodeDecodeError) as why:
        fail(f"{file} cannot be read ({type(why).__name__}): name the {document} that you were given")


@app.command(epilog="Example: libertad exchange take-answer guyana.answer")
def take_answer(
    file: Annotated[Path, typer.Argument(help="The answer to our invitation.")],
    yes: Annotated[bool, typer.Option("--yes", help="The words were compared; do not ask.")] = False,
) -> None:
    """Take the answer to an invitation from a file, where no network joins the two nodes."""
    begin()
    from libertad.exchange import queries
    from libertad.exchange.onboarding import admission
    from libertad.journal.node import node

    with start.told():
        unlocking.open_rings()
        text = text_of(file, "answer")
        came = admission.read_answer(text)
        compare(
            "invited authority",
            came.node,
            yes,
            "nothing was taken: withdraw the invitation, and invite again by a safer way",
        )
        admission.take_answer(node(), text)
        peer = queries.peer(came.origin.removeprefix(queries.PREFIX))
        name = peer.name if peer is not None else came.origin
    out.print(f"Joined: {name} ({came.origin}).", soft_wrap=True)
    out.print(f"Now write it the operation: libertad bundle write --to {came.origin}", soft_wrap=True)


@app.command(epilog="Example: libertad exchange answer Centre --file guyana.answer")
def answer(
    peer: PeerName, file: Annotated[Path, typer.Option(help="Where to write it: a new file.")]
) -> None:
    """Write our answer to an invitation once more: the first copy was lost before they took it."""
    begin()
    from libertad.exchange.onboarding import admission

    with start.told():
        known_peer = by_name(peer)
        text = admission.answer_for(known_peer.origin)
        if not text:
            fail(f"this node was not invited by {known_peer.name}: there is no answer to give")
        with start.new_file(file) as write:
            write(text)
    out.print(f"Written: {file}. They take it by libertad exchange take-answer.", soft_wrap=True)


@app.command(
    "bundle-key", epilog="Example: libertad exchange bundle-key; libertad exchange bundle-key Centre age1..."
)
def bundle_key(
    peer: Annotated[str | None, typer.Argument(help="A peer whose key is to be shown or set.")] = None,
    key: Annotated[str | None, typer.Argument(help="The key that its node shows: age1...")] = None,
    json: AsJson = False,
) -> None:
    """Show to which key bundles for this node are encrypted, or for a peer; or enter a peer's by hand."""
    begin()
    from libertad.exchange.peering import bundle_peers
    from libertad.exchange.peering.bundle_key import bundle_recipient
    from libertad.journal.node import node

    with start.told():
        if peer is None:
            try:
                recipient = bundle_recipient(node().home)
            except (OSError, ValueError) as why:
                fail(str(why))
            report = {"node": node().key.origin, "key": recipient}
        else:
            known_peer = by_name(peer)
            if key is not None:
                _enter(known_peer.origin, known_peer.name, key)
            report = {"node": known_peer.origin, "key": bundle_peers.key_of(node().sql(), known_peer.origin)}
            if not report["key"]:
                fail(f"the bundle key of {known_peer.name} is not known here: enter it as its node shows it")
    if json:
        start.print_json(report)
    else:
        out.print(report["key"], soft_wrap=True)


def _enter(origin: str, name: str, key: str) -> None:
    from libertad.exchange.peering import bundle_peers
    from libertad.journal.node import node

    if not bundle_peers.usable(key):
        fail("this is no bundle key: copy it whole, from age1 to its end")
    node().writer.submit(lambda tx: bundle_peers.save_key(tx.sql, origin, key))
    start.err.print(
        f"Compare it by telephone with {name}, character by character, before you send a bundle: whoever "
        "gave you a wrong key could open it. What is inside stays sealed to its readers.",
        soft_wrap=True,
    )


@app.command(epilog="Example: libertad exchange nkey; libertad exchange nkey --seed > leaf.key")
def nkey(
    seed: Annotated[
        bool, typer.Option("--seed", help="The line for leaf.key (mode 0600): it is secret.")
    ] = False,
    json: AsJson = False,
) -> None:
    """This node's name and public nkey: one line for the hub operator's list."""
    begin()
    from libertad.exchange.transport.nats_keys import node_credentials
    from libertad.journal.node import node

    with start.told():
        credentials, origin, line = node_credentials(node().key.seed), own()["name"], nkey_line()
    if json:
        start.print_json(
            {"node": origin, "nkey": credentials.public, **({"seed": credentials.secret()} if seed else {})}
        )
    else:
        typer.echo(f"nkey: {credentials.secret()}" if seed else line)
