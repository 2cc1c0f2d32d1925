"""Records for the matcher: the identifying facts that one authority may read, by the rooms' queries alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from libertad.access.actor import Actor
from libertad.access.models import Authority, Member
from libertad.evidence.queries import ExhibitSeen, exhibits
from libertad.hits.matching.record import Birth, Kind, Name, Record
from libertad.hits.texts import facts_in
from libertad.journal.folding import batches
from libertad.operations.queries import lead_keys, leads, sites
from libertad.operations.seen import LeadSeen, SiteSeen
from libertad.people.queries import PersonSeen, keys, people
from libertad.vocabulary import values

# The role whose rights reach all four kinds. What the authority may not read, its ring does not open.
READS = "national-lead"
AT_ONCE = 100  # records read together; then others have a turn
LABELS = {
    "person": "people.Person",
    "exhibit": "evidence.Exhibit",
    "lead": "operations.Lead",
    "site": "operations.Site",
}
Facts = tuple[tuple[Kind, str], ...]


@dataclass(frozen=True)
class Subject:
    """What a record is about: 'person:<id>', its facts, and what a screen needs beside them.

    `knows`: records of which a human said already that they belong to this one.
    """

    ref: str
    record: Record
    reference: str
    country: str
    compartment: str
    at: datetime
    zone: str
    site: str = ""
    provenance: str = ""
    knows: frozenset[str] = frozenset()
    operation: str = ""

    @property
    def kind(self) -> str:
        return self.ref.partition(":")[0]

    @property
    def key(self) -> str:
        return self.ref.partition(":")[2]


def readers(authority: str) -> list[Actor]:
    """Read for an authority as a whole, one in each of its operations, for its own index and never for a
    screen."""
    zone = Authority.objects.filter(pk=authority).values_list("zone", flat=True).first() or "UTC"
    rows = Member.objects.filter(authority=authority).order_by("operation")
    return [
        Actor(officer="", authority=authority, role=READS, operation=operation, zone=zone)
        for operation in list(rows.values_list("operation", flat=True)) or [""]
    ]


def gather(actor: Actor, wanted: Mapping[str, Sequence[str]] | None = None) -> Iterator[Subject]:
    """Subjects of the actor's reading; `wanted`: ids by kind, otherwise all there are."""
    for kind, make in MAKERS.items():
        ids = None if wanted is None else list(wanted.get(kind, ()))
        if ids is None or ids:
            for one in make(actor, ids):
                yield replace(one, operation=actor.operation)


def gather_all(authority: str, wanted: Mapping[str, Sequence[str]] | None = None) -> Iterator[Subject]:
    """As `gather`, of all the authority's operations."""
    for actor in readers(authority):
        yield from gather(actor, wanted)


def _people(actor: Actor, ids: list[str] | None) -> Iterator[Subject]:
    for some in batches(keys(actor) if ids is None else ids, AT_ONCE):
        for one in people(actor, ids=some):
            yield person_subject(one)


def _exhibits(actor: Actor, ids: list[str] | None) -> Iterator[Subject]:
    for one in exhibits(actor, ids=ids):
        yield exhibit_subject(one)


def _leads(actor: Actor, ids: list[str] | None) -> Iterator[Subject]:
    for some in batches(lead_keys(actor) if ids is None else ids, AT_ONCE):
        for one in leads(actor, ids=some):
            yield lead_subject(one)


def _sites(actor: Actor, ids: list[str] | None) -> Iterator[Subject]:
    for one in sites(actor, ids=ids):
        yield site_subject(one)


MAKERS: dict[str, Callable[[Actor, list[str] | None], Iterator[Subject]]] = {
    "person": _people,
    "exhibit": _exhibits,
    "lead": _leads,
    "site": _sites,
}


def person_subject(one: PersonSeen) -> Subject:
    facts: list[tuple[Kind, str]] = [("nationality", code) for code, _entry in one.nationalities]
    facts += [("phone", number) for number, _entry in one.phones]
    facts += [
        ("document", f"{country}:{number}" if country else number)
        for _kind, number, country in one.documents
        if number
    ]
    facts += [(cast(Kind, kind), value) for kind, value, _entry in one.known_by]
    record = Record(
        id=f"person:{one.id}",
        names=tuple(Name(full=n.text, given=n.given, family=n.family) for n, _entry in one.names),
        birth=born(birth for birth, _entry in one.births),
        sex=one.sex,
        facts=_once(facts),
        where=one.country,
    )
    return Subject(
        record.id, record, one.reference, one.country, one.compartment, one.met_at, one.zone, one.site,
        one.provenance, frozenset(f"person:{other}" for other in one.links),
    )  # fmt: skip


def exhibit_subject(one: ExhibitSeen) -> Subject:
    facts: list[tuple[Kind, str]] = []
    if one.device_number:
        facts.append(("device", one.device_number))
    if one.phone_number:
        facts.append(("phone", one.phone_number))
    facts += facts_in(one.description, documents=one.kind in ("travel-document", "document"))
    record = Record(id=f"exhibit:{one.id}", facts=_once(facts), where=one.country)
    return Subject(
        record.id, record, one.reference, one.country, one.compartment, one.taken_at, one.zone, one.site,
        one.provenance, frozenset({f"person:{one.person}"} if one.person else ()),
    )  # fmt: skip


def lead_subject(one: LeadSeen) -> Subject:
    record = Record(id=f"lead:{one.id}", facts=_once(facts_in(one.summary)), where=one.country)
    return Subject(
        record.id, record, one.reference, one.country, one.compartment, one.reported_at, one.zone, one.site,
        one.provenance, frozenset({f"site:{one.site}"} if one.site else ()),
    )  # fmt: skip


def site_subject(one: SiteSeen) -> Subject:
    facts: list[tuple[Kind, str]] = [("place", one.name)] if one.name else []
    if one.place:
        facts.append(("address", one.place))
    facts += facts_in(f"{one.name}\n{one.place}")
    record = Record(id=f"site:{one.id}", facts=_once(facts), where=one.country)
    return Subject(
        record.id, record, one.reference, one.country, one.compartment, one.registered_at, one.zone, one.id,
        one.provenance, frozenset(f"lead:{lead}" for lead in one.leads),
    )  # fmt: skip


def identifying(record: Record) -> bool:
    """Whether a record says anything by which it could be met again; a nationality alone does not."""
    return bool(record.names) or any(kind != "nationality" for kind, _value in record.facts)


def related(a: Subject, b: Subject) -> bool:
    """Whether a human has said already that the two belong together: no news. Records of two operations are
    not put together: who works in one does not read the other's."""
    return a.operation != b.operation or a.ref in b.knows or b.ref in a.knows


def born(births: Iterable[values.Birth]) -> Birth | None:
    """The days within which the person was born by any of the statements on file."""
    found = [one for one in map(interval, births) if one is not None]
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    return Birth(min(one.earliest for one in found), max(one.latest for one in found))


def interval(birth: values.Birth) -> Birth | None:
    """A birth as the vocabulary has it, as an interval of days."""
    if birth.date:
        return Birth.of_text(birth.date)
    first, last = values.span(birth.on)
    return _of_ages(birth.age_from or 0, birth.age_to or 0, first, last)


def _of_ages(youngest: int, oldest: int, first: date, last: date) -> Birth | None:
    early, late = Birth.of_age(youngest, oldest, first), Birth.of_age(youngest, oldest, last)
    return Birth(early.earliest, late.latest) if early and late else None


def _once(facts: Iterable[tuple[Kind, str]]) -> Facts:
    return tuple(dict.fromkeys(facts))
