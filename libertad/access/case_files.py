"""The case file of a country or territory: detentions, exhibits, custody, holds. One rule for all rooms."""

from __future__ import annotations

from libertad.access.acting import Act
from libertad.access.closed import refuse_second_file
from libertad.vocabulary.values import Refused


def case_file(act: Act, country: str) -> str:
    """The case compartment of a country, opened at first use by its police or its prosecution.

    Refused alike whether it is not there yet or is kept by others; and in a closed operation where it was
    erased here, until the operation is reopened.
    """
    key = f"{act.actor.operation}:{country}"
    compartment = act.find_compartment("case", key)
    if compartment is not None and act.reads(compartment):
        refuse_second_file(act, "case", country, compartment)
        return compartment
    members = act.members(country=country)
    readers = [m["id"] for m in members if m["kind"] in ("police", "prosecution")]
    if compartment is not None or act.actor.authority not in readers:
        raise Refused("country", "your authority keeps no case file there; the police of that country does")
    refuse_second_file(act, "case", country)
    return act.open("case", key, readers)
