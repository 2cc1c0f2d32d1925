"""What care asks a deciding authority for. From then on that one reads the protection file."""

from __future__ import annotations

from libertad.vocabulary.body import Verb


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
