"""What care asks a deciding authority for, after which that one reads the protection file; and appeals."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused


class DecisionAsk(Verb, frozen=True, kw_only=True):
    """Care asks a deciding authority of its country to decide about the person, or to read a decision second.

    `authority`: which one. It was let into the file for that, and reads all of it from its beginning.
    """

    VERB = "decision.ask"
    SUBJECT = "person"
    CODES = {"what": "decision-asks"}
    person: str
    authority: str
    what: str
    words: str = ""


class AppealLodge(Verb, frozen=True, kw_only=True):
    """An appeal was lodged against a decision on return or stay. `court`: where; `suspends`: whether the
    decision waits for its outcome, as care was told."""

    VERB = "appeal.lodge"
    SUBJECT = "return"
    CODES = {"suspends": "appeal-effects"}
    person: str
    court: str
    suspends: str
    words: str = ""

    def check(self) -> None:
        if not self.court.strip():
            raise Refused("court", "say where the appeal was lodged")


class AppealOutcome(Verb, frozen=True, kw_only=True):
    """What came of an appeal. `appeal`: the entry that lodged it; of several outcomes the last one counts."""

    VERB = "appeal.outcome"
    SUBJECT = "return"
    CODES = {"outcome": "appeal-outcomes"}
    person: str
    appeal: str
    outcome: str
    words: str = ""
