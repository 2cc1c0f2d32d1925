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
from libertad.operations.presenters import LeadSeen, SiteSeen
from libertad.operations.queries import lead_keys, leads, sites
from libertad.people.queries import DetentionSeen, PersonSeen, detentions, documents_taken, keys, people
from libertad.people.suspect import DOCUMENT
from libertad.vocabulary import values
from libertad.vocabulary.verbs.operations import NAMED

# The role whose rights reach all kinds. What the authority may not read, its ring does not open.
READS = "national-lead"
AT_ONCE = 100  # records read together; then others have a turn
LABELS = {
    "person": "people.Person",
    "exhibit": "evidence.Exhibit",
    "detention": "people.Detention",
    "lead": "operations.Lead",
    "site": "operations.Site",
}
Facts = tuple[tuple[Kind, str], ...]


@dataclass(frozen=True)
class Subject:
    """What a record is about: 'person:<id>', its facts, and what a screen needs beside them.

    `knows`: records of which a human said already that they belong to this one. `births`: as they were
    said, one by one; the record has the days within which all of them lie. `handling`: of a lead, with its
    `conditions`.
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
    births: tuple[values.Birth, ...] = ()
    handling: str = ""
    conditions: str = ""

    @property
    def kind(self) -> str:
        return self.ref.partition(":")[0]

    @property
    def key(self) -> str:
        return self.ref.partition(":")[2]

    @property
    def shared(self) -> bool:
        """Whether others may be answered of it before somebody has looked at its conditions (code C)."""
        return self.handling != "C"


def readers(authority: str) -> list[Actor]:
    """Read for an authority as a whole, one in each of its operations, for its own index and never for a
    screen."""
    zone = Authority.objects.filter(pk=authority).values_list("zone", flat=True).first() or "UTC"
    rows = Member.objects.filter(authority=authority).order_by("operation")
    return [
        Actor(officer="", authority=authority, role=READS, operation=operation, zone=zone)
        for operation in list(rows.values_list("operation", flat=True)) or [""]
    ]


def gather(actor: Actor, ids_by_kind: Mapping[str, Sequence[str]] | None = None) -> Iterator[Subject]:
    """Subjects of the actor's reading; `ids_by_kind`: those ids of each kind, otherwise all there are."""
    for kind, make in MAKERS.items():
        ids = None if ids_by_kind is None else list(ids_by_kind.get(kind, ()))
        if ids is None or ids:
            for subject in make(actor, ids):
                yield replace(subject, operation=actor.operation)


def gather_all(authority: str, ids_by_kind: Mapping[str, Sequence[str]] | None = None) -> Iterator[Subject]:
    """As `gather`, of all the authority's operations."""
    for actor in readers(authority):
        yield from gather(actor, ids_by_kind)


def _people(actor: Actor, ids: list[str] | None) -> Iterator[Subject]:
    for batch in batches(keys(actor) if ids is None else ids, AT_ONCE):
        taken = documents_taken(actor, batch)
        for person in people(actor, ids=batch):
            yield person_subject(person, taken.get(person.id, ()))


def _exhibits(actor: Actor, ids: list[str] | None) -> Iterator[Subject]:
    for exhibit in exhibits(actor, ids=ids):
        yield exhibit_subject(exhibit)


def _detentions(actor: Actor, ids: list[str] | None) -> Iterator[Subject]:
    for held in detentions(actor, ids=ids):
        if any(held.dates.values()):  # else every status of it was taken back
            yield detention_subject(held)


def _leads(actor: Actor, ids: list[str] | None) -> Iterator[Subject]:
    for batch in batches(lead_keys(actor) if ids is None else ids, AT_ONCE):
        for lead in leads(actor, ids=batch):
            yield lead_subject(lead)


def _sites(actor: Actor, ids: list[str] | None) -> Iterator[Subject]:
    for site in sites(actor, ids=ids):
        yield site_subject(site)


MAKERS: dict[str, Callable[[Actor, list[str] | None], Iterator[Subject]]] = {
    "person": _people,
    "exhibit": _exhibits,
    "detention": _detentions,
    "lead": _leads,
    "site": _sites,
}


def issued(number: str, country: str) -> str:
    """A document's number as records have it, with the country that issued it where that is known."""
    return f"{country}:{number}" if country else number


def person_subject(person: PersonSeen, taken: Iterable[tuple[str, str]] = ()) -> Subject:
    """`taken`: number and country of documents that were taken from the person."""
    facts: list[tuple[Kind, str]] = [("nationality", code) for code, _entry in person.nationalities]
    facts += [("phone", number) for number, _entry in person.phones]
    facts += [
        ("document", issued(number, country))
        for number, country in (*(read[1:3] for read in person.documents), *taken)
        if number
    ]
    facts += [(cast(Kind, kind), value) for kind, value, _entry in person.known_by]
    record = Record(
        id=f"person:{person.id}",
        names=tuple(Name(full=n.text, given=n.given, family=n.family) for n, _entry in person.names),
        birth=born(birth for birth, _entry in person.births),
        sex=person.sex,
        facts=_once(facts),
        where=person.country,
    )
    return Subject(
        record.id,
        record,
        person.reference,
        person.country,
        person.compartment,
        person.met_at,
        person.zone,
        person.site,
        person.provenance,
        frozenset(f"person:{linked_id}" for linked_id in person.links),
        births=tuple(dict.fromkeys(birth for birth, _entry in person.births)),
    )


def detention_subject(held: DetentionSeen) -> Subject:
    """A suspect. Whom, what and where an officer linked to the detention is no news."""
    known = held.identity
    facts: list[tuple[Kind, str]] = [("nationality", code) for code in known.nationalities]
    facts += [("phone", number) for number in known.phones]
    papers = (dict(zip(DOCUMENT, paper, strict=True)) for paper in known.documents)
    facts += [
        ("document", issued(paper["document_number"], paper["document_country"]))
        for paper in papers
        if paper["document_number"]
    ]
    record = Record(
        id=f"detention:{held.id}",
        names=tuple(Name(full=name) for name in (*held.names, *known.alias)),
        birth=born(known.births),
        sex=known.sexes[0] if len(known.sexes) == 1 else "",
        facts=_once(facts),
        where=held.country,
    )
    knows = {f"{link.kind}:{link.other}" for link in held.linked}
    knows |= {f"person:{held.person}"} if held.person else set()
    knows |= {f"site:{held.site}"} if held.site else set()
    return Subject(
        record.id,
        record,
        held.reference,
        held.country,
        held.compartment,
        min(at for at in held.dates.values() if at is not None),
        held.zone,
        held.site,
        held.provenance,
        frozenset(knows),
        births=tuple(known.births),
    )


def exhibit_subject(exhibit: ExhibitSeen) -> Subject:
    facts: list[tuple[Kind, str]] = []
    if exhibit.device_number:
        facts.append(("device", exhibit.device_number))
    if exhibit.phone_number:
        facts.append(("phone", exhibit.phone_number))
    if exhibit.document_number:
        facts.append(("document", issued(exhibit.document_number, exhibit.document_country)))
    facts += facts_in(exhibit.description, documents=exhibit.kind in ("travel-document", "document"))
    record = Record(id=f"exhibit:{exhibit.id}", facts=_once(facts), where=exhibit.country)
    return Subject(
        record.id,
        record,
        exhibit.reference,
        exhibit.country,
        exhibit.compartment,
        exhibit.taken_at,
        exhibit.zone,
        exhibit.site,
        exhibit.provenance,
        frozenset({f"person:{exhibit.person}"} if exhibit.person else ()),
    )


def lead_subject(lead: LeadSeen) -> Subject:
    facts: list[tuple[Kind, str]] = [
        (cast(Kind, kind), value) for kind in NAMED if kind != "name" for value in getattr(lead, kind)
    ]
    facts += facts_in(lead.summary)
    record = Record(
        id=f"lead:{lead.id}",
        names=tuple(Name(full=name) for name in lead.name),
        facts=_once(facts),
        where=lead.country,
    )
    return Subject(
        record.id,
        record,
        lead.reference,
        lead.country,
        lead.compartment,
        lead.reported_at,
        lead.zone,
        lead.site,
        lead.provenance,
        frozenset({f"site:{lead.site}"} if lead.site else ()),
        handling=lead.handling,
        conditions=lead.handling_conditions,
    )


def site_subject(site: SiteSeen) -> Subject:
    facts: list[tuple[Kind, str]] = [("place", site.name)] if site.name else []
    if site.place:
        facts.append(("address", site.place))
    facts += facts_in(f"{site.name}\n{site.place}")
    record = Record(id=f"site:{site.id}", facts=_once(facts), where=site.country)
    return Subject(
        record.id,
        record,
        site.reference,
        site.country,
        site.compartment,
        site.registered_at,
        site.zone,
        site.id,
        site.provenance,
        frozenset(f"lead:{lead}" for lead in site.leads),
    )


def identifying(record: Record) -> bool:
    """Whether a record says anything by which it could be met again; a nationality alone does not."""
    return bool(record.names) or any(kind != "nationality" for kind, _value in record.facts)


def related(a: Subject, b: Subject) -> bool:
    """Whether a human has said already that the two belong together, or two things of different operations
    are put beside each other: no news. Two people of different operations are: somebody is met again."""
    apart = a.operation != b.operation and not (a.kind == b.kind == "person")
    return apart or a.ref in b.knows or b.ref in a.knows


def later(a: Subject, b: Subject) -> Subject:
    """Of two records the one that was made last: in its operation the pair is looked at."""
    return max(a, b, key=lambda subject: (subject.at, subject.ref))


def born(births: Iterable[values.Birth]) -> Birth | None:
    """The days within which the person was born by any of the statements on file."""
    intervals = [birth for birth in map(interval, births) if birth is not None]
    if not intervals:
        return None
    if len(intervals) == 1:
        return intervals[0]
    return Birth(min(birth.earliest for birth in intervals), max(birth.latest for birth in intervals))


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
