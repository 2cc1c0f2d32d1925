"""`libertad exchange join` and `enrol`: becoming a member, and being read by the operation's other nodes."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from libertad.commands import start, unlocking
from libertad.commands.exchange import app, begin, compare, own, say
from libertad.commands.journal import As
from libertad.commands.start import fail, out
from libertad.commands.unlocking import VARIABLE

if TYPE_CHECKING:
    from libertad.exchange.onboarding.invitation import Invitation

__all__ = ["app"]


@app.command(
    epilog="Example: libertad exchange join guyana.invitation --administrator 'A. Persaud' --number GY-ADM "
    "--address https://police.example"
)
def join(
    file: Annotated[Path, typer.Argument(help="The invitation that you were given.")],
    administrator: Annotated[str | None, typer.Option(help="Name of the first administrator.")] = None,
    number: Annotated[str | None, typer.Option(help="Service number of the administrator.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Where this node answers: https://...; '': it only asks.")
    ] = None,
    answer: Annotated[
        Path | None, typer.Option(help="Where to write the answer, if the inviter's node cannot be reached.")
    ] = None,
    key_file: Annotated[
        bool, typer.Option("--key-file", help="No passphrase: the ring opens by its key file alone.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="The words were compared; do not ask.")] = False,
) -> None:
    """Found the invited authority on this node and join its operation. Shows the words to compare first.

    One that lives here already joins a further operation with the keys and officers that it has.
    """
    if not (start.home() / "demo.json").exists():
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "libertad.web.settings.production")
    start.settings()
    from datetime import UTC, datetime

    from libertad.commands import running
    from libertad.exchange.onboarding import admission
    from libertad.exchange.onboarding.invitation import check_address, read
    from libertad.journal.node import node

    with start.told():
        running.migrate()
        here = node()
        authorities = here.rings.authorities()
        try:
            text = file.read_text("ascii")
        except (OSError, UnicodeDecodeError) as why:
            fail(f"{file} cannot be read ({type(why).__name__}): name the invitation that you were given")
        invitation = read(text, datetime.now(UTC))
        if authorities and invitation.authority not in authorities:
            # A node that serves would not know the new ring, and be locked in part.
            with here.presence.alone():
                pass
        if not invitation.address and answer is None:
            fail("their node has no address: name a file for the answer with --answer, and take it to them")
        out.print(f"An invitation for {invitation.name}, until {invitation.expires:%Y-%m-%d %H:%M} UTC.")
        compare(
            "inviting authority",
            invitation.node,
            yes,
            "nothing was joined: ask for a new invitation by a safer way",
        )
        again = joins_again(invitation)
        if not again:
            administrator = administrator or typer.prompt("Name of the administrator", err=True)
            number = number or typer.prompt("Service number of the administrator", err=True)
        if address is None and answer is not None:
            address = ""  # only files travel
        if address is None:
            address = typer.prompt(
                "Address at which this node answers the others (https://...; empty: it only asks)",
                default="",
                show_default=False,
                err=True,
            ).strip()
        check_address(address)
        alone = here.presence.alone() if authorities and not again else nullcontext()
        with start.new_file(answer) as write, alone:
            if again:
                authority, code = admission.join_with(text, address=address), ""
            else:
                membership = admission.join(
                    text,
                    administrator=str(administrator),
                    service_number=str(number),
                    address=address,
                    passphrase=None if key_file else unlocking.new_passphrase(),
                )
                authority, code = membership.authority, membership.code
            write(admission.answer_for(invitation.origin))
        out.print(f"Joined: {invitation.name}, {authority}")
        if code:
            out.print(f"Hand over this code in person; it lasts 48 hours: [bold]{code}[/]", soft_wrap=True)
            if authorities and here.rings.by_passphrase():
                out.print(unlocking.each_has_a_line(authority), soft_wrap=True)
        else:
            out.print("With the keys that it has. Its officers choose the operation when they sign in.")
        if answer is not None:
            out.print(f"Written: {answer}. Take it to them: libertad exchange take-answer", soft_wrap=True)
            out.print("The operation arrives in their first bundle: libertad bundle read")
        else:
            out.print("Start the node with libertad run: the operation arrives by exchange.")
        out.print("Your own words, for them to compare:")
        say(own())


WHY_LEFT = {
    "no-operation": " is in no operation on this node yet: what joining brings has not arrived. Let the node "
    "run and ask its inviter (libertad exchange status), or read the first bundle; then enrol again.",
    "locked": ": its ring is locked. Give its passphrase: this command asks for it at a terminal, or takes "
    f"it from the file that {VARIABLE} names; then enrol again.",
    "others": ": a coordinator enrols it, or its own administrator (--as).",
}


def joins_again(invitation: Invitation) -> bool:
    """Whether the invited authority lives here already: it joins a further operation with the keys it has."""
    from libertad.exchange.onboarding import admission

    if not admission.is_hosted_here(invitation):
        return False
    unlocking.open_rings()
    return True


@app.command(epilog="Example: libertad exchange enrol --as BB-001")
def enrol(
    address: Annotated[
        str | None, typer.Option(help="Where this node answers now: https://...; none: as it said last.")
    ] = None,
    as_: As = None,
) -> None:
    """Enrol the authorities of this node in the operation, so that its other nodes read what they say.

    A coordinator enrols all of them. Inviting does it by itself; this is for what was invited before. Of each
    that is left it says why and what to do; exit 1 where nothing was enrolled, or a ring is locked.
    """
    begin()
    from libertad.access.acting import perform
    from libertad.access.queries import authority_names
    from libertad.exchange.onboarding.invitation import check_address
    from libertad.exchange.peering import hosting
    from libertad.journal.node import node

    with start.told():
        actor = start.actor(as_)
        if address is not None:
            check_address(address)
        where = hosting.own_address(actor.authority) if address is None else address
        done = perform(actor, hosting.enrol_hosted, address=where)
        left = hosting.omitted_authorities(node(), node().sql(), actor)
        names = authority_names(done)
        if done:
            count = (
                "1 authority of this node is"
                if len(done) == 1
                else f"{len(done)} authorities of this node are"
            )
            out.print(f"{count} enrolled at {where or 'no address'}: {', '.join(sorted(names.values()))}.")
        else:
            out.print("Nothing was enrolled.")
        for left_out in left:
            out.print(left_out.name + WHY_LEFT[left_out.why])
    if not done or any(left_out.why == "locked" for left_out in left):
        fail("what is left, and what to do about each, stands above")
