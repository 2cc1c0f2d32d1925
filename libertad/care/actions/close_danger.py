"""Say that a person is in danger, or what care did about it. In care's own file: police learn neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libertad.access.acting import Act, action
from libertad.access.actions._answering import answered
from libertad.care.actions._file import police_dangers, protection_file
from libertad.care.models import CareFile
from libertad.people.queries import unanswered
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.danger import CareDanger, CareDangerClose


def _dangers(act: Act, person: str, place: str) -> tuple[list[list[Any]], list[list[Any]]]:
    """(dangers by police's word and by care's, closings of care), as `unanswered` takes them."""
    row = act.get(CareFile, place)
    words = act.open_row(CareFile, row) if row else {}
    danger_rows = [[ms, "", "", "", "", entry] for ms, entry in police_dangers(act, person)]
    return sorted([*danger_rows, *words.get("dangers", ())]), words.get("danger_closed", [])


@action("care.danger")
def say_care_danger(act: Act, *, person: str, words: str) -> str:
    """Returns the entry's hash. While a danger is open for care another is refused, the same words apart.

    The protection file is opened by it where there is none. A closed file takes this word too.
    """
    place = protection_file(act, "care.danger", person)
    for danger in unanswered(*_dangers(act, person, place)):
        if danger[2] == act.actor.officer and danger[4] == words.strip():
            return str(danger[5])
        raise Refused("words", "a danger is open already: it stands first until somebody says what was done")
    return act.say(place, CareDanger(person=person, words=words.strip()), subject=person, supersedes={})


@action("care.danger_close")
def close_care_danger(act: Act, *, person: str, done: str, answers: Sequence[str] | None = None) -> str:
    """Returns the entry's hash. The same words sent twice by one officer close once; others are refused.

    It answers the dangers that the page showed (`answers`; None: all on file now), no other.

    The protection file is opened by it where there is none. A closed file takes this word too.
    """
    place = protection_file(act, "care.danger_close", person)
    dangers, closed = _dangers(act, person, place)
    if not dangers:
        raise Refused("done", "nobody said that this person is in danger")
    read = answered([danger[5] for danger in unanswered(dangers, closed)], answers)
    if not read:
        for _ms, _zone, officer, _authority, words, entry, *_answers in closed:
            if officer == act.actor.officer and words == done.strip():
                return str(entry)
        raise Refused("done", "this was closed meanwhile; read the file again")
    content = CareDangerClose(person=person, done=done.strip(), answers=tuple(read))
    return act.say(place, content, subject=person, supersedes={})
