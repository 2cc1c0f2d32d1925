"""Whom a verb may be about: one function for acting at home, judging what arrives and judging anew.

The matrix names the rules of each verb; any one of them suffices. An answer is a function of accepted entries
and of no clock. What a rule refuses is somebody's word about another's thing: a node whose own checks work
never says it, so that a refused entry of another node is an alarm and not merely held.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple, cast

from nacl.bindings import crypto_sign, crypto_sign_open
from nacl.exceptions import BadSignatureError

from libertad.access.file_ids import proves_file
from libertad.access.grounds import Grounds, Member, key_id
from libertad.access.matrix import matrix
from libertad.journal.checkpoint import refuse_small_order
from libertad.journal.folding import Said
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs import access as say

Verdict = tuple[str, str]
REASON = "about"
FREE = frozenset({"reader", "none"})  # rules that refuse nothing at home
SUBJECTIVE = frozenset({"own", "responsible", "counterpart", "both"})  # rules that ask whose the subject is
PROTECTION = frozenset({"care", "deciding"})
OPENS = {  # kinds of authority that open a file of a kind; of `LOCAL` only those of the country it is about
    "person": frozenset({"police", "centre", "care"}),
    "care": frozenset({"care"}),
    "police": frozenset({"police", "centre"}),
    "case": frozenset({"police", "prosecution"}),
    "count": frozenset({"care"}),
}
LOCAL = {"police": frozenset({"police"}), "case": frozenset({"police", "prosecution"})}
ENROLMENT = b"libertad device v1\x00"


class Claim(NamedTuple):
    """One entry as far as the question needs it. `entry` is '' where it is about to be said at home."""

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


def judge_about(claim: Claim, grounds: Grounds) -> Verdict | None:
    """None where the claim may be about its subject; else the reason it is held for, and why.

    ('about', ...) is an alarm; ('waiting', ...) is judged again when more arrives.
    """
    judge = BY_VERB.get(claim.verb)
    if judge is not None:
        return judge(claim, grounds)
    verdicts = []
    for rule in matrix().entries[claim.verb].about:
        verdict = BY_RULE[rule](claim, grounds)
        if verdict is None:
            return None
        verdicts.append(verdict)
    waiting = (verdict for verdict in verdicts if verdict[0] != REASON)
    return next(waiting, verdicts[0])  # a row without a rule does not load


@cache
def asks(verb: str) -> bool:
    """Whether a verb's rules can refuse anything at home."""
    return verb in BY_VERB or FREE.isdisjoint(matrix().entries[verb].about)


def refuse(detail: str) -> Verdict:
    """A refusal that is an alarm where the entry came from another node."""
    return REASON, detail


def wait(detail: str) -> Verdict:
    return "waiting", detail


# -- rules that any verb may have ----------------------------------------------------------------


def _self(claim: Claim, grounds: Grounds) -> Verdict | None:
    return None if claim.subject == claim.authority else refuse("it speaks of another authority")


def _owner(claim: Claim, grounds: Grounds) -> Verdict | None:
    return None if claim.owner == claim.authority else refuse("only the file's owner says this")


def _reader(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Whoever reads the file: that it does was asked before."""
    return None


def _coordinator(claim: Claim, grounds: Grounds) -> Verdict | None:
    if grounds.coordinates(claim.authority, claim.compartment):
        return None
    return refuse("only the authorities that coordinate or support the operation may say this")


def _coordination(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Who owns the operation's file. A second authority's signature beside it comes later."""
    if grounds.coordinates(claim.authority, claim.compartment) and claim.owner == claim.authority:
        return None
    return refuse("only the authority that coordinates the operation may say this")


def _none(claim: Claim, grounds: Grounds) -> Verdict | None:
    return None if not claim.entry or grounds.hosted(claim.authority) else refuse("no other node says this")


def _subject(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Whose a subject is: `access.subjects` answers, once subjects' ids tell."""
    return None


BY_RULE: dict[str, Callable[[Claim, Grounds], Verdict | None]] = {
    "self": _self,
    "owner": _owner,
    "reader": _reader,
    "coordinator": _coordinator,
    "coordination-2": _coordination,
    "none": _none,
    "own": _subject,
    "responsible": _subject,
    "counterpart": _subject,
    "both": _subject,
}


# -- files ---------------------------------------------------------------------------------------


def _open(claim: Claim, grounds: Grounds) -> Verdict | None:
    what = cast(say.CompartmentOpen, claim.content)
    if what.owner != claim.authority or claim.subject != claim.compartment:
        return refuse("a file is opened by its owner")
    if claim.nonce and not proves_file(claim.compartment, what, claim.nonce):
        return refuse("the file's id is not made from its owner, kind and nonce")
    place = grounds.place(claim.compartment)
    if place is not None and place.owner != claim.authority and not claim.nonce:
        return refuse("the file is another authority's")
    if what.kind == "operation":
        return _open_operation(claim, what, grounds)
    if what.kind == "authority":
        return _none(claim, grounds)
    return _fits(what, grounds.member(claim.authority), claim)


def _open_operation(claim: Claim, what: say.CompartmentOpen, grounds: Grounds) -> Verdict | None:
    pinned = grounds.operation_file(what.about)
    if pinned == claim.compartment:
        return None
    if pinned:
        return refuse("a second file of the operation: it makes nobody a coordinator")
    return None if not claim.entry else wait("this node has not joined that operation by this file")


def _fits(what: say.CompartmentOpen, member: Member, claim: Claim) -> Verdict | None:
    """The owner's kind fits the file's kind, and its country the file's country."""
    if not claim.entry and not member.kind:  # at home, before the operation has told what it is
        return None
    if not member.kind:
        return wait("what kind of authority opens it is not known yet")
    if member.kind not in OPENS[what.kind]:
        return refuse("an authority of its kind opens no such file")
    country = what.about.rpartition(":")[2]
    if member.kind in LOCAL.get(what.kind, ()) and member.country != country:
        return refuse("the file is about another country than its owner's")
    return None


def _readers(claim: Claim, grounds: Grounds) -> Verdict | None:
    what = cast(say.CompartmentReaders, claim.content)
    place = grounds.place(claim.compartment)
    if claim.subject != claim.compartment or place is None:
        return refuse("it names readers of another file than the one it stands in")
    if place.kind == "operation":
        return _coordinator(claim, grounds)
    if place.kind == "authority":
        return refuse("an authority's own file has no other reader")
    for name in what.reader:
        kind, country, _, _ = grounds.member(name)
        if not kind:
            if claim.owner == claim.authority and place.kind == "person":
                continue
            return wait("one of those whom it names is not known here yet")
        verdict = _wall(claim, place.kind, place.about, kind, country)
        if verdict is not None:
            return verdict
    return None


def _wall(claim: Claim, of: str, about: str, kind: str, country: str) -> Verdict | None:
    """Whether an authority of this kind and country may be let into a file by this one."""
    owner = claim.owner == claim.authority
    if of == "care" and (not owner or kind not in PROTECTION):
        return refuse("a protection file is read by care and deciding authorities, and its owner names them")
    if of == "count" and (not owner or kind != "care"):
        return refuse("a care authority's numbers are read by care authorities, and it names them")
    if of == "person" and not owner:
        return refuse("only the authority that met the person shares the file")
    local = country == about.rpartition(":")[2]
    belongs = kind in ("police", "prosecution") and local if of == "case" else (
        kind == "centre" or (kind == "police" and local)
    )  # fmt: skip
    if of in ("police", "case") and not owner and not belongs:
        return refuse("another reader than its owner lets in only whom the file is kept for")
    return None


def _remove(claim: Claim, grounds: Grounds) -> Verdict | None:
    what = cast(say.CompartmentRemove, claim.content)
    if claim.subject != claim.compartment:
        return refuse("it removes readers of another file than the one it stands in")
    for name in what.reader:
        if name == claim.owner:
            return refuse("nobody removes a file's owner")
        if claim.authority not in (claim.owner, *grounds.namers(claim.compartment, name)):
            return refuse("only the file's owner, or who let an authority read it, removes that authority")
    return None


# -- members, officers, devices ------------------------------------------------------------------


def _invite(claim: Claim, grounds: Grounds) -> Verdict | None:
    if not claim.operation and claim.kind == "authority":  # what an authority says of itself when founded
        return _self(claim, grounds) or _none(claim, grounds)
    if (verdict := _coordinator(claim, grounds)) is not None:
        return verdict
    what = cast(say.AuthorityInvite, claim.content)
    owner = claim.owner == claim.authority
    for entry in grounds.invitations(claim.subject):
        before = cast(say.AuthorityInvite, entry.content)
        above = owner and entry.authority != claim.owner  # the owner's word stands before a supporter's
        if entry.id == claim.entry or above:
            continue
        if before.kind != what.kind:
            return refuse("an authority's kind never changes")
        if not owner and (before.country, before.part) != (what.country, what.part):
            return refuse("only who coordinates changes a member's country or part")
    return None


def _appoint(claim: Claim, grounds: Grounds) -> Verdict | None:
    others = grounds.appointers(claim.subject) - {claim.authority}
    if others and not (claim.entry and grounds.hosted(claim.authority)):
        return refuse("the officer is another authority's")
    return None


def _withdraw(claim: Claim, grounds: Grounds) -> Verdict | None:
    appointers = grounds.appointers(claim.subject)
    if claim.authority in appointers:
        return None
    if appointers:
        return refuse("the officer is another authority's")
    return wait("the officer's appointment has not arrived")


def enrolment(authority: str, operation: str) -> bytes:
    """What a new device signs with its own key when it is enrolled."""
    return ENROLMENT + authority.encode() + b"\x00" + operation.encode()


def prove_enrolment(secret: bytes, authority: str, operation: str) -> str:
    """The signature (hex) with which a new device proves that it is enrolled with its own consent."""
    return bytes(crypto_sign(enrolment(authority, operation), secret)[:64]).hex()


def _proven(claim: Claim, what: say.DeviceEnrol) -> bool | None:
    """Whether the new key signed its enrolment; None where it does not say (0.1, a key vouched for)."""
    if not claim.proof:
        return None
    message = enrolment(claim.subject, claim.operation)
    try:
        crypto_sign_open(bytes.fromhex(claim.proof) + message, bytes.fromhex(what.public))
    except (BadSignatureError, ValueError):
        return False
    return True


def _enrol(claim: Claim, grounds: Grounds) -> Verdict | None:
    what = cast(say.DeviceEnrol, claim.content)
    try:
        refuse_small_order(bytes.fromhex(what.public))
    except ValueError:
        return refuse("it enrols a key that nobody can rely on")
    proven = _proven(claim, what)
    if proven is False:
        return refuse("the new key did not sign its enrolment")
    verdict = _vouched(claim, grounds, lambda: _once(claim, grounds.enrolments(claim.subject)))
    if verdict is not None:
        return verdict
    if not proven and grounds.holders(key_id(what.public)) - {claim.subject}:
        return refuse("the key is another authority's device")
    return None


def _announce(claim: Claim, grounds: Grounds) -> Verdict | None:
    return _vouched(claim, grounds, lambda: _once(claim, grounds.announcements(claim.subject)))


def _vouched(claim: Claim, grounds: Grounds, once: Callable[[], bool]) -> Verdict | None:
    """An authority speaks of itself; who coordinates vouches for any; who invited it does so once."""
    if claim.subject == claim.authority or _coordination(claim, grounds) is None:
        return None
    member = grounds.member(claim.subject)
    if not member.kind:
        return wait("the authority that it is about was not invited as far as is known here")
    if member.inviter == claim.authority and _coordinator(claim, grounds) is None and once():
        return None
    return refuse("it speaks for another authority, which it neither invited just now nor may vouch for")


def _once(claim: Claim, entries: list[Said]) -> bool:
    """Whether the claim's authority has said nothing of the kind yet."""
    return all(entry.authority != claim.authority or entry.id == claim.entry for entry in entries)


def _revoke(claim: Claim, grounds: Grounds) -> Verdict | None:
    if claim.subject != claim.authority:
        return refuse("only a device's own authority revokes it")
    holders = grounds.holders(cast(say.DeviceRevoke, claim.content).device)
    if holders and claim.authority not in holders:
        return refuse("the device is another authority's")
    return None


BY_VERB: dict[str, Callable[[Claim, Grounds], Verdict | None]] = {
    "compartment.open": _open,
    "compartment.readers": _readers,
    "compartment.remove": _remove,
    "authority.invite": _invite,
    "officer.appoint": _appoint,
    "officer.withdraw": _withdraw,
    "device.enrol": _enrol,
    "device.revoke": _revoke,
    "node.announce": _announce,
}
