"""`libertad hits train`: a model learnt from a table, without labels, to be used on other tables."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.progress import Progress

from libertad.commands.hits_tables import Map, read
from libertad.commands.start import err, fail, out

if TYPE_CHECKING:
    from libertad.hits.beside.splinked import Backend
    from libertad.hits.matching.columns import Said
    from libertad.hits.matching.model_file import Trained


def train(
    left: Annotated[Path, typer.Argument(help="Table of people: CSV, TSV or Parquet.")],
    right: Annotated[
        Path | None, typer.Argument(help="A second table; without it, doubles in the first teach it.")
    ] = None,
    to: Annotated[Path, typer.Option("--out", help="JSON of the model.")] = Path("model.json"),
    mapping: Map = None,
    by: Annotated[
        Literal["ours", "splink"], typer.Option("--with", help="Who learns: ours, or Splink, if installed.")
    ] = "ours",
) -> None:
    """Learn from a table how people are alike in it, as `hits link` does, and keep it for others."""
    from libertad.hits.matching import model_file, tables

    if by == "splink":
        needed("duckdb")
    try:
        left_rows, right_rows = read(left, right, mapping)
    except tables.Unreadable as why:
        fail(str(why))
    model = by_splink(left_rows, right_rows) if by == "splink" else by_ours(left_rows, right_rows)
    try:
        model_file.write(to, model)
    except OSError as why:
        fail(f"{to}: cannot be written: {why.strerror}. Nothing was left behind; free space and try again.")
    out.print(
        f"Learnt from {model.pairs:,} pairs of {model.records:,} records; in {to}. "
        f"Of each record's others, {model.expected:.2g} are of its person."
    )


def by_ours(left_rows: Said, right_rows: Said | None) -> Trained:
    from libertad.hits.matching import model_file
    from libertad.hits.matching.linking import link

    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("Learning", total=None)
        # Who asks for a model gets what there is, however little it changes.
        links = link(
            left_rows,
            right_rows,
            lambda done, of: progress.update(task, completed=done, total=of),
            worth=float("-inf"),
        )
    if not len(links.one):
        fail("no two records of these tables have anything in common: there is nothing to learn from")
    if links.refused:
        fail(
            f"what these tables teach is refused: {links.refused}. Nothing was written: link without --model"
        )
    return model_file.Trained.of(links)


def by_splink(left_rows: Said, right_rows: Said | None) -> Trained:
    """What Splink cannot learn stays as it is usually, and is said."""
    from libertad.hits.beside import columns, learning, splinked
    from libertad.hits.beside.settings import Senseless

    sizes = (len(left_rows),) if right_rows is None else (len(left_rows), len(right_rows))
    with (
        Progress(console=err, transient=True) as progress,
        tempfile.TemporaryDirectory() as passing,
    ):
        progress.add_task("Splink learns", total=None)
        folder = Path(passing)
        try:
            splink = splinked.Splink(columns.prepared(folder, left_rows, right_rows), "duckdb", folder)
            model, unlearnt = learning.taught(splink, sizes)
        except Senseless as why:
            fail(f"what Splink learnt is refused: {why}. Nothing was written: leave out --with, or take more")
        except splinked.Missing as why:
            fail(str(why))
    if unlearnt:
        err.print(f"Not learnt, left as usual: {', '.join(unlearnt)}", markup=False, highlight=False)
    return model


def needed(backend: Backend) -> None:
    """End where Splink is not installed, with what to install."""
    from libertad.hits.beside import splinked

    try:
        splinked.needed(backend)
    except splinked.Missing as why:
        fail(str(why))
