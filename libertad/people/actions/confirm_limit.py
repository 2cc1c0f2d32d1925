"""Confirm, for one's own country, how long its law lets somebody be held; or take that back."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions._receiving import put_on_roster
from libertad.access.matrix import matrix
from libertad.people.models import HoldingLimit
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.custody import LimitConfirm, LimitWithdraw

KINDS = ("police", "prosecution")  # kinds of authorities that confirm the law of their own country


def _own(act: Act, verb: str, kind: str) -> dict[str, Any] | None:
    """The authority's own limit as it stands; Refused where it is of no kind that confirms one."""
    if not matrix().may_say(act.actor.role, verb, "operation") or not act.active():
        raise Forbidden("your role may not say %(verb)s", verb=verb)
    own = act.member(act.actor.authority)
    if own is None or own["operation"] != act.actor.operation or own["kind"] not in KINDS:
        raise Refused("kind", "the police or the prosecution of a country confirm its limits")
    put_on_roster(act)
    return act.get(HoldingLimit, f"{act.actor.operation}:{act.actor.authority}:{kind}")


@action("limit.confirm")
def confirm_limit(
    act: Act,
    *,
    kind: str,
    rule: str,
    law: str,
    text: str,
    checked_with: str,
    hours: int = 0,
    note: str = "",
    reasons: str = "",
) -> None:
    """For the country of the actor's authority. One that takes another's place needs a reason."""
    before = _own(act, "limit.confirm", kind)
    if before is not None and not before["withdrawn"] and not reasons.strip():
        raise Refused("reasons", "say why it takes the place of the limit that is confirmed")
    content = LimitConfirm(
        kind=kind,
        rule=rule,
        hours=hours,
        law=law.strip(),
        text=text.strip(),
        checked_with=checked_with.strip(),
        note=note.strip(),
        reasons=reasons.strip(),
    )
    act.say(
        act.operation_compartment,
        content,
        subject=act.actor.authority,
        supersedes={},
        source="document",
        happened=act.later(*([before["at"]] if before else [])),
    )


@action("limit.withdraw")
def withdraw_limit(act: Act, *, kind: str, reasons: str) -> None:
    """From then on this authority has confirmed none; what it had confirmed stays visible."""
    before = _own(act, "limit.withdraw", kind)
    if before is None or before["withdrawn"]:
        raise Refused("kind", "your authority has not confirmed this limit")
    act.say(
        act.operation_compartment,
        LimitWithdraw(kind=kind, reasons=reasons.strip()),
        subject=act.actor.authority,
        supersedes={},
        source="decision",
        happened=act.later(before["at"]),
    )
