"""Whom `officer.suspend`, `officer.uphold` and `officer.restore` may be about."""

from __future__ import annotations

from typing import cast

from libertad.access.about_members import OF_ANOTHER, judge_withdraw
from libertad.access.claims import Claim, Verdict, by_coordinator, refuse, wait
from libertad.access.grounds import Grounds
from libertad.journal.folding import Said
from libertad.vocabulary.verbs import access as say

SECOND = "a second person decides on a suspension"


def judge_suspend(claim: Claim, grounds: Grounds) -> Verdict | None:
    """By an officer of the own authority, never of oneself. How many one person suspends is asked at home."""
    if claim.officer in ("", claim.subject):
        return refuse("an officer suspends another, and not oneself")
    return judge_withdraw(claim, grounds)


def judge_uphold(claim: Claim, grounds: Grounds) -> Verdict | None:
    """By an officer of the same authority, or of one that coordinates: neither who suspended nor whom it is
    about. That no second account of theirs does it is asked at home."""
    suspension = _suspension(claim, grounds)
    if not isinstance(suspension, Said):
        return suspension
    if claim.officer in ("", suspension.officer, claim.subject):
        return refuse(SECOND)
    return _office(claim, suspension, grounds)


def judge_restore(claim: Claim, grounds: Grounds) -> Verdict | None:
    """As `judge_uphold`, also by who suspended; and by the authority's node itself, when it lapsed."""
    suspension = _suspension(claim, grounds)
    if not isinstance(suspension, Said):
        return suspension
    if claim.officer == claim.subject:
        return refuse(SECOND)
    if not claim.officer:
        return None if suspension.authority == claim.authority else refuse(OF_ANOTHER)
    return _office(claim, suspension, grounds)


def _office(claim: Claim, suspension: Said, grounds: Grounds) -> Verdict | None:
    if suspension.authority == claim.authority or by_coordinator(claim, grounds) is None:
        return None
    return refuse(OF_ANOTHER)


def _suspension(claim: Claim, grounds: Grounds) -> Said | Verdict:
    """The suspension that a claim names, of its subject and in its own file."""
    name = cast("say.OfficerUphold | say.OfficerRestore", claim.content).entry
    suspended = [
        entry
        for entry in grounds.entries(f"access.OfficerSuspension:{claim.subject}")
        if isinstance(entry.content, say.OfficerSuspend)
    ]
    for entry in suspended:
        if entry.id == name:
            lapsed = not claim.officer and claim.authority == entry.authority  # in a file of its own, too
            if lapsed or entry.compartment == claim.compartment:
                return entry
            return refuse("it was said in another file")
    if (
        claim.authority not in grounds.appointers(claim.subject)
        and by_coordinator(claim, grounds) is not None
    ):
        return refuse(OF_ANOTHER)
    return wait("the suspension that it names has not arrived")
