"""Whom a proposal to share an identity file, and its answer, may be about; and what lets a reader in.

At home no further authority is let into an identity file without an approval, danger, or being the care
authority that is confirmed (`ungrounded`): whatever action says it. What arrives without one is not refused:
older nodes say it so, a file would be lost with it, and its keys have been given already; it is marked
(`queries_sharing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.access.claims import Claim, Verdict, refuse, wait
from libertad.access.fold_sharing import first_proposal
from libertad.access.grounds import Grounds
from libertad.access.sharing import same_side
from libertad.journal.folding import Said
from libertad.journal.subjects import gives
from libertad.vocabulary.verbs import sharing as say
from libertad.vocabulary.verbs.access import CompartmentReaders
from libertad.vocabulary.verbs.danger import CareConfirm
from libertad.vocabulary.verbs.glass import GlassBreak

OWNER = "only the authority that met the person shares the file"
SECOND = "a second person lets a further authority read this file"


def judge_propose(claim: Claim, grounds: Grounds) -> Verdict | None:
    if claim.owner != claim.authority:
        return refuse(OWNER)
    if not gives(claim.subject, claim.authority, claim.compartment, claim.nonce):
        return refuse("the proposal is another authority's, or its id proves nobody's")
    return None


def judge_approve(claim: Claim, grounds: Grounds) -> Verdict | None:
    """By another officer of the file's owner, or of an authority of its side that is not let in by it."""
    proposal = _proposal(claim, grounds)
    if not isinstance(proposal, Said):
        return proposal
    content = cast(say.SharePropose, proposal.content)
    if claim.officer in ("", proposal.officer) or claim.authority == content.reader:
        return refuse("a second person approves it, and not who is to read")
    if claim.authority == proposal.authority:
        return None
    kind = grounds.member(claim.authority, claim.operation).kind
    of = grounds.member(proposal.authority, claim.operation).kind
    if not kind or not of:
        return wait("its authority is no member as far as is known here")
    return (
        None if same_side(kind, of) else refuse("police approve what police share, and care what care does")
    )


def judge_refuse(claim: Claim, grounds: Grounds) -> Verdict | None:
    proposal = _proposal(claim, grounds)
    if not isinstance(proposal, Said):
        return proposal
    return None if claim.authority == proposal.authority else refuse("another authority's proposal")


def _proposal(claim: Claim, grounds: Grounds) -> Said | Verdict:
    """The proposal that a claim names, of its subject and in its own file."""
    name = cast("say.ShareApprove | say.ShareRefuse", claim.content).entry
    entries = grounds.entries(f"access.Sharing:{claim.subject}")
    for entry in entries:
        if isinstance(entry.content, say.SharePropose) and entry.id == name:
            return entry if entry.compartment == claim.compartment else refuse("it was said in another file")
    return wait("the proposal that it names has not arrived")


# -- letting in ------------------------------------------------------------------------------------


def ungrounded(claim: Claim, grounds: Grounds) -> Verdict | None:
    """None where the word that a claim at home names lets its reader in; each lets in one, and once."""
    content = cast(CompartmentReaders, claim.content)
    word = grounds.find_entry(claim.proof) if claim.proof else None
    if word is None or len(content.reader) != 1 or not _lets_in(word, claim, content.reader[0], grounds):
        return refuse(SECOND)
    before = grounds.entries(f"access.Reader:{claim.compartment}:{content.reader[0]}")
    return refuse("it let an authority in once already") if spent(claim.proof, before) else None


def spent(proof: str, entries: Sequence[Said]) -> bool:
    """Whether a word was used: `entries` are those about the reader."""
    return any(isinstance(e.content, CompartmentReaders) and e.body.proof == proof for e in entries)


def _lets_in(word: Said, claim: Claim, reader: str, grounds: Grounds) -> bool:
    if isinstance(word.content, CareConfirm):
        confirmed = grounds.entries(f"access.CareConfirmed:{claim.operation}:{claim.authority}")
        return word.content.care == reader and word.id in {entry.id for entry in confirmed}
    if isinstance(word.content, GlassBreak):
        said = grounds.entries(f"access.BrokenGlass:{word.id}")
        place = word.id in {entry.id for entry in said} and word.compartment == claim.compartment
        return place and word.officer == claim.officer and word.content.reader == reader
    entries = grounds.entries(f"access.Sharing:{word.subject}")
    proposal = first_proposal(entries)
    if proposal is None or word.id not in {entry.id for entry in entries}:
        return False
    content = cast(say.SharePropose, proposal.content)
    if (proposal.compartment, proposal.authority) != (claim.compartment, claim.authority):
        return False
    if any(isinstance(entry.content, say.ShareRefuse) for entry in entries) or content.reader != reader:
        return False
    if isinstance(word.content, say.SharePropose):
        return content.danger and word.officer == claim.officer
    return (
        isinstance(word.content, say.ShareApprove)
        and not content.danger
        and word.content.entry == proposal.id
        and word.officer not in ("", proposal.officer)
    )
