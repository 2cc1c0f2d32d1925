"""Around a detention: how long somebody may be held, what follows a charge, to what a suspect is linked."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length, check_text
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Birth, Refused
from libertad.vocabulary.verbs.documents import check_document
from libertad.vocabulary.written import check_phone

LONGEST = 1000
SHORT = 200  # characters of a name, a number, or of whose word it is
MOST_HOURS = 24 * 366


class LimitConfirm(Verb, frozen=True, kw_only=True):
    """Police or prosecution of a country confirm how long its law lets somebody be held, or that it gives no
    hours. Of the country of who says it, and of no other; the later word of the same authority counts.

    `kind`: before a charge or a judge, or after a charge until a court. `hours`: whole hours, 0 where the
    law gives none. `text`: the passage as it stands. `checked_with`: who knows that law.
    `reasons`: why it takes the place of the one before.
    """

    VERB = "limit.confirm"
    SUBJECT = "authority"
    CODES = {"kind": "limit-kinds", "rule": "limit-rules"}
    kind: str
    rule: str
    hours: int = 0
    law: str
    text: str
    checked_with: str
    note: str = ""
    reasons: str = ""

    def check(self) -> None:
        if not self.kind:
            raise Refused("kind", "say from when to when this limit counts")
        if self.rule == "hours" and not 1 <= self.hours <= MOST_HOURS:
            raise Refused("hours", "write whole hours, from 1 to %(most)s", most=MOST_HOURS)
        if self.rule == "none" and self.hours:
            raise Refused("hours", "leave the hours empty where the law gives none")
        if not self.rule:
            raise Refused("rule", "say whether the law gives hours")
        check_text("law", self.law, marked("name the law and its article"), LONGEST)
        check_text("text", self.text, marked("write the passage as it stands in the law"), LONGEST)
        check_text(
            "checked_with",
            self.checked_with,
            marked("say who knows this law and confirmed it, and when"),
            LONGEST,
        )
        for field in ("note", "reasons"):
            check_length(field, getattr(self, field), LONGEST)


class LimitWithdraw(Verb, frozen=True, kw_only=True):
    """An authority takes its confirmed limit back, with the reason: then none is confirmed by it."""

    VERB = "limit.withdraw"
    SUBJECT = "authority"
    CODES = {"kind": "limit-kinds"}
    kind: str
    reasons: str

    def check(self) -> None:
        if not self.kind:
            raise Refused("kind", "say which limit is taken back")
        check_text("reasons", self.reasons, marked("say why it is taken back"), LONGEST)


class DetentionStage(Verb, frozen=True, kw_only=True):
    """What a prosecutor or court did with one charge, dated. Stages repeat for each charge.

    `charge`: of 'charged' the offences, else which of those it is about, '' for all. `order`: number of the
    court's order or case. `skips`: why what comes before it is not recorded; such a stage ends no clock.
    `reasons`: why it takes the place of a stage recorded before.
    """

    VERB = "detention.stage"
    SUBJECT = "detention"
    CODES = {"stage": "stages"}
    stage: str
    charge: str = ""
    court: str = ""
    order: str = ""
    skips: str = ""
    note: str = ""
    reasons: str = ""

    def check(self) -> None:
        if not self.stage:
            raise Refused("stage", "say what happened")
        for field in ("charge", "court", "order", "skips", "note", "reasons"):
            if len(getattr(self, field)) > LONGEST:
                raise Refused(field, "say it in at most %(most)s characters", most=LONGEST)


class DetentionRead(Verb, frozen=True, kw_only=True):
    """Another officer has read a release or a stage against the court's paper; until then the clock runs.

    `entry`: the hash of what was read. `reasons`: what does not agree.
    """

    VERB = "detention.read"
    SUBJECT = "detention"
    CODES = {"agrees": "yes-no"}
    entry: str
    agrees: str
    reasons: str = ""

    def check(self) -> None:
        if not self.entry or not self.agrees:
            raise Refused("agrees", "say whether it is as the paper says")
        check_length("reasons", self.reasons, LONGEST)
        if self.agrees == "no" and not self.reasons.strip():
            raise Refused("reasons", "say what does not agree")


class DetentionLink(Verb, frozen=True, kw_only=True):
    """A suspect is linked to an exhibit or a site, or no more so: with reasons. The later word counts."""

    VERB = "detention.link"
    SUBJECT = "detention"
    CODES = {"kind": "link-kinds"}
    kind: str
    other: str
    linked: bool
    reasons: str

    def check(self) -> None:
        if not self.kind or not self.other:
            raise Refused("other", "choose the exhibit or the site")
        check_text("reasons", self.reasons, marked("say what links the two, or why nothing does"), LONGEST)


class DetentionIdentity(Verb, frozen=True, kw_only=True):
    """Who is held, as far as known: other names, birth, sex, nationality, phones, a document as it stands in
    it. Said again in place of what it supersedes.

    `reasons`: how that is known, such as 'passport shown'.
    """

    VERB = "detention.identity"
    CORRECTS = "reasons"
    SUBJECT = "detention"
    CODES = {
        "sex": "sexes",
        "nationality": "countries",
        "document_kind": "document-kinds",
        "document_country": "countries",
    }
    alias: tuple[str, ...] = ()
    birth: Birth | None = None
    sex: str = ""
    nationality: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    document_kind: str = ""
    document_number: str = ""
    document_country: str = ""
    document_expires: str = ""
    document_holder: str = ""
    reasons: str

    def check(self) -> None:
        check_text("reasons", self.reasons, marked("say how you know it"), LONGEST)
        check_document(self)
        for name in self.alias:
            check_text("alias", name, marked("write a name"), SHORT)
        for number in self.phone:
            check_phone(number)


class DetentionRight(Verb, frozen=True, kw_only=True):
    """A right of who is held was given, refused by that person, or could not be given yet. The later word
    about the same right counts; the earlier ones stay.

    `who`: the lawyer, interpreter, consulate or relative. `note`: why it could not be given, in which
    language it was.
    """

    VERB = "detention.right"
    SUBJECT = "detention"
    CODES = {"right": "custody-rights", "outcome": "right-outcomes"}
    right: str
    outcome: str
    who: str = ""
    note: str = ""

    def check(self) -> None:
        if not self.right:
            raise Refused("right", "say which right")
        if not self.outcome:
            raise Refused("outcome", "say whether it was given")
        check_length("who", self.who, SHORT)
        check_length("note", self.note, LONGEST)
        if self.outcome == "not-yet" and not self.note.strip():
            raise Refused("note", "say why it could not be given yet")
