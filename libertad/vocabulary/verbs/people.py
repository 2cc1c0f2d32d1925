"""People met: identity, what was said, property, detention and arrest, the anonymous tally."""

from __future__ import annotations

import re
from decimal import Decimal

from libertad.vocabulary.body import Verb
from libertad.vocabulary.codelists import Retired
from libertad.vocabulary.values import Birth, Happened, PersonName, Refused
from libertad.vocabulary.verbs.documents import check_document

LONGEST = 200
AMOUNT = re.compile(r"\d{1,15}(\.\d{1,2})?")
# By what else somebody may be known again: accounts, addresses, where somebody is from, how somebody came.
KNOWN_BY = ("handle", "address", "place", "vehicle", "vessel")


class PersonMeet(Verb, frozen=True, kw_only=True):
    """A person is met. As little as needed: a first name is enough and need not be the real one.

    `danger` is empty where nobody asked, which is not the same as 'no'.
    """

    VERB = "person.meet"
    SUBJECT = "person"
    CODES = {
        "sex": "sexes",
        "language": "languages",
        "needs": "needs",
        "country": "countries",
        "nationality": "countries",
        "travel_document": "travel-documents",
        "seen_as": "seen-as",
        "danger": "yes-no",
    }
    reference: str
    counting: str
    country: str
    site: str = ""
    visit: str = ""
    name: tuple[PersonName, ...] = ()
    birth: Birth | None = None
    sex: str = ""
    language: tuple[str, ...] = ()
    nationality: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    travel_document: str = ""
    with_whom: str = ""
    danger: str = "no"
    seen_as: str = "not-assessed"


class PersonMeeting(Verb, frozen=True, kw_only=True):
    """Where, when and how a person was met is corrected: only what changes, in place of what stood.

    `met`: when it was. By the authority that met the person alone; danger is not among it, nor what was said.
    """

    VERB = "person.meeting"
    SUBJECT = "person"
    CORRECTS = "reasons"
    CODES = {"needs": "needs", "travel_document": "travel-documents"}
    met: Happened | None = None
    site: str = ""
    visit: str = ""
    needs: tuple[str, ...] = ()
    travel_document: str = ""
    with_whom: str = ""
    reasons: str = ""

    def check(self) -> None:
        if not self.reasons.strip():
            raise Refused("reasons", "say what was wrong and how you know")


class PersonAssess(Verb, frozen=True, kw_only=True):
    """An officer's first view: a potential victim, or not. Presumed and confirmed are decided by care."""

    VERB = "person.assess"
    SUBJECT = "person"
    CODES = {"seen_as": "seen-as"}
    seen_as: str
    reasons: str

    def check(self) -> None:
        if not self.reasons.strip():
            raise Refused("reasons", "say what you saw or heard that makes you think so")


class PersonState(Verb, frozen=True, kw_only=True):
    """What was said or read about a person later. Supersedes exactly the values the form showed."""

    VERB = "person.state"
    SUBJECT = "person"
    CODES = {
        "sex": "sexes",
        "language": "languages",
        "nationality": "countries",
        "document_kind": "document-kinds",
        "document_country": "countries",
        "topic": "statement-topics",
    }
    name: tuple[PersonName, ...] = ()
    birth: Birth | None = None
    sex: str = ""
    language: tuple[str, ...] = ()
    nationality: tuple[str, ...] = ()
    document_kind: str = ""
    document_number: str = ""
    document_country: str = ""
    document_expires: str = ""
    phone: tuple[str, ...] = ()
    handle: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    vehicle: tuple[str, ...] = ()
    vessel: tuple[str, ...] = ()
    topic: str = ""
    words: str = ""
    note: str = ""
    reasons: str = ""

    def check(self) -> None:
        check_document(self)
        if self.document_expires and not self.document_number:
            raise Refused("document_number", "write the number of the document that expires then")
        for field in KNOWN_BY:
            if any(not value.strip() or len(value) > LONGEST for value in getattr(self, field)):
                raise Refused(field, "write it in 1 to %(most)s characters", most=LONGEST)


class PersonSame(Verb, frozen=True, kw_only=True):
    """Two records are of one person, with reasons. Nothing is merged: the records are linked.

    `recorded_twice`: this record was made by mistake beside the other, in which one goes on; only the
    authority that made it says so of it.
    """

    VERB = "person.same"
    SUBJECT = "person"
    other: str
    reasons: str
    recorded_twice: bool = False

    def check(self) -> None:
        if not self.reasons.strip():
            raise Refused("reasons", "say what shows that it is the same person")


class PersonNotSame(Verb, frozen=True, kw_only=True):
    """Two records are not of one person, with reasons; ends a link that said so."""

    VERB = "person.not_same"
    SUBJECT = "person"
    other: str
    reasons: str

    def check(self) -> None:
        if not self.reasons.strip():
            raise Refused("reasons", "say what shows that they are two people")


class PropertyTaken(Verb, frozen=True, kw_only=True):
    """Something was taken from the person: passport, phone, wages owed, a necklace.

    Of a document `DOCUMENT` is what stands in it; its holder need not be the person.
    """

    VERB = "property.taken"
    SUBJECT = "property"
    CODES = {
        "kind": "property-kinds",
        "taken_by": "property-takers",
        "state": "property-states",
        "currency": "currencies",
        "document_country": "countries",
    }
    person: str
    kind: str
    description: str = ""
    taken_by: str
    state: str
    exhibit: str = ""
    due_back: str = ""
    amount: str = ""
    currency: str = ""
    document_number: str = ""
    document_country: str = ""
    document_expires: str = ""
    document_holder: str = ""

    def check(self) -> None:
        check_document(self)
        if self.amount and not AMOUNT.fullmatch(self.amount):
            raise Refused("amount", "is written with digits and a decimal point, such as 1250.50")
        if self.amount and Decimal(self.amount) <= 0:
            raise Refused("amount", "is more than 0")
        if self.amount and not self.currency:
            raise Refused("currency", "say in which currency the amount is")
        if self.currency and not self.amount:
            raise Refused("amount", "say how much it is, or leave the currency out")


class PropertyState(Verb, frozen=True, kw_only=True):
    """Found, held as an exhibit, not found, or returned: and if returned, signed for."""

    VERB = "property.state"
    SUBJECT = "property"
    CODES = {"state": "property-states", "signed": "yes-no"}
    state: str
    exhibit: str = ""
    due_back: str = ""
    signed: str = ""
    witness: str = ""
    note: str = ""

    def check(self) -> None:
        if self.state == "returned" and not self.signed:
            raise Refused("signed", "say whether the person signed for it")


class PropertyPaid(Verb, frozen=True, kw_only=True):
    """A part, or all, of what is owed was paid: left is what was taken or owed, less all that was paid.

    With `correction` it takes the place of the payment that it supersedes; 0 then takes that one back.
    """

    VERB = "property.paid"
    CORRECTS = "correction"
    SUBJECT = "property"
    CODES = {"currency": "currencies", "signed": "yes-no"}
    paid: str
    currency: str
    signed: str = ""
    witness: str = ""
    note: str = ""
    correction: str = ""

    def check(self) -> None:
        if not AMOUNT.fullmatch(self.paid):
            raise Refused("paid", "is written with digits and a decimal point, such as 1250.50")
        if Decimal(self.paid) <= 0 and not self.correction.strip():
            raise Refused("paid", "is more than 0")


class CustodyStatus(Verb, frozen=True, kw_only=True):
    """Detained, arrested, charged or released: separate, each with its date, none counted as another.

    `day_part`: of a moment known to the day alone, the part of the day; it is counted from where that begins.
    `release`: how somebody is released; by a court or on bail with `court` and `order` (its number).
    With `correction` it says only what changes; one that supersedes a status and gives none takes it back.
    """

    VERB = "detention.state"
    CORRECTS = "correction"
    SUBJECT = "detention"
    CODES = {
        "state": "detention-states",
        "country": "countries",
        "day_part": "day-parts",
        "release": "release-kinds",
    }
    reference: str = ""
    counting: str = ""
    state: str = ""
    country: str = ""
    site: str = ""
    person: str = ""
    name: tuple[PersonName, ...] = ()
    grounds: str = ""
    reasons: str = ""
    day_part: str = ""
    release: str = ""
    court: str = ""
    order: str = ""
    correction: str = ""

    def check(self) -> None:
        if not self.state and not self.correction:
            raise Refused("state", "say what happened: detained, arrested, charged or released")


class TallyPerson(Verb, frozen=True, kw_only=True):
    """Anonymous: one person met, counted under a random id. Survives the erasure of the file.

    `corrected`: it takes the place of what it supersedes, and was at its own time. The age stays as counted.
    """

    VERB = "tally.person"
    SUBJECT = "counting"
    CORRECTS = "corrected"
    CODES = {"country": "countries", "age_group": "age-groups", "sex": "sexes", "workplace": "workplaces"}
    country: str
    age_group: str
    sex: str
    workplace: str = ""
    corrected: bool = False


class TallySeen(Verb, frozen=True, kw_only=True):
    """Anonymous: how whoever met a counted person saw the person first. No decision of care's."""

    VERB = "tally.seen"
    SUBJECT = "counting"
    CODES = {"seen_as": "seen-as", "country": "countries"}
    seen_as: str
    country: str = ""


class TallyCustody(Verb, frozen=True, kw_only=True):
    """Anonymous: a counted person is detained, arrested, charged or released, each with its date.

    `corrected`: it takes the place of what it supersedes; without a status that did not happen.
    """

    VERB = "tally.custody"
    SUBJECT = "counting"
    CORRECTS = "corrected"
    CODES = {"state": "detention-states", "country": "countries"}
    state: str = ""
    country: str = ""
    corrected: bool = False

    def check(self) -> None:
        if not self.state and not self.corrected:
            raise Refused("state", "say what happened: detained, arrested, charged or released")


class TallyStatus(Verb, frozen=True, kw_only=True):
    """Anonymous: a dated status of a counted person (protection or detention, never one for the other)."""

    VERB = "tally.status"
    SUBJECT = "counting"
    CODES = {"status": "tally-statuses", "country": "countries"}
    RETIRED = {
        "": Retired(
            since="0.2",
            why="one record of a person told police what care decided.",
            instead="Say tally.seen or tally.custody; what care decides is counted in protection.batch.",
        )
    }
    status: str
    country: str = ""


class TallyLink(Verb, frozen=True, kw_only=True):
    """Anonymous: two counting ids are one person, so the person is counted once."""

    VERB = "tally.link"
    SUBJECT = "counting"
    other: str
    same: bool
