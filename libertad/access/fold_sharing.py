"""Access entries -> proposals to let a further authority read an identity file, and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.access.sharing_models import Sharing
from libertad.journal.causal import as_said
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs import sharing as say


@project(
    Sharing,
    verbs=("share.propose", "share.approve", "share.refuse"),
    key=lambda entry: (entry.subject,),
    begins=lambda entry: isinstance(entry.content, say.SharePropose),
)
def sharing_row(key: str, entries: Sequence[Said]) -> Row | None:
    """The first answer of each kind that names the proposal; whoever proposed approves nothing."""
    proposal = first_proposal(entries)
    if proposal is None:
        return None
    content = cast(say.SharePropose, proposal.content)
    answers = [
        entry
        for entry in as_said(entries)
        if isinstance(entry.content, (say.ShareApprove, say.ShareRefuse))
        and entry.content.entry == proposal.id
        and entry.compartment == proposal.compartment
    ]
    approvals = [
        entry
        for entry in answers
        if isinstance(entry.content, say.ShareApprove) and entry.officer not in ("", proposal.officer)
    ]
    refusals = [
        entry
        for entry in answers
        if isinstance(entry.content, say.ShareRefuse) and entry.authority == proposal.authority
    ]
    approval, refusal = next(iter(approvals), None), next(iter(refusals), None)
    return Row(
        proposal.compartment,
        {
            "authority": proposal.authority,
            "officer": proposal.officer,
            "reader": content.reader,
            "entry": proposal.id,
            "said": proposal.clock,
            "danger": content.danger,
            "approval": approval.id if approval else "",
            "approved_by": approval.officer if approval else "",
            "approved_authority": approval.authority if approval else "",
            "refused_by": refusal.officer if refusal else "",
        },
        {
            "reason": content.reason,
            "words": cast(say.ShareApprove, approval.content).words if approval else "",
            "refusal": cast(say.ShareRefuse, refusal.content).words if refusal else "",
        },
    )


def first_proposal(entries: Sequence[Said]) -> Said | None:
    """The proposal that these entries answer."""
    return next((s for s in as_said(entries) if isinstance(s.content, say.SharePropose)), None)
