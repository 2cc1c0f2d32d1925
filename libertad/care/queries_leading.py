"""Who answers for a person, between care authorities: as the agreement that reads it has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from libertad.access.actor import Actor
from libertad.access.models import Member, Reader
from libertad.access.queries import authority_names, open_row, readable
from libertad.care import overview, owners, reads
from libertad.care.fold_leading import agreement_of_row
from libertad.care.leading import Agreement, Offer, may_accept
from libertad.care.leading_models import Leading
from libertad.care.leading_rows import Leads
from libertad.care.presenters import FileSeen
from libertad.care.queue import Place
from libertad.care.queue_limits import limits
from libertad.journal.fields import from_ms
from libertad.people import queries as people
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class LeadWord:
    """One word of agreement of the two. `own`: of the actor's authority."""

    verb: str
    by: str
    own: bool
    leader: str
    reason: str
    on: str
    happened: Happened


@dataclass(frozen=True)
class AgreementSeen:
    """What two authorities said of one person. `record`: the other's, '' where it is the same; `reference`:
    what that is called, '' where it is not read here. `words`: the last agreement first."""

    compartment: str
    person: str
    partner: str
    name: str
    record: str
    reference: str
    agreement: Agreement
    words: Sequence[LeadWord]

    @property
    def requests(self) -> list[Offer]:
        """What waits for the actor's authority, what it can accept before the rest."""
        own = self.agreement.counterpart(self.partner)
        listed = [offer for offer in self.agreement.offers if offer.by == self.partner]
        return sorted(listed, key=lambda offer: not may_accept(self.agreement, offer.entry, own))

    @property
    def own_offers(self) -> list[Offer]:
        """What waits for the other one."""
        return [offer for offer in self.agreement.offers if offer.by != self.partner]

    @property
    def since(self) -> datetime | None:
        """Since when something waits for an answer."""
        return min((offer.at for offer in self.agreement.offers), default=None)

    def answer_by(self, offer: Offer) -> datetime:
        """Until when an offer is answered."""
        return offer.at + limits().lead


@dataclass(frozen=True)
class Partner:
    """With whom something can be agreed: an authority, and its record ('' for the same agreement)."""

    authority: str
    name: str
    record: str
    reference: str

    @property
    def key(self) -> str:
        """As a form names it."""
        return f"{self.authority}:{self.record}"


@dataclass(frozen=True)
class LeadSeen:
    """A person, as far as this page tells: who answers, what was agreed, and with whom it can be."""

    person: str
    reference: str
    name: str
    provenance: str
    opened: bool
    place: Place
    answers: str
    is_own: bool
    agreements: Sequence[AgreementSeen]
    partners: Sequence[Partner]
    linked: int


def lead_of(actor: Actor, person: str) -> LeadSeen | None:
    """None alike for nobody and for whom the actor's authority does not know."""
    place = overview.place(actor, person)
    known = reads.file(actor, person) or people.person(actor, person)
    if place is None or known is None:
        return None
    recorded = next(iter(people.recorded(actor, [person])), None)
    links = list(recorded.links) if recorded is not None else []
    return LeadSeen(
        person,
        known.reference,
        known.name,
        known.provenance,
        isinstance(known, FileSeen),
        place,
        authority_names([place.owner]).get(place.owner, ""),
        place.owner == actor.authority,
        agreements(actor, person),
        _partners(actor, person, links),
        len(links),
    )


def agreements(actor: Actor, person: str = "") -> list[AgreementSeen]:
    """Of one person, or of all, those that began last first."""
    rows = readable(actor, Leading).order_by("pk")
    if person:
        rows = rows.filter(Q(person=person) | Q(other_record=person))
    erased = Leads(actor).erased
    listed = [(row, agreement_of_row(row)) for row in rows if row.compartment not in erased]
    names = authority_names(sorted({name for _row, agreement in listed for name in agreement.parties}))
    views = [
        _view(actor, row, agreement, names)
        for row, agreement in listed
        if agreement.record_of(actor.authority) in ({person} if person else {*agreement.record_ids})
    ]
    references = _references(actor, {view.record for view in views if view.record})
    return sorted(
        (AgreementSeen(**{**vars(view), "reference": references.get(view.record, "")}) for view in views),
        key=lambda view: view.words[0].happened.utc,
        reverse=True,
    )


def _view(actor: Actor, row: Leading, agreement: Agreement, names: Mapping[str, str]) -> AgreementSeen:
    partner = agreement.counterpart(actor.authority)
    words = [
        LeadWord(
            word["verb"],
            names.get(word["authority"], ""),
            word["authority"] == actor.authority,
            word["leader"],
            word["reason"],
            word["on"],
            Happened(at=from_ms(word["at"]), zone=word["zone"]),
        )
        for word in reversed(open_row(actor, row)["words"])
    ]
    record = agreement.record_of(partner) if agreement.is_linked else ""
    own = agreement.record_of(actor.authority)
    return AgreementSeen(row.compartment, own, partner, names.get(partner, ""), record, "", agreement, words)


def _references(actor: Actor, records: set[str]) -> dict[str, str]:
    if not records:
        return {}
    return {recorded.id: recorded.reference for recorded in people.recorded(actor, sorted(records))}


def _partners(actor: Actor, person: str, links: Sequence[str]) -> list[Partner]:
    """The care authorities with which something can be agreed: each reads the same files as this one."""
    met = {recorded.id: recorded for recorded in people.recorded(actor, [person, *links])}
    if person not in met:
        return []
    members = set(
        Member.objects.filter(operation=actor.operation, kind="care").values_list("authority", flat=True)
    )
    files = {recorded.compartment: recorded.id for recorded in met.values()}
    reading: dict[str, set[str]] = {}
    for file, authority in Reader.objects.filter(compartment__in=list(files)).values_list(
        "compartment", "authority"
    ):
        if authority in members:
            reading.setdefault(files[file], set()).add(authority)
    here = reading.get(person, set()) - {actor.authority}
    names = authority_names(sorted(here))
    listed = [Partner(name, names.get(name, ""), "", "") for name in here]
    linked_people = [recorded for key, recorded in met.items() if key != person]
    takers = owners.takers(actor, linked_people, False)
    for recorded in linked_people:
        taker = takers.get(recorded.id, "")
        if taker in here and taker in reading.get(recorded.id, set()):
            listed.append(Partner(taker, names.get(taker, ""), recorded.id, recorded.reference))
    return sorted(listed, key=lambda partner: (not partner.record, partner.name, partner.reference))
