"""Set until which day the own authority keeps the identity files of an operation; keep one of them longer."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._person import own_person
from libertad.people.keeping import believed_keeping, retention_id
from libertad.people.keeping_models import Retention
from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.codelists import PartialDate
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.keeping import PersonKeep, RetentionSet

AT_MOST = 100  # years ahead


@action("retention.set")
def set_retention(act: Act, *, keep_until: str, reasons: str) -> None:
    """For the operation that the actor works in. The later word counts, whether its day is later or earlier:
    what it follows from may change. Refused for a day that has gone by."""
    operation, authority = act.actor.operation, act.actor.authority
    check_ahead(keep_until, act.now.date(), "keep_until", years=AT_MOST)
    before = act.get(Retention, retention_id(operation, authority))
    act.say(
        act.compartment("authority", authority),
        RetentionSet(operation=operation, keep_until=keep_until, reasons=reasons),
        subject=authority,
        supersedes={},
        source="decision",
        happened=act.later(*([before["at"]] if before else [])),
    )


@action("person.keep")
def keep_person(act: Act, *, person: str, keep_until: str, reasons: str) -> str:
    """Returns the entry's hash. Refused for a day that is not later than that until which it is kept."""
    place = own_person(act, person)["compartment"]
    check_ahead(keep_until, act.now.date(), "keep_until", years=AT_MOST)
    until = believed_keeping(act, person).until
    if keep_until <= until:
        rule = "this file is kept until %(day)s already: write a later day"
        raise Refused("keep_until", rule, day=PartialDate(until))
    content = PersonKeep(keep_until=keep_until, reasons=reasons)
    return act.say(place, content, subject=person, supersedes={}, source="decision")
