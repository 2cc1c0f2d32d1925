"""Reading people for screens: only files whose compartment the actor's authority reads.

Detentions and property are read in files of their own and offered here too, for the other rooms.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec
from django.db.models import QuerySet

from libertad.access.actor import Actor
from libertad.access.legal_holds import tally_id
from libertad.access.models import Compartment, Hold, HoldTally, Opening
from libertad.access.queries import (
    authority_names,
    can_say,
    files_read,
    may_read,
    open_row,
    read_entries,
    readable,
)
from libertad.journal.fields import from_ms
from libertad.journal.folding import Said
from libertad.people.danger import Closing as Closing
from libertad.people.danger_said import DangerSaid as DangerSaid
from libertad.people.danger_said import danger_lines as danger_lines
from libertad.people.danger_said import dangers_of as dangers_of
from libertad.people.danger_said import unanswered as unanswered
from libertad.people.disclosed_models import Disclosed
from libertad.people.earlier import met_before as met_before
from libertad.people.models import DangerTally, Person, Tally
from libertad.people.queries_detentions import FINDABLE as FINDABLE
from libertad.people.queries_detentions import DetentionSeen as DetentionSeen
from libertad.people.queries_detentions import detention as detention
from libertad.people.queries_detentions import detentions as detentions
from libertad.people.queries_detentions import detentions_of as detentions_of
from libertad.people.queries_detentions import linked_to as linked_to
from libertad.people.queries_disclosed import ConcernSeen as ConcernSeen
from libertad.people.queries_disclosed import ServedSeen as ServedSeen
from libertad.people.queries_disclosed import disclosed as disclosed
from libertad.people.queries_disclosed import served as served
from libertad.people.queries_exploitation import first_views as first_views
from libertad.people.queries_linking import links_of as links_of
from libertad.people.queries_met import met_at as met_at
from libertad.people.queries_property import PaymentSeen as PaymentSeen
from libertad.people.queries_property import PropertySeen as PropertySeen
from libertad.people.queries_property import documents_taken as documents_taken
from libertad.people.queries_property import owned_as as owned_as
from libertad.people.queries_property import properties as properties
from libertad.people.queries_property import property_of as property_of
from libertad.people.queries_property import property_of_exhibit as property_of_exhibit
from libertad.people.queries_property import property_out as property_out
from libertad.people.serving import concerns_of as concerns_of
from libertad.people.serving import is_unsettled as is_unsettled
from libertad.people.serving import needs_said as needs_said
from libertad.people.serving import serving_rules as serving_rules
from libertad.people.serving import tell_sought as tell_sought
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Birth, Happened, PersonName
from libertad.vocabulary.verbs.people import KNOWN_BY
from libertad.vocabulary.written import read_reference

Shown = tuple[Any, str]
# A row's own columns, and what its sealed words have as it is shown: by the name of it here.
PLAIN = (
    "id",
    "compartment",
    "reference",
    "provenance",
    "country",
    "site",
    "authority",
    "met_at",
    "zone",
    "seen_as",
    "seen_at",
    "child",
    "child_at",
    "conflicts",
    "links",
)
SAID = {"sexes": "sex", "languages": "language", "nationalities": "nationality", "phones": "phone"}
TEXTS = ("travel_document", "with_whom", "danger")
_of_row = attrgetter(*PLAIN)


@dataclass(frozen=True)
class PersonSeen:
    """A person as a reader of the file sees the person. Lists hold (value, entry that said it).

    `known_by`: (kind, value, entry) of accounts, addresses, places, vehicles and vessels. `recorded_by`: the
    officer who said that the person is in danger.
    """

    id: str
    compartment: str
    reference: str
    provenance: str
    country: str
    site: str
    authority: str
    authority_name: str
    met_at: datetime
    zone: str
    seen_as: str
    seen_at: datetime
    child: bool
    child_at: datetime
    conflicts: Sequence[str]
    links: Sequence[str]
    names: Sequence[Shown]
    births: Sequence[Shown]
    sexes: Sequence[Shown]
    languages: Sequence[Shown]
    nationalities: Sequence[Shown]
    phones: Sequence[Shown]
    documents: Sequence[tuple[str, str, str, str]]
    known_by: Sequence[tuple[str, str, str]]
    needs: Sequence[str]
    travel_document: str
    with_whom: str
    danger: str
    danger_closed: Closing | None = None
    recorded_by: str = ""
    dangers: Sequence[DangerSaid] = ()
    open_dangers: Sequence[DangerSaid] = ()
    twice: str = ""  # the record in which one goes on, where this one was made by mistake

    @property
    def endangered(self) -> bool:
        """The person is in danger, by the word of who met the person, and police have not closed it."""
        return bool(self.open_dangers)

    @property
    def name(self) -> str:
        """The name to call the person by: the first that was said."""
        return self.names[0][0].text if self.names else ""

    @property
    def sex(self) -> str:
        return str(self.sexes[0][0]) if len(self.sexes) == 1 else ""


def people(
    actor: Actor,
    *,
    ids: Sequence[str] | None = None,
    country: str = "",
    seen_as: str = "",
    child: bool = False,
    conflict: bool = False,
    danger: Sequence[str] = (),
) -> list[PersonSeen]:
    """People whose file the actor reads, last met first; `danger`: those of whom it is one of these."""
    rows = _filtered(
        actor, ids, country=country, seen_as=seen_as, child=child, conflict=conflict, danger=danger
    )
    return _present_people(actor, _sort_in_memory(rows) if danger or ids is not None else rows)


def count(actor: Actor) -> int:
    """How many files of people the actor reads."""
    return files_read(actor, Person, "person")


def people_page(actor: Actor, page: int, size: int, **filters: Any) -> tuple[list[PersonSeen], int]:
    """One page of people, last met first, and how many there are in all."""
    rows = _filtered(actor, **filters)
    total = rows.count() if any(filters.values()) else count(actor)
    return _present_people(actor, rows[(page - 1) * size : page * size]), total


@dataclass(frozen=True)
class Recorded:
    """A person as another room lists the person, without a name. `dangers`: rows for `unanswered`."""

    id: str
    compartment: str
    reference: str
    met_at: datetime
    links: Sequence[str]
    dangers: Sequence[Sequence[Any]]
    authority: str
    country: str
    child: bool
    needs: Sequence[str]


def recorded(
    actor: Actor, ids: Sequence[str] | None = None, known: Container[str] = frozenset()
) -> list[Recorded]:
    """These people, or all whose file the actor reads, in no order. Of those who are `known` only files in
    which danger was ever said are opened, and needs are told of no other."""
    listed = []
    for row in readable(actor, Person, ids):
        words = open_row(actor, row) if row.danger != "none" or row.pk not in known else {}
        dangers, needs = words.get("dangers", ()), words.get("needs", ())
        listed.append(
            Recorded(
                row.pk,
                row.compartment,
                row.reference,
                row.met_at,
                row.links,
                dangers,
                row.authority,
                row.country,
                row.child,
                needs,
            )
        )
    return listed


def recorded_in(actor: Actor, places: Sequence[str]) -> list[str]:
    """Ids of the people whose file is one of these."""
    return list(readable(actor, Person).filter(compartment__in=places).values_list("pk", flat=True))


def keys(actor: Actor) -> list[str]:
    """Ids of the people whose file the actor reads."""
    return list(readable(actor, Person).order_by("pk").values_list("pk", flat=True))


def _filtered(
    actor: Actor,
    ids: Sequence[str] | None = None,
    *,
    country: str = "",
    seen_as: str = "",
    child: bool = False,
    conflict: bool = False,
    danger: Sequence[str] = (),
) -> QuerySet[Person]:
    rows = readable(actor, Person, ids).order_by("-met_at", "id")
    if country:
        rows = rows.filter(country=country)
    if seen_as:
        rows = rows.filter(seen_as=seen_as)
    if child:
        rows = rows.filter(child=True)
    if conflict:
        rows = rows.exclude(conflicts=[])
    if danger:
        rows = rows.filter(danger__in=danger)
    return rows


def _sort_in_memory(rows: QuerySet[Person]) -> list[Person]:
    """The rows of a filter that leaves few, put in order here: asked for an order, SQLite reads all people in
    that order to find them."""
    return sorted(rows.order_by(), key=lambda row: (-row.met_at.timestamp(), row.pk))


def countries_met(actor: Actor) -> list[str]:
    """Countries and territories in which the people were met whose file the actor reads."""
    rows = readable(actor, Person).order_by("country").values_list("country", flat=True)
    countries: list[str] = []
    while (following := rows.filter(country__gt=countries[-1] if countries else "").first()) is not None:
        countries.append(following)  # one look-up a country, instead of reading everybody's
    return countries


def person(actor: Actor, key: str) -> PersonSeen | None:
    """One person; None alike for nobody and for a file that the actor may not know of."""
    listed = _present_people(actor, readable(actor, Person, [key]))
    return listed[0] if listed else None


def by_reference(actor: Actor, reference: str) -> PersonSeen | None:
    """The person of a reference as a human writes it, among the files that the actor reads."""
    listed = _present_people(actor, readable(actor, Person).filter(reference=read_reference(reference)))
    return listed[0] if len(listed) == 1 else None


def at_site(actor: Actor, site: str) -> list[PersonSeen]:
    """People met at a site."""
    return _present_people(actor, readable(actor, Person).filter(site=site).order_by("met_at", "id"))


def _present_people(actor: Actor, rows: Iterable[Person]) -> list[PersonSeen]:
    names = authority_names()
    listed = []
    for row in rows:
        words = open_row(actor, row)
        if not words:  # erased, or not ours to open
            continue
        known_by = [(kind, str(value), entry) for kind in KNOWN_BY for value, entry in words.get(kind, ())]
        listed.append(
            PersonSeen(
                **dict(zip(PLAIN, _of_row(row), strict=True)),
                authority_name=names.get(row.authority, ""),
                **{field: words.get(name, ()) for field, name in SAID.items()},
                names=[
                    (msgspec.convert(name, prepared(PersonName)), entry)
                    for name, entry in words.get("name", ())
                ],
                births=[
                    (msgspec.convert(birth, prepared(Birth)), entry)
                    for birth, entry in words.get("birth", ())
                ],
                documents=[(k, n, c, "".join(expires)) for k, n, c, *expires in words.get("documents", ())],
                known_by=known_by,
                **{name: words.get(name, "") for name in TEXTS},
                needs=words.get("needs", ()),
                **_dangers(words),
                twice=words.get("twice", ""),
                recorded_by=words.get("recorded_by", ""),
            )
        )
    return listed


def _dangers(words: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of danger; `danger_closed` is what closed the last of it, None while one is open."""
    rows, closed = words.get("dangers", ()), words.get("danger_closed", ())
    waiting = unanswered(rows, closed)
    last = [closing for closing in closed if not rows or rows[-1][5] in closing[6]] or closed
    return {
        "dangers": dangers_of(rows),
        "open_dangers": dangers_of(waiting),
        "danger_closed": None if waiting else first_closing(last),
    }


def first_closing(listed: Sequence[Sequence[Any]]) -> Closing | None:
    """The first closing; two officers may have closed at once."""
    for ms, zone, officer, authority, done, entry, *_answers in listed:
        return Closing(Happened(at=from_ms(ms), zone=zone), officer, authority, done, entry)
    return None


def endangered(actor: Actor, *, ever: bool = False) -> list[PersonSeen]:
    """People in danger by the word of who met them; `ever`: also those of whom it was answered since.

    A row from before 'danger' stood in it is looked at until it is folded anew.
    """
    listed = people(actor, danger=("", "open", "answered") if ever else ("", "open"))
    return listed if ever else [person for person in listed if person.open_dangers]


def dangers_counted(actor: Actor) -> int:
    """How many people are in danger by the word of police, in the actor's operation: a number alone."""
    return readable(actor, DangerTally).filter(operation=actor.operation, open=True).count()


def said_about(actor: Actor, person: PersonSeen, protected: bool) -> list[Said]:
    """What was said of a person in files that the actor reads, newest first. `protected`: in the protection
    file too, which its own readers' rings alone open: whoever asks has seen that this officer reads it."""
    entries = read_entries(actor, person.compartment)
    if not protected:
        return sorted(entries, reverse=True)
    for place in Compartment.objects.filter(kind="care", about=person.id).values_list("pk", flat=True):
        entries += read_entries(actor, place)
    return sorted(entries, reverse=True)


def openings(actor: Actor, key: str) -> list[Opening]:
    """Who opened the file, newest first. That something was disclosed of the person is told to whoever reads
    what was disclosed, and to nobody else."""
    rows = list(readable(actor, Opening).filter(subject=key))
    if not may_read(actor.role, Disclosed):
        rows = [row for row in rows if row.page != "disclosure"]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def compartments_of(person: str) -> list[str]:
    """Every compartment about a person, of whichever authority: what erasing destroys the keys of.

    For the node's own work only, never for a screen: it would tell that a protection file exists.
    """
    rows = Compartment.objects.filter(kind__in=("person", "care"), about=person).order_by("kind")
    return list(rows.values_list("pk", flat=True))


def waiting(actor: Actor) -> Mapping[str, int]:
    """What needs this officer: files in which people must settle between two values."""
    if not can_say(actor, "person.state"):
        return {}
    return {"people": readable(actor, Person).exclude(conflicts=[]).count()}


def on_hold(actor: Actor, key: str, reference: str = "") -> bool:
    """Whether a legal hold forbids erasing, as far as the actor may know of it."""
    rows = readable(actor, Hold).filter(active=True)
    if readable(actor, HoldTally, [tally_id(key)]).filter(active=True).exists():
        return True
    return rows.filter(pk=key).exists() or bool(reference and rows.filter(reference=reference).exists())


@dataclass(frozen=True)
class HoldSeen:
    """A hold on the person of a reference, in force or lifted."""

    id: str
    reference: str
    active: bool
    since: datetime
    reason: str
    order: str
    provenance: str


def holds(actor: Actor, key: str = "") -> list[HoldSeen]:
    """Holds by reference in case files that the actor reads, those in force first; or the one of an id."""
    rows = readable(actor, Hold).exclude(reference="").order_by("-active", "-since", "id")
    listed = []
    for row in rows.filter(pk=key) if key else rows:
        words = open_row(actor, row)
        listed.append(
            HoldSeen(
                row.pk,
                row.reference,
                row.active,
                row.since,
                words.get("reason", ""),
                words.get("order", ""),
                row.provenance,
            )
        )
    return listed


def tallies(actor: Actor) -> QuerySet[Tally]:
    """Anonymous tallies of the operation, for figures."""
    return readable(actor, Tally)
