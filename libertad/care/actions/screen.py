"""Record a screening: indicators answered under a rule set. It suggests; it never decides."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, action
from libertad.care.actions._file import protection_file
from libertad.care.models import CareFile
from libertad.vocabulary.rules import evaluate
from libertad.vocabulary.values import Answer, Refused
from libertad.vocabulary.verbs.care import ScreeningRecord


@action("screening.record")
def screen(act: Act, *, person: str, rule_set: str, answer: Sequence[Answer]) -> str:
    """Returns the screening's id. No status follows from it: a person decides (`identify`)."""
    if not answer:
        raise Refused("answer", "answer at least one indicator")
    if len({indicator_answer.indicator for indicator_answer in answer}) != len(answer):
        raise Refused("answer", "an indicator is answered twice; keep one answer")
    place = protection_file(act, "screening.record", person)
    file = act.get(CareFile, place)
    child = file is None or bool(file["child"])
    result = evaluate(rule_set, answer, child)
    screening = act.new_id()
    content = ScreeningRecord(
        person=person,
        rule_set=result.rule_set,
        version=result.version,
        answer=tuple(answer),
        result=result.suggestion,
        child=child,
    )
    act.say(place, content, subject=screening, source="said")
    return screening
