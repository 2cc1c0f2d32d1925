"""Assign an interpreter to a person, or say that one interprets no more."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._desk import desk_beside
from libertad.care.interpreting import together
from libertad.care.models import Interpreters
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import InterpreterAssign


@action("interpreter.assign")
def assign_interpreter(
    act: Act, *, person: str, name: str, language: str, way: str, briefed: str, note: str = ""
) -> str:
    """Returns the entry's hash. Read by caseworkers only; refused while the protection file is closed."""
    content = InterpreterAssign(name=name.strip(), language=language, way=way, briefed=briefed, note=note)
    return act.say(desk_beside(act, content.VERB, person), content, subject=person)


@action("interpreter.assign")
def end_interpreter(act: Act, *, person: str, entry: str, note: str) -> str:
    """Returns the entry's hash. `entry` is the assignment that ends; `note` says why, for who comes next."""
    place = desk_beside(act, InterpreterAssign.VERB, person)
    files = (act.compartment("care", person), place)  # where it stood until it moved to the desk
    rows = [row for file in files if (row := act.get(Interpreters, file)) is not None]
    listed = together(act.open_row(Interpreters, row)["listed"] for row in rows)
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
