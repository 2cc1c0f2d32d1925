"""Record a question to a database and its answer."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.operations.actions._places import police_file
from libertad.operations.models import Operation
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import CheckRecord, HitCount


@action("check.record", "hit.count")
def record_check(
    act: Act,
    *,
    database: str,
    about: str,
    answer: str,
    country: str,
    person: str = "",
    exhibit: str = "",
    document_ends: str = "",
    document_country: str = "",
    note: str = "",
) -> str:
    """Returns the check's id. About a person it goes into that person's file, else to the police.

    A hit is also counted, anonymously, for the whole operation.
    """
    counting = act.new_id() if answer == "hit" else ""
    content = CheckRecord(
        database=database,
        about=about,
        answer=answer,
        country=country,
        person=person,
        exhibit=exhibit,
        document_ends=document_ends,
        document_country=document_country,
        note=note,
        counting=counting,
    )
    if person:
        compartment = act.compartment("person", person)
        operation = act.get(Operation, act.actor.operation)
        if operation is None or country not in operation["countries"]:
            raise Refused("country", "is not part of this operation")
    else:
        compartment = police_file(act, country)
    check = act.new_id(compartment)
    act.say(compartment, content, subject=check)
    if counting:
        act.say(
            act.operation_compartment, HitCount(about=about, country=country), subject=counting, supersedes={}
        )
    return check
