"""Say that a person is missing, or that the person is back."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._desk import find_desk, refuse_elsewhere, say_at
from libertad.care.actions._file import refuse_closed
from libertad.care.disclosure_models import Disclosure
from libertad.people.queries import tell_sought
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.desk import DeskFound, DeskMissing


@action("desk.missing", "service.sought")
def say_missing(act: Act, *, person: str, seen: str, words: str) -> str:
    """Returns the entry's hash. By any officer of the authority whose task the person is; said again, with
    what was done since, it begins the limit anew. A service that has the person there, or expects the person,
    reads that care looks for the person. Refused while the protection file is closed."""
    desk = find_desk(act, DeskMissing.VERB, person)
    refuse_elsewhere(act, person)
    refuse_closed(act, act.find_compartment("care", person))
    entry = say_at(act, desk, DeskMissing(seen=seen, words=words.strip()), person)
    tell_sought(act, _files(act, person), True)
    return entry


@action("desk.found", "service.sought")
def say_found(act: Act, *, person: str, words: str) -> str:
    """Returns the entry's hash. Refused for whom nobody has said to be missing."""
    desk = find_desk(act, DeskFound.VERB, person)
    if desk.row is None or desk.row["missing_at"] is None:
        raise Refused("person", "nobody has said that the person is missing; load the page again")
    entry = say_at(act, desk, DeskFound(words=words.strip()), person)
    tell_sought(act, _files(act, person), False)
    return entry


def _files(act: Act, person: str) -> list[str]:
    """The files of what this authority disclosed of the person to others."""
    own = act.actor.authority
    return [
        row["file"] for row in act.find(Disclosure, person=person) if row["file"] and row["authority"] == own
    ]
