"""Whose task a person is, inside the one care authority: said at the person's desk, which nobody else reads.

They are acts by being said: none counts as of an earlier moment. Where each holds is asked in the fold
(`care/desk.py`): at a dead offer nothing is accepted.
"""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length, check_text
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import due

LONGEST = 1000
LONGEST_NOTE = 4000


def _check_offer(offer: str) -> None:
    if not offer:
        raise Refused("offer", "say which offer it answers")


class DeskTake(Verb, frozen=True, kw_only=True):
    """An officer takes the person: from then on the person is this officer's task."""

    VERB = "desk.take"
    SUBJECT = "person"


class DeskAcknowledge(Verb, frozen=True, kw_only=True):
    """From whom the person was taken has read by whom and when. `taking`: that entry."""

    VERB = "desk.acknowledge"
    SUBJECT = "person"
    taking: str

    def check(self) -> None:
        if not self.taking:
            raise Refused("taking", "say what was read")


class DeskGiveBack(Verb, frozen=True, kw_only=True):
    """Whose task the person is gives the person back to the duty desk. An offer that is open ends by it."""

    VERB = "desk.give_back"
    SUBJECT = "person"
    reasons: str

    def check(self) -> None:
        check_text("reasons", self.reasons, "say why, for whoever takes the person next", LONGEST)


class DeskOffer(Verb, frozen=True, kw_only=True):
    """Whose task the person is offers it to another officer, and stays responsible until that one accepts."""

    VERB = "desk.offer"
    SUBJECT = "person"
    to: str
    note: str = ""

    def check(self) -> None:
        if not self.to:
            raise Refused("to", "say to whom")
        check_length("note", self.note, LONGEST)


class DeskAccept(Verb, frozen=True, kw_only=True):
    """To whom the person was offered accepts: from then on it is this officer's task. `offer`: that entry."""

    VERB = "desk.accept"
    SUBJECT = "person"
    offer: str

    def check(self) -> None:
        _check_offer(self.offer)


class DeskDecline(Verb, frozen=True, kw_only=True):
    """To whom the person was offered does not accept: it stays with who offered. `offer`: that entry."""

    VERB = "desk.decline"
    SUBJECT = "person"
    offer: str
    reasons: str

    def check(self) -> None:
        _check_offer(self.offer)
        check_text("reasons", self.reasons, "say why, for who offered it", LONGEST)


class DeskWithdraw(Verb, frozen=True, kw_only=True):
    """Who offered the person takes the offer back. `offer`: that entry."""

    VERB = "desk.withdraw"
    SUBJECT = "person"
    offer: str

    def check(self) -> None:
        _check_offer(self.offer)


class DeskNext(Verb, frozen=True, kw_only=True):
    """Whose task the person is says what is done next, and until when: a date, or a moment with its offset.

    `last`: what became of the step that stood before, '' where none did.
    """

    VERB = "desk.next"
    SUBJECT = "person"
    CODES = {"kind": "next-steps", "last": "step-outcomes"}
    kind: str
    until: str
    note: str = ""
    last: str = ""

    def check(self) -> None:
        due(self.until, "until")
        check_length("note", self.note, LONGEST)


class DeskMissing(Verb, frozen=True, kw_only=True):
    """An officer says that the person is missing: when the person was last seen, and who was told. Said again
    with what was done since, it begins the limit anew."""

    VERB = "desk.missing"
    SUBJECT = "person"
    seen: str
    words: str

    def check(self) -> None:
        due(self.seen, "seen")
        check_text("words", self.words, "say who was told, and what was done", LONGEST)


class DeskFound(Verb, frozen=True, kw_only=True):
    """An officer says that the person is no longer missing, and how the person is."""

    VERB = "desk.found"
    SUBJECT = "person"
    words: str

    def check(self) -> None:
        check_text("words", self.words, "say how the person is, and who spoke with the person", LONGEST)


class DeskNote(Verb, frozen=True, kw_only=True):
    """A case note: how an officer worked with or for the person, when (`seen`: a date, or a moment with its
    offset), and what came of it.

    `risk`: how great the officer now finds the risk for the person, '' where nobody assessed it.
    `corrects`: the entry of the note in whose place this one stands, '' for a new one.
    """

    VERB = "desk.note"
    SUBJECT = "person"
    CODES = {"kind": "note-kinds", "risk": "risk-levels"}
    kind: str
    seen: str
    words: str
    risk: str = ""
    corrects: str = ""

    def check(self) -> None:
        due(self.seen, "seen")
        check_text("words", self.words, "write what was said and done", LONGEST_NOTE)


class DeskSettle(Verb, frozen=True, kw_only=True):
    """What care did about what a service answered (`answer`), or about a need that was said at the meeting
    (`need`): the last word counts. Nothing else ends either."""

    VERB = "desk.settle"
    SUBJECT = "person"
    CODES = {"need": "needs", "outcome": "settle-outcomes"}
    outcome: str
    words: str
    answer: str = ""
    need: str = ""

    def check(self) -> None:
        if bool(self.answer) == bool(self.need):
            raise Refused("answer", "say which answer of a service, or which need, it is about")
        if not self.outcome:
            raise Refused("outcome", "say what came of it")
        check_length("answer", self.answer, LONGEST)
        check_text("words", self.words, "say what was done, and with whom you spoke", LONGEST)


VERBS = tuple(
    verb.VERB
    for verb in (
        DeskTake,
        DeskGiveBack,
        DeskOffer,
        DeskAccept,
        DeskDecline,
        DeskWithdraw,
        DeskNext,
        DeskMissing,
        DeskFound,
        DeskNote,
        DeskAcknowledge,
        DeskSettle,
    )
)
