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
    from libertad.exchange.transport.bundle import MOST_FAT32

    if text.lower() == FAT32:
        return MOST_FAT32
    match = SIZE.fullmatch(text.strip())
    if match is None:
        fail(f"{text} is no size: write 700MB, 4GiB, or fat32 for a stick of that format")
    step = 1024 if match[3] else 1000
    maximum = int(float(match[1]) * step ** " kmg".index(match[2].lower() or " "))
    if maximum < SMALLEST:
        fail(f"{text} is too small: a part has at least {SMALLEST // 1024} KiB")
    return maximum


@app.command(epilog="Example: libertad bundle write --to 'Guyana police' --folder /media/stick --most fat32")
def write(
    to: Annotated[str, typer.Option(help="The peer: its authority's name or id, or libertad/...")],
    folder: Annotated[Path, typer.Option(help="Where to write: the stick.")] = Path(),
    maximum: Annotated[
        str | None,
        typer.Option("--most", metavar="SIZE", help="Largest file: 700MB, 4GiB, or fat32. None: one file."),
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
    from libertad.exchange.sync.endpoint import Exchange
    from libertad.exchange.transport import bundle_exchange
    from libertad.journal.node import node

    most_bytes = size(maximum) if maximum else None
    with start.told():
        unlocking.open_rings()
        peer = by_name(to)
        with err.status(f"Writing for {peer.name}"):
            bundle = bundle_exchange.write(
                Exchange(node()), peer.origin, folder, most_bytes=most_bytes, new=new
            )
    if json:
        start.print_json(
            {
                "to": peer.origin,
                "files": [str(path) for path in bundle.paths],
                "entries": bundle.entries,
                "bytes": bundle.size,
                "left": bundle.left,
            }
        )
        return
    for path in bundle.paths:
        out.print(str(path), soft_wrap=True)
    out.print(
        f"{bundle.entries} entries, {bundle.size} bytes, for {peer.name} and nobody else.", soft_wrap=True
    )
    if bundle.left:
        out.print(f"{bundle.left} entries of the journal come after: write the next with --new.")


@app.command(epilog="Example: libertad bundle read /media/stick/parcel-*.bundle")
def read(files: Files, json: AsJson = False) -> None:
    """Take a bundle: whole, or not at all. Reading it twice does no harm.

    Exit 1 when something in it does not follow what is here: an earlier bundle is missing.
    """
    begin()
    from libertad.exchange import queries
    from libertad.exchange.sync.endpoint import Exchange
    from libertad.exchange.transport import bundle_exchange
    from libertad.journal.node import node

    with start.told():
        unlocking.open_rings()
        with err.status("Reading"):
            bundle = bundle_exchange.read(Exchange(node()), files)
        peer = queries.peer(bundle.sender.removeprefix(queries.PREFIX))
        name = peer.name if peer is not None else bundle.sender
    done = bundle.read
    report: dict[str, Any] = {
        "from": bundle.sender,
        "parcels": bundle.parcels,
        "stored": done.pulled.taken.stored,
        "held": done.pulled.taken.held,
        "known": done.known,
        "missing": done.missing,
    }
    if json:
        start.print_json(report)
    else:
        out.print(f"From {name} ({bundle.sender}).", soft_wrap=True)
        out.print(
            f"{report['stored']} entries stored, {report['held']} of them in quarantine; "
            f"{report['known']} of {report['parcels']} parcels were here already."
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
    from libertad.exchange.transport.bundle import describe

    descriptions = describe(files)
    ids = {description.bundle for description in descriptions if description.bundle}
    missing = _missing(descriptions) if len(ids) == 1 else []
    if json:
        start.print_json(
            {
                "files": [
                    {**description._asdict(), "path": str(description.path)} for description in descriptions
                ],
                "missing": missing,
            }
        )
    else:
        table = Table("File", "Bundle", "Part", "Bytes", "State")
        for description in descriptions:
            part = f"{description.part} of {description.of}" if description.of else ""
            table.add_row(
                description.path.name,
                description.bundle[:8],
                part,
                str(description.size),
                description.problem or "whole",
            )
        out.print(table)
        if missing:
            out.print(f"Missing: part {', '.join(map(str, missing))}.")
    if missing or any(description.problem for description in descriptions):
        raise typer.Exit(1)


def _missing(descriptions: list[Any]) -> list[int]:
    """Part numbers that none of the files of one bundle has."""
    here, of = (
        {description.part for description in descriptions},
        max(description.of for description in descriptions),
    )
    return [number for number in range(1, of + 1) if number not in here]
