"""`libertad hits link`, `index` and `ask --index`: people in tables, without a node or a sign-in."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.progress import Progress

from libertad.commands.start import err, fail, out

if TYPE_CHECKING:
    from libertad.hits.matching.columns import Said
    from libertad.hits.matching.tables import Columns

Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="What a column says, where its name does not tell."),
]

Trained = Annotated[
    Path | None, typer.Option("--model", help="A model of `hits train`, instead of what is usual.")
]


AS_BELIEVED = "Weights as usual, only how many are one person was learnt"
BIRTHS_AS_BELIEVED = "Births weigh as usual, the rest was learnt"


def link(
    left: Annotated[Path, typer.Argument(help="Table of people: CSV, TSV or Parquet.")],
    right: Annotated[
        Path | None, typer.Argument(help="A second table; without it, doubles in the first.")
    ] = None,
    to: Annotated[Path, typer.Option("--out", help="CSV of the pairs found.")] = Path("pairs.csv"),
    mapping: Map = None,
    threshold: Annotated[
        float, typer.Option("--least", min=0.0, max=1.0, help="Probability from which a pair is told.")
    ] = 0.3,
    with_clusters: Annotated[
        bool,
        typer.Option("--clusters", help="Add which records are one person, as far as all of them agree."),
    ] = False,
    explain: Annotated[bool, typer.Option(help="Add each pair's weights in words.")] = True,
    model: Trained = None,
) -> None:
    """Pairs of records that may be one person: no labels, no node, no tuning; nothing is sent anywhere."""
    from libertad.hits.matching import model_file, tables
    from libertad.hits.matching.linking import link as linked

    try:
        learnt = model_file.read(model) if model is not None else None
        left_rows, right_rows = read(left, right, mapping)
    except (tables.Unreadable, model_file.Unusable) as why:
        fail(str(why))
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("Comparing", total=None)
        links = linked(
            left_rows,
            right_rows,
            lambda done, of: progress.update(task, completed=done, total=of),
            trained=learnt,
        )
        progress.update(task, description="Writing", total=None)
        try:
            count = tables.write_pairs(to, links, threshold, with_clusters, explain)
        except OSError as why:
            fail(f"{to}: cannot be written: {why.strerror}. Only this file is incomplete: try again.")
    if links.refused:
        kept = BIRTHS_AS_BELIEVED if links.taught else AS_BELIEVED
        err.print(f"{kept}: {links.refused}.", markup=False, highlight=False)
    out.print(f"{count:,} pairs of {len(links.one):,} compared are in {to}.")


def index(
    build: Annotated[Path, typer.Argument(help="Table of people: CSV, TSV or Parquet.")],
    to: Annotated[Path, typer.Option("--out", help="File of the index.")] = Path("people.index"),
    mapping: Map = None,
) -> None:
    """An index of a table in one file, to be asked with `hits ask --index`. It holds what the table says."""
    from libertad.hits.matching import segment_file, tables
    from libertad.hits.matching.segment import Segment

    try:
        segment_file.refuse_added(to)
    except segment_file.Damaged as why:
        fail(str(why))
    gc.disable()  # nothing here refers to itself; looking for such takes a tenth of the time
    try:
        columns = tables.columns_of(build, dict(pair(text) for text in mapping or ()))
        say(build, columns)
        with Progress(console=err, transient=True) as progress:
            task = progress.add_task("Reading", total=None)
            rows = tables.read_table(build, columns, lambda count: progress.update(task, completed=count))
            progress.update(task, description="Indexing", total=None)
            segment = Segment.of(rows)
        size = segment_file.write(to, segment)
    except tables.Unreadable as why:
        fail(str(why))
    except OSError as why:
        fail(f"{to}: cannot be written: {why.strerror}. Nothing was left behind; free space and try again.")
    finally:
        gc.enable()
    out.print(f"{len(segment):,} records are in {to}, {size / max(len(segment), 1):.0f} bytes each.")


def ask_index(
    index: Path,
    queries: Path,
    to: Path,
    stats: Path | None,
    mapping: Map,
    threshold: float,
    limit: int,
    model: Path | None = None,
) -> None:
    """Every row of a table put to an index; the hits, and how long the questions took."""
    from libertad.hits.matching import model_file, segment_file, tables
    from libertad.hits.matching.query_batch import ask_all

    try:
        learnt = model_file.read(model) if model is not None else None
        columns = tables.columns_of(queries, dict(pair(text) for text in mapping or ()))
        say(queries, columns)
        with Progress(console=err, transient=True) as progress:
            task = progress.add_task("Asking", total=None)
            questions = progress.track(tables.rows(queries, columns), task_id=task)
            gc.disable()  # as in `index`
            told_stats = ask_all(segment_file.read(index), questions, to, limit, threshold, learnt)
        if stats is not None:
            stats.write_text(msgspec.json.format(msgspec.json.encode(told_stats)).decode() + "\n", "utf-8")
    except (tables.Unreadable, segment_file.Damaged, model_file.Unusable) as why:
        fail(str(why))
    except OSError as why:
        fail(f"{why.filename or to}: cannot be written: {why.strerror}. Free space and try again.")
    finally:
        gc.enable()
    out.print(
        f"{told_stats.hits:,} hits of {told_stats.queries:,} questions are in {to}; half took at most "
        f"{told_stats.p50_ms:.1f} ms, 99 of 100 at most {told_stats.p99_ms:.1f} ms."
    )


def read(left: Path, right: Path | None, mapping: list[str] | None) -> tuple[Said, Said | None]:
    """What the rows of one table or of two say, after saying which columns are compared. Unreadable as of
    `tables`."""
    from libertad.hits.matching import tables

    columns_named = dict(pair(text) for text in mapping or ())
    tables_read = []
    for path in filter(None, (left, right)):
        columns = tables.columns_of(path, columns_named)
        say(path, columns)
        tables_read.append(tables.read_table(path, columns))
    return tables_read[0], (tables_read[1] if right is not None else None)


def pair(text: str) -> tuple[str, str]:
    from libertad.hits.matching.tables import Unreadable

    field, equals, column = text.partition("=")
    if not equals:
        raise Unreadable(f"--map {text}: write FIELD=COLUMN, such as --map document='Passport No'.")
    return field, column


def say(path: Path, columns: Columns) -> None:
    """Which columns are compared and which are not, on the error stream."""
    for field, names in columns.of.items():
        err.print(f"{path.name}: {field} from {', '.join(names)}", markup=False, highlight=False)
    if columns.rest:
        err.print(f"{path.name}: not compared: {', '.join(columns.rest)}", markup=False, highlight=False)
