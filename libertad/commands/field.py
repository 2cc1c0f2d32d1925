"""`libertad field`: what phones in the field hand over by a file that somebody carries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from libertad.commands.exchange import begin
from libertad.commands.start import fail, out

app = typer.Typer(no_args_is_help=True, help="Phones in the field: reports that come by a file.")


@app.callback()
def main() -> None:
    """Phones in the field: reports that come by a file."""


@app.command(epilog="Example: libertad field read /media/stick/reports.lfb --answers")
def read(
    files: Annotated[list[Path], typer.Argument(help="Files that the app shared, in any order.")],
    answers: Annotated[
        bool, typer.Option("--answers", help="Write the node's answers beside each file, for the phone.")
    ] = False,
) -> None:
    """Take what phones handed over by a file: the same way as by the network, and as often as one likes."""
    begin()
    from libertad.field import bundles
    from libertad.journal.node import node
    from libertad.vocabulary.values import Refused

    failed = False
    for path in files:
        parcels: list[bundles.Parcel] = []
        try:
            parcels.extend(bundles.take(node(), path))
        except (Refused, OSError) as why:
            out.print(str(why) if isinstance(why, Refused) else f"{path.name} cannot be read: {why.strerror}")
            failed = True
        problems = [parcel.problem for parcel in parcels if parcel.problem]
        out.print(f"{path.name}: {len(parcels) - len(problems)} of {len(parcels)} parcels taken")
        for problem in dict.fromkeys(problems):
            out.print(f"  {problem}")
        failed = failed or bool(problems)
        if answers and parcels:
            bundles.write(path.with_suffix(".answers"), (parcel.answer for parcel in parcels))
    if failed:
        fail("not all of it was taken; what was stays taken, and may be read again")
