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
        new_key = keys.make(start.actor(as_, "national-lead"), days, program)
        out.print(f"Key {new_key.id}, until {new_key.expires:%Y-%m-%d}. It is shown once:")
        typer.echo(new_key.secret)
        out.print(
            "A program sends it as 'Authorization: ApiKey ...'. To end it: libertad user end-key "
            f"{new_key.id}"
        )


def listed(json: AsJson = False, as_: As = None) -> None:
    """The keys that work and that the acting officer may end, never what they open with."""
    start.settings()
    start.migrated()
    from libertad.access import keys

    with start.told():
        listed_keys = [
            {
                "key": row.id,
                "program": row.program,
                "officer": row.officer_name,
                "made": row.made.date(),
                "until": row.until,
                "last": row.last,
                "today": row.today,
                "month": row.month,
            }
            for row in keys.listed(start.actor(as_, "national-lead"))
            if row.state == "works"
        ]
    if json:
        start.print_json(listed_keys)
        return
    table = Table("Key", "Program", "Officer", "Made", "Until", "Last asked", "Today", "In 30 days")
    for row in listed_keys:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
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
