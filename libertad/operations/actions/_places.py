"""Which compartment a police entry goes into."""

from __future__ import annotations

from libertad.access.acting import Act
from libertad.access.models import Authority
from libertad.vocabulary.values import Refused


def police_file(act: Act, country: str) -> str:
    """The police compartment of a country or territory, opened at first use.

    Its readers are that country's police and the operation's centres. A force writes to its own;
    a centre to any; nobody else learns whether it exists.
    """
    key = f"{act.actor.operation}:{country}"
    found = act.find_compartment("police", key)
    if found is not None and act.reads(found):
        return found
    members = act.find(Authority, operation=act.actor.operation)
    readers = [m["id"] for m in members if m["kind"] == "centre" or (m["kind"] == "police" and m["country"] == country)]
    if found is not None or act.actor.authority not in readers:
        raise Refused("country", "your authority does not work in this country; report it to its police")
    return act.open("police", key, readers)
