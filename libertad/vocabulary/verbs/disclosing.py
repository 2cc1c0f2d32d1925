"""What care tells another authority of a person across the wall: copies, with the person's agreement or a
legal ground. Proposed, read and ended in the protection file; what the recipient gets stands in a file of its
own, which says nothing else of the protection file.
"""

from __future__ import annotations

from collections.abc import Mapping

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length, check_text
from libertad.vocabulary.values import Copied, Refused, whole_date
from libertad.vocabulary.verbs.access import hexadecimal
from libertad.vocabulary.verbs.care import due

LONGEST = 1000
# What keeps somebody safe who is received (`disclosed-kinds`), by kind the part of the file (`file-parts`).
# Care's own words for one disclosure: nothing of it is copied from the file.
SAFEKEEPING: Mapping[str, str] = {
    "age": "age",
    "sex": "sex",
    "languages": "languages",
    "medical": "health",
    "pregnancy": "health",
    "diet": "needs",
    "access": "needs",
    "together": "family",
    "keep-out": "needs",
    "in-danger": "needs",
}
CODES = {"purpose": "disclosure-purposes", "ground": "disclosure-grounds"}


def _check_ground(ground: str, order: str) -> None:
    if not ground:
        raise Refused("ground", "without a ground nothing is disclosed: say which")
    check_length("order", order, LONGEST)
    if ground == "consent" and order:
        raise Refused("order", "the ground is the person's agreement, or an order: not both")
    if ground != "consent" and not order.strip():
        raise Refused("order", "name the order or the law, with its number and date")


def _check_told(purpose: str, until: str, items: tuple[Copied, ...]) -> None:
    if not purpose:
        raise Refused("purpose", "say for what it is disclosed")
    if not items:
        raise Refused("items", "choose what is disclosed")
    whole_date(until, "until")


class DisclosurePropose(Verb, frozen=True, kw_only=True):
    """An officer of care proposes to disclose these copies to one authority, for one purpose, until a day.

    The ground is the person's agreement (`consent`), or an order or a law (`order`, in words with its
    reference; `informed`: how the person was told of it). Nothing leaves before a second officer has read it.
    Where the purpose asks for an answer it is the referral as well: `service`, and `needed_by` when. The
    recipient is told neither.
    """

    VERB = "disclosure.propose"
    SUBJECT = "disclosure"
    CODES = CODES | {"service": "services"}
    person: str
    reference: str
    recipient: str
    purpose: str
    ground: str
    consent: str = ""
    order: str = ""
    informed: str = ""
    until: str
    items: tuple[Copied, ...] = ()
    service: str = ""
    needed_by: str = ""

    def check(self) -> None:
        if not self.recipient:
            raise Refused("recipient", "say to which authority")
        _check_ground(self.ground, self.order)
        if (self.ground == "consent") != bool(self.consent):
            raise Refused("consent", "an agreement is named where it is the ground, and nowhere else")
        check_length("informed", self.informed, LONGEST)
        if self.ground != "consent" and not self.informed.strip():
            raise Refused("informed", "say how the person was told of it, or why not yet")
        _check_told(self.purpose, self.until, self.items)
        if self.needed_by:
            due(self.needed_by, "needed_by")


class DisclosureRead(Verb, frozen=True, kw_only=True):
    """The second reader agrees that it is disclosed, or does not; not the officer who proposed it.

    `proposal`: the entry that was read.
    """

    VERB = "disclosure.read"
    SUBJECT = "disclosure"
    CODES = {"agrees": "yes-no"}
    person: str
    proposal: str
    agrees: str
    reasons: str = ""

    def check(self) -> None:
        if not self.proposal:
            raise Refused("proposal", "say what was read")
        if not self.agrees:
            raise Refused("agrees", "say whether it is disclosed")
        check_length("reasons", self.reasons, LONGEST)
        if self.agrees == "no" and not self.reasons.strip():
            raise Refused("reasons", "say why you do not agree; the officer who proposed it will read it")


class DisclosureSend(Verb, frozen=True, kw_only=True):
    """The copies stand in a file of their own (`file`), which the recipient reads. `alone`: the `glass.break`
    by which one officer sent them before a second one had read them."""

    VERB = "disclosure.send"
    SUBJECT = "disclosure"
    person: str
    file: str
    alone: str = ""

    def check(self) -> None:
        if not self.file:
            raise Refused("file", "say in which file")
        if self.alone:
            hexadecimal(self.alone, 32, "alone")


class DisclosureEnd(Verb, frozen=True, kw_only=True):
    """A disclosure is withdrawn, or was never made: from then on nothing is disclosed under it.

    `retained`: its copies could not be erased, for a legal hold forbids it; said again without it once they
    are. `released`: a key of it had left this node, so that its recipient was asked to erase. `opened`: its
    recipient had opened it, as far as was known here.
    """

    VERB = "disclosure.end"
    SUBJECT = "disclosure"
    CODES = {"cause": "disclosure-ends"}
    person: str
    cause: str
    reasons: str = ""
    retained: bool = False
    released: bool = False
    opened: bool = False

    def check(self) -> None:
        if not self.cause:
            raise Refused("cause", "say why it ends")
        check_length("reasons", self.reasons, LONGEST)


class DisclosureGive(Verb, frozen=True, kw_only=True):
    """What care discloses to one authority: copies, for one purpose and nothing else, not to be passed on,
    until a day. `order`: the order or the law, where the person's agreement is not the ground. `by_one`: no
    second officer had read it when it was sent."""

    VERB = "disclosure.give"
    SUBJECT = "disclosed"
    CODES = CODES
    reference: str
    purpose: str
    ground: str
    order: str = ""
    until: str
    items: tuple[Copied, ...] = ()
    by_one: bool = False

    def check(self) -> None:
        check_text("reference", self.reference, "give the disclosure its reference", 32)
        _check_ground(self.ground, self.order)
        _check_told(self.purpose, self.until, self.items)


class DisclosureStop(Verb, frozen=True, kw_only=True):
    """It was withdrawn, and is kept for a legal hold alone: it is used for nothing else."""

    VERB = "disclosure.stop"
    SUBJECT = "disclosed"
