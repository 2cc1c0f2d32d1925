"""Say that a person is missing, or that the person is back."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._desk import find_desk, refuse_elsewhere, say_at
from libertad.care.actions._file import refuse_closed
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.desk import DeskFound, DeskMissing


@action("desk.missing")
def say_missing(act: Act, *, person: str, seen: str, words: str) -> str:
    """Returns the entry's hash. By any officer of the authority whose task the person is; said again, with
    what was done since, it begins the limit anew. Refused while the protection file is closed."""
    desk = find_desk(act, DeskMissing.VERB, person)
    refuse_elsewhere(act, person)
    refuse_closed(act, act.find_compartment("care", person))
    return say_at(act, desk, DeskMissing(seen=seen, words=words.strip()), person)


@action("desk.found")
def say_found(act: Act, *, person: str, words: str) -> str:
    """Returns the entry's hash. Refused for whom nobody has said to be missing."""
    desk = find_desk(act, DeskFound.VERB, person)
    if desk.row is None or desk.row["missing_at"] is None:
        raise Refused("person", "nobody has said that the person is missing; load the page again")
    return say_at(act, desk, DeskFound(words=words.strip()), person)
