"""Guardians and family of a person, for the actions that say them."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act
from libertad.care.family_models import Family
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused

GONE = marked("this stands no more; load the page again")


def listed(act: Act, person: str, part: str) -> list[dict[str, Any]]:
    """The last words about each guardian, or relative, of a person; [] where none can be read."""
    place = act.find_compartment("care", person)
    row = act.get(Family, place) if place is not None else None
    if row is None or not act.reads(row["compartment"]):
        return []
    rows: list[dict[str, Any]] = act.open_row(Family, row)[part]
    return rows


def standing(act: Act, person: str, part: str, entry: str) -> dict[str, Any]:
    """One of them by its entry; Refused once it was ended or said anew."""
    row = next((row for row in listed(act, person, part) if row["entry"] == entry), None)
    if row is None or row["ended"]:
        raise Refused("entry", GONE)
    return row
