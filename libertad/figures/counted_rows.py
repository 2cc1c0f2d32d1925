"""Which tallies stand behind a number: as a condition on rows, and for people that Python counted."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from libertad.figures.counting import Person, Tally

# First views. No figure of care's opens to records: a record with its decision would name somebody.
SEEN = {
    "not-a-victim": ("not-a-victim",),
    "not-assessed": ("not-assessed",),
    "potential": ("potential-victim",),
}
CUSTODY = {
    "detained": ("released", "held", "arrested"),
    "released": ("released",),
    "held": ("held",),
    "arrests": ("arrested",),
    "charged": ("arrested",),
    "arrested-victims": ("arrested",),
}
FIGURES = ("records", "met-twice", *SEEN, *CUSTODY)


def rows(figure: str) -> Q:
    """The condition on a row that nobody linked."""
    if figure == "records":
        return Q(met=True)
    if figure == "met-twice":
        return Q(pk__in=[])
    if figure in SEEN:
        return Q(protection__in=SEEN[figure])
    condition = Q(custody__in=CUSTODY[figure])
    if figure == "charged":
        condition &= Q(charged=True)
    if figure == "arrested-victims":
        condition &= Q(protection="potential-victim")
    return condition


def of_person(person: Person, figure: str) -> Iterable[Tally]:
    """The records by which a person counts in a figure."""
    firsts = [person.first] if person.first else []
    if figure == "records":
        return [*firsts, *person.again]
    if figure == "met-twice":
        return person.again
    if figure in SEEN:
        return firsts if person.state.protection in SEEN[figure] else []
    if person.taken is None or person.state.custody not in CUSTODY[figure]:
        return []
    if figure == "charged" and not person.state.charged:
        return []
    if figure == "arrested-victims" and not person.state.victim:
        return []
    return [person.taken]


def records_behind(special: Iterable[Person], figure: str, country: str) -> dict[str, Person]:
    """Ids of the records behind a figure among the people that Python counted, and whose they are."""
    return {
        tally.id: person
        for person in special
        for tally in of_person(person, figure)
        if country in ("", tally.country)
    }
