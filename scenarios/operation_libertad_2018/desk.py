"""Whose task each person is: taken by a caseworker in time, with a dated next step and, of some, a case note.

Who was met too shortly before the end is still in nobody's hands, as at any moment of an operation.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.stage import Stage

DECIDED = ("presumed", "confirmed", "not-a-victim")
NOTES = (
    ("talked", "Talked for half an hour. Has eaten and slept; wants to call home.", "medium"),
    ("accompanied", "Went along to the clinic and back. Nothing is urgent.", "low"),
    ("not-reached", "The shelter's line was busy. Try again in the evening.", ""),
    ("talked", "Is afraid of somebody who knows where the family lives.", "high"),
)
STEPS = (
    ("talk", "Ask what is wanted next, with the interpreter."),
    ("accompany", "To the clinic."),
    ("document", "A new passport: which papers are needed."),
    ("telephone", "Whether the shelter is well."),
)


def taken(
    book: Book, code: str, key: str, fate: str, met: dt.datetime, drawn: dict[str, Any], last: dt.datetime
) -> None:
    """Within an hour a child and whoever needs a doctor, the others the same day; `last`: the play's end.

    One caseworker has those whom the play decides about, from the start; the two share the others.
    """
    own = Random(f"{book.data['seed']} desk {key}")
    urgent = drawn["birth"].ages_on(met)[0] < 18 or "doctor" in drawn["needs"]
    decided = fate in DECIDED
    wait = own.randrange(5, 10) if decided else own.randrange(15, 50) if urgent else own.randrange(90, 540)
    at, by = met + dt.timedelta(minutes=wait), 0 if decided else own.randrange(2)
    (kind, what), note = own.choice(STEPS), own.choice(NOTES)
    until = max(last + dt.timedelta(days=own.randrange(1, 4)), at + dt.timedelta(days=2)).date()
    care = f"{code}-care"

    def take(stage: Stage) -> None:
        stage.do(care, "caseworker", "take_person", by=by, person=stage.get(f"person {key}"))

    def step(stage: Stage) -> None:
        person = stage.get(f"person {key}")
        stage.do(
            care,
            "caseworker",
            "name_step",
            by=by,
            person=person,
            kind=kind,
            until=until.isoformat(),
            note=what,
        )

    def write(stage: Stage) -> None:
        written, words, risk = note
        seen = stage.now.astimezone(ZoneInfo(stage.zone(code))).date().isoformat()
        stage.do(
            care,
            "caseworker",
            "note_case",
            by=by,
            source="said",
            person=stage.get(f"person {key}"),
            kind=written,
            seen=seen,
            words=words,
            risk=risk,
        )

    if at > last:
        return
    book.add(at, take, care)
    if at + dt.timedelta(minutes=20) <= last:
        book.add(at + dt.timedelta(minutes=20), step, care)
    if own.random() < 0.3 and at + dt.timedelta(hours=5) <= last:
        book.add(at + dt.timedelta(hours=5), write, care)
