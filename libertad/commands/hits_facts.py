"""What a question about a person or thing may say, as options of every command that asks one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from libertad.commands.start import fail

if TYPE_CHECKING:
    from libertad.hits.matching.record import Record

Many = list[str] | None
Named = Annotated[Many, typer.Option(help="A name, whole; may be given again.")]
Birth = Annotated[str, typer.Option(help="1990, 1990-04, 1990-04-23.")]
Age = Annotated[str, typer.Option(metavar="20[-25]", help="An age or a range of ages, today.")]
Sex = Annotated[str, typer.Option(help="female, male.")]
Nationality = Annotated[Many, typer.Option(help="Country, ISO code.")]
Document = Annotated[Many, typer.Option(help="Number, with its country before it: VE:C1234567.")]
Phone = Annotated[Many, typer.Option(help="Telephone number.")]
Device = Annotated[Many, typer.Option(help="IMEI of a telephone.")]
Vehicle = Annotated[Many, typer.Option(help="Number plate.")]
Vessel = Annotated[Many, typer.Option(help="Name or number of a vessel.")]
Handle = Annotated[Many, typer.Option(help="Account or e-mail address.")]


def build_record(
    names: list[str], birth: str, age: str, sex: str, facts: dict[str, Many], country: str, actor: Any
) -> Record:
    """The record that a question describes; ends with what is wrong where it is not understood."""
    from libertad.access.queries import clock_now
    from libertad.hits.matching.record import Birth, Name, Record

    born = Birth.of_text(birth) if birth else None
    if birth and born is None:
        fail("--birth is a year, a year and month, or a date: 1990, 1990-04, 1990-04-23")
    if age:
        low, _, high = age.partition("-")
        if not (low.isdecimal() and (high or low).isdecimal()):
            fail("--age is a number or a range: 20, or 20-25")
        born = Birth.of_age(int(low), int(high or low), clock_now(actor.operation).date())
        if born is None:
            fail("--age goes from 0 to 130, the lower age first")
    pairs = tuple((kind, value) for kind, listed in facts.items() for value in listed or ())
    if not names and not any(kind != "nationality" for kind, _value in pairs):
        fail("say by what the record could be known: --name, --document, --phone or another number")
    return Record(
        id="question",
        names=tuple(Name(full=full[:400]) for full in names),
        birth=born,
        sex=sex,
        facts=pairs,  # type: ignore[arg-type]
        where=country.upper(),
    )
