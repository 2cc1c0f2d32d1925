"""The protection file: consent, screening, identification, referral, return or stay. Never police."""

from __future__ import annotations

from datetime import datetime

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Answer, Refused, moment, partial_date, whole_date


class CarePerson(Verb, frozen=True, kw_only=True):
    """Whom the protection file is about, as far as its readers need it; said anew when it changes.

    The deciding authority does not read the person's identity file: this is what it is told.
    """

    VERB = "care.person"
    SUBJECT = "person"
    CODES = {"child": "yes-no"}
    person: str
    reference: str
    counting: str
    name: str = ""
    child: str


class ConsentRecord(Verb, frozen=True, kw_only=True):
    """The person agrees, or does not, to one purpose and one recipient; with what is withheld."""

    VERB = "consent.record"
    SUBJECT = "consent"
    CODES = {
        "purpose": "consent-purposes",
        "agreed": "yes-no",
        "language": "languages",
        "capacity": "consent-capacities",
        "withheld": "file-parts",
    }
    person: str
    purpose: str
    recipient: str
    agreed: str
    withheld: tuple[str, ...] = ()
    language: str = ""
    capacity: str = "able"
    guardian: str = ""
    until: str = ""

    def check(self) -> None:
        if self.until:
            partial_date(self.until, "until")
        if not self.recipient.strip():
            raise Refused("recipient", "name who would receive it")


class ConsentWithdraw(Verb, frozen=True, kw_only=True):
    """What was agreed is withdrawn; what was already passed on is listed, not taken back."""

    VERB = "consent.withdraw"
    SUBJECT = "consent"
    person: str
    reasons: str = ""


class ScreeningRecord(Verb, frozen=True, kw_only=True):
    """Indicators answered under a rule set and version. It suggests; it never decides."""

    VERB = "screening.record"
    SUBJECT = "screening"
    person: str
    rule_set: str
    version: str
    answer: tuple[Answer, ...] = ()
    result: str = ""
    child: bool = False


class IdentificationDecide(Verb, frozen=True, kw_only=True):
    """A human decides, with reasons; a second reader confirms; a review date is set.

    With `correction` it is said again as a whole, in place of what it supersedes: no reading goes over to it.
    `taken_back`: nothing was decided, it was recorded by mistake.
    """

    VERB = "identification.decide"
    CORRECTS = "correction"
    SUBJECT = "identification"
    CODES = {"status": "identification-statuses", "person_says": "person-says"}
    person: str
    status: str
    reasons: str
    non_punishment: bool = False
    forced_to: str = ""
    person_says: str = ""
    screening: str = ""
    review_on: str = ""
    correction: str = ""
    taken_back: bool = False

    def check(self) -> None:
        if self.taken_back and not self.correction:
            raise Refused("taken_back", "say why nothing was decided")
        if not self.reasons.strip():
            raise Refused("reasons", "a decision needs its reasons")
        if self.review_on:
            partial_date(self.review_on, "review_on")
        if self.non_punishment and not self.forced_to.strip():
            raise Refused("forced_to", "say what the person was forced to do")


class IdentificationRead(Verb, frozen=True, kw_only=True):
    """The second reader confirms or does not; not the officer who decided.

    `decision`: the entry that was read, where the decision had been corrected; '' is the first one.
    """

    VERB = "identification.read"
    SUBJECT = "identification"
    CODES = {"agrees": "yes-no"}
    person: str
    agrees: str
    reasons: str = ""
    decision: str = ""

    def check(self) -> None:
        if self.agrees == "no" and not self.reasons.strip():
            raise Refused("reasons", "say why you do not agree; the officer who decided will read it")


class ReferralMake(Verb, frozen=True, kw_only=True):
    """A service is asked for, with the least that must be told and the consent behind it."""

    VERB = "referral.make"
    SUBJECT = "referral"
    CODES = {"service": "services", "disclosed": "file-parts"}
    person: str
    service: str
    to: str
    disclosed: tuple[str, ...] = ()
    consent: str
    needed_by: str = ""
    note: str = ""

    def check(self) -> None:
        if not self.to.strip():
            raise Refused("to", "name the service that is asked")
        if self.needed_by:
            due(self.needed_by, "needed_by")


# How far a referral has come by these answers; the others are told beside it.
REFERRAL_STATES = {"accepted": "accepted", "declined": "declined", "given": "given"}


class ReferralAnswer(Verb, frozen=True, kw_only=True):
    """What the service answered by telephone: accepted, declined or given, the outcome of a referral; or that
    the person has not arrived or has left, a danger, or a need, with what it is."""

    VERB = "referral.answer"
    SUBJECT = "referral"
    CODES = {"answer": "referral-answers"}
    person: str
    answer: str
    reasons: str = ""

    def check(self) -> None:
        if self.answer == "declined" and not self.reasons.strip():
            raise Refused("reasons", "say why it was declined, so that another service can be found")
        if self.answer not in REFERRAL_STATES and not self.reasons.strip():
            raise Refused("reasons", "say what the service told")


class WishRecord(Verb, frozen=True, kw_only=True):
    """What the person wants, in the person's words."""

    VERB = "wish.record"
    SUBJECT = "person"
    CODES = {"wish": "wishes"}
    person: str
    wish: str
    words: str = ""


class ReturnDecide(Verb, frozen=True, kw_only=True):
    """Return or stay: by the wish, the circumstances and the resources at hand; with reasons and appeal.

    With `correction` it is said again as a whole, and `taken_back` where nothing was decided: as an
    identification.
    """

    VERB = "return.decide"
    CORRECTS = "correction"
    SUBJECT = "return"
    CODES = {
        "decision": "return-decisions",
        "wish": "wishes",
        "circumstances": "circumstances",
        "resources": "resources",
    }
    person: str
    decision: str
    wish: str
    circumstances: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    basis: str = ""
    until: str = ""
    reasons: str
    appeal_by: str = ""
    review_on: str = ""
    together_with: tuple[str, ...] = ()
    correction: str = ""
    taken_back: bool = False

    def check(self) -> None:
        if self.taken_back and not self.correction:
            raise Refused("taken_back", "say why nothing was decided")
        if not self.reasons.strip():
            raise Refused("reasons", "a decision needs its reasons")
        if not self.circumstances:
            raise Refused("circumstances", "name at least one circumstance that was weighed")
        if not self.resources:
            raise Refused("resources", "name the resources at hand, or that there are none")
        for name in ("until", "appeal_by", "review_on"):
            if getattr(self, name):
                partial_date(getattr(self, name), name)
        if "none" in self.resources and len(self.resources) > 1:
            raise Refused("resources", "either name resources or say that there are none, not both")
        against = self.decision in ("return", "third-country") and self.wish != self.decision
        if against and "non-refoulement" not in self.circumstances:
            raise Refused(
                "circumstances",
                "against the wish: the risk at origin, or where the person goes, must be assessed first",
            )


class ReturnRead(Verb, frozen=True, kw_only=True):
    """The second reader of a return decision confirms or does not; not the officer who decided.

    `decision`: the entry that was read, where the decision had been corrected; '' is the first one.
    """

    VERB = "return.read"
    SUBJECT = "return"
    CODES = {"agrees": "yes-no"}
    person: str
    agrees: str
    reasons: str = ""
    decision: str = ""

    def check(self) -> None:
        if self.agrees == "no" and not self.reasons.strip():
            raise Refused("reasons", "say why you do not agree; the officer who decided will read it")


class SafetyPlan(Verb, frozen=True, kw_only=True):
    """How the person is reached safely, and who knows where the person is."""

    VERB = "safety.plan"
    SUBJECT = "person"
    person: str
    reach: str
    avoid: str = ""
    checked: str = ""

    def check(self) -> None:
        if not self.reach.strip():
            raise Refused("reach", "say how the person is reached safely")
        if self.checked:
            due(self.checked, "checked")


class CareClose(Verb, frozen=True, kw_only=True):
    """The protection file is closed, with its reason; nobody is just left: `afterwards` says to whom to turn.

    `stage`: 'proposed' counts once another officer has agreed (`care.close_read`); 'contact' is said of a
    closed file when contact was made, and closes none; '' is of before, and counts at once, as both.
    `despite` answers for what is open, `appeal` says what happens with an appeal.
    """

    VERB = "care.close"
    SUBJECT = "person"
    CODES = {"reason": "closing-reasons", "stage": "closing-stages"}
    person: str
    reason: str
    afterwards: str
    contact_on: str = ""
    keep_until: str = ""
    despite: str = ""
    appeal: str = ""
    stage: str = ""

    def check(self) -> None:
        if not self.reason:
            raise Refused("reason", "say why the file is closed")
        if not self.afterwards.strip():
            raise Refused("afterwards", "say to whom the person can turn, or how you can be found again")
        for name in ("contact_on", "keep_until"):
            if getattr(self, name):
                whole_date(getattr(self, name), name)


class CareReopen(Verb, frozen=True, kw_only=True):
    """A closed protection file is worked in again, with the reason."""

    VERB = "care.reopen"
    SUBJECT = "person"
    person: str
    reasons: str

    def check(self) -> None:
        if not self.reasons.strip():
            raise Refused("reasons", "say why the file is opened again")


class CareKeep(Verb, frozen=True, kw_only=True):
    """A closed file is kept until a later day, with the reason. It ends a request to erase it."""

    VERB = "care.keep"
    SUBJECT = "person"
    person: str
    keep_until: str
    reasons: str

    def check(self) -> None:
        whole_date(self.keep_until, "keep_until")
        if not self.reasons.strip():
            raise Refused("reasons", "say what the file is still needed for")


class ErasureRequest(Verb, frozen=True, kw_only=True):
    """A caseworker asks that a closed file be erased, its time to be kept being over; another one decides.

    Whatever is said of the closing later (kept longer, opened again) ends the request.
    """

    VERB = "erasure.request"
    SUBJECT = "person"
    person: str
    reasons: str

    def check(self) -> None:
        if not self.reasons.strip():
            raise Refused("reasons", "say why nobody needs this file any more")


class ErasureRefuse(Verb, frozen=True, kw_only=True):
    """The second caseworker does not agree that a file be erased: it stays, with the reason."""

    VERB = "erasure.refuse"
    SUBJECT = "person"
    person: str
    reasons: str

    def check(self) -> None:
        if not self.reasons.strip():
            raise Refused("reasons", "say why the file is kept")


class InterpreterAssign(Verb, frozen=True, kw_only=True):
    """Somebody interprets for the person; said again under the same name it takes the place of what was said.

    `briefed`: was told that nothing may be repeated, and is no acquaintance of anybody involved. `ended`: no
    longer interprets.
    """

    VERB = "interpreter.assign"
    SUBJECT = "person"
    CODES = {"language": "languages", "way": "interpreting-ways", "briefed": "yes-no"}
    name: str
    language: str
    way: str
    briefed: str
    note: str = ""
    ended: bool = False

    def check(self) -> None:
        if not self.name.strip():
            raise Refused("name", "say who interprets: a name, or the number that the service gives")


def due(text: str, field: str) -> str:
    """Check a date ('2018-04-09') or a moment with its offset ('2018-04-09T14:00:00-04:00')."""
    if "T" not in text:
        return whole_date(text, field)
    try:
        moment(datetime.fromisoformat(text), field)
    except Refused:
        raise
    except ValueError:
        raise Refused(field, "give a date, or a time with its offset: 2018-04-09T14:00:00-04:00") from None
    return text
