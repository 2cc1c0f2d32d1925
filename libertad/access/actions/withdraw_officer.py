"""Withdraw an officer's access: sessions and streams end within 5 seconds at this node."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.amount_limits import WITHDRAWALS
from libertad.access.amount_pace import slow_down
from libertad.access.models import Officer
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import OfficerWithdraw


@action("officer.withdraw")
def withdraw_officer(act: Act, *, officer: str, reason: str) -> None:
    """Only by the officer's own authority, and never oneself; in all operations that know the officer."""
    row = act.get(Officer, officer)
    if row is None or row["authority"] != act.actor.authority:
        raise Refused("officer", "there is no such officer in your authority")
    if officer == act.actor.officer:
        raise Forbidden("nobody may withdraw an own access")
    if not reason.strip():
        raise Refused("reason", "say why access ends")
    slow_down(act, WITHDRAWALS)
    appointed = {entry.compartment for entry in act.tx.entries_touching(f"access.Officer:{officer}")}
    for place in sorted({row["compartment"], *appointed.intersection(act.operation_files())}):
        act.inside(place).say(place, OfficerWithdraw(reason=reason), subject=officer)
