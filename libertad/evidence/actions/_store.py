"""What the actions of the exhibit store share: the place at hand, and the exhibits that are there."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act
from libertad.evidence.models import Exhibit, StorePlace
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused

MISSING = marked("there is no such place in your store")


def store_place(act: Act, place: str, field: str = "store") -> dict[str, Any]:
    """A place of the actor's own authority; one of others and one that is not on file answer alike."""
    row = act.get(StorePlace, place) if place else None
    if row is None or row["operation"] != act.actor.operation or row["authority"] != act.actor.authority:
        raise Refused(field, MISSING)
    return row


def name_of(act: Act, row: dict[str, Any]) -> str:
    return str(act.open_row(StorePlace, row).get("name", ""))


def kept_at(act: Act, place: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Exhibits that the record has at a place, by id: an officer of its authority put them there, and holds
    them."""
    rows = act.find(Exhibit, store=place["id"], compartment=place["compartment"])
    return {row["id"]: row for row in rows if row["holder_authority"] == place["authority"]}
