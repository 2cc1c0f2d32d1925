"""The second officer of a play: whatever ends the hours of a detention is read where it has arrived."""

from __future__ import annotations

from libertad.access.acting import Act
from libertad.people.actions.read_custody import read_custody
from libertad.people.actions.record_stage import detention_at_hand
from libertad.vocabulary.values import Refused


def read_unheard(act: Act, *, detention: str) -> None:
    """Agree with each word that waits; Refused while none is here, so that a play asks again."""
    words = [word["entry"] for word in detention_at_hand(act, detention).get("unheard", ())]
    if not words:
        raise Refused("detention", "nothing of it waits for a second officer yet")
    for entry in words:
        read_custody(act, detention=detention, entry=entry, agrees="yes")
