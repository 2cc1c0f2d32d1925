"""What a service that is a member answers in the file of a disclosure to it, and what care answers there.

Read by the two of them alone. `service.reply` and `service.sought` are care's; all else is the recipient's.
"""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length, check_text
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import hexadecimal

LONGEST = 1000


class ServiceAnswer(Verb, frozen=True, kw_only=True):
    """Whether it takes the person or helps; the last word counts. Declined with reasons, so that care asks
    elsewhere."""

    VERB = "service.answer"
    SUBJECT = "disclosed"
    CODES = {"answer": "service-answers"}
    answer: str
    reasons: str = ""

    def check(self) -> None:
        if not self.answer:
            raise Refused("answer", "say whether you can")
        check_length("reasons", self.reasons, LONGEST)
        if self.answer == "declined" and not self.reasons.strip():
            raise Refused("reasons", "say why not: care asks somebody else")


class ServiceArrived(Verb, frozen=True, kw_only=True):
    """The person is there, or the help has begun."""

    VERB = "service.arrived"
    SUBJECT = "disclosed"
    note: str = ""

    def check(self) -> None:
        check_length("note", self.note, LONGEST)


class ServiceLeft(Verb, frozen=True, kw_only=True):
    """The person is there no more, or the help has ended; how."""

    VERB = "service.left"
    SUBJECT = "disclosed"
    CODES = {"way": "leaving-ways"}
    way: str
    note: str = ""

    def check(self) -> None:
        if not self.way:
            raise Refused("way", "say how")
        check_length("note", self.note, LONGEST)


class ServiceConcern(Verb, frozen=True, kw_only=True):
    """A danger, or a need, that care must know of. It waits at care until care has answered it."""

    VERB = "service.concern"
    SUBJECT = "disclosed"
    CODES = {"concern": "concern-kinds"}
    concern: str
    words: str

    def check(self) -> None:
        if not self.concern:
            raise Refused("concern", "say whether somebody is in danger")
        check_text("words", self.words, "say what it is", LONGEST)


class ServiceSought(Verb, frozen=True, kw_only=True):
    """Care looks for the person (`sought`), so that a service at which the person is telephones care; or does
    no more. It says neither why nor since when."""

    VERB = "service.sought"
    SUBJECT = "disclosed"
    CODES = {"sought": "yes-no"}
    sought: str

    def check(self) -> None:
        if not self.sought:
            raise Refused("sought", "say whether care looks for the person")


class ServiceReply(Verb, frozen=True, kw_only=True):
    """Care answers a concern (`entry`): what it does. The service reads it."""

    VERB = "service.reply"
    SUBJECT = "disclosed"
    entry: str
    words: str

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")
        check_text("words", self.words, "say what care does", LONGEST)
