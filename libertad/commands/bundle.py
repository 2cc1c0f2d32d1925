"""`libertad bundle`: the exchange by files, for nodes that no network joins."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from libertad.commands import start, unlocking
from libertad.commands.exchange import begin, by_name
from libertad.commands.journal import AsJson
from libertad.commands.start import err, fail, out

app = typer.Typer(no_args_is_help=True, help="Exchange by files: on a stick, by mail, by courier.")
Files = Annotated[list[Path], typer.Argument(help="All parts of one bundle, in any order.")]
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)(i?)b?", re.IGNORECASE)
SMALLEST = 16 * 1024
FAT32 = "fat32"


def size(text: str) -> int:
    """'700MB', '4GiB', '64k' or 'fat32' in bytes; ends with what can be written."""
    from libertad.exchange.bundle import MOST_FAT32

    if text.lower() == FAT32:
        return MOST_FAT32
    found = SIZE.fullmatch(text.strip())
    if found is None:
        fail(f"{text} is no size: write 700MB, 4GiB, or fat32 for a stick of that format")
    step = 1024 if found[3] else 1000
    most = int(float(found[1]) * step ** " kmg".index(found[2].lower() or " "))
    if most < SMALLEST:
        fail(f"{text} is too small: a part has at least {SMALLEST // 1024} KiB")
    return most


@app.command(epilog="Example: libertad bundle write --to 'Guyana police' --folder /media/stick --most fat32")
def write(
    to: Annotated[str, typer.Option(help="The peer: its authority's name or id, or libertad/...")],
    folder: Annotated[Path, typer.Option(help="Where to write: the stick.")] = Path(),
    most: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Largest file: 700MB, 4GiB, or fat32. None: one file.")
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Only what no bundle or mail to it has had; else all unconfirmed.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Write what a peer has not confirmed into files that only its node opens.

    Nobody has to answer: write the next before this one has arrived. What it took, its own bundle confirms.
    """
    begin()
    from libertad.exchange import carried
    from libertad.exchange.session import Exchange
    from libertad.journal.node import node

    most_bytes = size(most) if most else None
    with start.told():
        unlocking.open_rings()
        peer = by_name(to)
        with err.status(f"Writing for {peer.name}"):
            made = carried.write(Exchange(node()), peer.origin, folder, most_bytes=most_bytes, new=new)
    if json:
        start.print_json(
            {
                "to": peer.origin, "files": [str(path) for path in made.paths], "entries": made.entries,
                "bytes": made.size, "left": made.left,
            }
        )  # fmt: skip
        return
    for path in made.paths:
        out.print(str(path), soft_wrap=True)
    out.print(f"{made.entries} entries, {made.size} bytes, for {peer.name} and nobody else.", soft_wrap=True)
    if made.left:
        out.print(f"{made.left} entries of the journal come after: write the next with --new.")


@app.command(epilog="Example: libertad bundle read /media/stick/parcel-*.bundle")
def read(files: Files, json: AsJson = False) -> None:
    """Take a bundle: whole, or not at all. Reading it twice does no harm.

    Exit 1 when something in it does not follow what is here: an earlier bundle is missing.
    """
    begin()
    from libertad.exchange import carried, queries
    from libertad.exchange.session import Exchange
    from libertad.journal.node import node

    with start.told():
        unlocking.open_rings()
        with err.status("Reading"):
            got = carried.read(Exchange(node()), files)
        peer = queries.peer(got.sender.removeprefix(queries.PREFIX))
        name = peer.name if peer is not None else got.sender
    done = got.read
    told: dict[str, Any] = {
        "from": got.sender, "parcels": got.parcels, "stored": done.pulled.taken.stored,
        "held": done.pulled.taken.held, "known": done.known, "missing": done.missing,
    }  # fmt: skip
    if json:
        start.print_json(told)
    else:
        out.print(f"From {name} ({got.sender}).", soft_wrap=True)
        out.print(
            f"{told['stored']} entries stored, {told['held']} of them in quarantine; "
            f"{told['known']} of {told['parcels']} parcels were here already."
        )
    if done.missing:
        err.print(MISSING, soft_wrap=True)
        raise typer.Exit(1)


MISSING = (
    "[bold red]Not all:[/] some of it follows what is not here yet. Read the earlier bundles first, then "
    "this one again; or send a bundle of ours, and the next one brings all that is missing."
)


@app.command(epilog="Example: libertad bundle show /media/stick/*.bundle --json")
def show(files: Files, json: AsJson = False) -> None:
    """What the files say of themselves, and which are torn; needs no key. Exit 1 when anything is wrong."""
    start.settings()
    from libertad.exchange.bundle import describe

    found = describe(files)
    ids = {one.bundle for one in found if one.bundle}
    missing = _missing(found) if len(ids) == 1 else []
    if json:
        start.print_json(
            {"files": [{**one._asdict(), "path": str(one.path)} for one in found], "missing": missing}
        )
    else:
        table = Table("File", "Bundle", "Part", "Bytes", "State")
        for one in found:
            part = f"{one.part} of {one.of}" if one.of else ""
            table.add_row(one.path.name, one.bundle[:8], part, str(one.size), one.problem or "whole")
        out.print(table)
        if missing:
            out.print(f"Missing: part {', '.join(map(str, missing))}.")
    if missing or any(one.problem for one in found):
        raise typer.Exit(1)


def _missing(found: list[Any]) -> list[int]:
    """Part numbers that none of the files of one bundle has."""
    here, of = {one.part for one in found}, max(one.of for one in found)
    return [number for number in range(1, of + 1) if number not in here]
