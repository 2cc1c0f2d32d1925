"""How many more people the care of a country can receive, in one of three words and never in numbers."""

from __future__ import annotations

from libertad.vocabulary.body import Verb


class CapacitySet(Verb, frozen=True, kw_only=True):
    """By hand, by one care authority of its own country; the last word holds. No number and no house."""

    VERB = "capacity.set"
    SUBJECT = "authority"
    CODES = {"places": "capacity-levels"}

    places: str
