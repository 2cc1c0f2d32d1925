"""`libertad hits train`: a model learnt from a table, without labels, to be used on other tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from libertad.commands.hits_tables import Map, read
from libertad.commands.start import err, fail, out


def train(
    left: Annotated[Path, typer.Argument(help="Table of people: CSV, TSV or Parquet.")],
    right: Annotated[
        Path | None, typer.Argument(help="A second table; without it, doubles in the first teach it.")
    ] = None,
    to: Annotated[Path, typer.Option("--out", help="JSON of the model.")] = Path("model.json"),
    told: Map = None,
) -> None:
    """Learn from a table how people are alike in it, as `hits link` does, and keep it for others."""
    from libertad.hits.matching import tables, trained
    from libertad.hits.matching.linking import link

    try:
        mine, theirs = read(left, right, told)
    except tables.Unreadable as why:
        fail(str(why))
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("Learning", total=None)
        found = link(mine, theirs, lambda done, of: progress.update(task, completed=done, total=of))
    if not len(found.one):
        fail("no two records of these tables have anything in common: there is nothing to learn from")
    model = trained.Trained.of(found)
    try:
        trained.write(to, model)
    except OSError as why:
        fail(f"{to}: cannot be written: {why.strerror}. Nothing was left behind; free space and try again.")
    out.print(
        f"Learnt from {len(found.one):,} pairs of {model.records:,} records; in {to}. "
        f"Of each record's others, {model.expected:.2g} are of its person."
    )
