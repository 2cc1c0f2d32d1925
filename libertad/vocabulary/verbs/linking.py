"""Two records are of one person: one officer proposes it, a second person confirms it by `person.same`."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import hexadecimal
from libertad.vocabulary.verbs.sharing import check_words


class LinkPropose(Verb, frozen=True, kw_only=True):
    """An officer proposes, with reasons, that this record and another are of one person. Nothing is linked.

    Libertad's own rule. Said in both files: in the other's `first` names (by its hash) the proposal in the
    record from which it was made. `stands`: a digest of what was said of who both are, when it was proposed.
    `recorded_twice`: as in `person.same`.
    """

    VERB = "link.propose"
    SUBJECT = "person"
    other: str
    reasons: str
    stands: str
    first: str = ""
    recorded_twice: bool = False

    def check(self) -> None:
        hexadecimal(self.stands, 32, "stands")
        if self.first:
            hexadecimal(self.first, 32, "first")
        if not self.reasons.strip():
            raise Refused("reasons", "say what shows that it is the same person")


class LinkRefuse(Verb, frozen=True, kw_only=True):
    """The proposal ends, and nothing is linked: a second person refuses it, or who proposed it takes it back.
    `entry`: the proposal's hash."""

    VERB = "link.refuse"
    SUBJECT = "person"
    entry: str
    words: str

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")
        check_words(self.words)
