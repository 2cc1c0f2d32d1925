"""The desk of a person at one authority: beside the protection file, and read by that authority alone."""

from __future__ import annotations

from libertad.access.acting import Act

KIND = "desk"


def own_desk(act: Act, person: str) -> str:
    """The file of the person's desk at the actor's authority, opened at first use."""
    place = act.find_compartment(KIND, person)
    return place if place is not None and act.reads(place) else act.open(KIND, person, [])
