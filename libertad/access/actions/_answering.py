"""Which open dangers a closing answers: those that its page showed, never one that came meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.vocabulary.values import Refused


def answered(waiting: Sequence[str], answers: Sequence[str] | None) -> list[str]:
    """Of the entries that wait those that somebody read. `answers`: what the page showed; None: all of them.

    Refused where something waits and the page showed nothing: nobody has read it.
    """
    if answers is None or not waiting:
        return list(waiting)
    if not answers:
        raise Refused("done", "this page showed no danger: read what is open, and say again what was done")
    return [entry for entry in waiting if entry in answers]
