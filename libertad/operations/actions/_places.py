"""Which compartment a police entry goes into, and whose team or site it is."""

from __future__ import annotations

import re
from typing import Any

from libertad.access.acting import Act
from libertad.access.closed import refuse_second_file
from libertad.access.matrix import matrix
from libertad.operations.models import Operation, Site, Team
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused

NUMBERED = re.compile(r"(.*?)([0-9]+)")
PLACES = 6  # to which a number may have been filled with noughts
NOT_OURS = marked("your authority does not work in this country; report it to its police")


def police_file(act: Act, country: str) -> str:
    """The police compartment of a country or territory, opened at first use.

    Its readers are that country's police and the operation's centres. A force writes to its own;
    a centre to any; nobody else learns whether it exists.
    """
    key = f"{act.actor.operation}:{country}"
    compartment = act.find_compartment("police", key)
    if compartment is not None and act.reads(compartment):
        refuse_second_file(act, "police", country, compartment)
    if compartment is not None and ("whole", compartment) in act.tx.caches.rights and act.reads(compartment):
        return compartment
    operation = act.get(Operation, act.actor.operation)
    if operation is None or country not in operation["countries"]:
        raise Refused("country", "is not part of this operation")
    members = act.members()
    readers = [
        m["id"]
        for m in members
        if m["kind"] == "centre" or (m["kind"] == "police" and m["country"] == country)
    ]
    if compartment is None:
        if act.actor.authority not in readers:
            raise Refused("country", NOT_OURS)
        refuse_second_file(act, "police", country)
        return act.open("police", key, readers)
    if not act.reads(compartment):
        raise Refused("country", NOT_OURS)
    if matrix().may_say(act.actor.role, "compartment.readers", "police"):
        act.widen(compartment, readers, "joined the operation")
        act.tx.caches.rights["whole", compartment] = True
    return compartment


def our_site(act: Act, site: str) -> dict[str, Any]:
    """A site that the actor's authority may know of; the same answer for one that is not there."""
    row = act.get(Site, site) if site else None
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("site", "there is no such site")
    return row


def our_team(act: Act, team: str) -> dict[str, Any]:
    """A team of the actor's own force: nobody speaks for another country's team, not even a centre."""
    row = act.get(Team, team) if team else None
    own = act.member(act.actor.authority)
    is_own = (
        row is not None
        and own is not None
        and row["operation"] == act.actor.operation
        and act.reads(row["compartment"])
        and own["kind"] == "police"
        and own["country"] == row["country"]
    )
    if row is None or not is_own:
        raise Refused("team", "there is no such team")
    return row


def keeps(act: Act, row: dict[str, Any]) -> bool:
    """Whether a lead or a site is the actor's authority's own, or of the country whose police it is.

    Others who read it say beside it what they think; nothing of theirs takes the place of what is on file.
    """
    own = act.member(act.actor.authority)
    local = own is not None and (own["kind"], own["country"]) == ("police", row["country"])
    return local or bool(row["authority"] == act.actor.authority)


def free_reference(act: Act, model: type[Site] | type[Team], reference: str | None, stem: str) -> str:
    """The reference asked for, if no other has its number; else the next number of the series."""
    if reference is not None and reference.strip():
        reference = reference.strip()
        existing = _same_number(act, model, reference)
        if existing == reference:
            raise Refused("reference", "%(wanted)s is already given; choose another", wanted=reference)
        if existing:
            raise Refused(
                "reference",
                "%(wanted)s and %(existing)s are one number, and %(existing)s is on file: choose another",
                wanted=reference,
                existing=existing,
            )
        return reference
    mark = act.mark(stem[-2:])  # a stem ends in the country's code
    while True:
        number = act.number(f"{model._meta.model_name} {stem}", mark.rstrip("-"))
        if not _same_number(act, model, f"{stem}-{mark}{number:02d}"):
            return f"{stem}-{mark}{number:02d}"


def _same_number(act: Act, model: type[Site] | type[Team], reference: str) -> str:
    """The reference on file that is this one but for noughts before its number: 'GY-5', 'GY-05' and 'GY-0005'
    are one. '' for none. Of references that were given before this rule the very same comes first."""
    parts = NUMBERED.fullmatch(reference)
    spellings = [reference]
    if parts is not None:
        stem, digits = parts[1], parts[2].lstrip("0") or "0"
        spellings += [
            stem + digits.zfill(width) for width in range(len(digits), max(len(digits), PLACES) + 1)
        ]
    for spelling in dict.fromkeys(spellings):
        if act.find(model, operation=act.actor.operation, reference=spelling):
            return spelling
    return ""
