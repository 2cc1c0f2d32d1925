"""What one authority says alone until the operation has begun, and with a second authority's signature then.

Members, their country and part, the operation's days and its clock. It has begun where the owner's node said
so (`operation.begin`), with how far each log of the file had come: what lies within that cut stands, what
comes after it names the change (`proof`) that another authority signed. No clock decides on which side it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from libertad.access import changes, suspending
from libertad.access.changes import LIFT, SUSPEND, UNDO, Signed
from libertad.access.claims import Claim, Verdict, by_coordination, by_coordinator, refuse, wait
from libertad.access.grounds import Grounds
from libertad.journal.causal import Causes, acted
from libertad.journal.folding import Said
from libertad.journal.subjects import gives
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.verbs.access import CompartmentRemove
from libertad.vocabulary.verbs.changes import (
    ChangeCut,
    ChangePropose,
    ChangeRefuse,
    ChangeSign,
    OperationBegin,
)

ALONE = marked("once the operation has begun, another authority countersigns this: propose it")
OWN = marked("your own authority is suspended: two others lift that")


# -- since when --------------------------------------------------------------------------------


def cuts(compartment: str, grounds: Grounds) -> list[dict[str, int]]:
    """How far each log had come when the operation began: {} lists nobody. Empty before that.

    The word of the device that opened the file stands before that of another; of one device the first.
    """
    first: dict[str, tuple[int, dict[str, int]]] = {}
    for entry in grounds.entries(f"access.Begun:{compartment}"):
        place = grounds.position(entry.id)
        if not isinstance(entry.content, OperationBegin) or place is None:
            continue
        if not grounds.owns(entry.authority, compartment):
            continue
        device, number = place
        listed = (part.partition(":") for part in entry.content.logs)
        last_numbers = {name: int(last) for name, _, last in listed}
        if device not in first or number < first[device][0]:
            first[device] = number, last_numbers
    opened = {
        place[0]
        for entry in grounds.entries(f"access.Compartment:{compartment}")
        if (place := grounds.position(entry.id)) is not None
    }
    chosen = [first[device] for device in sorted(first) if device in opened] or list(first.values())
    return [cut for _, cut in chosen]


def bound(claim: Claim, grounds: Grounds) -> bool:
    """Whether a claim in the operation's file was made after the operation had begun."""
    begin_cuts = cuts(claim.compartment, grounds)
    if not begin_cuts or not claim.entry:
        return bool(begin_cuts)
    return after(claim.entry, begin_cuts, grounds)


def after(entry: str, begin_cuts: list[dict[str, int]], grounds: Grounds) -> bool:
    place = grounds.position(entry)
    return place is None or all(place[1] > cut.get(place[0], -1) for cut in begin_cuts)


# -- what was signed ---------------------------------------------------------------------------


def judge_change(claim: Claim, grounds: Grounds, member: str = "") -> Verdict | None:
    """None where the claim needs no second signature, or has it and its notice is over.

    `member`: the authority whose membership it changes. Asked once all else about the claim is right.
    """
    if not bound(claim, grounds):
        return None
    if not claim.proof:  # a supporter's may have crossed with the word that the operation has begun
        return refuse(ALONE) if claim.authority == claim.owner else wait(ALONE)
    entries = grounds.entries(f"access.OperationChange:{claim.proof}")
    if (proposals := changes.proposals(entries)) and not any(
        _fits(proposal, claim) for proposal in proposals.values()
    ):
        return refuse("it says something else than what was proposed")
    signed = [change for change in grounds.signed(claim.proof) if _fits(change.proposal, claim)]
    return _judge_carried_out(claim, grounds, signed, member)


def _judge_carried_out(claim: Claim, grounds: Grounds, signed: list[Signed], member: str) -> Verdict | None:
    if not signed:
        return wait("no other authority has countersigned it as far as is known here")
    sound = [change for change in signed if change.refusal is None]
    if not sound:
        return wait("a member refused it while its notice ran")
    starts = min(change.starts for change in sound)
    if changes.now() < min(change.starts + changes.notice(change.proposal) for change in sound):
        return wait("the notice of 24 hours, in which every member can refuse it, is not over")
    own = grounds.find_entry(claim.entry) if claim.entry else None
    known = list(_said_of(claim, grounds, member))
    for entry in known:
        if entry.body.proof in ("", claim.proof):
            continue
        later = [change.starts for change in grounds.signed(entry.body.proof) if change.refusal is None]
        if later and min(later) > starts and (own is None or _follows(own, entry, known, grounds)):
            return wait("a change that was signed later stands in its place")
    return None


def _follows(own: Said, entry: Said, known: list[Said], grounds: Grounds) -> bool:
    """Whether it was said in knowledge of another word, also through others, or dates itself after it."""
    if grounds.moment(own) >= grounds.moment(entry):
        return True
    causes = Causes(
        {known_entry.id: known_entry for known_entry in (*known, own)}.values(), acted, dated=False
    )
    places = {cause.id: place for place, cause in enumerate(causes.entries)}
    return causes.knew(places[own.id], places[entry.id])


def _said_of(claim: Claim, grounds: Grounds, member: str) -> Iterator[Said]:
    """What is accepted of the same member, of the operation, or of its end."""
    rows = [f"access.Authority:{member}", f"access.Reader:{claim.compartment}:{member}"]
    closing = claim.verb in (changes.SAYS[changes.CLOSE], changes.SAYS[changes.REOPEN])
    touch_key = f"access.Closing:{claim.compartment}" if closing else f"operations.Operation:{claim.subject}"
    for touch in rows if member else [touch_key]:
        yield from grounds.entries(touch)


def _fits(proposal: Said, claim: Claim) -> bool:
    content = proposal.content
    return (
        isinstance(content, ChangePropose)
        and (changes.SAYS.get(content.change), content.about) == (claim.verb, claim.subject)
        and (proposal.authority, proposal.compartment) == (claim.authority, claim.compartment)
        and changes.decode(content.change, content.content) == claim.content
    )


def judge_readers(claim: Claim, grounds: Grounds, readers: tuple[str, ...]) -> Verdict | None:
    """Of the operation's file: who is a member reads it; who was removed needs an invitation signed since."""
    if not bound(claim, grounds):
        return None
    for name in readers:
        if not grounds.member(name, claim.operation).kind:
            return wait("the authority that it lets in is no member as far as is known here")
        removals = [
            entry
            for entry in grounds.entries(f"access.Reader:{claim.compartment}:{name}")
            if isinstance(entry.content, CompartmentRemove)
        ]
        if not removals:
            continue
        since = max(grounds.moment(entry) for entry in removals)
        again = [
            change
            for change in grounds.signed(claim.proof)
            if (changes.target(change.proposal), change.proposal.compartment) == (name, claim.compartment)
            and isinstance(change.proposal.content, ChangePropose)
            and change.proposal.content.change == changes.MEMBER
        ]
        if not again and claim.authority == claim.owner:
            return refuse(ALONE)
        if (verdict := _judge_carried_out(claim, grounds, again, name)) is not None:
            return verdict
        if max(change.starts for change in again) < since and not _within(claim, grounds, since):
            return refuse("it was removed after that was signed")
    return None


def _within(claim: Claim, grounds: Grounds, since: datetime) -> bool:
    """Whether the claim was said before the removal: then it stood."""
    own = grounds.find_entry(claim.entry) if claim.entry else None
    return own is not None and grounds.moment(own) < since


def undone(claim: Claim, grounds: Grounds) -> Verdict | None:
    """Whether two authorities took back the keys for which who coordinates vouched by this entry."""
    for entry in grounds.entries(f"access.Undone:{claim.entry}:undo") if claim.entry else ():
        signed = [change for change in grounds.signed(entry.subject) if change.proposal.id == entry.id]
        if entry.compartment == claim.compartment and any(change.refusal is None for change in signed):
            return "undone", "two authorities took it back"
    return None


# -- the words themselves ----------------------------------------------------------------------


def judge_begin(claim: Claim, grounds: Grounds) -> Verdict | None:
    if claim.owner != claim.authority or claim.kind != "operation":
        return refuse("only the owner of the operation's file says that the operation has begun")
    return None


def judge_propose(claim: Claim, grounds: Grounds) -> Verdict | None:
    content = cast(ChangePropose, claim.content)
    if not gives(claim.subject, claim.authority, claim.compartment, claim.nonce):
        return refuse("the change is another authority's, or its id proves nobody's")
    if content.change in changes.ITSELF:
        if not grounds.member(claim.authority, claim.operation).kind:
            return wait("its authority is no member here yet")
        return _judge_suspending(claim, content, grounds)
    if content.change == changes.MEMBER:
        return by_coordinator(claim, grounds)
    return by_coordination(claim, grounds)


def _judge_suspending(claim: Claim, content: ChangePropose, grounds: Grounds) -> Verdict | None:
    """Any member suspends any other, and any two lift it again; who is suspended does neither."""
    if content.change == UNDO:
        return None
    if not claim.entry and suspending.standing(claim.authority, grounds):
        return refuse(OWN)
    if content.change == SUSPEND:
        if content.about == claim.authority:
            return refuse("no authority suspends itself: ask another by telephone")
        return (
            None
            if grounds.member(content.about, claim.operation).kind
            else wait("whom it is about is no member here yet")
        )
    proposals = changes.proposals(grounds.entries(f"access.OperationChange:{content.about}"))
    suspended = {
        changes.target(entry)
        for entry in proposals.values()
        if changes.kind(entry) == SUSPEND and entry.compartment == claim.compartment
    }
    if not suspended:
        return wait("the suspension that it would lift has not arrived")
    return refuse("who is suspended does not lift that itself") if claim.authority in suspended else None


def judge_cut(claim: Claim, grounds: Grounds) -> Verdict | None:
    if cast(ChangeCut, claim.content).whom == claim.authority:
        return refuse("no authority says how far it is believed itself")
    return None


def judge_sign(claim: Claim, grounds: Grounds) -> Verdict | None:
    content = cast(ChangeSign, claim.content)
    proposal, verdict = _proposal(claim, content.proposal, grounds)
    if proposal is None:
        return verdict
    if not claim.entry and suspending.standing(claim.authority, grounds):
        return refuse(OWN)
    member = grounds.member(claim.authority, claim.operation)
    if claim.authority == about_whom(proposal, grounds):
        return refuse("whom a change is about does not countersign it")
    if claim.authority == proposal.authority:
        needs_another = changes.kind(proposal) == SUSPEND or claim.officer == proposal.officer
        if needs_another or not alone(proposal, grounds):
            return refuse("an officer of another authority countersigns, not a second one of who proposed it")
        return None
    return None if member.kind else wait("its authority is no member as far as is known here")


def judge_refuse(claim: Claim, grounds: Grounds) -> Verdict | None:
    content = cast(ChangeRefuse, claim.content)
    proposal, verdict = _proposal(claim, content.proposal, grounds)
    if (
        proposal is not None
        and changes.kind(proposal) in (SUSPEND, LIFT)
        and claim.authority != proposal.authority
    ):
        return refuse("who proposed it takes it back; any two other authorities lift a suspension")
    return verdict


def judge_done(claim: Claim, grounds: Grounds) -> Verdict | None:
    entries = changes.proposals(grounds.entries(f"access.OperationChange:{claim.subject}"))
    if not entries:
        return wait("the proposal has not arrived")
    if claim.authority not in {entry.authority for entry in entries.values()}:
        return refuse("only who proposed a change says that it was carried out")
    return None


def _proposal(claim: Claim, name: str, grounds: Grounds) -> tuple[Said | None, Verdict | None]:
    known = changes.proposals(grounds.entries(f"access.OperationChange:{claim.subject}"))
    if name in known and known[name].compartment == claim.compartment:
        return known[name], None
    return None, refuse("it names another proposal than its change's") if known else wait(
        "the proposal has not arrived"
    )


def about_whom(proposal: Said, grounds: Grounds) -> str:
    """The authority that a change is about; of an undo, for whom the keys were vouched; of a
    lifting, who is suspended."""
    content = proposal.content
    if isinstance(content, ChangePropose) and content.change == UNDO:
        entry = grounds.find_entry(content.about)
        return entry.subject if entry is not None else ""
    if isinstance(content, ChangePropose) and content.change == LIFT:
        lifts = changes.proposals(grounds.entries(f"access.OperationChange:{content.about}"))
        return next((changes.target(entry) for entry in lifts.values()), "")
    return changes.target(proposal)


def alone(proposal: Said, grounds: Grounds) -> bool:
    """Whether no other authority could countersign when it was proposed, by what precedes it for good:
    what was said before the operation began, and before it in the log of its own device."""
    begin_cuts = cuts(proposal.compartment, grounds)
    here = grounds.position(proposal.id)
    affected = about_whom(proposal, grounds)
    for name in grounds.roster(proposal.operation):
        if name in (proposal.authority, affected):
            continue
        for entry in grounds.invitations(name, proposal.operation):
            place = grounds.position(entry.id)
            if place is None or here is None or not after(entry.id, begin_cuts, grounds):
                return False
            if place[0] == here[0] and place[1] < here[1]:
                return False
    return True
