"""Assign an interpreter to a person, or say that one interprets no more."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import protection_file
from libertad.care.models import Interpreters
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import InterpreterAssign


@action("interpreter.assign")
def assign_interpreter(
    act: Act, *, person: str, name: str, language: str, way: str, briefed: str, note: str = ""
) -> str:
    """Returns the entry's hash. Read by caseworkers only; refused while the protection file is closed."""
    content = InterpreterAssign(name=name.strip(), language=language, way=way, briefed=briefed, note=note)
    return act.say(protection_file(act, content.VERB, person), content, subject=person)


@action("interpreter.assign")
def end_interpreter(act: Act, *, person: str, entry: str, note: str) -> str:
    """Returns the entry's hash. `entry` is the assignment that ends; `note` says why, for who comes next."""
    place = protection_file(act, InterpreterAssign.VERB, person)
    file = act.get(Interpreters, place)
    listed = act.open_row(Interpreters, file)["listed"] if file is not None else []
    standing = next((row for row in listed if row["entry"] == entry and not row["ended"]), None)
    if standing is None:
        raise Refused("entry", "this assignment stands no more; load the page again")
    if not note.strip():
        raise Refused("note", "say why, for whoever looks for an interpreter next")
    content = InterpreterAssign(
        name=standing["name"],
        language=standing["language"],
        way=standing["way"],
        briefed=standing["briefed"],
        note=note,
        ended=True,
    )
    return act.say(place, content, subject=person)
