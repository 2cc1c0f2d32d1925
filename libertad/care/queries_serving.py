"""What services that are members answered to care, beside the disclosures and referrals it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.care.presenters import PartSeen
from libertad.care.queries_disclosing import DisclosureSeen, disclosures
from libertad.people import queries as people
from libertad.people.queries import ServedSeen

# How far a service has come -> what that is of a referral.
OUTCOMES = {"declined": "declined", "expected": "accepted", "here": "given", "left": "given"}


@dataclass(frozen=True)
class AnswerBehind:
    """What a service answered that its referral does not say yet. `outcome`: as the referral says it."""

    name: str
    outcome: str
    reasons: str


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
