"""Reading protection files: only what the actor's authority and role may read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db.models import QuerySet

from libertad.access.actor import Actor
from libertad.access.models import Authority, Compartment, Opening, Reader
from libertad.access.queries import (
    authority_names,
    can_say,
    files_read,
    officer_names,
    open_row,
    read_by,
    readable,
)
from libertad.care import models, overview
from libertad.care.line_index import findable
from libertad.care.presenters import ClosingDeclined, CrossedDecision, FileSeen, PartSeen, person_of, verdict
from libertad.journal.fields import from_ms
from libertad.journal.models import ReadModel, sealed_columns
from libertad.look.catalog import Matches
from libertad.people import queries as people
from libertad.vocabulary.values import Happened, span
from libertad.vocabulary.written import read_reference

P = TypeVar("P", bound=models.Part)
R = TypeVar("R", bound=ReadModel)
FEW = 20  # decisions of others that are looked at: families are decided about at one time


def count(actor: Actor) -> int:
    """How many protection files the actor reads, closed ones too."""
    return files_read(actor, models.CareFile, "care")


def files(actor: Actor, ids: Iterable[str] | None = None) -> list[FileSeen]:
    """Protection files that the actor may read, by reference, closed ones too; of these people, or all.

    Of one person those of all authorities, each by itself.
    """
    rows = sorted(files_of_people(actor, ids), key=lambda row: (row.reference, row.person, row.pk))
    counts = Counter(row.person for row in rows)
    keepers = _keepers([row for row in rows if counts[row.person] > 1])
    young = _young(actor, list(counts))
    return [_file(actor, row, young.get(row.person), keepers.get(row.pk, "")) for row in rows]


def search(actor: Actor, query: str, limit: int) -> dict[str, Matches]:
    """Protection files whose reference or name is like what is asked for; the first `limit`, read anew."""
    matches = overview.search(actor, query, limit)
    if not matches.count:
        return {}
    known = {file.key: file for file in files(actor, [match.id for match in matches.first])}
    first = [
        findable(
            file.person, file.reference, ", ".join(filter(None, (file.name, file.kept_by))), file.provenance
        )
        for file in (known[match.id] for match in matches.first if match.id in known)
    ]
    return {"care": Matches(matches.count, first)} if first else {}


def files_of_people(actor: Actor, ids: Iterable[str] | None) -> QuerySet[models.CareFile]:
    rows = readable(actor, models.CareFile).order_by("pk")
    return rows if ids is None else rows.filter(person__in={person_of(key) for key in ids})


def _keepers(rows: Sequence[models.CareFile]) -> dict[str, str]:
    """By file, the name of the authority that keeps it."""
    if not rows:
        return {}
    places = Compartment.objects.filter(pk__in=[row.compartment for row in rows])
    owners = dict(places.values_list("pk", "owner"))
    names = authority_names(list(set(owners.values())))
    return {place: names.get(owner) or owner for place, owner in owners.items()}


def keeps(actor: Actor, compartment: str) -> bool:
    """Whether a file is the actor's authority's own."""
    return Compartment.objects.filter(pk=compartment, owner=actor.authority).exists()


def chosen_file(actor: Actor, person: str) -> tuple[models.CareFile | None, list[models.CareFile]]:
    """Of the files of a person that the actor reads the one that is meant, or its own, or the first; and all,
    as `Lookup.find_compartment` chooses."""
    rows = list(files_of_people(actor, [person]))
    if len(rows) < 2:
        return (rows[0] if rows else None), rows
    places = Compartment.objects.filter(pk__in=[row.pk for row in rows], owner=actor.authority)
    own = set(places.values_list("pk", flat=True))
    return min(rows, key=lambda row: (row.pk != actor.file, row.pk not in own, row.pk)), rows


def file(actor: Actor, person: str) -> FileSeen | None:
    """The protection file that is meant (`Actor.file`), else the actor's own; None alike for none and for one
    that the actor may not know of."""
    row, rows = chosen_file(actor, person)
    if row is None:
        return None
    kept_by = _keepers(rows).get(row.pk, "") if len(rows) > 1 else ""
    return _file(actor, row, _young(actor, [person]).get(person), kept_by)


def _young(actor: Actor, ids: list[str]) -> dict[str, Happened]:
    """Since when the identity file, where the actor reads it, has a live birth value under 18."""
    return {
        person.id: Happened(at=person.child_at, zone=person.zone)
        for person in people.people(actor, ids=ids)
        if person.child and person.births
    }


def moment(at: datetime | None, zone: str) -> Happened | None:
    return Happened(at=at, zone=zone) if at else None


def _file(actor: Actor, row: models.CareFile, young: Happened | None = None, kept_by: str = "") -> FileSeen:
    """`young`: what the identity file says meanwhile. Care's own entry may be older; the safer rule holds."""
    words = open_row(actor, row)
    return FileSeen(
        person=row.person,
        compartment=row.compartment,
        reference=row.reference,
        name=words.get("name", ""),
        opened=Happened(at=row.opened_at, zone=row.zone),
        child=row.child or young is not None,
        child_since=young if young and not row.child else Happened(at=row.child_at, zone=row.zone),
        status=row.status,
        status_when=moment(row.status_at, row.status_zone),
        waiting=row.waiting,
        review_on=row.review_on,
        wish=row.wish,
        decision=row.decision,
        decision_when=moment(row.decision_at, row.zone),
        suspended=row.suspended,
        return_waiting=row.return_waiting,
        closed=moment(row.closed_at, row.zone),
        closed_for=row.closed_for,
        contact_on=row.contact_on,
        keep_until=row.keep_until,
        afterwards=words.get("afterwards", ""),
        provenance=row.provenance,
        crossed={name: _crossed(actor, decisions) for name, decisions in words.get("crossed", {}).items()},
        erasure=words.get("erasure"),
        kept_by=kept_by,
        closing=row.closing,
        closing_by=row.closing_by,
        closing_when=moment(row.closing_at, row.zone),
        declined=_declined(actor, words.get("closing_declined")),
    )


def _declined(actor: Actor, row: Sequence[Any] | None) -> ClosingDeclined | None:
    if row is None:
        return None
    officer, ms, zone, reasons = row
    name = officer_names(actor, [officer]).get(officer, "")
    return ClosingDeclined(name, Happened(at=from_ms(ms), zone=zone), reasons)


def _crossed(actor: Actor, decisions: Sequence[Sequence[Any]]) -> list[CrossedDecision]:
    """Decisions that cross, with who made each."""
    officers = officer_names(actor, [officer for *_rest, officer, _authority in decisions])
    offices = authority_names([authority for *_rest, authority in decisions])
    return [
        CrossedDecision(
            value,
            Happened(at=from_ms(ms), zone=zone),
            ", ".join(filter(None, (officers.get(officer, ""), offices.get(authority, "")))),
        )
        for value, ms, zone, officer, authority in decisions
    ]


def may_open(actor: Actor, person: str) -> bool:
    """Whether this caseworker could open a first protection file: the identity file is readable."""
    if not can_say(actor, "care.person"):
        return False
    readable_place = read_by(actor.authority, "pk")
    known = Compartment.objects.filter(readable_place, kind="person", about=person).exists()
    care = Authority.objects.filter(pk=actor.authority, kind="care").exists()
    opened_already = Compartment.objects.filter(readable_place, kind="care", about=person).exists()
    return known and care and not opened_already


def parts(actor: Actor, model: type[P], person: str = "", ids: Iterable[str] | None = None) -> list[PartSeen]:
    """Parts of one kind, newest first: of one person (and of the file that is meant, where one is), or those
    of these ids that the actor reads."""
    return _parts(actor, _newest_first(actor, model, person, ids))


def _newest_first(actor: Actor, model: type[P], person: str, ids: Iterable[str] | None = None) -> list[P]:
    rows = readable(actor, model, ids)
    if person:
        rows = in_file(actor, rows.filter(person=person))
    return sorted(rows, key=lambda row: (-row.at.timestamp(), row.pk))


def file_of_part(actor: Actor, person: str, key: str) -> str:
    """In which file a decision, a screening, a referral or an agreement is; '' for none that is read."""
    kinds = (models.Identification, models.ReturnDecision, models.Screening, models.Referral, models.Consent)
    rows = (readable(actor, kind, [key]).filter(person=person).first() for kind in kinds)
    return next((row.compartment for row in rows if row is not None), "") if key else ""


def in_file(actor: Actor, rows: QuerySet[R]) -> QuerySet[R]:
    """Of rows about one person those of the file that is meant, where one is."""
    return rows.filter(compartment=actor.file) if actor.file else rows


def part(actor: Actor, model: type[P], person: str, key: str) -> PartSeen | None:
    """One part of one person's file, by one restricted look-up."""
    part_rows = _parts(actor, list(in_file(actor, readable(actor, model, [key]).filter(person=person))))
    return part_rows[0] if part_rows else None


def _parts(actor: Actor, rows: list[Any]) -> list[PartSeen]:
    readers = [row.reader for row in rows if getattr(row, "reader", "")]
    names = officer_names(actor, [row.officer for row in rows] + readers)
    offices = authority_names([row.authority for row in rows])
    return [
        PartSeen(
            id=row.pk,
            person=row.person,
            when=Happened(at=row.at, zone=row.zone),
            officer=row.officer,
            by=names.get(row.officer) or offices.get(row.authority, ""),
            plain={name: getattr(row, name) for name in _plain_columns(row.__class__)},
            words=open_row(actor, row),
            provenance=row.provenance,
            read_when=moment(getattr(row, "read_at", None), getattr(row, "read_zone", "UTC")),
            read_by=names.get(getattr(row, "reader", ""), ""),
        )
        for row in rows
    ]


@cache
def _plain_columns(model: type[models.Part]) -> tuple[str, ...]:
    return (*(f.name for f in model._meta.concrete_fields if f.name != "sealed"), *sealed_columns(model))


def verdicts(actor: Actor, person: str) -> dict[str, str]:
    """By the entry of each decision about a person whose words stand: whether it counts (`verdict`)."""
    decided = [
        *parts(actor, models.Identification, person),
        *parts(actor, models.ReturnDecision, person),
    ]
    return {entry: verdict(decision) for decision in decided for entry in decision.words.get("entries", ())}


def by_reference(actor: Actor, reference: str) -> str:
    """The person of a protection file as a human writes its reference; '' for none that the actor reads."""
    rows = readable(actor, models.CareFile).filter(reference=read_reference(reference))
    persons = {row.person for row in rows}
    return persons.pop() if len(persons) == 1 else ""


def decided_together(actor: Actor, person: str) -> list[FileSeen]:
    """Files of those who must stay together with a person: by the person's own decisions, and by the last few
    decisions of others."""
    own = [open_row(actor, row) for row in _newest_first(actor, models.ReturnDecision, person)]
    person_ids = {other_person for words in own for other_person in words.get("together_with", ())}
    latest = overview.latest_returns(actor, person, FEW)
    for row in readable(actor, models.ReturnDecision, latest):
        if person in open_row(actor, row).get("together_with", ()):
            person_ids.add(row.person)
    return files(actor, person_ids - {person})


def live_consents(actor: Actor, person: str, now: datetime) -> list[PartSeen]:
    """Consents that carry something now: agreed, not withdrawn, not run out."""
    consents = [
        consent
        for consent in parts(actor, models.Consent, person)
        if consent.plain["agreed"] and consent.plain["withdrawn_at"] is None
    ]
    return [c for c in consents if not c.plain["until"] or span(c.plain["until"])[1] >= now.date()]


def withdrawn(actor: Actor, referrals: Sequence[PartSeen]) -> frozenset[str]:
    """Ids of those referrals whose agreement was withdrawn since."""
    behind = {referral.plain["consent"] for referral in referrals}
    if not behind:
        return frozenset()
    consents = readable(actor, models.Consent, behind)
    ended = {consent.pk for consent in consents if consent.withdrawn_at is not None}
    return frozenset(referral.id for referral in referrals if referral.plain["consent"] in ended)


def refused(actor: Actor, places: Iterable[str]) -> frozenset[str]:
    """Of these files those in which a second reader did not agree to an identification."""
    decisions = readable(actor, models.Identification).filter(compartment__in=list(places))
    return frozenset(decision.compartment for decision in decisions if decision.read == "no")


def safety(actor: Actor, person: str) -> tuple[Happened, dict[str, Any]] | None:
    """How a person is reached; None for those who may not read it."""
    rows = file_and_desk(actor, models.Safety, person)
    return (Happened(at=rows[-1].at, zone=rows[-1].zone), open_row(actor, rows[-1])) if rows else None


def file_and_desk(actor: Actor, model: type[R], person: str) -> list[R]:
    """Rows of what stands at the desk, and stood in the protection file until it moved: of the file that is
    meant, and after it, where that is the actor's own, of the desk beside it. [] where no file is read."""
    file, _files = chosen_file(actor, person)
    if file is None:
        return []
    desks = Compartment.objects.filter(kind="desk", about=person, owner=actor.authority)
    places = [file.pk, *(desks.values_list("pk", flat=True) if keeps(actor, file.pk) else ())]
    rows = {row.compartment: row for row in readable(actor, model).filter(compartment__in=places)}
    return [rows[place] for place in places if place in rows]


def openings(actor: Actor, compartment: str) -> int:
    """How often this file was opened."""
    return readable(actor, Opening).filter(compartment=compartment).count()


def identity_readers(actor: Actor, person: str) -> list[tuple[str, str]]:
    """(kind, name) of the authorities that read the person's identity file; [] if the actor's does not."""
    readable_place = read_by(actor.authority, "pk")
    places = list(Compartment.objects.filter(readable_place, kind="person", about=person)[:1])
    return readers(places[0].pk) if places else []


def readers(compartment: str) -> list[tuple[str, str]]:
    """(kind, name) of the authorities that read a compartment which the caller already reads."""
    ids = Reader.objects.filter(compartment=compartment).values_list("authority", flat=True)
    return list(Authority.objects.filter(pk__in=list(ids)).order_by("kind").values_list("kind", "name"))
