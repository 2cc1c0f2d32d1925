"""`libertad hits`: is this person, phone or document known? Asked as a named officer, and recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from libertad.commands import (
    hits_batch,
    hits_check,
    hits_facts,
    hits_private,
    hits_tables,
    hits_train,
    start,
)
from libertad.commands.journal import As, AsJson
from libertad.commands.start import fail, out

if TYPE_CHECKING:
    from libertad.hits.matching.record import Hit
    from libertad.hits.record_builder import Subject

app = typer.Typer(
    no_args_is_help=True, help="The same person, phone or document in another file: ask, explain, compare."
)
app.add_typer(hits_private.app, name="private", epilog="Example: libertad hits private status")
app.command(epilog="Example: libertad hits explain P-VC-001 P-VC-028 --as VC-P-235")(hits_batch.explain)
app.command(epilog="Example: libertad hits batch contacts.vcf --country GY --as N-104")(hits_batch.batch)
app.command(epilog="Example: libertad hits index police.csv --out people.index")(hits_tables.index)
app.command(epilog="Example: libertad hits link police.csv shelter.csv --out pairs.csv")(hits_tables.link)
app.command(epilog="Example: libertad hits train police.csv shelter.csv --out model.json")(hits_train.train)
app.command(epilog="Example: libertad hits cross-check police.csv shelter.csv")(hits_check.cross_check)


@app.command(epilog="Example: libertad hits ask --name 'Yulimar Peña' --birth 1999 --document VE:C1234567")
def ask(
    queries: Annotated[Path | None, typer.Argument(help="With --index: a table of questions.")] = None,
    name: hits_facts.Named = None,
    birth: hits_facts.Birth = "",
    age: hits_facts.Age = "",
    sex: hits_facts.Sex = "",
    nationality: hits_facts.Nationality = None,
    document: hits_facts.Document = None,
    phone: hits_facts.Phone = None,
    device: hits_facts.Device = None,
    vehicle: hits_facts.Vehicle = None,
    vessel: hits_facts.Vessel = None,
    handle: hits_facts.Handle = None,
    address: Annotated[hits_facts.Many, typer.Option(help="Address.")] = None,
    place: Annotated[hits_facts.Many, typer.Option(help="Place.")] = None,
    country: Annotated[str, typer.Option(help="Country of the record, for how frequent names are.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most so many.")] = 20,
    threshold: Annotated[
        float | None,
        typer.Option("--least", help="Log-odds in bits from which a record is told: 2, or -6.6 of an index."),
    ] = None,
    of: Annotated[Path | None, typer.Option("--index", help="A file of `hits index`, not this node.")] = None,
    to: Annotated[Path, typer.Option("--out", help="With --index: CSV of the hits.")] = Path("hits.csv"),
    stats: Annotated[Path | None, typer.Option(help="With --index: JSON of times and sizes.")] = None,
    told_columns: hits_tables.Map = None,
    model: hits_tables.Trained = None,
    json: AsJson = False,
    as_: As = None,
) -> None:
    """Records that may be of the same person or thing, among those that this officer may read; or, with
    --index, those of a table that was indexed, for every row of another."""
    if of is not None and queries is not None:
        threshold = -6.6 if threshold is None else threshold
        hits_tables.ask_index(of, queries, to, stats, told_columns, threshold, limit, model)
        return
    if model is not None:
        fail("--model goes with --index: on a node, officers' decisions calibrate the usual model")
    if of is not None or queries is not None:
        fail(
            "a table of questions and --index go together: libertad hits ask --index people.index queries.csv"
        )
    start.settings()
    start.migrated()
    from libertad.hits import index, search_log, visibility

    with start.told():
        actor = start.actor(as_, "national-lead")
        facts = {
            "document": document,
            "phone": phone,
            "device": device,
            "vehicle": vehicle,
            "vessel": vessel,
            "handle": handle,
            "address": address,
            "place": place,
            "nationality": nationality,
        }
        record = hits_facts.build_record(name or [], birth, age, sex, facts, country, actor)
        hits = index.ask(actor.authority, record, limit, 2.0 if threshold is None else threshold)
        visible = visibility.visible(actor, [subject.ref for subject, _hit in hits])
        hits = [(visible[subject.ref], hit) for subject, hit in hits if subject.ref in visible]
        search_log.searched(actor, record, len(hits))
        report = [as_json(subject, hit) for subject, hit in hits]
    if json:
        start.print_json(report)
    else:
        tell(report)


@app.command(
    epilog="Example: libertad hits bench --part names",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def bench(context: typer.Context, json: AsJson = False) -> None:
    """Ours beside Splink, recordlinkage and logic-v2: as `libertad bench hits`, with the same options."""
    start.bench("hits", [*(["--json"] if json else []), *context.args])


def as_json(subject: Subject, hit: Hit) -> dict[str, Any]:
    """One record and each weight of it, for machines and for the table."""
    from libertad.hits.explanation import sentences

    return {
        "id": subject.ref,
        "kind": subject.kind,
        "reference": subject.reference,
        "country": subject.country,
        "bits": round(hit.bits, 2),
        "probability": round(hit.probability, 4),
        "reasons": sentences(hit.reasons),
    }


def tell(records: list[dict[str, Any]]) -> None:
    """The records as a table, each with its reasons in words."""
    if not records:
        out.print("No record like that, among those that this officer may read. The question was recorded.")
        return
    table = Table("Record", "Bits", "Why")
    for record in records:
        why = "\n".join(f"{reason['words']} ({reason['bits']:+.1f})" for reason in record["reasons"])
        table.add_row(
            f"{record['reference']} ({record['kind']}, {record['country']})", f"{record['bits']:.1f}", why
        )
    out.print(table)
    out.print("A score is a reason to look, not an identity. The question was recorded.")
