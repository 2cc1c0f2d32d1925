"""The second reading of a proposal to close a protection file."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import hexadecimal

LONGEST = 2000


class CareCloseRead(Verb, frozen=True, kw_only=True):
    """Another officer of the authority has read the proposal to close a protection file (`closing`: the entry
    that proposed it). With 'yes' the file is closed; with 'no' it stays open, with the reasons."""

    VERB = "care.close_read"
    SUBJECT = "person"
    CODES = {"agrees": "yes-no"}
    person: str
    closing: str
    agrees: str
    reasons: str = ""

    def check(self) -> None:
        hexadecimal(self.closing, 32, "closing")
        if not self.agrees:
            raise Refused("agrees", "say whether you agree")
        check_length("reasons", self.reasons, LONGEST)
        if self.agrees == "no" and not self.reasons.strip():
            raise Refused("reasons", "say why you do not agree; the officer who proposed it will read it")
