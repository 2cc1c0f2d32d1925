"""Break-glass: what danger to life lets one officer do alone, said before it is done and reviewed after."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import hexadecimal

WORDS = 1000  # signs


class GlassBreak(Verb, frozen=True, kw_only=True):
    """Because somebody's life is in danger an officer did alone what needs an assignment, or a second person:
    `way` says which. `reader`: the authority that is let in, where a file is shared, or told, where something
    is disclosed. Said before it is done.

    Libertad's own rule. It stands in the person's file, and everybody who reads that is told.
    """

    VERB = "glass.break"
    SUBJECT = "person"
    CODES = {"way": "glass-ways"}
    way: str
    words: str
    reader: str = ""

    def check(self) -> None:
        _check_words(self.words)
        if (self.way in ("share", "disclose")) != bool(self.reader):
            raise Refused("reader", "name the authority that is to read it, and none where a file is opened")
        if self.reader:
            hexadecimal(self.reader, 16, "reader")


class GlassReview(Verb, frozen=True, kw_only=True):
    """A second person of the same authority says of a `glass.break` whether it was right. `entry`: its hash.

    Libertad's own rule. Until then nobody can take it off the start page of those who are told.
    """

    VERB = "glass.review"
    SUBJECT = "person"
    CODES = {"verdict": "glass-verdicts"}
    entry: str
    verdict: str
    words: str

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")
        _check_words(self.words)


def _check_words(words: str) -> None:
    if not words.strip():
        raise Refused("words", "say in your own words what it was for")
    if len(words) > WORDS:
        raise Refused("words", "at most %(most)s signs", most=WORDS)
