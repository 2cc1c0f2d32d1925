"""Letting a further authority read an identity file: one officer proposes it, a second person answers."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import hexadecimal

LONGEST = 500


def check_words(words: str) -> None:
    """Refused without words on it, or with more than a page can show."""
    if not words.strip():
        raise Refused("words", "say with a word what you know of it, or why not")
    if len(words) > LONGEST:
        raise Refused("words", "say it in at most %(most)s characters", most=LONGEST)


class SharePropose(Verb, frozen=True, kw_only=True):
    """An officer proposes that a further authority reads this identity file, and for what.

    Libertad's own rule. With `danger` the person was in danger: it was let in at once, and the second person
    says afterwards whether that was right.
    """

    VERB = "share.propose"
    SUBJECT = "share"
    reader: str
    reason: str
    danger: bool = False

    def check(self) -> None:
        if not self.reader:
            raise Refused("reader", "say which authority is to read it")
        if not self.reason.strip():
            raise Refused("reason", "say why this authority needs to know who the person is")
        if len(self.reason) > LONGEST:
            raise Refused("reason", "say it in at most %(most)s characters", most=LONGEST)


class ShareApprove(Verb, frozen=True, kw_only=True):
    """A second person approves just that proposal (`entry`: its hash), or read afterwards what danger shared.

    Libertad's own rule. Of the authority that met the person, else of one that reads the file already and
    stands on the same side of the wall between police and care.
    """

    VERB = "share.approve"
    SUBJECT = "share"
    entry: str
    words: str

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")
        check_words(self.words)


class ShareRefuse(Verb, frozen=True, kw_only=True):
    """The proposal ends: a second person refuses it, who proposed it takes it back, or what danger shared was
    read and was not right. `entry`: the proposal's hash."""

    VERB = "share.refuse"
    SUBJECT = "share"
    entry: str
    words: str

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")
        check_words(self.words)
