"""What is still open in a protection file: whoever closes it answers for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from libertad.care.appeals import LODGED
from libertad.vocabulary.values import span


def open_things(
    *, status: str, waiting: str, decision: str, return_waiting: str, referrals: int
) -> list[str]:
    """Codes of what is open: 'referrals', 'not-identified', 'second-reader', 'no-decision'."""
    codes = []
    if referrals:
        codes.append("referrals")
    if waiting or return_waiting:
        codes.append("second-reader")
    if not status and not waiting:
        codes.append("not-identified")
    if status != "not-a-victim" and not decision and not return_waiting:
        codes.append("no-decision")
    return codes


@dataclass(frozen=True)
class Appeal:
    """An appeal against a decision on return or stay waits for its outcome (`waits`), or one can, or could,
    be lodged until a (partial) date.

    Where none is on file nobody knows whether there is one; so whoever closes the file says what happens with
    it, after that day as well.
    """

    until: str
    runs: bool
    waits: bool = False


def appeal_of(decisions: Iterable[Mapping[str, Any]], today: date) -> Appeal | None:
    """One that waits; else the last time for one to end, of the decisions that count or wait for their second
    reader. None without a date, and of a decision whose appeal has its outcome."""
    listed = [decision for decision in decisions if decision["read"] in ("", "yes")]
    if any(decision["appeal"] == LODGED for decision in listed):
        return Appeal("", False, True)
    days = [decision["appeal_by"] for decision in listed if decision["appeal_by"] and not decision["appeal"]]
    last = max(days, key=lambda day: span(day)[1], default=None)
    return None if last is None else Appeal(last, span(last)[1] >= today)
