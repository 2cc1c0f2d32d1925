"""`libertad journal`: verify, rebuild, move, erase, stats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from libertad.commands import start, unlocking
from libertad.commands.start import err, out

if TYPE_CHECKING:
    from libertad.journal.verify import Report

app = typer.Typer(
    no_args_is_help=True, help="Check the journal, rebuild what is made from it, erase a person."
)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON value on the output, for machines.")]
As = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="SERVICE_NUMBER", help="The officer whose rights apply (demo: a fitting one)."
    ),
]


@app.command(epilog="Example: libertad journal verify --processes 2")
def verify(
    json: AsJson = False,
    processes: Annotated[int, typer.Option(min=1, max=8, help="Check signatures in so many processes.")] = 1,
) -> None:
    """Check every entry, log, tree, mark and checkpoint, and that the read models equal a rebuild."""
    start.existing()
    start.migrated()
    from libertad.journal.node import node
    from libertad.journal.verify import verify as check

    with start.told():
        unlocking.open_rings()
        with start.progress("Verifying") as moved:
            sign()
            report = check(node(), processes=processes, progress=moved)
    if json:
        start.print_json(report.as_json())
    else:
        for finding in report.findings:
            out.print(f"[red]{finding.kind}[/] {finding.where}: {finding.what}. To mend: {finding.mend}")
        for note in report.notes:
            out.print(note)
        out.print(
            f"{report.size} entries, {report.opened} opened here, {report.erased} erased, "
            f"{report.rows} rows; "
            f"root {report.root[:16]}; last signed checkpoint at {report.checkpoint}"
        )
        out.print(_verdict(report))
    if not report.clean:
        raise typer.Exit(1)


def _verdict(report: Report) -> str:
    if not report.clean:
        return f"{len(report.findings)} findings."
    if report.locked:
        return (
            f"Nothing is wrong in what could be read. {len(report.locked)} rings are locked, and nothing "
            "under them was opened: name their passphrase file in LIBERTAD_PASSPHRASE_FILE."
        )
    return "Nothing is wrong."


def sign() -> None:
    """Sign a checkpoint of the tree as it is; passed over where this process may not write."""
    from libertad.journal.node import BehindMark, node
    from libertad.journal.transaction import Transaction
    from libertad.journal.writer import NotStored

    def job(tx: Transaction) -> None:
        if tx.frontier.size:
            tx.sign()

    try:
        node().writer.submit(job)
    except (BehindMark, NotStored) as why:
        err.print(f"No checkpoint was signed: {why}")


@app.command(epilog="Example: libertad journal rebuild")
def rebuild(json: AsJson = False) -> None:
    """Compute all read models anew from the entries, while the node goes on serving."""
    start.existing()
    start.migrated()
    from libertad.journal import upgrade
    from libertad.journal.node import node
    from libertad.journal.rebuild import rebuild as build

    with start.told():
        unlocking.open_rings()
        with start.progress("Rebuilding") as moved:
            upgrade.bring_up(node(), moved)
            done = build(node(), moved)
    if json:
        start.print_json(vars(done))
        return
    out.print(
        f"{done.rows} rows from {done.entries} entries in {done.seconds:.1f} s; "
        f"{done.changed} differed from what was there"
    )


@app.command(
    epilog="Example: libertad journal move --to 'postgresql://libertad@/libertad?host=/run/postgresql'"
)
def move(
    to: Annotated[
        str,
        typer.Option(metavar="URL", help="The empty target: postgresql://user@host/name or sqlite:///file."),
    ],
    again: Annotated[
        bool, typer.Option("--again", help="Empty a target in which a move of this node's was cut off.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Move this node's store to another database, SQLite or PostgreSQL, and verify it there.

    The node must be stopped. The source is never written; the target must be empty.
    """
    from libertad.commands import moving

    start.existing()
    start.migrated()
    config, url = moving.target(to)
    from libertad.journal.move import CannotMove
    from libertad.journal.move import move as move_store
    from libertad.journal.node import node

    with start.told():
        unlocking.open_rings()
        try:
            with start.progress("Moving") as moved:
                done = move_store(node(), config, again=again, progress=moved)
        except CannotMove as why:
            start.fail(str(why))
    if json:
        start.print_json({**vars(done), "to": url})
    else:
        moving.tell(done, url)


@app.command(epilog="Example: libertad journal erase P-GY-003 --reason 'order 7/2026' --as N-104")
def erase(
    person: Annotated[str, typer.Argument(help="The person's reference or id.")],
    reason: Annotated[str, typer.Option(help="Why; recorded, and must name nobody.")],
    as_: As = None,
    everything: Annotated[
        bool, typer.Option("--all-files", help="All files about the person on this node, as its operator.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Destroy the keys of a person's files. Cannot be undone. Refused under a legal hold."""
    start.existing()
    start.migrated()
    from libertad.access.acting import perform
    from libertad.access.actions.erase_person import erase_person
    from libertad.access.stale_parts import after_erasure

    with start.told():
        actor, subject = start.reader_of(as_, person)
        if not yes:
            typer.confirm("The person's files will not open again, on no machine. Erase?", abort=True)
        done = perform(
            actor, erase_person, person=subject, reason=reason, everything=everything, source="decision"
        )
        out.print(
            f"{done} files erased. What others were told of this person (copies, prints, free text) is not "
            "in reach of this command. Also destroy older backups of the whole machine, if there are any."
        )
        out.print(after_erasure(actor), soft_wrap=True)


@app.command(epilog="Example: libertad journal stats --json")
def stats(json: AsJson = False) -> None:
    """Size, root, signed checkpoint and what the journal consists of."""
    start.existing()
    start.migrated()
    with start.told():
        sign()
        statistics = collected()
    if json:
        start.print_json(statistics)
        return
    width = max(map(len, statistics))
    for name, value in statistics.items():
        words = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
        # Never cut nor folded: others verify with the key that stands here.
        out.print(f"{name:<{width}}  {words}", soft_wrap=True, markup=False)


def collected() -> dict[str, Any]:
    from django.conf import settings

    from libertad.journal.node import node, snapshot
    from libertad.journal.sql import Sql

    sql, here = Sql(), node()

    def number(text: str) -> int:
        row = sql.first(text)
        return int(row[0]) if row else 0

    kinds = dict(
        sql.all(
            "select coalesce(c.kind, 'unknown'), count(*) from journal_entry e "
            "left join access_compartment c on c.id = e.compartment group by 1 order by 1"
        )
    )
    return {
        **snapshot(settings.LIBERTAD_HOME),
        "entries": kinds,
        "compartments": number("select count(distinct compartment) from journal_entry"),
        "logs": number("select count(*) from (select 1 from journal_entry group by device, compartment) x"),
        "devices": number("select count(*) from journal_device"),
        "erased": number("select count(*) from journal_entry where body is null"),
        "checkpoint": number("select coalesce(max(size), 0) from journal_signed"),
        "verifier": here.key.line(),
        "rings": {"unlocked": len(here.rings.open), "locked": len(here.locked)},
    }
