"""Decisions with their second readings, as a file's entries have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, TypeVar, cast

from libertad.journal.corrections import why
from libertad.journal.folding import Said
from libertad.journal.subjects import by_subject, content_of
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs import care as say

V = TypeVar("V", bound=Verb)
Reading = say.IdentificationRead | say.ReturnRead
Decision = say.IdentificationDecide | say.ReturnDecide


class Judged(NamedTuple):
    """A decision with the second reading that goes with it, if there is one.

    `alone`: no other correction of the same decision stands beside it; two that crossed count neither, until
    a third takes the place of both. `earlier`: readings of what was corrected since.
    """

    decision: Said
    reading: Said | None
    alone: bool = True
    earlier: tuple[Said, ...] = ()

    @property
    def answer(self) -> str:
        return cast(Reading, self.reading.content).agrees if self.reading else ""

    @property
    def taken_back(self) -> bool:
        return bool(cast(Decision, self.decision.content).taken_back)

    @property
    def counts(self) -> bool:
        return self.answer == "yes" and self.alone and not self.taken_back


def of(entries: Sequence[Said], kind: type[V]) -> list[Said]:
    """The entries with this content, in the order in which they stand."""
    return [entry for entry in entries if isinstance(entry.content, kind)]


def judged(entries: Sequence[Said], decision_kind: type[Verb], read: type[Verb]) -> list[Judged]:
    """Decisions in order, each with the first reading by another officer.

    A reading by the officer who decided is none, whatever node wrote it; and a decision is said again by the
    authority alone that made it. What a correction superseded is left out, and its reading with it: a
    reading is of the words that were read.
    """
    readings, decisions = of(entries, read), of(entries, decision_kind)
    if len(decisions) > 1:
        alone = by_subject(decisions, content_of(decision_kind))
        decisions = [entry for entry in decisions if entry in alone[entry.subject]]
    superseded = {
        old
        for entry in decisions
        if why(entry)
        for statement in entry.statements
        for old in statement.supersedes
    }
    standing = [entry for entry in decisions if entry.id not in superseded]
    subjects = Counter(entry.subject for entry in standing if why(entry))
    judgements = []
    for entry in standing:
        answers = [r for r in readings if r.subject == entry.subject]
        own = [
            r for r in answers if r.officer != entry.officer and _read(r) == (entry.id if why(entry) else "")
        ]
        earlier = (
            tuple(r for r in answers if r not in own and r.officer != entry.officer) if why(entry) else ()
        )
        judgements.append(Judged(entry, own[0] if own else None, subjects[entry.subject] < 2, earlier))
    return judgements


def _read(reading: Said) -> str:
    return cast(Reading, reading.content).decision
