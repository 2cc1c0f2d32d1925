"""Entries -> how a person is reached safely, and who interprets: the page of needs and safety."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.care import models
from libertad.care.decisions import of
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs.care import InterpreterAssign, SafetyPlan


@project(
    models.Safety,
    verbs=("safety.plan",),
    key=lambda entry: (entry.compartment,),
    begins=content_of(SafetyPlan),
    own=("safety.plan",),
)
def safety_row(key: str, entries: Sequence[Said]) -> Row:
    last = of(entries, SafetyPlan)[-1]
    content = cast(SafetyPlan, last.content)
    return Row(
        last.compartment,
        {"person": content.person, "at": last.at, "zone": last.happened.zone, "officer": last.officer},
        {"reach": content.reach, "avoid": content.avoid, "checked": content.checked},
    )


@project(
    models.Interpreters,
    verbs=("interpreter.assign",),
    key=lambda entry: (entry.compartment,),
    begins=content_of(InterpreterAssign),
    own=("interpreter.assign",),
)
def interpreters_row(key: str, entries: Sequence[Said]) -> Row:
    """Of each interpreter the last word, in the order of their first; a name is one whatever its capitals."""
    by_name: dict[str, dict[str, object]] = {}
    for entry in entries:
        content = cast(InterpreterAssign, entry.content)
        by_name[content.name.casefold()] = {
            "entry": entry.id,
            "name": content.name,
            "language": content.language,
            "way": content.way,
            "briefed": content.briefed,
            "note": content.note,
            "ended": content.ended,
            "at": to_ms(entry.at),
            "zone": entry.happened.zone,
            "officer": entry.officer,
        }
    return Row(key, {"person": entries[0].subject}, {"listed": list(by_name.values())})
