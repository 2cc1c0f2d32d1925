"""Entries -> changes that two authorities sign, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from libertad.access import changes
from libertad.access.changes_models import (
    Begun,
    Closing,
    OperationChange,
    Removed,
    Suspended,
    Undone,
    Vouched,
)
from libertad.journal.causal import as_said
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs import changes as say
from libertad.vocabulary.verbs.access import CompartmentRemove
from libertad.vocabulary.verbs.closing import OperationClose, OperationReopen

VERBS = ("change.propose", "change.sign", "change.refuse", "change.done")


@project(Begun, verbs=("operation.begin",), key=lambda entry: (entry.compartment,))
def begun_row(key: str, entries: Sequence[Said]) -> Row:
    """The first word: `about_changes` chooses of several which one binds."""
    first = min(entries, key=lambda entry: (entry.clock, entry.id))
    return Row(key, {"authority": first.authority, "at": first.clock})


@project(Closing, verbs=("operation.close", "operation.reopen"), key=lambda entry: (entry.compartment,))
def closing_row(key: str, entries: Sequence[Said]) -> Row:
    """The last word, in the order in which they were said: an operation's clock may be set back between."""
    last = as_said(entries)[-1]
    content = cast("OperationClose | OperationReopen", last.content)
    return Row(
        key,
        {
            "closed": isinstance(content, OperationClose),
            "at": last.at,
            "authority": last.authority,
            "officer": last.officer,
        },
        {"reasons": content.reasons},
    )


def _removed(entry: Said) -> list[str]:
    return [f"{entry.compartment}:{authority}" for authority in cast(CompartmentRemove, entry.content).reader]


@project(Removed, verbs=("compartment.remove",), key=_removed)
def removed_row(key: str, entries: Sequence[Said]) -> Row:
    """The last removal. Whether it holds, `access.Reader` tells."""
    last = entries[-1]
    content = cast(CompartmentRemove, last.content)
    compartment, _, authority = key.partition(":")
    return Row(
        compartment,
        {
            "authority": authority,
            "by": last.authority,
            "officer": last.officer,
            "at": last.clock,
            "change": last.body.proof,
        },
        {"reason": content.reason},
    )


@project(
    OperationChange,
    verbs=VERBS,
    key=lambda entry: (entry.subject,),
    begins=content_of(say.ChangePropose),
    own=("change.propose", "change.done"),
)
def change_row(key: str, entries: Sequence[Said]) -> Row | None:
    """A change as it stands: the first signature, a refusal in time, the entry that carried it out."""
    proposals = changes.proposals(entries)
    if not proposals:
        return None
    signed = sorted(changes.signatures(entries), key=lambda change: (change.starts, change.signature.id))
    sound = next((change for change in signed if change.refusal is None), signed[0] if signed else None)
    proposal = sound.proposal if sound else list(proposals.values())[-1]
    refusal = sound.refusal if sound else changes.refused(entries, proposal)
    done = next((entry for entry in entries if isinstance(entry.content, say.ChangeDone)), None)
    content = cast(say.ChangePropose, proposal.content)
    signature = sound.signature if sound else None
    return Row(
        proposal.compartment,
        {
            "change": content.change,
            "about": content.about,
            "authority": proposal.authority,
            "officer": proposal.officer,
            "at": proposal.clock,
            "entry": proposal.id,
            "signed_by": signature.authority if signature else "",
            "signer": signature.officer if signature else "",
            "signed_at": signature.clock if signature else None,
            "starts": sound.starts if sound else None,
            "refused_by": refusal.authority if refusal else "",
            "refuser": refusal.officer if refusal else "",
            "refused_at": refusal.clock if refusal else None,
            "done": cast(say.ChangeDone, done.content).entry if done else "",
        },
        {
            "content": content.content,
            "reason": content.reason,
            "refused": cast(say.ChangeRefuse, refusal.content).reason if refusal else "",
        },
    )


@project(
    Vouched,
    verbs=("device.enrol", "node.announce"),
    key=lambda entry: (entry.id,) if entry.subject != entry.authority else (),
)
def vouched_row(key: str, entries: Sequence[Said]) -> Row:
    entry = entries[0]
    return Row(
        entry.compartment,
        {
            "about": entry.subject,
            "authority": entry.authority,
            "officer": entry.officer,
            "verb": entry.verb,
            "at": entry.clock,
        },
    )


def _undone(entry: Said) -> Iterable[str]:
    content = cast(say.ChangePropose, entry.content)
    return (f"{content.about}:undo",) if content.change == changes.UNDO else ()


@project(Undone, verbs=("change.propose",), key=_undone)
def undone_row(key: str, entries: Sequence[Said]) -> Row:
    return Row(entries[0].compartment, {"change": entries[0].subject})


def _suspended(entry: Said) -> Iterable[str]:
    content = entry.content
    if isinstance(content, say.ChangeCut):
        return (f"{entry.compartment}:{entry.subject}",)
    if not isinstance(content, say.ChangePropose):
        return ()
    if content.change == changes.LIFT:
        return (f"{content.about}:lift",)
    if content.change == changes.SUSPEND:
        return f"{content.about}:suspend", f"{entry.authority}:suspends"
    return ()


@project(Suspended, verbs=("change.propose", "change.cut"), key=_suspended)
def suspended_row(key: str, entries: Sequence[Said]) -> Row:
    return Row(entries[0].compartment, {"change": entries[0].subject})
