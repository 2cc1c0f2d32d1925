"""`libertad hits cross-check`: does Splink, with our model, find what ours finds? On DuckDB or on Spark."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.progress import Progress
from rich.table import Table

from libertad.commands.hits_tables import Map, Trained, read
from libertad.commands.hits_train import needed
from libertad.commands.journal import AsJson
from libertad.commands.start import err, fail, out, print_json
from libertad.vocabulary.tables import Rows

if TYPE_CHECKING:
    from libertad.hits.beside.agreeing import Agreement
    from libertad.hits.beside.checking import Checked
    from libertad.hits.beside.splinked import Backend
    from libertad.hits.matching.columns import Said
    from libertad.hits.matching.model_file import Trained as Learnt


def cross_check(
    left: Annotated[Path, typer.Argument(help="Table of people: CSV, TSV or Parquet.")],
    right: Annotated[
        Path | None, typer.Argument(help="A second table; without it, doubles in the first.")
    ] = None,
    mapping: Map = None,
    model: Trained = None,
    backend: Annotated[
        Literal["duckdb", "spark"], typer.Option(help="Where Splink brings pairs together and weighs them.")
    ] = "duckdb",
    threshold: Annotated[
        float,
        typer.Option("--least", min=0.01, max=0.99, help="Probability from which a pair counts as found."),
    ] = 0.5,
    to: Annotated[
        Path | None, typer.Option("--out", help="CSV of the pairs that either finds, with both weights.")
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(help="Folder for what Splink is given: tables, shares, settings.json. It names people."),
    ] = None,
    alone: Annotated[
        bool,
        typer.Option("--only-splink", help="Ours compares nothing: for tables too large for it; with --out."),
    ] = False,
    json: AsJson = False,
) -> None:
    """How far Splink agrees with ours on a table: our model as Splink's settings, over the same records."""
    from libertad.hits.beside import splinked
    from libertad.hits.beside.settings import Senseless
    from libertad.hits.matching import model_file, tables

    needed(backend)
    if alone and to is None:
        fail("--only-splink has no check to tell: say where its pairs go, with --out PAIRS.csv")
    try:
        learnt = model_file.read(model) if model is not None else None
        left_rows, right_rows = read(left, right, mapping)
    except (tables.Unreadable, model_file.Unusable) as why:
        fail(str(why))
    with tempfile.TemporaryDirectory() as passing:
        place = keep or Path(passing)
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            checked, rows = run_check(left_rows, right_rows, learnt, backend, place, threshold, alone)
            if to is not None:
                with to.open("w", encoding="utf-8", newline="") as file:
                    Rows(file).writerows(rows if checked is None else checked.rows())
        except (splinked.Missing, Senseless) as why:
            fail(str(why))
        except OSError as why:
            fail(f"{why.filename or place}: cannot be written: {why.strerror}. Free space and try again.")
    if checked is None:
        out.print(f"{len(rows) - 1:,} pairs of Splink's are in {to}; it counts no relatives against them.")
    elif json:
        print_json(checked.as_json())
    else:
        tell(checked.agreement, threshold)
    if to is not None:
        err.print(f"Every pair that was found is in {to}. Keep it as you keep a file: it names people.")


def run_check(
    left_rows: Said,
    right_rows: Said | None,
    learnt: Learnt | None,
    backend: Backend,
    place: Path,
    threshold: float,
    alone: bool,
) -> tuple[Checked | None, list[list[str]]]:
    """The check; or no check and Splink's pairs, where it works alone."""
    from libertad.hits.beside import checking
    from libertad.hits.matching.linking import link

    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(f"Splink on {backend}", total=None)
        if alone:
            return None, checking.alone(learnt, left_rows, right_rows, backend, place, threshold)
        progress.update(task, description="Comparing")
        links = link(
            left_rows,
            right_rows,
            lambda done, of: progress.update(task, completed=done, total=of),
            trained=learnt,
        )
        progress.update(task, description=f"Splink on {backend}", total=None)
        return checking.checked(links, left_rows, right_rows, backend, place, threshold), []


def tell(agreement: Agreement, threshold: float) -> None:
    """The same in words; pairs by their ids alone."""
    table = Table("Pairs", "How many", title=f"Found: from a probability of {threshold:g} on")
    for words, count in (
        ("found by ours", agreement.ours),
        ("found by Splink", agreement.splink),
        ("found by both", agreement.both),
        ("found by Splink alone", agreement.only_splink),
        ("  of these never compared by ours", agreement.only_splink_not_compared),
        (
            "  of these ours would have found them, had its keys brought them together",
            agreement.lost_by_our_keys,
        ),
        ("found by ours alone", agreement.only_ours),
        ("  of these never compared by Splink", agreement.only_ours_not_compared),
        ("compared by both", agreement.compared_by_both),
    ):
        table.add_row(words, f"{count:,}")
    out.print(table)
    for share, words in (
        (agreement.of_ours, "of ours Splink finds"),
        (agreement.of_splink, "of Splink's ours finds"),
    ):
        if share is not None:
            out.print(f"{share:.1%} {words} too.")
    if agreement.rank_correlation is not None and agreement.rank_correlation_without_relatives is not None:
        out.print(
            f"Rank correlation of what both compared: {agreement.rank_correlation:.3f}; with ours before "
            "relatives are counted against, which Splink does not know: "
            f"{agreement.rank_correlation_without_relatives:.3f}."
        )
    if agreement.most_apart:
        table = Table("Left", "Right", "Ours, bits", "Splink, bits", title="Most apart, of what either finds")
        for pair in agreement.most_apart:
            table.add_row(pair.left, pair.right, f"{pair.ours:.1f}", f"{pair.splink:.1f}")
        out.print(table)
