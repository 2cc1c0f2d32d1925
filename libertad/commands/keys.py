"""`libertad user key`: keys with which an officer's programs ask, in place of a browser."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from libertad.commands import start
from libertad.commands.journal import As, AsJson
from libertad.commands.start import out


def key(
    days: Annotated[int, typer.Option(min=1, max=90, help="It ends after so many days.")] = 30,
    program: Annotated[
        str, typer.Option(help="Which program asks with it, as the list calls it.")
    ] = "Program",
    as_: As = None,
) -> None:
    """Make a key of the acting officer's own; it is shown once. With it a program asks /match/default."""
    start.settings()
    start.migrated()
    from libertad.access import keys

    with start.told():
        made = keys.make(start.actor(as_, "national-lead"), days, program)
        out.print(f"Key {made.id}, until {made.expires:%Y-%m-%d}. It is shown once:")
        typer.echo(made.secret)
        out.print(
            f"A program sends it as 'Authorization: ApiKey ...'. To end it: libertad user end-key {made.id}"
        )


def listed(json: AsJson = False, as_: As = None) -> None:
    """The keys that work and that the acting officer may end, never what they open with."""
    start.settings()
    start.migrated()
    from libertad.access import keys

    with start.told():
        found = [
            {
                "key": one.id,
                "program": one.program,
                "officer": one.officer_name,
                "made": one.made.date(),
                "until": one.until,
                "last": one.last,
                "today": one.today,
                "month": one.month,
            }
            for one in keys.listed(start.actor(as_, "national-lead"))
            if one.state == "works"
        ]
    if json:
        start.print_json(found)
        return
    table = Table("Key", "Program", "Officer", "Made", "Until", "Last asked", "Today", "In 30 days")
    for one in found:
        table.add_row(*("" if value is None else str(value) for value in one.values()))
    out.print(table)


def end(
    which: Annotated[str, typer.Argument(metavar="KEY", help="As `libertad user keys` lists it.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the journal.")] = "ended on the command line",
    as_: As = None,
) -> None:
    """End a key, at once: one's own, or of an officer whom one may withdraw."""
    start.settings()
    start.migrated()
    from libertad.access import keys

    with start.told():
        keys.end(start.actor(as_, "national-lead"), which, reason)
        out.print("Ended.")
