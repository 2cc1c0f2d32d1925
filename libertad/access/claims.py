"""A claim: an entry as far as whom it may be about is asked; and the rules that need nothing but grounds."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from libertad.access.grounds import Grounds
from libertad.journal.folding import Said
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs import access as say

Verdict = tuple[str, str]
REASON = "about"


class Claim(NamedTuple):
    """One entry as far as the question needs it. `entry` is '' where it is about to be said at home: then
    `at` (when it happened) and `clock` (of the device that said it) are not known either."""

    verb: str
    subject: str
    authority: str
    officer: str
    operation: str
    compartment: str
    kind: str
    owner: str
    content: Verb
    entry: str = ""
    nonce: str = ""
    proof: str = ""
    supersedes: frozenset[str] = frozenset()  # hashes of the entries whose values it supersedes
    at: datetime | None = None
    clock: datetime | None = None


def claim_of(entry: Said, grounds: Grounds) -> Claim:
    """The claim of an entry that was said."""
    place = grounds.place(entry.compartment)
    kind = entry.content.kind if isinstance(entry.content, say.CompartmentOpen) else ""
    return Claim(
        entry.verb,
        entry.subject,
        entry.authority,
        entry.officer,
        entry.operation,
        entry.compartment,
        place.kind if place else kind,
        place.owner if place else "",
        entry.content,
        entry.id,
        entry.body.nonce,
        entry.body.proof,
        frozenset(superseded for statement in entry.statements for superseded in statement.supersedes),
        entry.at,
        entry.clock,
    )


def refuse(detail: str) -> Verdict:
    """A refusal that is an alarm where the entry came from another node."""
    return REASON, detail


def wait(detail: str) -> Verdict:
    return "waiting", detail


def by_self(claim: Claim, grounds: Grounds) -> Verdict | None:
    return None if claim.subject == claim.authority else refuse("it speaks of another authority")


def by_none(claim: Claim, grounds: Grounds) -> Verdict | None:
    return None if not claim.entry or grounds.hosted(claim.authority) else refuse("no other node says this")


def by_coordinator(claim: Claim, grounds: Grounds) -> Verdict | None:
    if grounds.coordinates(claim.authority, claim.compartment):
        return None
    return refuse("only the authorities that coordinate or support the operation may say this")


def by_coordination(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Who owns the operation's file. Where a second authority signs as well, `about_changes` asks that."""
    if grounds.coordinates(claim.authority, claim.compartment) and claim.owner == claim.authority:
        return None
    return refuse("only the authority that coordinates the operation may say this")
