"""Reading exhibits for screens and for other rooms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.catalogs import Source
from libertad.access.lookup import Lookup
from libertad.access.matrix import matrix
from libertad.access.models import Authority, Officer, Opening, Reader
from libertad.access.queries import authority_names, officer_names, open_row, readable, shared
from libertad.evidence.custody import Chain, Event, Gap, chain
from libertad.evidence.models import Exhibit as Exhibit
from libertad.evidence.models import ExhibitCount, Seal
from libertad.look.finding import Findable, numbers_in
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.verbs.documents import DOCUMENT
from libertad.vocabulary.written import read_reference

STATES = ("held", "offered", "released", "returned")
FEW = ("to-me", "to-witness", "stranded")


@dataclass(frozen=True)
class ExhibitSeen:
    """An exhibit as its reader sees it."""

    id: str
    compartment: str
    operation: str
    reference: str
    country: str
    kind: str
    state: str
    description: str
    site: str
    person: str
    where_found: str
    taken_from: str
    owner_agreed: str
    witness: str
    receipt: bool | None
    device_number: str
    document_number: str
    document_country: str
    document_expires: str
    document_holder: str
    phone_number: str
    state_when_taken: str
    taken_at: datetime
    zone: str
    holder: str
    holder_authority: str
    holder_name: str
    holder_place: str
    offer: str
    offered_to: str
    seal: str
    has_gap: bool
    gap_minutes: int
    unexplained: int
    conflicts: int
    cash: Sequence[tuple[str, str, int]]
    cash_totals: dict[str, str]
    provenance: str
    chain: Chain
    authority: str = ""
    shown: Mapping[str, Sequence[str]] = field(default_factory=dict)
    versions: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    to_witness: str = ""
    holder_gone: bool = False

    def held_by(self, actor: Actor) -> bool:
        """Whether the actor is recorded as holding it."""
        return (self.holder, self.holder_authority) == (actor.officer, actor.authority)

    store: str = ""


def exhibits(
    actor: Actor, *, kind: str = "", state: str = "", ids: Sequence[str] | None = None
) -> list[ExhibitSeen]:
    """Exhibits that the actor may read, newest first. `state`: one of STATES, 'gap', 'double',
    'mine', 'to-me', 'to-witness' (this officer confirms a taking over) or 'stranded' (its holder, of the
    actor's authority, has no access any more)."""
    rows = _filtered(actor, ids, kind, state)
    if ids is None and state not in FEW:
        return _listed(actor, rows)
    # Put in order here: asked for an order, SQLite reads all exhibits in that order to find the few.
    few_rows = sorted(rows.order_by(), key=lambda row: (row.taken_at, row.reference), reverse=True)
    return _listed(actor, few_rows)


def exhibits_page(
    actor: Actor, page: int, size: int, *, kind: str = "", state: str = ""
) -> tuple[list[ExhibitSeen], int]:
    """One page of exhibits, newest first, and how many there are in all."""
    rows = _filtered(actor, None, kind, state)
    return _listed(actor, rows[(page - 1) * size : page * size]), rows.count()


def _filtered(actor: Actor, ids: Sequence[str] | None, kind: str, state: str) -> QuerySet[Exhibit]:
    rows = readable(actor, Exhibit, ids).order_by("-taken_at", "-reference")
    if kind:
        rows = rows.filter(kind=kind)
    if state in STATES:
        rows = rows.filter(state=state)
    elif state == "double":
        rows = rows.filter(conflicts__gt=0)
    elif state == "gap":
        rows = rows.filter(has_gap=True)
    elif state == "mine":
        rows = rows.filter(holder=actor.officer, holder_authority=actor.authority)
    elif state == "to-me":
        rows = rows.filter(offered_to=actor.officer, offered_to_authority=actor.authority)
    elif state == "to-witness":
        rows = rows.filter(witness=actor.officer, witness_authority=actor.authority)
    elif state == "stranded":
        withdrawn = Officer.objects.filter(authority=actor.authority, withdrawn=True).values_list(
            "pk", flat=True
        )
        rows = rows.filter(holder__in=list(withdrawn), holder_authority=actor.authority).exclude(
            state="returned"
        )
    return rows


def count(actor: Actor) -> int:
    """How many exhibits the actor reads."""
    return Exhibit.objects.filter(compartment__in=shared(actor, Exhibit, "case")).count()


def with_gap(actor: Actor) -> int:
    """How many of them have a gap in their custody."""
    return _filtered(actor, None, "", "gap").count()


def not_returned(actor: Actor) -> int:
    """How many of them are not back with their owners."""
    return readable(actor, Exhibit).exclude(state="returned").count()


def exhibit_of(act: Lookup, exhibit: str) -> dict[str, Any] | None:
    """The row of an exhibit of a case that the actor's authority reads, for an action; else None."""
    row = act.get(Exhibit, exhibit)
    return row if row is not None and act.reads(row["compartment"]) else None


def exhibit(actor: Actor, key: str) -> ExhibitSeen | None:
    """One exhibit; None alike for one that does not exist and one that the actor may not know of."""
    exhibits = _listed(actor, readable(actor, Exhibit, [key]))
    return exhibits[0] if exhibits else None


def exhibit_by_reference(actor: Actor, reference: str) -> ExhibitSeen | None:
    """The exhibit of a reference as a human writes it; None for none, and where it is of two."""
    rows = readable(actor, Exhibit).filter(reference=read_reference(reference))
    exhibits = _listed(actor, rows[:2])
    return exhibits[0] if len(exhibits) == 1 else None


def _findable(actor: Actor, ids: Sequence[str] | None) -> list[Findable]:
    """Exhibits that the actor may read, and their seals, the broken ones too, each as a thing of its own."""
    findable = []
    for row in readable(actor, Exhibit, ids):
        words: dict[str, Any] = open_row(actor, row)
        if not words:
            continue
        texts = [words.get(name, "") for name in ("description", "where_found", "state_when_taken")]
        numbers = [words.get(name, "") for name in ("device_number", "phone_number", "document_number")]
        label = texts[0]
        findable.append(
            Findable(
                "exhibit",
                row.pk,
                row.reference,
                label,
                "exhibit",
                texts,
                [*numbers, *numbers_in(" ".join(texts))],
                row.provenance,
            )
        )
        seals = {str(event.get("number", "")) for event in words.get("events", ()) if event["kind"] == "seal"}
        findable += [
            Findable("seal", row.pk, seal, f"{row.reference}, {label}", "exhibit", (), (), row.provenance)
            for seal in sorted(seals - {""})
        ]
    return findable


FINDABLE = Source(Exhibit, _findable)


def offered_to(actor: Actor) -> list[ExhibitSeen]:
    """Exhibits that wait for this officer's acceptance."""
    return exhibits(actor, state="to-me")


def _listed(actor: Actor, rows: Iterable[Exhibit]) -> list[ExhibitSeen]:
    """These exhibits, without those that this authority's ring does not open."""
    rows = list(rows)
    held = {row.holder for row in rows if row.holder_authority == actor.authority}
    departed = Officer.objects.filter(pk__in=held, authority=actor.authority, withdrawn=True) if held else ()
    withdrawn = {row.pk for row in departed}
    return [exhibit for exhibit in (_present_exhibits(actor, row, withdrawn) for row in rows) if exhibit]


def _present_exhibits(actor: Actor, row: Exhibit, withdrawn: Collection[str]) -> ExhibitSeen | None:
    words: dict[str, Any] = open_row(actor, row)
    custody = chain(msgspec.convert(words.get("events", []), prepared(list[Event])))
    if custody is None:  # its words were erased, or this authority's ring does not open them
        return None
    return ExhibitSeen(
        id=row.pk,
        **{
            name: getattr(row, name)
            for name in (
                "compartment",
                "operation",
                "reference",
                "country",
                "kind",
                "state",
                "site",
                "taken_at",
                "zone",
                "holder",
                "holder_authority",
                "offer",
                "offered_to",
                "seal",
                "has_gap",
                "gap_minutes",
                "unexplained",
                "conflicts",
                "cash_totals",
                "provenance",
            )
        },
        **{
            name: words.get(name, "")
            for name in (
                "description",
                "person",
                "where_found",
                "taken_from",
                "owner_agreed",
                "witness",
                "device_number",
                *DOCUMENT,
                "phone_number",
                "state_when_taken",
            )
        },
        receipt=words.get("receipt"),
        holder_name=custody.holder.by if custody.holder else "",
        holder_place=place.place if (place := custody.stored or custody.holder) else "",
        cash=sorted(map(tuple, row.cash), key=lambda line: (line[0], Decimal(line[1]))),
        chain=custody,
        authority=row.authority,
        shown=row.shown,
        store=row.store,
        versions=words.get("versions", {}),
        to_witness=row.witness if row.witness_authority == actor.authority else "",
        holder_gone=row.holder_authority == actor.authority
        and row.state != "returned"
        and row.holder in withdrawn,
    )


def witnesses(actor: Actor, exhibit: ExhibitSeen) -> list[Receiver]:
    """Officers of the actor's authority who may confirm a taking over; never the actor nor the holder."""
    law = matrix()
    rows = [
        row
        for row in Officer.objects.filter(authority=actor.authority, withdrawn=False).order_by("id")
        if law.may_say(row.role, "custody.witness", "case") and row.pk not in (actor.officer, exhibit.holder)
    ]
    names = officer_names(actor, [row.pk for row in rows])
    listed = [Receiver(row.pk, row.authority, names.get(row.pk) or row.role) for row in rows]
    return sorted(listed, key=lambda receiver: receiver.label)


@dataclass(frozen=True)
class Receiver:
    """An officer to whom custody may be offered."""

    officer: str
    authority: str
    label: str


def receivers(actor: Actor, exhibit: ExhibitSeen) -> list[Receiver]:
    """Officers of the authorities that read the case, whose role may accept; never the holder."""
    rows = [row for row in acceptors(exhibit.compartment) if row.pk != exhibit.holder]
    names, authorities = officer_names(actor, [row.pk for row in rows]), authority_names()
    listed = [
        Receiver(
            row.pk, row.authority, f"{names.get(row.pk) or row.role}, {authorities.get(row.authority, '')}"
        )
        for row in rows
    ]
    return sorted(listed, key=lambda receiver: (receiver.authority != actor.authority, receiver.label))


def acceptors(case: str) -> list[Officer]:
    """Officers of the authorities that read a case file, whose role may accept custody."""
    law = matrix()
    places = Reader.objects.filter(compartment=case).values_list("authority", flat=True)
    return [
        row
        for row in Officer.objects.filter(authority__in=list(places), withdrawn=False).order_by("id")
        if law.may_say(row.role, "custody.accept", "case")
    ]


def concerned(actor: Actor, exhibit: ExhibitSeen) -> list[Receiver]:
    """Whom to ask about its gaps: who let it go and who took it then, whoever the release names, then any
    officer of each authority.

    Never the actor, and nobody who serves there no more.
    """
    names = authority_names()
    listed: dict[tuple[str, str], Receiver] = {}
    for event in [e for gap in exhibit.chain.gaps for e in (gap.release, gap.ended) if e is not None]:
        serves = Officer.objects.filter(pk=event.officer, authority=event.authority, withdrawn=False).exists()
        if serves and event.officer != actor.officer and event.by:
            label = f"{event.by}, {names.get(event.authority, '')}"
            listed[event.officer, event.authority] = Receiver(event.officer, event.authority, label)
    places = Reader.objects.filter(compartment=exhibit.compartment).values_list("authority", flat=True)
    names_released = [_letters_of(gap.release.to_name) for gap in exhibit.chain.gaps if gap.release.to_name]
    for row in _officers_named(actor, list(places), names_released):
        label = f"{officer_names(actor, [row.pk]).get(row.pk, row.role)}, {names.get(row.authority, '')}"
        listed.setdefault((row.pk, row.authority), Receiver(row.pk, row.authority, label))
    for place in sorted(places, key=lambda office: names.get(office, "")):
        label = _("Any officer of %(authority)s") % {"authority": names.get(place, "")}
        listed["", place] = Receiver("", place, label)
    return list(listed.values())


def _officers_named(actor: Actor, places: Sequence[str], texts: Sequence[str]) -> list[Officer]:
    """Officers of these authorities whose name stands in one of these plain texts; never the actor."""
    if not texts:
        return []
    law = matrix()
    rows = readable(actor, Officer).filter(authority__in=places, withdrawn=False).order_by("pk")
    named = []
    for row in rows:
        name = _letters_of(open_row(actor, row).get("name", ""))
        may_answer = row.pk != actor.officer and law.may_say(row.role, "custody.statement", "case")
        if may_answer and len(name) > 3 and any(name in text for text in texts):
            named.append(row)
    return named


def _letters_of(text: str) -> str:
    """A name's letters and digits alone, so that it is the same name however it is written."""
    return "".join(filter(str.isalnum, text.casefold()))


def asked_of(actor: Actor, exhibit: ExhibitSeen) -> list[tuple[Gap, Event]]:
    """Gaps of an exhibit about which this officer's authority is asked and has not answered.

    A named officer's request is shown to that officer, and to who leads or keeps exhibits there.
    """
    keeps = actor.role in ("national-lead", "exhibits-officer")
    return [
        (gap, one)
        for gap in exhibit.chain.gaps
        for one in gap.open_asks
        if one.to_authority == actor.authority and (one.to_officer in ("", actor.officer) or keeps)
    ]


def readers(exhibit: ExhibitSeen) -> list[tuple[str, str]]:
    """(name, kind) of the authorities that read the exhibit's case."""
    places = Reader.objects.filter(compartment=exhibit.compartment).values_list("authority", flat=True)
    rows = Authority.objects.filter(pk__in=list(places)).order_by("kind", "name")
    return list(rows.values_list("name", "kind"))


def openings(actor: Actor, exhibit: ExhibitSeen) -> int:
    """How often the exhibit's page was opened, as the journal has it."""
    return readable(actor, Opening).filter(subject=exhibit.id).count()


def seal_used_elsewhere(exhibit: ExhibitSeen) -> list[str]:
    """Numbers of this exhibit's seals that another entry used as well.

    That a number was used again is a fact about this exhibit's seal, so it is told even when the other
    exhibit is of a case that the reader may not know of; nothing else about that one is.
    """
    numbers = [event.number for event in exhibit.chain.events if event.kind == "seal"]
    uses = Counter(Seal.objects.filter(number__in=numbers).values_list("number", flat=True))
    return sorted(number for number, count in uses.items() if count > 1)


def exhibit_counts(actor: Actor) -> dict[str, int]:
    """Exhibits of the whole operation by kind, from the anonymous count."""
    rows = ExhibitCount.objects.filter(compartment__in=shared(actor, ExhibitCount, "operation"))
    return dict(rows.order_by().values_list("kind").annotate(Count("pk")))


def cash_totals(actor: Actor) -> dict[str, Decimal]:
    """Cash seized by currency, as far as the actor reads the cases; currencies are never added together."""
    by_currency: dict[str, Decimal] = {}
    rows: Iterable[Any] = readable(actor, Exhibit).filter(kind="cash").values_list("cash_totals", flat=True)
    for totals in rows:
        for currency, amount in totals.items():
            by_currency[currency] = by_currency.get(currency, Decimal(0)) + Decimal(amount)
    return dict(sorted(by_currency.items()))
