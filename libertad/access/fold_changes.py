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


@project(Begun, verbs=("operation.begin",), key=lambda said: (said.compartment,))
def begun_row(key: str, said: Sequence[Said]) -> Row:
    """The first word: `about_changes` chooses of several which one binds."""
    first = min(said, key=lambda entry: (entry.clock, entry.id))
    return Row(key, {"authority": first.authority, "at": first.clock})


@project(Closing, verbs=("operation.close", "operation.reopen"), key=lambda said: (said.compartment,))
def closing_row(key: str, said: Sequence[Said]) -> Row:
    """The last word, in the order in which they were said: an operation's clock may be set back between."""
    last = as_said(said)[-1]
    what = cast("OperationClose | OperationReopen", last.content)
    return Row(
        key,
        {
            "closed": isinstance(what, OperationClose), "at": last.at, "authority": last.authority,
            "officer": last.officer,
        },
        {"reasons": what.reasons},
    )  # fmt: skip


def _removed(said: Said) -> list[str]:
    return [f"{said.compartment}:{one}" for one in cast(CompartmentRemove, said.content).reader]


@project(Removed, verbs=("compartment.remove",), key=_removed)
def removed_row(key: str, said: Sequence[Said]) -> Row:
    """The last removal. Whether it holds, `access.Reader` tells."""
    last = said[-1]
    what = cast(CompartmentRemove, last.content)
    compartment, _, authority = key.partition(":")
    return Row(
        compartment,
        {
            "authority": authority, "by": last.authority, "officer": last.officer, "at": last.clock,
            "change": last.body.proof,
        },
        {"reason": what.reason},
    )  # fmt: skip


@project(
    OperationChange,
    verbs=VERBS,
    key=lambda said: (said.subject,),
    begins=content_of(say.ChangePropose),
    own=("change.propose", "change.done"),
)
def change_row(key: str, said: Sequence[Said]) -> Row | None:
    """A change as it stands: the first signature, a refusal in time, the entry that carried it out."""
    proposals = changes.proposals(said)
    if not proposals:
        return None
    signed = sorted(changes.signatures(said), key=lambda one: (one.starts, one.signature.id))
    sound = next((one for one in signed if one.refusal is None), signed[0] if signed else None)
    proposal = sound.proposal if sound else list(proposals.values())[-1]
    refusal = sound.refusal if sound else changes.refused(said, proposal)
    done = next((one for one in said if isinstance(one.content, say.ChangeDone)), None)
    what = cast(say.ChangePropose, proposal.content)
    signature = sound.signature if sound else None
    return Row(
        proposal.compartment,
        {
            "change": what.change, "about": what.about, "authority": proposal.authority,
            "officer": proposal.officer, "at": proposal.clock, "entry": proposal.id,
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
            "content": what.content, "reason": what.reason,
            "refused": cast(say.ChangeRefuse, refusal.content).reason if refusal else "",
        },
    )  # fmt: skip


@project(
    Vouched,
    verbs=("device.enrol", "node.announce"),
    key=lambda said: (said.id,) if said.subject != said.authority else (),
)
def vouched_row(key: str, said: Sequence[Said]) -> Row:
    entry = said[0]
    return Row(
        entry.compartment,
        {
            "about": entry.subject, "authority": entry.authority, "officer": entry.officer,
            "verb": entry.verb, "at": entry.clock,
        },
    )  # fmt: skip


def _undone(said: Said) -> Iterable[str]:
    what = cast(say.ChangePropose, said.content)
    return (f"{what.about}:undo",) if what.change == changes.UNDO else ()


@project(Undone, verbs=("change.propose",), key=_undone)
def undone_row(key: str, said: Sequence[Said]) -> Row:
    return Row(said[0].compartment, {"change": said[0].subject})


def _suspended(said: Said) -> Iterable[str]:
    what = said.content
    if isinstance(what, say.ChangeCut):
        return (f"{said.compartment}:{said.subject}",)
    if not isinstance(what, say.ChangePropose):
        return ()
    if what.change == changes.LIFT:
        return (f"{what.about}:lift",)
    if what.change == changes.SUSPEND:
        return f"{what.about}:suspend", f"{said.authority}:suspends"
    return ()


@project(Suspended, verbs=("change.propose", "change.cut"), key=_suspended)
def suspended_row(key: str, said: Sequence[Said]) -> Row:
    return Row(said[0].compartment, {"change": said[0].subject})
