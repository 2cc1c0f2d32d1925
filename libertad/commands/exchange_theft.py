"""`libertad exchange` after a theft: a node's new keys, a coordinator's word for them, revoking the old."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from libertad.commands import start, unlocking
from libertad.commands.doctor_mail import tell_new_nkey
from libertad.commands.exchange import begin, compare, own, say
from libertad.commands.exchange_files import app, text_of
from libertad.commands.journal import As
from libertad.commands.start import out

__all__ = ["app"]


@app.command(epilog="Example: libertad exchange renew --file guyana.keys --address https://police.example")
def renew(
    file: Annotated[Path, typer.Option(help="Where to write the new public keys: a new file.")],
    address: Annotated[
        str, typer.Option(help="Where this node answers: https://...; none: it only asks.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """After a theft: give this node and all its authorities new keys. Stop the node first."""
    begin()
    from libertad.exchange.onboarding import key_replacement
    from libertad.journal.node import node

    with start.told():
        unlocking.open_rings()
        if not yes:
            typer.confirm(
                "Until a coordinator vouches for the new keys, what is written here is believed nowhere. "
                "Go on?",
                abort=True,
                err=True,
            )
        with start.new_file(file) as write:
            write(key_replacement.renew(node(), address))
        tell_new_nkey()
    out.print(f"Written: {file}. It holds no secret. Take it to a coordinator of the operation:")
    out.print("  libertad exchange vouch FILE", soft_wrap=True)
    out.print("They call you and compare:")
    say(own())
    out.print("Then, here, for each authority: libertad exchange revoke-old --reason ... --as ...")


@app.command(epilog="Example: libertad exchange vouch guyana.keys --as BB-001")
def vouch(
    file: Annotated[Path, typer.Argument(help="The new keys of a node whose home was stolen.")],
    yes: Annotated[bool, typer.Option("--yes", help="The words were compared; do not ask.")] = False,
    as_: As = None,
) -> None:
    """Say in the journal, as coordinator, which keys a node has now; everybody finds it by them."""
    begin()
    from libertad.exchange.onboarding import key_replacement

    with start.told():
        actor = start.actor(as_)
        new_keys = key_replacement.read(text_of(file, "keys"))
        compare(
            "authority", new_keys.node, yes, "nothing was said: ask for the file once more, by a safer way"
        )
        key_replacement.vouch(actor, new_keys)
    out.print(f"{len(new_keys.devices)} authorities are at {new_keys.origin} now.", soft_wrap=True)


@app.command(
    "revoke-old", epilog="Example: libertad exchange revoke-old --reason 'The server was stolen' --as GY-ADM"
)
def revoke_old(
    reason: Annotated[str, typer.Option(help="Why; every member of the operation reads it.")],
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            help="Since when they were in other hands (UTC): what they said from then on does not count.",
        ),
    ] = None,
    now: Annotated[bool, typer.Option("--now", help="Even before what others hold has come back.")] = False,
    as_: As = None,
) -> None:
    """Revoke every device of the officer's authority but the one that this node writes with."""
    begin()
    from libertad.exchange.onboarding import key_replacement

    with start.told():
        count = key_replacement.revoke_old(
            start.actor(as_), reason, now, since.replace(tzinfo=UTC) if since else None
        )
    out.print(f"{count} devices revoked: what they say from now on is believed nowhere.")
