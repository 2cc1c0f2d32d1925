"""Access entries -> officers whose access is suspended, was lifted or came back by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.access import officer_suspensions as states
from libertad.access.suspension_models import OfficerSuspension
from libertad.journal.causal import acted, as_said
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs import access as say


@project(
    OfficerSuspension,
    verbs=("officer.suspend", "officer.uphold", "officer.restore", "officer.withdraw"),
    key=lambda entry: (entry.subject,),
)
def suspension_row(key: str, entries: Sequence[Said]) -> Row | None:
    ordered = as_said(entries, acted)
    suspended = [entry for entry in ordered if isinstance(entry.content, say.OfficerSuspend)]
    if not suspended:
        return None
    last = suspended[-1]
    upheld, ended = _rulings(last, ordered, key)
    state = states.UPHELD if upheld is not None else states.ALONE
    if ended is not None:
        state = states.LIFTED if ended.officer else states.LAPSED
    if any(isinstance(entry.content, say.OfficerWithdraw) for entry in ordered):
        state = states.WITHDRAWN
    reasons = [
        cast("say.OfficerUphold | say.OfficerRestore", entry.content).reason
        for entry in (upheld, ended)
        if entry is not None
    ]
    return Row(
        last.compartment,
        {
            "authority": last.authority,
            "state": state,
            "entry": last.id,
            "by": last.officer,
            "at": last.clock,
            "upheld_by": upheld.officer if upheld is not None else "",
            "ended": ended.clock if ended is not None else None,
            "ended_by": ended.officer if ended is not None else "",
            "spent": [
                [entry.officer, int(entry.clock.timestamp() * 1000)]
                for entry in suspended
                if _by_one(entry, ordered, key)
            ],
        },
        {"reason": last.content.reason, "why": reasons[-1] if reasons else ""},  # type: ignore[attr-defined]
    )


def _by_one(suspension: Said, ordered: Sequence[Said], officer: str) -> bool:
    """Whether nobody but who suspended stood behind it: neither upheld nor lifted by a second person."""
    upheld, ended = _rulings(suspension, ordered, officer)
    return upheld is None and (ended is None or ended.officer in ("", suspension.officer))


def _rulings(suspension: Said, ordered: Sequence[Said], officer: str) -> tuple[Said | None, Said | None]:
    """Who upheld it, and what ended it. The first word that may counts: who is suspended says none, who
    suspended upholds nothing; what was upheld ends by one of the two alone, and by no lapse."""
    upheld: Said | None = None
    for entry in ordered:
        content = entry.content
        if not isinstance(content, (say.OfficerUphold, say.OfficerRestore)) or content.entry != suspension.id:
            continue
        own_node = not entry.officer and entry.authority == suspension.authority  # in a file of its own, too
        if entry.officer == officer or (entry.compartment != suspension.compartment and not own_node):
            continue
        if isinstance(content, say.OfficerUphold):
            if upheld is None and entry.officer not in ("", suspension.officer):
                upheld = entry
        elif upheld is None or entry.officer in (suspension.officer, upheld.officer):
            return upheld, entry
    return upheld, None
