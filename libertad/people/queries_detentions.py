"""Reading detentions, for screens. `queries` offers it to the other rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from libertad.access.actor import Actor
from libertad.access.catalogs import Source
from libertad.access.queries import open_row, readable
from libertad.journal.fields import from_ms
from libertad.look.finding import Findable
from libertad.people.custody import (
    Linked,
    Stage,
    Unheard,
    held_by_court,
    linked_of,
    periods_of,
    running_of,
    stages_of,
    unheard_of,
)
from libertad.people.hours import Period, Running
from libertad.people.models import Detention
from libertad.people.suspect import Identity, Right, identity_of, rights_of
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Happened, PersonName


@dataclass(frozen=True)
class DetentionSeen:
    """Somebody detained, with each status's own date."""

    id: str
    compartment: str
    reference: str
    provenance: str
    country: str
    site: str
    state: str
    zone: str
    dates: Mapping[str, datetime | None]
    name: str
    grounds: str
    person: str
    reasons: Sequence[str]
    authority: str = ""
    shown: Mapping[str, Sequence[str]] = field(default_factory=dict)
    standing: Sequence[tuple[str, str, datetime, str]] = ()
    running: Running | None = None
    held_by_court: Happened | None = None  # since when the person is held
    periods: Sequence[Period] = ()
    stages: Sequence[Stage] = ()
    unheard: Sequence[Unheard] = ()
    linked: Sequence[Linked] = ()
    crossed: Sequence[str] = ()
    names: Sequence[str] = ()
    identity: Identity = field(default_factory=Identity)
    rights: Sequence[Right] = ()


def detentions(actor: Actor, *, state: str = "", ids: Sequence[str] | None = None) -> list[DetentionSeen]:
    """Detentions that the actor may read, latest first."""
    rows = readable(actor, Detention, ids).order_by("-detained_at", "id")
    if state:
        rows = rows.filter(state=state)
    listed = []
    for row in rows:
        words = open_row(actor, row)
        texts = [msgspec.convert(name, prepared(PersonName)).text for name in words.get("name", [])]
        listed.append(
            DetentionSeen(
                id=row.pk,
                compartment=row.compartment,
                reference=row.reference,
                provenance=row.provenance,
                country=row.country,
                site=row.site,
                state=row.state,
                zone=row.zone,
                dates={
                    "detained": row.detained_at,
                    "arrested": row.arrested_at,
                    "charged": row.charged_at,
                    "released": row.released_at,
                },
                name=texts[0] if texts else "",
                grounds=words.get("grounds", ""),
                person=words.get("person", ""),
                reasons=words.get("reasons", []),
                authority=row.authority,
                shown=words.get("shown", {}),
                standing=[
                    (entry, status, from_ms(ms), by) for entry, status, ms, by in words.get("standing", ())
                ],
                running=running_of(words.get("clock", {})),
                held_by_court=held_by_court(words.get("clock", {})),
                periods=periods_of(words.get("periods", ())),
                stages=stages_of(words.get("stages", ())),
                unheard=unheard_of(words.get("unheard", ())),
                linked=linked_of(words.get("linked", ())),
                crossed=row.crossed,
                names=texts,
                identity=identity_of(words.get("identity", {})),
                rights=rights_of(words.get("rights", ())),
            )
        )
    return listed


def detention(actor: Actor, key: str) -> DetentionSeen | None:
    """One detention, None alike for none and for one that is not ours."""
    listed = detentions(actor, ids=[key])
    return listed[0] if listed else None


def _findable(actor: Actor, ids: Sequence[str] | None) -> list[Findable]:
    """Detentions as they are looked for: by reference and by the names of who was detained."""
    return [
        Findable(
            "detention",
            detention.id,
            detention.reference,
            detention.name,
            "detention",
            (detention.name, *detention.identity.alias),
            (*detention.identity.phones, *(paper[1] for paper in detention.identity.documents if paper[1])),
            detention.provenance,
        )
        for detention in detentions(actor, ids=ids)
    ]


FINDABLE = Source(Detention, _findable)


def linked_to(actor: Actor, kind: str, key: str) -> list[DetentionSeen]:
    """Suspects linked to an exhibit or a site, or held at a site, as far as the actor reads detentions."""
    return [
        detention
        for detention in detentions(actor)
        if any((link.kind, link.other) == (kind, key) for link in detention.linked)
        or (kind, key) == ("site", detention.site)
    ]


def detentions_of(actor: Actor, person: str) -> list[DetentionSeen]:
    """Detentions of a person met, as far as the actor reads the case."""
    return [detention for detention in detentions(actor) if detention.person == person]
