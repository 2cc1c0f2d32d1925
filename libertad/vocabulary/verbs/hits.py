"""Hits: two records that may be of one person or thing, and what humans decide about them.

A hit stands in a file of its own, which its authority alone reads and whose key goes with either record's.
Nothing is ever merged: a confirmed hit is a link, and it can be taken back.
"""

from __future__ import annotations

import msgspec

from libertad.vocabulary.body import Verb
from libertad.vocabulary.codelists import Marked, check_code, marked
from libertad.vocabulary.values import Refused, whole_date

LONGEST = 200


class Weight(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One piece of evidence: what both records say, how it compares, in bits for or against one person.

    `share` is how many of a reference population say the same (0: not known).
    """

    kind: str
    bits: float
    left: str = ""
    right: str = ""
    how: str = ""
    share: float = 0.0

    def __post_init__(self) -> None:
        check_code("fact-kinds", self.kind, "kind")
        if len(self.left) > LONGEST or len(self.right) > LONGEST:
            raise Refused("weight", "a value is told with at most %(most)s characters", most=LONGEST)


def reasoned(reasons: str, rule: Marked) -> None:
    """Refuse a decision without its reasons."""
    if not reasons.strip():
        raise Refused("reasons", rule)


class HitFound(Verb, frozen=True, kw_only=True):
    """Two records may be of one person or thing, with each weight. The node itself says it, never an officer.

    Said again under the same id when what the records say changed. `left` and `right` are 'person:<id>',
    'exhibit:<id>', 'lead:<id>' or 'site:<id>'. `bits` is the sum of the weights and of what held before them:
    2 to the power of it to 1.
    """

    VERB = "hit.found"
    SUBJECT = "hit"
    CODES = {"left_country": "countries", "right_country": "countries"}
    reference: str = ""
    left: str
    right: str
    left_country: str = ""
    right_country: str = ""
    bits: float
    probability: float
    weight: tuple[Weight, ...] = ()

    def check(self) -> None:
        for side in (self.left, self.right):
            check_code("hit-subjects", side.partition(":")[0], "record")
        if self.left >= self.right:
            raise Refused("right", "a hit is of two records, the one that sorts first on the left")


class HitConfirm(Verb, frozen=True, kw_only=True):
    """An officer finds that both records are of one person or thing. Of persons a second must agree.

    `counting` names the anonymous word to the whole operation that follows.
    """

    VERB = "hit.confirm"
    SUBJECT = "hit"
    reasons: str
    counting: str = ""

    def check(self) -> None:
        reasoned(self.reasons, marked("say what shows that it is the same"))


class HitRead(Verb, frozen=True, kw_only=True):
    """A second reader, another officer, agrees that two records are of one person, or does not."""

    VERB = "hit.read"
    SUBJECT = "hit"
    CODES = {"agrees": "yes-no"}
    agrees: str
    reasons: str

    def check(self) -> None:
        if self.agrees not in ("yes", "no"):
            raise Refused("agrees", "say whether you agree")
        reasoned(self.reasons, marked("say what you compared"))


class HitReject(Verb, frozen=True, kw_only=True):
    """An officer finds that the records are of different persons or things. New facts bring the pair back."""

    VERB = "hit.reject"
    SUBJECT = "hit"
    reasons: str

    def check(self) -> None:
        reasoned(self.reasons, marked("say what shows that they are different"))


class HitPostpone(Verb, frozen=True, kw_only=True):
    """Not yet decided: what is missing, and the day on which the hit comes back."""

    VERB = "hit.postpone"
    SUBJECT = "hit"
    until: str
    reasons: str

    def check(self) -> None:
        whole_date(self.until, "until")
        reasoned(self.reasons, marked("say what is missing"))


class HitAsk(Verb, frozen=True, kw_only=True):
    """A question to the owner of one of the two records, in that record's own file. It names no other."""

    VERB = "hit.ask"
    SUBJECT = "hit"
    record: str
    to: str
    words: str

    def check(self) -> None:
        check_code("hit-subjects", self.record.partition(":")[0], "record")
        if not self.words.strip():
            raise Refused("words", "say what you ask")


class HitAnswer(Verb, frozen=True, kw_only=True):
    """The owner's answer to a question about a record, in that record's file."""

    VERB = "hit.answer"
    SUBJECT = "hit"
    CODES = {"answer": "hit-answers"}
    record: str
    answer: str
    words: str

    def check(self) -> None:
        if not self.answer:
            raise Refused("answer", "choose an answer")
        if not self.words.strip():
            raise Refused("words", "say what you looked at")


class HitUndo(Verb, frozen=True, kw_only=True):
    """The last decision is taken back, with reasons: the hit is open again, and a link that it made ends."""

    VERB = "hit.undo"
    SUBJECT = "hit"
    reasons: str

    def check(self) -> None:
        reasoned(self.reasons, marked("say why the decision does not stand"))


class HitTally(Verb, frozen=True, kw_only=True):
    """Anonymous: a hit was confirmed, between such records and countries. `taken_back` when it is undone."""

    VERB = "hit.tally"
    SUBJECT = "counting"
    CODES = {
        "left": "hit-subjects",
        "right": "hit-subjects",
        "left_country": "countries",
        "right_country": "countries",
    }
    left: str
    right: str
    left_country: str = ""
    right_country: str = ""
    taken_back: bool = False
