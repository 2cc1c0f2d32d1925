"""Whom a verb about members, officers, devices and nodes may be about."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from nacl.bindings import crypto_sign

from libertad.access.about_changes import judge_change, undone
from libertad.access.about_phones import judge_kind
from libertad.access.claims import (
    Claim,
    Verdict,
    by_coordination,
    by_coordinator,
    by_none,
    by_self,
    refuse,
    wait,
)
from libertad.access.grounds import Grounds, key_id
from libertad.journal.causal import acted, as_said
from libertad.journal.checkpoint import refuse_small_order
from libertad.journal.folding import Said
from libertad.journal.header import enrolment, proves_enrolment
from libertad.journal.subjects import gives, proves
from libertad.vocabulary.verbs import access as say

OF_ANOTHER = "the officer is another authority's"
STRANGE = "it vouches for a member of another operation, which another authority opened"


def judge_invite(claim: Claim, grounds: Grounds) -> Verdict | None:
    if not claim.operation and claim.kind == "authority":  # what an authority says of itself when founded
        return by_self(claim, grounds) or by_none(claim, grounds)
    if (verdict := by_coordinator(claim, grounds)) is not None:
        return verdict
    content = cast(say.AuthorityInvite, claim.content)
    owner = claim.owner == claim.authority
    proven = gives(claim.subject, claim.authority, claim.compartment, claim.nonce)
    for entry in grounds.invitations(claim.subject, ""):
        before = cast(say.AuthorityInvite, entry.content)
        here = entry.operation == claim.operation
        # The owner's word stands before a supporter's, also before one in another operation; and before that
        # of others the word of whom the id proves.
        above = owner and entry.authority != claim.owner
        if entry.id == claim.entry or above or (not here and proven and not proves(entry)):
            continue
        if before.kind != content.kind:
            return refuse("an authority's kind never changes")
        if here and not owner and (before.country, before.part) != (content.country, content.part):
            return refuse("only who coordinates changes a member's country or part")
    return None if _repeats(claim, content, grounds) else judge_change(claim, grounds, claim.subject)


def _repeats(claim: Claim, content: say.AuthorityInvite, grounds: Grounds) -> bool:
    """Whether it says again what was said last of a member; how many officers it has changes nothing.

    In the order in which the roster is folded: a date that it claims does not put it before what it knew.
    """
    own = grounds.find_entry(claim.entry) if claim.entry else None
    invitations = [
        entry for entry in grounds.invitations(claim.subject, claim.operation) if entry.id != claim.entry
    ]
    before = as_said(invitations if own is None else [*invitations, own], acted)
    if own is not None:
        before = before[: [entry.id for entry in before].index(own.id)]
    if not before:
        return False
    last = cast(say.AuthorityInvite, before[-1].content)
    return (last.name, last.kind, last.country, last.zone, last.part) == (
        content.name,
        content.kind,
        content.country,
        content.zone,
        content.part,
    )


def judge_appoint(claim: Claim, grounds: Grounds) -> Verdict | None:
    proven = gives(claim.subject, claim.authority, claim.compartment, claim.nonce)
    if proven or claim.authority in grounds.appointers(claim.subject, proven=True):
        return None  # the officer's id is made from the authority's: nobody else's appointment stands beside
    appointers = grounds.appointers(claim.subject) - {claim.authority}
    if appointers and not (claim.entry and grounds.hosted(claim.authority)):
        return refuse(OF_ANOTHER)
    return None


def judge_withdraw(claim: Claim, grounds: Grounds) -> Verdict | None:
    appointers = grounds.appointers(claim.subject)
    if claim.authority in appointers:
        return None
    if appointers:
        return refuse(OF_ANOTHER)
    return wait("the officer's appointment has not arrived")


def judge_submit(claim: Claim, grounds: Grounds) -> Verdict | None:
    appointment = _appointment(claim, grounds)
    if not isinstance(appointment, Said):
        return appointment
    return None if appointment.authority == claim.authority else refuse(OF_ANOTHER)


def judge_confirm(claim: Claim, grounds: Grounds) -> Verdict | None:
    """By an officer of the same authority, or of one that coordinates; never by who appointed, nor by the
    appointed. Who of them it is for, and that no second account of theirs does it, is asked at home."""
    appointment = _appointment(claim, grounds)
    if not isinstance(appointment, Said):
        return appointment
    if claim.officer in ("", appointment.officer, claim.subject):
        return refuse("a second person confirms an appointment")
    if appointment.authority == claim.authority or by_coordinator(claim, grounds) is None:
        return None
    return refuse(OF_ANOTHER)


def _appointment(claim: Claim, grounds: Grounds) -> Said | Verdict:
    """The appointment that a claim names, of its subject and in its own file."""
    name = cast("say.OfficerSubmit | say.OfficerConfirm", claim.content).entry
    appointed = [
        entry
        for entry in grounds.entries(f"access.Officer:{claim.subject}")
        if isinstance(entry.content, say.OfficerAppoint)
    ]
    for entry in appointed:
        if entry.id == name:
            return entry if entry.compartment == claim.compartment else refuse("it was said in another file")
    strange = appointed and claim.authority not in {entry.authority for entry in appointed}
    if strange and by_coordinator(claim, grounds) is not None:
        return refuse(OF_ANOTHER)
    return wait("the appointment that it names has not arrived")


def prove_enrolment(secret: bytes, authority: str, operation: str) -> str:
    """The signature (hex) with which a new device proves that it is enrolled with its own consent."""
    return bytes(crypto_sign(enrolment(authority, operation), secret)[:64]).hex()


def _proven(claim: Claim, content: say.DeviceEnrol) -> bool | None:
    """Whether the new key signed its enrolment; None where it does not say (0.1, a key vouched for)."""
    if not claim.proof:
        return None
    return proves_enrolment(claim.proof, content.public, claim.subject, claim.operation)


def judge_enrol(claim: Claim, grounds: Grounds) -> Verdict | None:
    content = cast(say.DeviceEnrol, claim.content)
    try:
        refuse_small_order(bytes.fromhex(content.public))
    except ValueError:
        return refuse("it enrols a key that nobody can rely on")
    proven = _proven(claim, content)
    if proven is False:
        return refuse("the new key did not sign its enrolment")
    if (verdict := judge_kind(claim, bool(proven), grounds)) is not None:
        return verdict
    verdict = _vouched(claim, grounds, lambda: _once(claim, grounds.enrolments(claim.subject)))
    if verdict is not None:
        return verdict
    if not proven and grounds.holders(key_id(content.public)) - {claim.subject}:
        return refuse("the key is another authority's device")
    return None


def judge_announce(claim: Claim, grounds: Grounds) -> Verdict | None:
    return _vouched(claim, grounds, lambda: _once(claim, grounds.announcements(claim.subject)))


def _vouched(claim: Claim, grounds: Grounds, once: Callable[[], bool]) -> Verdict | None:
    """An authority speaks of itself; who coordinates vouches for any; who invited it does so once."""
    if claim.subject == claim.authority:
        return None
    if by_coordination(claim, grounds) is None:
        return wait(STRANGE) if _made_elsewhere(claim, grounds) else undone(claim, grounds)
    member = grounds.member(claim.subject, claim.operation)
    if not member.kind:
        return wait("the authority that it is about was not invited as far as is known here")
    if member.inviter == claim.authority and by_coordinator(claim, grounds) is None and once():
        # Its keys count in all operations: who supports one gives none to a member of another.
        elsewhere = any(
            entry.operation != claim.operation and entry.authority != claim.authority
            for entry in grounds.invitations(claim.subject, "")
        )
        return (
            wait("it vouches for a member of another operation: who coordinates does") if elsewhere else None
        )
    return refuse("it speaks for another authority, which it neither invited just now nor may vouch for")


def _made_elsewhere(claim: Claim, grounds: Grounds) -> bool:
    """Whether the authority's id proves that it was made in the operation of another owner than this file's:
    keys count in all operations of a node, and a stranger's operation, of which something else on this node
    is a member, gives none to who is in another."""
    return any(
        entry.operation != claim.operation and proves(entry) and place.owner != claim.owner
        for entry in grounds.invitations(claim.subject, "")
        if (place := grounds.place(entry.compartment)) is not None
    )


def _once(claim: Claim, entries: list[Said]) -> bool:
    """Whether the claim's authority has said nothing of the kind yet."""
    return all(entry.authority != claim.authority or entry.id == claim.entry for entry in entries)


def judge_revoke(claim: Claim, grounds: Grounds) -> Verdict | None:
    if claim.subject != claim.authority:
        return refuse("only a device's own authority revokes it")
    holders = grounds.holders(cast(say.DeviceRevoke, claim.content).device)
    if holders and claim.authority not in holders:
        return refuse("the device is another authority's")
    return None
