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

    def take(self, said: Said, persons: bool) -> None:
        what = said.content
        if isinstance(what, say.HitFound):
            self.bits = what.bits
            if self.state == "rejected" and what.bits - self.decided_bits >= BACK:
                self.state = "back"
            return
        if isinstance(what, say.HitConfirm):
            self.state = "waiting" if persons else "confirmed"
            self.proposed_by, self.counting = said.officer, what.counting
        elif isinstance(what, say.HitRead):
            # One officer is never both readers.
            if self.state != "waiting" or said.officer == self.proposed_by:
                return
            self.state = "confirmed" if what.agrees == "yes" else "open"
        elif isinstance(what, say.HitReject):
            self.state = "rejected"
        elif isinstance(what, say.HitPostpone):
            self.state, self.until = "not-yet", what.until
        elif isinstance(what, say.HitUndo):
            self.state = "open"
        elif isinstance(what, say.HitAsk):
            if self.state not in ("confirmed", "rejected", "waiting"):
                self.state = "asked"
            return
        elif isinstance(what, say.HitAnswer):
            if self.state == "asked":
                self.state = "answered"
            return
        self.decided, self.decided_bits = said, self.bits

    def now(self, last: say.HitFound) -> str:
        faded = self.state in OPEN and not worth(last.left, last.right, last.bits, last.weight)
        return "faded" if faded else self.state


def written(said: Said) -> tuple[Any, ...]:
    """The order in which entries were written down, by their devices' clocks."""
    return said.clock, said.id


def concerning(said: Sequence[Said], first: Said) -> list[Said]:
    """Entries of the hit's own file, its authority's questions and the answers of whom it asked; what names
    nothing by the devices' clocks, because an operation's clock may be set back between two decisions."""
    asks = [s for s in said if isinstance(s.content, say.HitAsk) and s.authority == first.authority]
    asked = {
        (s.compartment, s.content.record, s.content.to) for s in asks if isinstance(s.content, say.HitAsk)
    }
    kept = [
        s
        for s in said
        if s.compartment == first.compartment
        or s in asks
        or (isinstance(s.content, say.HitAnswer) and (s.compartment, s.content.record, s.authority) in asked)
    ]
    return as_said(kept, written)


@project(
    Hit,
    verbs=(
        "hit.found", "hit.confirm", "hit.read", "hit.reject", "hit.postpone", "hit.ask", "hit.answer",
        "hit.undo",
    ),
    key=lambda said: (said.subject,),
)  # fmt: skip
def hit_row(key: str, said: Sequence[Said]) -> Row | None:
    scores = [s for s in as_said(said, written) if isinstance(s.content, say.HitFound)]
    if not scores:
        return None
    first, last = scores[0], scores[-1]
    what = cast(say.HitFound, last.content)
    course = Course()
    for entry in concerning(said, first):
        course.take(entry, persons=of_persons(what.left, what.right))
    decided = course.decided
    reference, counted = reference_of(what.left, what.right), cast(say.HitFound, first.content).reference
    return Row(
        first.compartment,
        {
            "reference": reference,
            "number": counted if counted != reference else "",
            "left": what.left,
            "right": what.right,
            "left_country": what.left_country,
            "right_country": what.right_country,
            "authority": first.authority,
            "bits": what.bits,
            "probability": what.probability,
            "state": course.now(what),
            "until": course.until if course.state == "not-yet" else "",
            "found_at": first.at,
            "scored_at": last.at,
            "decided_at": decided.at if decided else None,
            "decided_by": decided.officer if decided else "",
            "decided_bits": course.decided_bits if course.state in STANDS else None,
            "proposed_by": course.proposed_by if course.state == "waiting" else "",
            "zone": first.happened.zone,
        },
        {"weights": msgspec.to_builtins(what.weight), "counting": course.counting},
    )


def of_persons(left: str, right: str) -> bool:
    """Whether both records are of people: then nobody decides alone."""
    return left.startswith("person:") and right.startswith("person:")


def question_key(hit: str, record: str) -> str:
    """One question at a time of a hit about a record."""
    return f"{hit}-{record.partition(':')[2]}"


def _asked(said: Said) -> tuple[str, ...]:
    return (question_key(said.subject, cast("say.HitAsk | say.HitAnswer", said.content).record),)


@project(
    Question,
    verbs=("hit.ask", "hit.answer"),
    key=_asked,
    begins=content_of(say.HitAsk),
    own=("hit.ask",),
)
def question_row(key: str, said: Sequence[Said]) -> Row | None:
    course = as_said(said, written)
    asks = [place for place, s in enumerate(course) if isinstance(s.content, say.HitAsk)]
    if not asks:
        return None
    last = course[asks[-1]]
    what = cast(say.HitAsk, last.content)
    answers = [
        s for s in course[asks[-1] :] if isinstance(s.content, say.HitAnswer) and s.authority == what.to
    ]
    answer = answers[-1] if answers else None
    answered: Any = answer.content if answer else None
    return Row(
        last.compartment,
        {
            "hit": last.subject,
            "record": what.record,
            "asked_by": last.authority,
            "to": what.to,
            "asked_at": last.at,
            "zone": last.happened.zone,
            "answer": answered.answer if answered else "",
            "answered_by": answer.authority if answer else "",
            "answered_at": answer.at if answer else None,
        },
        {"words": what.words, "told": answered.words if answered else ""},
    )
