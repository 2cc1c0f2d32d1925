"""Who interprets for a person: read by caseworkers of the file's readers alone."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.access.queries import officer_names, open_row
from libertad.care import models, reads
from libertad.care.interpreting import together
from libertad.journal.fields import from_ms
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class InterpreterSeen:
    """The last word about one interpreter. `entry`: its hash; `by`: the officer's name."""

    entry: str
    name: str
    language: str
    way: str
    briefed: bool
    note: str
    ended: bool
    happened: Happened
    by: str


def interpreters(actor: Actor, person: str) -> list[InterpreterSeen]:
    """Those who interpret first, then those who did; [] for who may not read it."""
    rows = reads.file_and_desk(actor, models.Interpreters, person)
    listed = together(open_row(actor, row)["listed"] for row in rows)
    names = officer_names(actor, [row["officer"] for row in listed])
    seen = [
        InterpreterSeen(
            row["entry"],
            row["name"],
            row["language"],
            row["way"],
            row["briefed"] == "yes",
            row["note"],
            bool(row["ended"]),
            Happened(at=from_ms(row["at"]), zone=row["zone"]),
            names.get(row["officer"], ""),
        )
        for row in listed
    ]
    return sorted(seen, key=lambda interpreter: interpreter.ended)
