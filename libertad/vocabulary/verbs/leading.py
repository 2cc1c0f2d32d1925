"""Which care authority answers for a person whom two of them know: said in a file that these two alone read.

It carries no free text, and of either side nothing but that it offers or answers. Words are acts by being
said: none counts as of an earlier moment. Where each holds is asked in `care/leading.py`: at an offer that is
over nothing is accepted.
"""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused, whole_date


def _check_offer(offer: str) -> None:
    if not offer:
        raise Refused("offer", "say which offer it answers")


class LeadingOffer(Verb, frozen=True, kw_only=True):
    """A care authority offers that `leader` (itself or `to`) answers for the person, from the day `on`.

    The subject is its own record of the person; `other`: the record of the other authority that is linked to
    it, '' where both read the same one. Who offers to lead itself answers from then on as well, until the
    other has answered. `consent`: the agreement under which content is disclosed to it; none goes along here.
    """

    VERB = "leading.offer"
    SUBJECT = "person"
    CODES = {"reason": "leading-reasons"}
    to: str
    leader: str
    reason: str
    on: str
    other: str = ""
    consent: str = ""

    def check(self) -> None:
        if not self.to:
            raise Refused("to", "say to which authority")
        if not self.leader:
            raise Refused("leader", "say who leads")
        if not self.reason:
            raise Refused("reason", "say why")
        whole_date(self.on, "on")


class LeadingAccept(Verb, frozen=True, kw_only=True):
    """The other care authority agrees: from then on who was to lead answers alone. `offer`: that entry."""

    VERB = "leading.accept"
    SUBJECT = "person"
    offer: str

    def check(self) -> None:
        _check_offer(self.offer)


class LeadingDecline(Verb, frozen=True, kw_only=True):
    """The other care authority does not agree: who answered before answers still. `offer`: that entry."""

    VERB = "leading.decline"
    SUBJECT = "person"
    CODES = {"reason": "leading-refusals"}
    offer: str
    reason: str

    def check(self) -> None:
        _check_offer(self.offer)
        if not self.reason:
            raise Refused("reason", "say why, for who offered it")


class LeadingWithdraw(Verb, frozen=True, kw_only=True):
    """Who offered that the other leads takes the offer back. `offer`: that entry."""

    VERB = "leading.withdraw"
    SUBJECT = "person"
    offer: str

    def check(self) -> None:
        _check_offer(self.offer)


class LeadingEnd(Verb, frozen=True, kw_only=True):
    """Of two linked records nobody leads any more: both authorities answer for their own again."""

    VERB = "leading.end"
    SUBJECT = "person"
    CODES = {"reason": "leading-ends"}
    reason: str

    def check(self) -> None:
        if not self.reason:
            raise Refused("reason", "say why it ends")


VERBS = tuple(
    verb.VERB for verb in (LeadingOffer, LeadingAccept, LeadingDecline, LeadingWithdraw, LeadingEnd)
)
