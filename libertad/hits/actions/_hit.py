"""What the actions of this room share: the hit at hand, its records, and what may be said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from libertad.access.acting import Act
from libertad.access.queries import may_read
from libertad.evidence.models import Exhibit
from libertad.hits.fold import of_persons
from libertad.hits.models import Hit
from libertad.journal.models import ReadModel
from libertad.operations.models import Lead, Site
from libertad.people.models import Detention, Person
from libertad.vocabulary.values import Refused

MODELS: dict[str, type[ReadModel]] = {
    "person": Person,
    "detention": Detention,
    "exhibit": Exhibit,
    "lead": Lead,
    "site": Site,
}


def hit_id(authority: str, ref: str, other_ref: str) -> str:
    """One id for one pair of an authority, whoever finds it and however often. Made of random ids alone."""
    left, right = sorted((ref, other_ref))
    return hashlib.sha256(f"{authority} {left} {right}".encode()).hexdigest()[:32]


def record_at_hand(act: Act, ref: str, *, earlier: bool = False) -> dict[str, Any] | None:
    """A record's row, if the actor's authority may know of it; `earlier`: also somebody's of another
    operation, whom this one may have met again."""
    kind, _, key = ref.partition(":")
    model = MODELS.get(kind)
    row = act.get(model, key) if model is not None else None
    if row is None or not act.reads(row["compartment"]):
        return None
    if row["operation"] != act.actor.operation and not (earlier and kind == "person"):
        return None
    return row


def met_again(act: Act, row: Mapping[str, Any]) -> bool:
    """Whether a hit is of somebody met in two operations: each counts the person, and neither is told."""
    if not of_persons(row["left"], row["right"]):
        return False
    records = [record_at_hand(act, row[side], earlier=True) for side in ("left", "right")]
    return len({act.operation_of(record["compartment"]) for record in records if record is not None}) > 1


def hit_at_hand(act: Act, hit: str) -> dict[str, Any]:
    """The hit's row; Refused alike if there is none, if it is not this authority's, and if this role does not
    read both of its records: nobody decides on what is hidden."""
    row = act.get(Hit, hit)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("hit", "there is no such hit")
    kinds = [row[side].partition(":")[0] for side in ("left", "right")]
    if not all(may_read(act.actor.role, MODELS[kind]) for kind in kinds):
        raise Refused("hit", "there is no such hit")
    return {**row, **act.open_row(Hit, row)}


def undecided(row: dict[str, Any]) -> None:
    """Refuse a second decision beside one that stands."""
    if row["state"] in ("confirmed", "rejected", "waiting"):
        raise Refused("hit", "it is decided already; take the decision back first")
