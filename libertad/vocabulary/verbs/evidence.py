"""Exhibits: taking, sealing, custody by offer and acceptance, statements on gaps, return.

`by` is rank and name of the officer who signs, so that each reader of the case can name the holders;
the officer's own file stays with the officer's authority.
"""

from __future__ import annotations

import re

from libertad.vocabulary.body import Verb
from libertad.vocabulary.exhibit_kinds import not_of
from libertad.vocabulary.values import Cash, Refused
from libertad.vocabulary.verbs.documents import check_document


class ExhibitSeize(Verb, frozen=True, kw_only=True):
    """Something is taken as evidence: cash by currency and denomination, a phone, a computer, a document.

    `DOCUMENT`: what stands in a travel document. Its holder is its own word, and nobody's file.

    `receipt`: whether the owner got one; None where nobody said.
    With `correction` it says only what changes of what was taken; custody it never changes.
    """

    VERB = "exhibit.seize"
    CORRECTS = "correction"
    SUBJECT = "exhibit"
    CODES = {
        "kind": "exhibit-kinds",
        "country": "countries",
        "owner_agreed": "yes-no",
        "document_country": "countries",
    }
    reference: str = ""
    counting: str = ""
    country: str = ""
    kind: str = ""
    description: str = ""
    site: str = ""
    where_found: str = ""
    taken_from: str = ""
    person: str = ""
    owner_agreed: str = ""
    witness: str = ""
    receipt: bool | None = None
    device_number: str = ""
    phone_number: str = ""
    state_when_taken: str = ""
    document_number: str = ""
    document_country: str = ""
    document_expires: str = ""
    document_holder: str = ""
    cash: tuple[Cash, ...] = ()
    by: str = ""
    correction: str = ""

    def check(self) -> None:
        for name in sorted(not_of(self.kind)):
            if getattr(self, name):
                raise Refused(name, "is not asked of this kind of thing: empty it, or choose another kind")
        check_document(self)
        if self.correction:
            return
        for name in ("reference", "counting"):
            if not getattr(self, name):
                raise Refused(name, "is missing; fill it in")
        if not self.country:
            raise Refused("country", "say in which country or territory it was taken")
        if not self.kind:
            raise Refused("kind", "say what kind of thing it is")
        if self.kind == "cash" and not self.cash:
            raise Refused("cash", "count it: currency, denomination and number of pieces")
        if not self.description.strip():
            raise Refused("description", "say what it looks like, so that another officer knows it")


class ExhibitSeal(Verb, frozen=True, kw_only=True):
    """A seal is put on. A number is used once, ever; a renewed seal names the one that was opened."""

    VERB = "exhibit.seal"
    SUBJECT = "exhibit"
    number: str
    opened: str = ""
    why: str = ""
    witness: str = ""
    by: str = ""

    def check(self) -> None:
        if not self.number.strip():
            raise Refused("number", "write the number printed on the seal")
        if self.opened and not self.why.strip():
            raise Refused("why", "say why the old seal was opened")


class CustodyOffer(Verb, frozen=True, kw_only=True):
    """The holder offers the exhibit to a named officer. Custody stays until it is accepted."""

    VERB = "custody.offer"
    SUBJECT = "exhibit"
    to_officer: str
    to_authority: str
    to_name: str = ""
    place: str = ""
    seal_read: str = ""
    by: str = ""


class CustodyAccept(Verb, frozen=True, kw_only=True):
    """The named officer accepts, reading the seal. Two acceptances of one offer are a conflict."""

    VERB = "custody.accept"
    SUBJECT = "exhibit"
    CODES = {"seal_state": "seal-states"}
    offer: str = ""
    place: str = ""
    seal_read: str = ""
    seal_state: str = "intact"
    by: str = ""


class CustodySettle(Verb, frozen=True, kw_only=True):
    """Of acceptances that contradict one another, `keep` holds and those in `aside` do not. All stay on file.

    `keep` may be the taking, where an acceptance contradicts it.
    """

    VERB = "custody.settle"
    SUBJECT = "exhibit"
    keep: str
    aside: tuple[str, ...]
    reasons: str
    by: str = ""

    def check(self) -> None:
        if not self.aside or self.keep in self.aside:
            raise Refused("keep", "say which holds, and which other entries do not")
        for entry in (self.keep, *self.aside):
            if not re.fullmatch(r"[0-9a-f]{64}", entry):
                raise Refused("keep", "an entry is named by its hash: 64 signs of 0-9 and a-f")
        if not self.reasons.strip():
            raise Refused("reasons", "say why this one holds and the other does not")


class CustodyTakeOver(Verb, frozen=True, kw_only=True):
    """Custody is claimed from a `holder` of one's own authority who can hand nothing over any more, and why.

    It is no handing over, and it changes nothing by itself: it takes effect when the officer named as
    `witness` confirms it with a sign-in of that officer's own.
    """

    VERB = "custody.take_over"
    SUBJECT = "exhibit"
    CODES = {"seal_state": "seal-states"}
    holder: str
    holder_name: str = ""
    reasons: str
    witness: str
    witness_name: str = ""
    place: str = ""
    seal_read: str = ""
    seal_state: str
    by: str = ""

    def check(self) -> None:
        if not self.reasons.strip():
            raise Refused("reasons", "say why it is taken over; the court reads it")
        if not self.seal_state:
            raise Refused("seal_state", "say in which state the seal is")
        if not self.witness or self.witness == self.holder:
            raise Refused("witness", "name another officer, who was there, as the witness")


class CustodyWitness(Verb, frozen=True, kw_only=True):
    """The witness of a taking over confirms it, or does not. `taking` is that entry's hash."""

    VERB = "custody.witness"
    SUBJECT = "exhibit"
    CODES = {"agrees": "yes-no"}
    taking: str
    agrees: str
    reasons: str = ""
    by: str = ""

    def check(self) -> None:
        if not self.agrees:
            raise Refused("agrees", "say whether you were there and saw it")
        if self.agrees == "no" and not self.reasons.strip():
            raise Refused("reasons", "say why you do not confirm it")


class CustodyRelease(Verb, frozen=True, kw_only=True):
    """The holder let it go at a time, without an acceptance: a gap begins and shows."""

    VERB = "custody.release"
    SUBJECT = "exhibit"
    to_whom: str = ""
    place: str = ""
    seal_read: str = ""
    by: str = ""


class CustodyStatement(Verb, frozen=True, kw_only=True):
    """Explains a gap and never closes it."""

    VERB = "custody.statement"
    SUBJECT = "exhibit"
    words: str
    about_from: str = ""
    by: str = ""

    def check(self) -> None:
        if not self.words.strip():
            raise Refused("words", "write what you know about the time")


class CustodyAsk(Verb, frozen=True, kw_only=True):
    """An officer, or any officer of an authority, is asked to say what is known about a gap."""

    VERB = "custody.ask"
    SUBJECT = "exhibit"
    about_from: str
    to_authority: str
    to_officer: str = ""
    to_name: str = ""
    words: str = ""
    by: str = ""


class ExhibitReturn(Verb, frozen=True, kw_only=True):
    """The exhibit goes back to its owner, signed for.

    `in_person`: whether the owner received it; if not, `to_name` is who did, and what they are to the owner.
    An owner who did is not named: readers of the case are not those of the owner's file.
    """

    VERB = "exhibit.return"
    SUBJECT = "exhibit"
    CODES = {"signed": "yes-no", "in_person": "yes-no"}
    to_person: str = ""
    signed: str
    witness: str = ""
    by: str = ""
    in_person: str = ""
    to_name: str = ""

    def check(self) -> None:
        if not self.signed:
            raise Refused("signed", "say whether whoever received it signed for it")
        if self.in_person == "no" and not self.to_name.strip():
            raise Refused("to_name", "say who received it, and what they are to the owner")
        if self.in_person != "no" and self.to_name:
            raise Refused("to_name", "name nobody here where the owner received it in person")


class ExhibitCount(Verb, frozen=True, kw_only=True):
    """Anonymous: an exhibit of a kind, for the totals. Said again under its id when it is `corrected`."""

    VERB = "exhibit.count"
    SUBJECT = "exhibit-count"
    CODES = {"kind": "exhibit-kinds", "country": "countries"}
    kind: str
    country: str
    corrected: bool = False
