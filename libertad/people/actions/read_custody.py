"""Read a release or a stage second, against the paper: until another officer has, the clock runs."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.another_person import require_another
from libertad.people.actions.record_stage import detention_at_hand
from libertad.people.fold_silence import DECLINED, UNREAD
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.custody import DetentionRead


@action("detention.read")
def read_custody(act: Act, *, detention: str, entry: str, agrees: str, reasons: str = "") -> None:
    """By a lead of police or a prosecutor who is another person than who said it. `entry`: what the page
    showed; one that lacks what it needs is recorded anew and not read."""
    row = detention_at_hand(act, detention)
    word = next((word for word in row.get("unheard", ()) if word["entry"] == entry), None)
    if word is None or word["flaw"] not in (UNREAD, DECLINED):
        raise Refused("agrees", "this does not wait for a second officer any more; load the page again")
    if word["officer"] == act.actor.officer:
        raise Forbidden("who recorded it does not read it second")
    require_another(act, word["officer"])
    content = DetentionRead(entry=entry, agrees=agrees, reasons=reasons.strip())
    act.say(row["compartment"], content, subject=detention, supersedes={}, source="decision", depends=[entry])
