"""Whom a verb may be about: one function for acting at home, judging what arrives and judging anew.

The matrix names the rules of each verb; any one of them suffices. An answer is a function of accepted entries
and of no clock. What a rule refuses is somebody's word about another's thing: a node whose own checks work
never says it, so that a refused entry of another node is an alarm and not merely held.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

from libertad.access import about_changes as changes
from libertad.access import about_custody as custody
from libertad.access import about_disclosing as disclosing
from libertad.access import about_glass as glass
from libertad.access import about_linking as linking
from libertad.access import about_members as members
from libertad.access import about_officers as officers
from libertad.access import about_sharing as sharing
from libertad.access.about_moved import judge_moved
from libertad.access.about_opening import FURTHER
from libertad.access.about_passkeys import judge_vouch
from libertad.access.about_undated import UNDATED
from libertad.access.claims import (
    REASON,
    Claim,
    Verdict,
    by_coordination,
    by_coordinator,
    by_none,
    by_self,
    refuse,
    wait,
)
from libertad.access.file_ids import proves_file
from libertad.access.grounds import Grounds, operation_of
from libertad.access.matrix import matrix
from libertad.access.subjects import ELSEWHERE as STANDS_ELSEWHERE
from libertad.access.subjects import RULES, judge_subject
from libertad.journal import folding
from libertad.journal.subjects import Begins, proves
from libertad.vocabulary import kinds
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.verbs import access as say

FREE = frozenset({"none"})  # rules that refuse nothing at home
SUBJECTIVE = RULES  # rules that ask whose the subject is
UNINVITED = "its authority is no member of that operation as far as is known here"
ELSEWHERE = "it names another operation than its file is of"
LOOSE = frozenset({"file.open", "attachment.add", "glass.break"})  # about a subject of any kind
BY_CONTENT = frozenset({"disclosure.give"})  # one may be said where another one may not, by what it tells


def judge_operation(claim: Claim, grounds: Grounds) -> Verdict | None:
    """An entry is of the operation that its file is of: as whose member its authority speaks is asked of that
    one. In its own file, opened before it was in any, an authority speaks for itself in all of them."""
    if claim.verb == "compartment.open":
        content = cast(say.CompartmentOpen, claim.content)
        if operation_of(content, claim.operation) != claim.operation:
            return refuse(ELSEWHERE)
        if not claim.entry or not claim.operation or content.kind == "operation":
            return None
        return None if grounds.invited(claim.authority, claim.operation) else wait(UNINVITED)
    place = grounds.place(claim.compartment)
    of = place.operation if place is not None else ""
    return None if not of or of == claim.operation else refuse(ELSEWHERE)


def judge_about(claim: Claim, grounds: Grounds) -> Verdict | None:
    """None where the claim may be about its subject; else the reason it is held for, and why.

    ('about', ...) is an alarm; ('waiting', ...) is judged again when more arrives.
    """
    if (verdict := judge_operation(claim, grounds) or judge_moved(claim, grounds)) is not None:
        return verdict
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


@cache
def decides(verb: str) -> bool:
    """Whether an entry of this verb may decide whose a subject is for another entry that asks.

    Not the same as whether its own rules ask: who owns the operation's file proposes a release, and the
    signature asks which subject it is about.
    """
    law = matrix().entries
    return verb in UNDATED or any(
        not SUBJECTIVE.isdisjoint(law[projected_verb].about)
        for projection in folding.BY_VERB.get(verb, ())
        if projection.begins is not None
        for projected_verb in projection.verbs
    )


def asks_subject(verb: str) -> bool:
    """Whether judging a verb asks each entry by itself: what was said of its subject before, whoever says it,
    or what it tells."""
    return verb in UNDATED or verb in BY_CONTENT or not SUBJECTIVE.isdisjoint(matrix().entries[verb].about)


# -- rules that any verb may have ----------------------------------------------------------------


def _owner(claim: Claim, grounds: Grounds) -> Verdict | None:
    return None if claim.owner == claim.authority else refuse("only the file's owner says this")


def _reader(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Whoever reads the file, of a subject in it: that it reads it was asked before."""
    verdict = judge_subject("reader", claim, grounds)
    if verdict is not None or not claim.entry or claim.verb not in LOOSE:
        return verdict
    subject = str(getattr(claim.content, "about", claim.subject))
    beginnings = _beginnings()
    for touch in grounds.touched(subject, tuple(beginnings)):
        begins = beginnings[touch.partition(":")[0]]
        begun = {entry.compartment for entry in grounds.entries(touch) if begins(entry)}
        # A person has an identity file, a protection file and a desk: none says what belongs into another.
        begun = {place for place in begun if _apart(_kind(place, grounds)) == _apart(claim.kind)}
        if begun and claim.compartment not in begun:
            return refuse(STANDS_ELSEWHERE)
    return None


@cache
def _beginnings() -> dict[str, Begins]:
    """What begins a row, by the label of its model."""
    return {p.label: p.begins for p in folding.PROJECTIONS if p.begins is not None}


def _kind(compartment: str, grounds: Grounds) -> str:
    place = grounds.place(compartment)
    return place.kind if place is not None else ""


def _apart(kind: str) -> str:
    """The kind of a file about a person that stands beside the identity file; '' for all others."""
    return kind if kind in ("care", "desk", "disclosure", "leading") else ""


def _subject(rule: str) -> Callable[[Claim, Grounds], Verdict | None]:
    """Whose a subject is: `access.subjects` answers."""
    return lambda claim, grounds: judge_subject(rule, claim, grounds)


BY_RULE: dict[str, Callable[[Claim, Grounds], Verdict | None]] = {
    "self": by_self,
    "owner": _owner,
    "reader": _reader,
    "coordinator": by_coordinator,
    "coordination-2": by_coordination,
    "none": by_none,
    **{rule: _subject(rule) for rule in RULES - {"reader"}},
}


# -- files ---------------------------------------------------------------------------------------


def _open(claim: Claim, grounds: Grounds) -> Verdict | None:
    content = cast(say.CompartmentOpen, claim.content)
    if content.owner != claim.authority or claim.subject != claim.compartment:
        return refuse("a file is opened by its owner")
    if claim.nonce and not proves_file(claim.compartment, content, claim.nonce):
        return refuse("the file's id is not made from its owner, kind and nonce")
    place = grounds.place(claim.compartment)
    if place is not None and place.owner != claim.authority and not claim.nonce:
        return refuse("the file is another authority's")
    if content.kind == "operation":
        return _open_operation(claim, content, grounds)
    if content.kind == "authority":
        return by_none(claim, grounds)
    verdict = _fits(content, claim, grounds)
    further = FURTHER.get(content.kind)
    return further(content, claim, grounds) if verdict is None and further is not None else verdict


def _open_operation(claim: Claim, content: say.CompartmentOpen, grounds: Grounds) -> Verdict | None:
    pinned = grounds.operation_file(content.about)
    if pinned == claim.compartment:
        return None
    if pinned:
        return refuse("a second file of the operation: it makes nobody a coordinator")
    return None if not claim.entry else wait("this node has not joined that operation by this file")


def _fits(content: say.CompartmentOpen, claim: Claim, grounds: Grounds) -> Verdict | None:
    """The owner's kind fits the file's kind, its country the file's, and the readers' kinds, as far as they
    are known here, the file."""
    member = grounds.member(claim.authority, claim.operation)
    if not claim.entry and not member.kind:  # at home, before the operation has told what it is
        return None
    if not member.kind:
        return wait("what kind of authority opens it is not known yet")
    if not kinds.may_open(member.kind, content.kind):
        return refuse("an authority of its kind opens no such file")
    if content.kind in ("desk", "complaint") and set(content.reader) != {content.owner}:
        return refuse("such a file has no reader but its owner")
    allowed = kinds.that_read(content.kind)
    for name in set(content.reader) - {content.owner}:
        named = grounds.member(name, claim.operation).kind
        if named and named not in allowed:
            return refuse("an authority of its kind reads no such file")
    country = content.about.rpartition(":")[2]
    if kinds.only_of_own_country(member.kind, content.kind) and member.country != country:
        return refuse("the file is about another country than its owner's")
    return None


def _readers(claim: Claim, grounds: Grounds) -> Verdict | None:
    content = cast(say.CompartmentReaders, claim.content)
    place = grounds.place(claim.compartment)
    if claim.subject != claim.compartment or place is None:
        return refuse("it names readers of another file than the one it stands in")
    if place.kind == "operation":
        return by_coordinator(claim, grounds) or changes.judge_readers(claim, grounds, content.reader)
    if place.kind in ("authority", "desk", "late", "complaint"):
        return refuse("an authority's own file has no other reader")
    if place.kind == "disclosure":
        return refuse("what was disclosed to one authority is read by no other")
    if place.kind == "leading":
        return refuse("who answers for a person is read by the two that agree on it, and by no other")
    for name in content.reader:
        kind, country, _, _ = grounds.member(name, claim.operation)
        if not kind:
            if claim.owner == claim.authority and place.kind == "person":
                continue
            return wait("one of those whom it names is not known here yet")
        verdict = _wall(claim, place.kind, place.about, kind, country)
        if verdict is not None:
            return verdict
    return sharing.ungrounded(claim, grounds) if place.kind == "person" and not claim.entry else None


def _wall(claim: Claim, of: str, about: str, kind: str, country: str) -> Verdict | None:
    """Whether an authority of this kind and country may be let into a file by this one."""
    owner = claim.owner == claim.authority
    fits = kind in kinds.that_read(of)
    if of == "care" and (not owner or not fits):
        return refuse("a protection file is read by care and deciding authorities, and its owner names them")
    if of == "count" and (not owner or not fits):
        return refuse("a care authority's numbers are read by care authorities, and it names them")
    if of == "person" and not owner:
        return refuse("only the authority that met the person shares the file")
    if not fits:
        return refuse("an authority of its kind reads no such file")
    local = country == about.rpartition(":")[2]
    belongs = kinds.may_open(kind, of) and (local or not kinds.only_of_own_country(kind, of))
    if of in ("police", "case") and not owner and not belongs:
        return refuse("another reader than its owner lets in only whom the file is kept for")
    return None


def _remove(claim: Claim, grounds: Grounds) -> Verdict | None:
    content = cast(say.CompartmentRemove, claim.content)
    if claim.subject != claim.compartment:
        return refuse("it removes readers of another file than the one it stands in")
    for name in content.reader:
        if name == claim.owner:
            return refuse("nobody removes a file's owner")
        if claim.authority not in (claim.owner, *grounds.namers(claim.compartment, name)):
            return refuse("only the file's owner, or who let an authority read it, removes that authority")
    if claim.kind != "operation" or not changes.bound(claim, grounds):
        return None
    if len(content.reader) != 1:
        return refuse("members are removed one by one once the operation has begun")
    return changes.judge_change(claim, grounds, content.reader[0])


# -- the operation ---------------------------------------------------------------------------------


def _operation(claim: Claim, grounds: Grounds) -> Verdict | None:
    return by_coordination(claim, grounds) or changes.judge_change(claim, grounds)


def _clock(claim: Claim, grounds: Grounds) -> Verdict | None:
    """An operation whose clock was set before it began is an exercise: its clock is set on by one."""
    if (verdict := by_coordination(claim, grounds)) is not None:
        return verdict
    cuts = changes.cuts(claim.compartment, grounds)
    earlier = [e for e in grounds.entries(f"access.Clock:{claim.operation}") if e.id != claim.entry]
    if any(e.compartment == claim.compartment and not changes.after(e.id, cuts, grounds) for e in earlier):
        return None
    return changes.judge_change(claim, grounds)


# -- counts --------------------------------------------------------------------------------------


def _status(claim: Claim, grounds: Grounds) -> Verdict | None:
    """A status of an anonymous count: by who counted it, or the same country's office that decides on it.

    Prosecution says what became of somebody's custody; care and the deciding authority said, until 0.1, what
    they decided of a person whom police had counted.
    """
    projection = folding.BY_VERB[claim.verb][0]
    entries = grounds.entries(projection.touch(claim.subject))
    begun = [entry for entry in entries if entry.verb == "tally.person"]
    begun = begun or [entry for entry in entries if proves(entry)] or list(entries[:1])
    if not begun or claim.authority in {entry.authority for entry in begun}:
        return None
    own, states = grounds.member(claim.authority, claim.operation), codelist("detention-states")
    if not own.kind:
        return wait("its authority's invitation has not arrived")
    offices = {"prosecution"} if getattr(claim.content, "status", "") in states else kinds.that_read("care")
    if own.kind in offices and own.country in {
        grounds.member(entry.authority, claim.operation).country for entry in begun
    }:
        return None
    return refuse("it was counted by another authority")


def _keeping(claim: Claim, grounds: Grounds) -> Verdict | None:
    """How long a country's file is kept, and that its erasure is asked for, its police say; the prosecution
    for which a case file is kept as well may refuse alone."""
    if (verdict := judge_subject("responsible", claim, grounds)) is not None:
        return verdict
    own = grounds.member(claim.authority, claim.operation)
    return None if own.kind == "police" else refuse("the police of the country say how long it is kept")


def _break_glass(claim: Claim, grounds: Grounds) -> Verdict | None:
    """In the person's own file, and not in another that says it is about the same person."""
    return glass.judge_break(claim, grounds) or _reader(claim, grounds)


BY_VERB: dict[str, Callable[[Claim, Grounds], Verdict | None]] = {
    "file.keep": _keeping,
    "file.erasure": _keeping,
    "compartment.open": _open,
    "compartment.readers": _readers,
    "compartment.remove": _remove,
    "authority.invite": members.judge_invite,
    "officer.appoint": members.judge_appoint,
    "officer.withdraw": members.judge_withdraw,
    "officer.submit": members.judge_submit,
    "officer.confirm": members.judge_confirm,
    "officer.suspend": officers.judge_suspend,
    "officer.uphold": officers.judge_uphold,
    "officer.restore": officers.judge_restore,
    "share.propose": sharing.judge_propose,
    "share.approve": sharing.judge_approve,
    "share.refuse": sharing.judge_refuse,
    "detention.read": custody.judge_read,
    "person.same": linking.judge_same,
    "device.enrol": members.judge_enrol,
    "device.revoke": members.judge_revoke,
    "node.announce": members.judge_announce,
    "tally.status": _status,
    "disclosure.give": disclosing.judge_give,
    "glass.break": _break_glass,
    "glass.review": glass.judge_review,
    "entry.vouch": judge_vouch,
    **UNDATED,
    "operation.open": _operation,
    "operation.clock": _clock,
    "operation.close": _operation,
    "operation.reopen": _operation,
    "operation.begin": changes.judge_begin,
    "change.propose": changes.judge_propose,
    "change.sign": changes.judge_sign,
    "change.refuse": changes.judge_refuse,
    "change.done": changes.judge_done,
    "change.cut": changes.judge_cut,
}
