"""A complaint about officers of the own authority: each in a file of its own, which no other authority reads.

Who of the authority reads it is a rule and no key (`access/complaints.py`): never whom it is about.
"""

from __future__ import annotations

from collections.abc import Iterable

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length, check_text
from libertad.vocabulary.values import Refused, partial_date
from libertad.vocabulary.verbs.access import hexadecimal

WORDS = 4000
REFERENCE = 60
SAY = "write in a few words what happened"


def _check_officers(officers: Iterable[str]) -> None:
    for officer in officers:
        hexadecimal(officer, 16, "officer")


class ComplaintRecord(Verb, frozen=True, kw_only=True):
    """Somebody complains about officers of the authority. `officer`: about whom, none where it is not known;
    `when` it happened, a partial date or ''; `by`: who complains; `named`: whether the person wants to be
    named, and `reference`, who that is, '' for nobody."""

    VERB = "complaint.record"
    SUBJECT = "complaint"
    CODES = {"safe": "complaint-safety", "by": "complainants", "named": "complaint-naming"}
    officer: tuple[str, ...] = ()
    words: str
    safe: str
    by: str
    named: str
    when: str = ""
    reference: str = ""

    def check(self) -> None:
        _check_officers(self.officer)
        check_text("words", self.words, SAY, WORDS)
        check_length("reference", self.reference, REFERENCE)
        if self.when:
            partial_date(self.when, "when")


class ComplaintAdd(Verb, frozen=True, kw_only=True):
    """What became known since. `officer`: about whom the complaint is as well; from then on none of them
    reads it."""

    VERB = "complaint.add"
    SUBJECT = "complaint"
    officer: tuple[str, ...] = ()
    words: str

    def check(self) -> None:
        _check_officers(self.officer)
        check_text("words", self.words, SAY, WORDS)


class ComplaintOpen(Verb, frozen=True, kw_only=True):
    """An officer opened the complaint's page. It stands with the complaint, not among openings of files."""

    VERB = "complaint.open"
    SUBJECT = "complaint"


class ComplaintTake(Verb, frozen=True, kw_only=True):
    """Somebody whom the complaint reaches takes it: from then on this officer answers it."""

    VERB = "complaint.take"
    SUBJECT = "complaint"


class ComplaintAnswer(Verb, frozen=True, kw_only=True):
    """What was done, and what who complained is told; the first is due within the limit."""

    VERB = "complaint.answer"
    SUBJECT = "complaint"
    words: str

    def check(self) -> None:
        check_text("words", self.words, "write what was done, and what is told to who complained", WORDS)


class ComplaintClose(Verb, frozen=True, kw_only=True):
    """Who answers the complaint closes it; it counts once a second officer has read it."""

    VERB = "complaint.close"
    SUBJECT = "complaint"
    CODES = {"outcome": "complaint-outcomes"}
    outcome: str
    words: str

    def check(self) -> None:
        check_text("words", self.words, "write what was found, and what follows from it", WORDS)


class ComplaintRead(Verb, frozen=True, kw_only=True):
    """A second officer has read a closing (`closing`: that entry): agreed, it is over; else it goes on."""

    VERB = "complaint.read"
    SUBJECT = "complaint"
    CODES = {"agrees": "yes-no"}
    closing: str
    agrees: str
    words: str = ""

    def check(self) -> None:
        hexadecimal(self.closing, 32, "closing")
        check_length("words", self.words, WORDS)
        if self.agrees == "no" and not self.words.strip():
            raise Refused("words", "say why the complaint is not to be closed so")


class ComplaintUnname(Verb, frozen=True, kw_only=True):
    """The person of the complaint's reference is erased here: once it is over the complaint is erased too."""

    VERB = "complaint.unname"
    SUBJECT = "complaint"


class ComplaintErase(Verb, frozen=True, kw_only=True):
    """A complaint that is over was erased. In the authority's own file; it names nobody, and no page shows
    it."""

    VERB = "complaint.erase"
    SUBJECT = "erasure"
    reason: str

    def check(self) -> None:
        check_text(
            "reason", self.reason, "say why; it is recorded with the erasure and must name nobody", 1000
        )


VERBS = tuple(
    verb.VERB
    for verb in (
        ComplaintRecord,
        ComplaintAdd,
        ComplaintOpen,
        ComplaintTake,
        ComplaintAnswer,
        ComplaintClose,
        ComplaintRead,
        ComplaintUnname,
    )
)
