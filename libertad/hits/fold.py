"""Entries -> hits and questions. A decision is never lost: scores that come later stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from libertad.hits.engine import BACK, worth
from libertad.hits.models import Hit, Question
from libertad.hits.references import reference_of
from libertad.journal.causal import as_said
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs import hits as say

OPEN = ("open", "back")
STANDS = ("confirmed", "rejected", "back")  # what comes back was rejected when it scored less


@dataclass
class Course:
    """Where a hit stands while its entries are read one after the other."""

    state: str = "open"
    bits: float = 0.0
    decided_bits: float = 0.0
    until: str = ""
    proposed_by: str = ""
    counting: str = ""
    decided: Said | None = None

    def take(self, entry: Said, persons: bool) -> None:
        content = entry.content
        if isinstance(content, say.HitFound):
            self.bits = content.bits
            if self.state == "rejected" and content.bits - self.decided_bits >= BACK:
                self.state = "back"
            return
        if isinstance(content, say.HitConfirm):
            self.state = "waiting" if persons else "confirmed"
            self.proposed_by, self.counting = entry.officer, content.counting
        elif isinstance(content, say.HitRead):
            # One officer is never both readers.
            if self.state != "waiting" or entry.officer == self.proposed_by:
                return
            self.state = "confirmed" if content.agrees == "yes" else "open"
        elif isinstance(content, say.HitReject):
            self.state = "rejected"
        elif isinstance(content, say.HitPostpone):
            self.state, self.until = "not-yet", content.until
        elif isinstance(content, say.HitUndo):
            self.state = "open"
        elif isinstance(content, say.HitAsk):
            if self.state not in ("confirmed", "rejected", "waiting"):
                self.state = "asked"
            return
        elif isinstance(content, say.HitAnswer):
            if self.state == "asked":
                self.state = "answered"
            return
        self.decided, self.decided_bits = entry, self.bits

    def now(self, last: say.HitFound) -> str:
        faded = self.state in OPEN and not worth(last.left, last.right, last.bits, last.weight)
        return "faded" if faded else self.state


def clock_order(entry: Said) -> tuple[Any, ...]:
    """The order in which entries were written down, by their devices' clocks."""
    return entry.clock, entry.id


def concerning(entries: Sequence[Said], first: Said) -> list[Said]:
    """Entries of the hit's own file, its authority's questions and the answers of whom it asked; what names
    nothing by the devices' clocks, because an operation's clock may be set back between two decisions."""
    asks = [s for s in entries if isinstance(s.content, say.HitAsk) and s.authority == first.authority]
    questions = {
        (s.compartment, s.content.record, s.content.to) for s in asks if isinstance(s.content, say.HitAsk)
    }
    relevant = [
        s
        for s in entries
        if s.compartment == first.compartment
        or s in asks
        or (
            isinstance(s.content, say.HitAnswer)
            and (s.compartment, s.content.record, s.authority) in questions
        )
    ]
    return as_said(relevant, clock_order)


@project(
    Hit,
    verbs=(
        "hit.found",
        "hit.confirm",
        "hit.read",
        "hit.reject",
        "hit.postpone",
        "hit.ask",
        "hit.answer",
        "hit.undo",
    ),
    key=lambda entry: (entry.subject,),
)
def hit_row(key: str, entries: Sequence[Said]) -> Row | None:
    scores = [s for s in as_said(entries, clock_order) if isinstance(s.content, say.HitFound)]
    if not scores:
        return None
    first, last = scores[0], scores[-1]
    content = cast(say.HitFound, last.content)
    course = Course()
    for entry in concerning(entries, first):
        course.take(entry, persons=of_persons(content.left, content.right))
    decided = course.decided
    reference, counted = (
        reference_of(content.left, content.right),
        cast(say.HitFound, first.content).reference,
    )
    return Row(
        first.compartment,
        {
            "reference": reference,
            "number": counted if counted != reference else "",
            "left": content.left,
            "right": content.right,
            "left_country": content.left_country,
            "right_country": content.right_country,
            "authority": first.authority,
            "bits": content.bits,
            "probability": content.probability,
            "state": course.now(content),
            "until": course.until if course.state == "not-yet" else "",
            "found_at": first.at,
            "scored_at": last.at,
            "decided_at": decided.at if decided else None,
            "decided_by": decided.officer if decided else "",
            "decided_bits": course.decided_bits if course.state in STANDS else None,
            "proposed_by": course.proposed_by if course.state == "waiting" else "",
            "zone": first.happened.zone,
        },
        {"weights": msgspec.to_builtins(content.weight), "counting": course.counting},
    )


def of_persons(left: str, right: str) -> bool:
    """Whether both records are of people: then nobody decides alone."""
    return left.startswith("person:") and right.startswith("person:")


def question_key(hit: str, record: str) -> str:
    """One question at a time of a hit about a record."""
    return f"{hit}-{record.partition(':')[2]}"


def _question_keys(entry: Said) -> tuple[str, ...]:
    return (question_key(entry.subject, cast("say.HitAsk | say.HitAnswer", entry.content).record),)


@project(
    Question,
    verbs=("hit.ask", "hit.answer"),
    key=_question_keys,
    begins=content_of(say.HitAsk),
    own=("hit.ask",),
)
def question_row(key: str, entries: Sequence[Said]) -> Row | None:
    course = as_said(entries, clock_order)
    asks = [place for place, s in enumerate(course) if isinstance(s.content, say.HitAsk)]
    if not asks:
        return None
    last = course[asks[-1]]
    content = cast(say.HitAsk, last.content)
    answers = [
        s for s in course[asks[-1] :] if isinstance(s.content, say.HitAnswer) and s.authority == content.to
    ]
    answer = answers[-1] if answers else None
    answered: Any = answer.content if answer else None
    return Row(
        last.compartment,
        {
            "hit": last.subject,
            "record": content.record,
            "asked_by": last.authority,
            "to": content.to,
            "asked_at": last.at,
            "zone": last.happened.zone,
            "answer": answered.answer if answered else "",
            "answered_by": answer.authority if answer else "",
            "answered_at": answer.at if answer else None,
        },
        {"words": content.words, "told": answered.words if answered else ""},
    )
