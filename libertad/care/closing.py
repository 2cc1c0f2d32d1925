"""What is still open in a protection file: whoever closes it answers for each."""

from __future__ import annotations


def open_things(
    *, status: str, waiting: str, decision: str, return_waiting: str, referrals: int
) -> list[str]:
    """Codes of what is open: 'referrals', 'not-identified', 'second-reader', 'no-decision'."""
    found = []
    if referrals:
        found.append("referrals")
    if waiting or return_waiting:
        found.append("second-reader")
    if not status and not waiting:
        found.append("not-identified")
    if status != "not-a-victim" and not decision and not return_waiting:
        found.append("no-decision")
    return found
