"""`libertad hits explain` and `hits batch`: two records weighed in words; many compared at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from libertad.commands import start
from libertad.commands.journal import As, AsJson
from libertad.commands.start import fail, out
from libertad.vocabulary.tables import Rows

if TYPE_CHECKING:
    from libertad.access.actor import Actor
    from libertad.hits.matching.record import Hit
    from libertad.hits.record_builder import Subject

NO_IDENTITY = (
    "A score is a reason to look, not an identity. Siblings and people trafficked together score high."
)


def explain(
    first_reference: Annotated[
        str, typer.Argument(metavar="A", help="Reference of a record, such as P-GY-003.")
    ],
    second_reference: Annotated[str, typer.Argument(metavar="B", help="Reference of another.")],
    json: AsJson = False,
    as_: As = None,
) -> None:
    """Why two records score as they do: each weight in words. Both openings are recorded."""
    start.settings()
    start.migrated()
    from libertad.hits import index

    with start.told():
        actor = start.actor(as_, "national-lead")
        left, right = resolved(actor, first_reference), resolved(actor, second_reference)
        if left.ref == right.ref:
            fail("both are the same record")
        comparison = index.compare(actor.authority, left.ref, right.ref)
        if comparison is None:
            fail("one of the two says nothing that could be compared: no name, number or address")
        record_openings(actor, (left, right))
        report = (
            weighed(left, right, comparison[2])
            | source(actor, left, right)
            | history(actor, left, right, comparison[2])
        )
    if json:
        start.print_json(report)
    else:
        tell(report)


def resolved(actor: Actor, reference: str) -> Subject:
    """The record of a reference; ends alike for none and for one that the officer may not read."""
    from libertad.hits import index, visibility
    from libertad.vocabulary.written import read_reference

    written_reference = read_reference(reference)
    with index.lock_indexes():
        known = index.up_to_date(actor.authority).subjects.values()
        refs = [subject.ref for subject in known if subject.reference.upper() == written_reference]
    visible = list(visibility.visible(actor, refs).values())
    if len(visible) != 1:
        fail(f"{reference}: there is no such record, or nothing in it could be compared")
    return visible[0]


def record_openings(actor: Actor, subjects: Iterable[Subject]) -> None:
    """The files of both records are opened by this: in the journal before anything of them is shown."""
    from libertad.access.acting import perform
    from libertad.access.actions.open_file import open_file

    for subject in subjects:
        perform(actor, open_file, compartment=subject.compartment, subject=subject.key, page="hit")


def weighed(left: Subject, right: Subject, hit: Hit) -> dict[str, Any]:
    """Both records and each weight, for machines and for the tables."""
    from libertad.hits.explanation import sentences
    from libertad.hits.wording import facts, odds_words, probability_words

    reasons = sentences(hit.reasons)
    return {
        "left": side(left, facts(left)),
        "right": side(right, facts(right)),
        "reasons": reasons,
        "before": round(hit.bits - sum(reason.bits for reason in hit.reasons), 2),
        "bits": round(hit.bits, 2),
        "probability": round(hit.probability, 6),
        "words": f"{odds_words(hit.probability)}, as reckoned now; {probability_words(hit.probability)}",
        "note": NO_IDENTITY,
    }


def source(actor: Actor, left: Subject, right: Subject) -> dict[str, Any]:
    """Where the odds of the bits come from: whose decisions, and how many."""
    from libertad.hits import queries
    from libertad.hits.score_changes import basis_words

    curve = queries.curve(actor, (left.ref, right.ref))
    return {"curve": {"basis": curve.basis, "decisions": curve.decided, "words": basis_words(curve)}}


def history(actor: Actor, left: Subject, right: Subject, now: Hit) -> dict[str, Any]:
    """What was said of the pair on earlier days, where it is a hit on file, and why it is other now."""
    from typing import cast

    from libertad.hits import queries
    from libertad.hits.actions._hit import hit_id
    from libertad.hits.score_changes import changes
    from libertad.hits.wording import bits_words, then_words
    from libertad.look.times import day
    from libertad.vocabulary.verbs.hits import HitFound

    hit = queries.hit(actor, hit_id(actor.authority, *sorted((left.ref, right.ref))))
    scores = (
        [(entry, cast(HitFound, entry.content)) for entry in queries.scores(actor, hit.compartment)]
        if hit
        else []
    )
    if hit is None or not scores:
        return {"hit": "", "said": [], "changes": []}
    first = scores[0][1]
    curve = queries.curve(actor, (left.ref, right.ref))
    return {
        "hit": hit.reference,
        "said": [
            {
                "day": day(entry.happened),
                "bits": round(content.bits, 2),
                "probability": round(content.probability, 6),
                "words": f"{bits_words(content.bits)} bits, {then_words(content.probability)}",
            }
            for entry, content in scores
        ],
        "changes": changes(first, first.weight, now, now.reasons, curve),
    }


def side(subject: Subject, facts: dict[str, str]) -> dict[str, Any]:
    stated = {name: value for name, value in facts.items() if value}
    return {"id": subject.ref, "kind": subject.kind, "reference": subject.reference, "facts": stated}


def tell(report: dict[str, Any]) -> None:
    """For a prosecutor: the facts side by side, then each weight in words, then what they come to."""
    left, right = report["left"], report["right"]
    table = Table("Fact", left["reference"], right["reference"], title="What the records say")
    for name in dict.fromkeys([*left["facts"], *right["facts"]]):
        table.add_row(name, left["facts"].get(name, "not said"), right["facts"].get(name, "not said"))
    out.print(table)
    table = Table("Bits", "In words", title="What speaks for one person or thing (+), what against (-)")
    for reason in report["reasons"]:
        table.add_row(f"{reason['bits']:+.1f}", reason["words"])
    table.add_row(
        f"{report['before']:+.1f}", "Before comparing: how seldom two records of so many are of one"
    )
    table.add_row(f"{report['bits']:+.1f}", f"Together: {report['words']}")
    out.print(table)
    out.print(
        "One bit more about doubles the odds. The odds are as such scores were right before: "
        f"{report['curve']['words']}."
    )
    for score in report["said"]:
        out.print(f"Said of {report['hit']} on {score['day']}: {score['words']}")
    if report["changes"]:
        out.print("Why it is other now than on the first day:")
        for cause in report["changes"]:
            out.print(f"- {cause}")
    out.print(f"{report['note']} Both openings were recorded.")


def batch(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Contacts of a phone (vCard, CSV, XML) or lost documents (CSV); none: all files."
        ),
    ] = None,
    kind: Annotated[str, typer.Option(help="vcard, csv or xml, where the file's name does not tell.")] = "",
    country: Annotated[str, typer.Option(help="Country of the list, for numbers without one.")] = "",
    threshold: Annotated[
        float, typer.Option("--least", help="Bits of evidence from which a pair is told.")
    ] = 2.0,
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most so many records for each.")] = 5,
    to: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the pairs as CSV.")] = None,
    json: AsJson = False,
    as_: As = None,
) -> None:
    """All against all that this officer may read, or a list against it. The list is not stored."""
    start.settings()
    start.migrated()
    from libertad.hits import batches, imports

    with start.told():
        actor = start.actor(as_, "national-lead")
        try:
            listed = imports.records(file, kind) if file is not None else None
        except imports.Unreadable as why:
            fail(str(why))
        with start.progress("Comparing") as moved:
            if listed is None:
                pairs = list(batches.own(actor, threshold, limit, moved))
            else:
                pairs = list(batches.against(actor, listed, country, threshold, limit, moved))
        recorded = batches.recorded(actor, file.name if file else "", len(listed or ()), pairs)
    if to is not None:
        write(to, recorded)
    if json:
        start.print_json(recorded)
    elif to is None:
        show(recorded)
    else:
        out.print(f"{len(recorded):,} pairs are in {to}. Keep it as you keep a file: it names people.")


def show(pairs: list[dict[str, Any]]) -> None:
    if not pairs:
        out.print("No pair. The question was recorded.")
        return
    table = Table("One", "Other", "Bits", "Why")
    for pair in pairs:
        why = "; ".join(reason["words"] for reason in pair["reasons"][:3])
        table.add_row(pair["left"], pair["right"], f"{pair['bits']:.1f}", why)
    out.print(table)
    out.print(f"{NO_IDENTITY} The question was recorded.")


def write(path: Path, pairs: list[dict[str, Any]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            path.chmod(0o600)
            rows = Rows(file)
            rows.writerow(["left", "right", "bits", "probability", "explanation"])
            for pair in pairs:
                why = "; ".join(f"{reason['words']} ({reason['bits']:+.1f})" for reason in pair["reasons"])
                rows.writerow([pair["left"], pair["right"], pair["bits"], pair["probability"], why])
    except OSError as why:
        fail(f"{path}: cannot be written: {why.strerror}")
