"""Reading figures: totals for members by the matrix, the entries behind them, releases, and a summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from libertad.access.actor import Actor
from libertad.access.entries import said_of
from libertad.access.models import Compartment, Member
from libertad.access.queries import can_say, clock_now, may_read, open_row, readable
from libertad.access.queries_members import as_members
from libertad.figures import words
from libertad.figures.counting import Block, Line, total
from libertad.figures.models import Proposal, Release, WithdrawnProposal
from libertad.figures.published import Provenance, bound, provenance
from libertad.figures.tallied import Counted, tallied, times
from libertad.journal import trees
from libertad.journal.sql import Sql
from libertad.operations.models import HitCount, Operation, SiteCount
from libertad.people.models import Tally
from libertad.vocabulary.values import LATEST
from libertad.vocabulary.verbs.operations import OperationOpen

NOTHING = Counted({}, (), False)


@dataclass(frozen=True)
class ReleaseSeen:
    """A release with its own snapshot; `changes` since the one before by figure, None for the first.

    `lines`: the open side (of an earlier kind of release only what does not tell of care's decisions);
    `care`: with what care decided, for the whole operation, as of `care_as_of`; None where nothing was.
    """

    id: str
    number: int
    as_of: datetime
    published_at: datetime
    countries: int
    sites: int
    hits: int
    lines: Mapping[str, Line]
    by: str
    second_reader: str
    provenance: str
    entry: str
    by_first_view: bool = True
    alone: bool = False
    care: Block | None = None
    care_as_of: datetime | None = None
    block: str = ""
    before: str = ""
    changes: Mapping[str, int] | None = None
    days: tuple[str, str] = ("", "")  # of which its sentence tells, as it was signed

    @property
    def total(self) -> Line:
        return total(self.lines)

    @property
    def care_day(self) -> str:
        """Of which day the sentence's number of victims is, where that is not the release's; else ''."""
        return words.care_count(self.as_of, self.care_as_of)

    @property
    def potential_victims(self) -> int:
        """The sentence's number: with what care decided where that was published, else by first view."""
        return self.care.potential_victims if self.care else self.total.potential


@dataclass(frozen=True)
class Reconciled:
    """The last release beside the journal: as the journal says now of that moment, and since.

    `holds`: the sentence's numbers equal the journal's for its moment. `same_now`: and are the same now.
    """

    release: ReleaseSeen
    then: Mapping[str, int]
    since: Mapping[str, int]
    holds: bool
    same_now: bool


@dataclass(frozen=True)
class FiguresSeen:
    """The operation's figures as of a moment: the open side. Each subtraction reconciles in each line."""

    operation: Operation | None
    as_of: datetime
    counted: Counted
    countries: Sequence[str]
    sites: int
    hits: int
    hits_travel_documents: int
    authorities: int
    officers: int
    releases: Sequence[ReleaseSeen] = ()
    reconciled: Reconciled | None = None
    generated: bool = field(default=False)

    @property
    def lines(self) -> Mapping[str, Line]:
        """A line for each country or territory of the operation, also where nobody was met."""
        every = sorted({*self.countries, *self.counted.lines})
        return {country: self.counted.lines.get(country, Line()) for country in every}

    @property
    def total(self) -> Line:
        return self.counted.total

    @property
    def released(self) -> ReleaseSeen | None:
        """The last release that gives care's numbers."""
        return next((release for release in self.releases if release.care is not None), None)

    @property
    def potential_victims(self) -> int:
        """With what care decided, as of the last release that says it; before one, by first view."""
        last = self.released
        return last.potential_victims if last else self.total.potential

    def mark(self, figure: str, value: int) -> Provenance:
        """Where a figure comes from."""
        return provenance(self.operation, figure, value, self.generated)

    def bound(self, figure: str, value: int) -> str:
        return bound(self.operation, figure, value)


def place(actor: Actor) -> str:
    """The operation's compartment if the actor may count tallies in it, else ''."""
    if not may_read(actor.role, Tally):
        return ""
    places = readable(actor, Compartment).filter(kind="operation", about=actor.operation)
    # Without an order, for which SQLite would walk through all files instead of looking this one up.
    return next(iter(places.order_by().values_list("id", flat=True)[:1]), "")


def count_people(actor: Actor, moment: datetime | None = None) -> Counted:
    """People counted as of a moment (None: all that is on file), for whoever may."""
    where = place(actor)
    return tallied(Sql().all, where, moment) if where else NOTHING


@lru_cache(maxsize=32)
def then(where: str, moment: datetime, _size: int) -> Line:
    """The line of all at a past moment; kept until the journal grows, for it changes with entries only."""
    return tallied(Sql().all, where, moment).total if where else Line()


def journal_size() -> int:
    """How many entries there are: what was counted holds until it changes."""
    return trees.size(Sql())


def figures(actor: Actor, as_of: datetime | None = None) -> FiguresSeen:
    """Everything on the figures page."""
    operation = readable(actor, Operation, [actor.operation]).first()
    where = place(actor)
    now = count_people(actor, as_of)
    members = as_members(readable(actor, Member).filter(operation=actor.operation))
    listed = releases(actor)
    countries = tuple(operation.countries) if operation else ()
    hits = readable(actor, HitCount).filter(compartment=where, about="travel-document")
    return FiguresSeen(
        operation=operation,
        as_of=as_of or clock_now(actor.operation),
        counted=now,
        countries=countries,
        sites=times(Sql().all, SiteCount, where, as_of),
        hits=times(Sql().all, HitCount, where, as_of),
        hits_travel_documents=hits.filter(at__lte=as_of).count() if as_of else hits.count(),
        authorities=sum(row.kind in ("police", "centre") for row in members),
        officers=sum(row.officers for row in members),
        releases=listed,
        reconciled=reconcile(
            listed[0], len(countries), then(where, listed[0].as_of, journal_size()), now.total
        )
        if listed
        else None,
        generated=now.generated or any(row.provenance == "generated" for row in members),
    )


def operation_of(actor: Actor) -> Operation | None:
    return readable(actor, Operation, [actor.operation]).first()


def proposals(actor: Actor) -> list[Proposal]:
    """Releases that wait for a signature which this officer may give: another's, and another authority's."""
    if not can_say(actor, "release.sign"):
        return []
    rows = readable(actor, Proposal).filter(operation=actor.operation).exclude(officer=actor.officer)
    return [row for row in rows.order_by("number") if row.alone or row.authority != actor.authority]


def own_proposals(actor: Actor) -> list[Proposal]:
    """Releases that this officer proposed and that nobody has signed yet."""
    if not can_say(actor, "release.propose"):
        return []
    rows = readable(actor, Proposal).filter(operation=actor.operation, officer=actor.officer)
    return list(rows.order_by("number", "id"))


def other_proposals(actor: Actor, beside: str = "") -> list[Proposal]:
    """All releases that wait for a signature, whoever may give it, but for one (its id)."""
    rows = readable(actor, Proposal).filter(operation=actor.operation).exclude(id=beside)
    return list(rows.order_by("number", "id"))


def proposal(actor: Actor, key: str) -> Proposal | None:
    """A release that waits for its second signature; None alike for one that waits no more and for none."""
    return readable(actor, Proposal, [key]).filter(operation=actor.operation).first()


def withdrawn_proposals(actor: Actor) -> list[WithdrawnProposal]:
    """Releases that were proposed and withdrawn, the last one first."""
    rows = readable(actor, WithdrawnProposal).filter(operation=actor.operation)
    return list(rows.order_by("-withdrawn_at", "-number", "id"))


def withdrawn_proposal(actor: Actor, key: str) -> WithdrawnProposal | None:
    """One that was withdrawn; None alike for one that was not and for none."""
    return readable(actor, WithdrawnProposal, [key]).filter(operation=actor.operation).first()


def figures_countries(actor: Actor) -> list[str]:
    """Countries and territories of the operation, by code."""
    operation = readable(actor, Operation, [actor.operation]).first()
    return list(operation.countries) if operation else []


def releases(actor: Actor) -> list[ReleaseSeen]:
    """Releases, the latest cut first (of equal cuts the highest number), each with what changed since the
    one before. The first is what is published: one of an earlier moment, signed later, replaces nothing."""
    rows = list(readable(actor, Release).filter(operation=actor.operation).order_by("as_of", "number", "id"))
    listed: list[ReleaseSeen] = []
    pairs = [(row, open_row(actor, row)) for row in rows]
    spans = _spans(actor) if any("days" not in names for _row, names in pairs) else []
    for row, names in pairs:
        lines = {str(line["country"]): _line(line, row.by_first_view) for line in row.lines}
        before = listed[-1] if listed else None
        care, at, block = _care(row)
        listed.append(
            ReleaseSeen(
                id=row.pk,
                number=row.number,
                as_of=row.as_of,
                published_at=row.published_at,
                countries=row.countries,
                sites=row.sites,
                hits=row.hits,
                lines=lines,
                by=names.get("by", ""),
                second_reader=names.get("second_reader", ""),
                provenance=row.provenance,
                entry=row.entry,
                alone=row.alone,
                by_first_view=row.by_first_view,
                care=care,
                care_as_of=at,
                block=block,
                before=before.id if before else "",
                days=tuple(names["days"]) if "days" in names else _days_at(spans, row.published_at),
            )
        )
        if before:
            listed[-1] = replace(listed[-1], changes=changed_between(before, listed[-1]))
    return listed[::-1]


def _spans(actor: Actor) -> list[tuple[datetime, tuple[str, str]]]:
    """The operation's first and last day, each time that somebody said them, in order."""
    key = actor.operation
    entries = [(entry.at, entry.content) for entry in said_of(actor, Operation._meta.label, [key])[key]]
    spans = [
        (at, (content.first_day, content.last_day))
        for at, content in entries
        if isinstance(content, OperationOpen)
    ]
    today = None if spans else operation_of(actor)
    return [(LATEST, (today.first_day, today.last_day))] if today else spans


def _days_at(spans: Sequence[tuple[datetime, tuple[str, str]]], moment: datetime) -> tuple[str, str]:
    """Of a release whose proposal names no days: the operation's when it was signed, as they were read then,
    whatever its moment. Days that are changed later change no release.

    Moments are whole seconds: what is said in the second of the signature comes after it.
    """
    stood = [days for at, days in spans if at < moment] or [days for _at, days in spans[:1]]
    return stood[-1] if stood else ("", "")


def changed_between(before: ReleaseSeen, after: ReleaseSeen) -> dict[str, int]:
    """What changed from one release to the next: on the open side, and in care's block where both have it."""
    moved = changes(before.total, after.total, before.by_first_view and after.by_first_view)
    if before.care is None or after.care is None:
        return moved
    for name in ("not_a_victim", "not_assessed"):
        moved.pop(name, None)
        if change := getattr(after.care, name) - getattr(before.care, name):
            moved[name] = change
    order = (*OPEN, *FIRST_VIEWS, "arrests")
    return {name: moved[name] for name in order if name in moved}


def later_release(listed: Sequence[ReleaseSeen], as_of: datetime) -> ReleaseSeen | None:
    """Of `releases`: the one that stays published when one as of this moment is signed; None for none."""
    return listed[0] if listed and listed[0].as_of > as_of else None


def release(actor: Actor, key: str) -> ReleaseSeen | None:
    return next((release for release in releases(actor) if release.id == key), None)


OPEN = ("records", "met_twice")
FIRST_VIEWS = ("not_a_victim", "not_assessed")
# Of a release that is not by first view these numbers held what care had decided, by country.
MIXED = ("not_a_victim", "not_assessed", "potential", "presumed", "confirmed", "arrested_victims")


def _line(numbers: Mapping[str, Any], by_first_view: bool) -> Line:
    absent = {"country", "presumed", "confirmed"} if by_first_view else {"country", *MIXED}
    return Line(**{name: value for name, value in numbers.items() if name not in absent})


def _care(row: Release) -> tuple[Block | None, datetime | None, str]:
    """Care's numbers of a release, as of when, and the entry that says them."""
    if not row.by_first_view:
        sums = {name: sum(line.get(name, 0) for line in row.lines) for name in Block.__dataclass_fields__}
        return Block(**sums), row.as_of, ""
    if not row.care:
        return None, None, ""
    numbers = {name: int(row.care.get(name, 0)) for name in Block.__dataclass_fields__}
    return Block(**numbers), datetime.fromisoformat(row.care["as_of"]), str(row.care.get("block", ""))


def changes(before: Line, after: Line, by_first_view: bool = True) -> dict[str, int]:
    """What changed from one snapshot to the next; with these the first becomes the second."""
    names = (*OPEN, *(FIRST_VIEWS if by_first_view else ()), "arrests")
    differences = {name: getattr(after, name) - getattr(before, name) for name in names}
    return {name: change for name, change in differences.items() if change}


def reconcile(last: ReleaseSeen, countries: int, then: Line, now: Line) -> Reconciled:
    """Compare a release with the journal: for its own moment, and what has been added since."""
    late = changes(last.total, then, last.by_first_view)
    # Care's block is signed by the counting care authority and stays; it must add up by itself.
    holds = last.countries == countries and not late and (last.care is None or last.care.reconciles)
    since = changes(then, now)
    return Reconciled(last, late, since, holds, holds and not since)


def summary(actor: Actor) -> dict[str, Any]:
    """For `libertad figures --json`: the operation's figures and where each comes from."""
    seen_figures = figures(actor)
    line = seen_figures.total
    care = seen_figures.released.care if seen_figures.released else None
    values = {
        "potential_victims": seen_figures.potential_victims,
        "presumed": care.presumed if care else 0,
        "confirmed": care.confirmed if care else 0,
        "records": line.records,
        "met_twice": line.met_twice,
        "seen_as_potential_victims": line.potential,
        "arrests": line.arrests,
        "detained": line.detained,
        "charged": line.charged,
        "sites": seen_figures.sites,
        "hits": seen_figures.hits,
        "hits_travel_documents": seen_figures.hits_travel_documents,
        "police_and_interpol_authorities": seen_figures.authorities,
        "officers": seen_figures.officers,
        "countries": len(seen_figures.countries),
    }
    return {
        **values,
        "as_of": seen_figures.as_of.isoformat(),
        "care_as_of": seen_figures.released.care_as_of.isoformat()
        if seen_figures.released and seen_figures.released.care_as_of
        else "",
        "provenance": {name: seen_figures.mark(name, value) for name, value in values.items()},
    }
