"""The tallies behind a number. Counting ids are not shown: nothing here leads to a person's file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from libertad.access.actor import Actor
from libertad.access.entries import said_of
from libertad.access.queries import readable
from libertad.figures import counted_rows
from libertad.figures.counting import Person, State
from libertad.figures.queries import count_people, place
from libertad.figures.tallied import changed_since
from libertad.journal.fields import from_ms
from libertad.journal.folding import Said, live
from libertad.people.fold import on_open_side, standing_tallies, status_said
from libertad.people.models import Tally
from libertad.vocabulary.verbs.people import TallyLink, TallyPerson

PAGE = 50


@dataclass(frozen=True)
class EntryBehind:
    """One record behind a number, as little as shows why it counts."""

    country: str
    age_group: str
    sex: str
    workplace: str
    met_at: datetime
    met: bool
    status: str
    status_at: datetime | None
    linked: bool
    entry: str
    provenance: str


@dataclass(frozen=True)
class Behind:
    """A page of them and how many there are in all: exactly the number that was opened."""

    entries: list[EntryBehind]
    total: int


def entries_behind(
    actor: Actor,
    figure: str,
    country: str = "",
    *,
    as_of: datetime | None = None,
    since: datetime | None = None,
    page: int = 1,
) -> Behind:
    """The records behind a figure as of a moment; with `since`, those that it did not have then."""
    where = place(actor)
    if figure not in counted_rows.FIGURES or not where:
        return Behind([], 0)
    special = counted_rows.records_behind(count_people(actor, as_of).special, figure, country)
    if since is None:
        rest = counted_rows.rows(figure) & Q(linked=False)
        if as_of is not None:
            rest &= Q(changed_at__lte=as_of)
        if country:
            rest &= Q(country=country)
        condition = rest | Q(pk__in=list(special))
    else:
        special = _since(actor, figure, country, as_of, since)
        condition = Q(pk__in=list(special))
    rows = readable(actor, Tally).filter(compartment=where).filter(condition).order_by("met_at", "id")
    start = (max(page, 1) - 1) * PAGE
    page_rows = list(rows[start : start + PAGE])
    by_tally = said_of(actor, "people.Tally", [row.pk for row in page_rows])
    return Behind(
        [_present_entry(row, figure, special.get(row.pk), by_tally[row.pk]) for row in page_rows],
        rows.count(),
    )


def _since(
    actor: Actor, figure: str, country: str, as_of: datetime | None, since: datetime
) -> dict[str, Person]:
    """Records that count in a figure at `as_of` and did not at `since`."""
    before, after = (
        counted_rows.records_behind(persons, figure, country)
        for persons in changed_since(place(actor), since, (since, as_of))
    )
    return {key: person for key, person in after.items() if key not in before}


def _present_entry(row: Tally, figure: str, person: Person | None, entries: list[Said]) -> EntryBehind:
    state = person.state if person else State(row.protection, row.custody, row.charged)
    members = person.members if person else ()
    dated = [dated_status for tally in members for dated_status in tally.statuses] or [
        tuple(s) for s in row.statuses
    ]
    status = status_of(figure, state)
    dates = [at for at, name in dated if name == status]
    return EntryBehind(
        country=row.country,
        age_group=row.age_group,
        sex=row.sex,
        workplace=row.workplace,
        met_at=row.met_at,
        met=row.met,
        status=status,
        status_at=from_ms(max(dates)) if dates else None,
        linked=bool(person and len(members) > 1),
        entry=entry_of(figure, status, entries),
        provenance=row.provenance,
    )


def status_of(figure: str, state: State) -> str:
    """The status for which a record counts in a figure."""
    if figure in counted_rows.CUSTODY:
        if figure == "charged":
            return "charged"
        return {"released": "released", "held": "detained"}.get(state.custody, "arrested")
    return state.protection


def entry_of(figure: str, status: str, entries: list[Said]) -> str:
    """The entry that says it: the link, the status, or that the person was met."""
    if figure == "met-twice":
        links = [entry.id for entry in entries if isinstance(entry.content, TallyLink)]
        if links:
            return links[-1]
    if figure != "records":
        owner = [
            entry
            for entry in entries
            if isinstance(entry.content, TallyPerson) and not entry.content.corrected
        ]
        stands = [entry for entry in standing_tallies(entries) if on_open_side(entry, owner[:1])]
        hashes = [entry.id for entry in stands if status_said(entry) == status]
        if hashes:
            return hashes[-1]
    met = [value.said.id for value in live(entries, "sex")]  # of somebody met, also where that was corrected
    return (met[-1:] or [entry.id for entry in entries] or [""])[0]
