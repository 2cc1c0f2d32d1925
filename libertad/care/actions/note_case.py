"""Write a case note, or correct one's own."""

from __future__ import annotations

from datetime import datetime

from libertad.access.acting import Act, action
from libertad.care.actions._desk import find_desk, refuse_elsewhere, say_at
from libertad.care.actions._file import refuse_closed
from libertad.care.desk_models import CaseNote
from libertad.vocabulary.bounds import AHEAD, DRIFT, check_past_date
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.desk import DeskNote


@action("desk.note")
def note_case(
    act: Act, *, person: str, kind: str, seen: str, words: str, risk: str = "", corrects: str = ""
) -> str:
    """Returns the entry's hash. By any officer of the authority whose task the person is; `corrects` is a
    note of this officer's own. Refused for what lies ahead, and while the protection file is closed."""
    desk = find_desk(act, DeskNote.VERB, person)
    content = DeskNote(kind=kind, seen=seen, words=words.strip(), risk=risk, corrects=corrects)
    refuse_elsewhere(act, person)
    refuse_closed(act, act.find_compartment("care", person))
    _check_past(act, seen)
    if corrects:
        note = act.get(CaseNote, corrects)
        if note is None or note["compartment"] != desk.place or note["officer"] != act.actor.officer:
            raise Refused("corrects", "you correct your own notes alone: write another one beside it")
    return say_at(act, desk, content, person)


def _check_past(act: Act, seen: str) -> None:
    if "T" not in seen:
        check_past_date(seen, act.happened.local.date(), "seen")
    elif datetime.fromisoformat(seen) > act.now + DRIFT:
        raise Refused("seen", AHEAD)
