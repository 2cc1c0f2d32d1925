"""How long police keep identity files and the files of their country, and what is said of erasing one."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_text
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import whole_date

NEEDED = marked("say what the file is still needed for")


class RetentionSet(Verb, frozen=True, kw_only=True):
    """Until which day an authority keeps the identity files that it opened in an operation; the later word
    counts. In its own file: nobody else reads it."""

    VERB = "retention.set"
    SUBJECT = "authority"
    operation: str
    keep_until: str
    reasons: str

    def check(self) -> None:
        whole_date(self.keep_until, "keep_until")
        check_text("reasons", self.reasons, "say what the day follows from: a law, an order, a decision")


class PersonKeep(Verb, frozen=True, kw_only=True):
    """One identity file is kept until a later day, with the reason. It ends a request to erase it."""

    VERB = "person.keep"
    SUBJECT = "person"
    keep_until: str
    reasons: str

    def check(self) -> None:
        whole_date(self.keep_until, "keep_until")
        check_text("reasons", self.reasons, NEEDED)


class PersonErasureRequest(Verb, frozen=True, kw_only=True):
    """An officer asks that an identity file be erased, its last day being over; a second one decides."""

    VERB = "person.erasure"
    SUBJECT = "person"
    reasons: str

    def check(self) -> None:
        check_text("reasons", self.reasons, "say why nobody needs this file any more")


class PersonErasureRefuse(Verb, frozen=True, kw_only=True):
    """The second officer does not agree that an identity file be erased: it stays, with the reason."""

    VERB = "person.erasure_refuse"
    SUBJECT = "person"
    reasons: str

    def check(self) -> None:
        check_text("reasons", self.reasons, "say why the file is kept")


class FileKeep(Verb, frozen=True, kw_only=True):
    """Until which day a country's file of an operation is kept: its case file, or that of its leads and
    sites. The later word counts, whether its day is later or earlier. It ends a request to erase the file."""

    VERB = "file.keep"
    SUBJECT = "compartment"
    keep_until: str
    reasons: str

    def check(self) -> None:
        whole_date(self.keep_until, "keep_until")
        check_text("reasons", self.reasons, "say what the day follows from: a law, an order, a decision")


class FileErasureRequest(Verb, frozen=True, kw_only=True):
    """An officer of the country's police asks that its file be erased, its last day being over; a second one
    decides."""

    VERB = "file.erasure"
    SUBJECT = "compartment"
    reasons: str

    def check(self) -> None:
        check_text("reasons", self.reasons, "say why nobody needs this file any more")


class FileErasureRefuse(Verb, frozen=True, kw_only=True):
    """The second officer does not agree that a country's file be erased: it stays, with the reason."""

    VERB = "file.erasure_refuse"
    SUBJECT = "compartment"
    reasons: str

    def check(self) -> None:
        check_text("reasons", self.reasons, "say why the file is kept")
