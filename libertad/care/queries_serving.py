"""What services that are members answered to care, beside the disclosures and referrals it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.care import models, reads
from libertad.care.presenters import PartSeen
from libertad.care.queries_disclosing import DisclosureSeen, disclosures
from libertad.people import queries as people
from libertad.people.queries import ServedSeen
from libertad.vocabulary.values import Happened

# How far a service has come -> what that is of a referral.
OUTCOMES = {"declined": "declined", "expected": "accepted", "here": "given", "left": "given"}


@dataclass(frozen=True)
class AnswerBehind:
    """What a service answered that its referral does not say yet. `outcome`: as the referral says it."""

    name: str
    outcome: str
    reasons: str


@dataclass(frozen=True)
class BedSeen:
    """A shelter that was told of the person or asked for a bed. `stage`: how far it has come, as it answered
    itself (`ServedSeen`), or as its disclosure or referral stands; `route` and `key`: where it is written."""

    person: str
    name: str
    stage: str
    way: str
    when: Happened
    note: str
    route: str
    key: str

    @property
    def is_there(self) -> bool:
        """Whether the person is there now, by the shelter's own word or as care recorded it."""
        return self.stage in ("here", "given")


def beds(actor: Actor, person: str) -> list[BedSeen]:
    """Where the person may sleep, the newest first. A referral whose agreement let care disclose to the
    shelter itself is told by the shelter's own answers."""
    views = [view for view in disclosures(actor, person) if view.purpose == "placement" and view.is_live]
    listed = []
    for view, answer in with_answers(actor, views):
        stage, at, way, note = view.state, view.read_when or view.when, "", ""
        if answer is not None:
            stage, way, note = answer.stage, answer.way, answer.reasons or answer.note
            at = answer.left or answer.arrived or answer.answered or at
        listed.append(BedSeen(person, view.recipient, stage, way, at, note, "care-disclosure", view.id))
    told = {view.consent for view in views}
    for referral in reads.parts(actor, models.Referral, person):
        if referral.plain["service"] == "shelter" and referral.plain["consent"] not in told:
            name, state = referral.words.get("to", ""), referral.plain["state"]
            at = Happened(at=referral.plain["state_at"] or referral.when.at, zone=referral.when.zone)
            listed.append(BedSeen(person, name, state, "", at, "", "care-referral", referral.id))
    return sorted(listed, key=lambda bed: bed.when.at, reverse=True)


def with_answers(
    actor: Actor, views: Iterable[DisclosureSeen]
) -> list[tuple[DisclosureSeen, ServedSeen | None]]:
    """Each disclosure with what its recipient answered; None where it asks for nothing, or is withdrawn."""
    listed = list(views)
    files = [view.file for view in listed if view.is_live and view.file]
    answers = people.served(actor, files) if files else {}
    return [(view, answers.get(view.file)) for view in listed]


def served_disclosure(actor: Actor, person: str, key: str) -> tuple[DisclosureSeen | None, ServedSeen | None]:
    """One disclosure of a person with its answers; (None, None) alike for none and for a hidden one."""
    return next(iter(with_answers(actor, disclosures(actor, person, [key]))), (None, None))


def answer_behind(actor: Actor, person: str, referral: PartSeen) -> AnswerBehind | None:
    """What the service of a referral answered where the same agreement let care disclose to it, and the
    referral says otherwise still."""
    state, consent = referral.plain["state"], referral.plain["consent"]
    if state in ("declined", "given"):
        return None
    for view, answer in with_answers(actor, disclosures(actor, person)):
        if answer is None or view.consent != consent:
            continue
        outcome = OUTCOMES.get(answer.stage, "")
        if outcome and outcome != state:
            return AnswerBehind(view.recipient, outcome, answer.reasons)
    return None
