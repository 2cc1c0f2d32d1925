"""Correct a detention: its words, or a status that did not happen or happened at another time."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions._correcting import correction
from libertad.journal.folding import Said
from libertad.people.fold import by_their_own, standing_tallies, status_said
from libertad.people.fold_detention import DETENTION, standing_states
from libertad.people.models import Detention, Tally
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import CustodyStatus, TallyCustody, TallyStatus

KEPT = ("reasons", "release", "court", "order")  # of a status that happened at another time
MISSING = "there is no such file"


@action("detention.state")
def correct_detention(act: Act, /, *, detention: str, reasons: str, **given: Any) -> str:
    """Returns the entry's hash. Takes the fields of `fold.DETENTION`; statuses by `correct_status`."""
    row = _row(act, detention)
    if row["authority"] != act.actor.authority:
        raise Forbidden("only the authority that recorded it corrects its words")
    change = correction(act, row, CustodyStatus, given, reasons, DETENTION)
    if not change.whole["name"]:
        raise Refused("name", "write a name, as far as it is known")
    content = CustodyStatus(**change.said, correction=reasons)
    return act.say(row["compartment"], content, subject=detention, supersedes=change.supersedes)


@action("detention.state", "tally.custody")
def correct_status(
    act: Act, /, *, detention: str, entry: str, how: str, reasons: str, day_part: str = ""
) -> str:
    """Returns the entry's hash. `how`: 'none' (it did not happen) or 'time' (then, as the act says).

    Only by the authority that said it. A status on which a later one rests is not taken back before that one,
    and its time stays between those of its neighbours. The anonymous count follows.
    """
    row = _row(act, detention)
    if not reasons.strip():
        raise Refused("reasons", "say what was wrong and how you know")
    if how not in ("none", "time"):
        raise Refused("how", "say whether it did not happen, or happened at another time")
    spoken = [
        status_entry
        for status_entry in act.tx.entries_touching(f"people.Detention:{detention}")
        if status_entry.verb == CustodyStatus.VERB
    ]
    states = [status_entry for status_entry, _what in standing_states(by_their_own(sorted(spoken)))]
    place = next((n for n, status_entry in enumerate(states) if status_entry.id == entry), None)
    if place is None:
        raise Refused("entry", "this status stands no more; load the page again")
    corrected_entry = states[place]
    if corrected_entry.authority != act.actor.authority:
        raise Forbidden("only the authority that said it corrects a status")
    later = states[place + 1 :]
    status = _state(corrected_entry)
    if how == "none":
        if later:
            raise Refused("entry", "a later status rests on it; correct that one first")
        content = CustodyStatus(correction=reasons)
    else:
        before = states[place - 1].at if place else None
        _between(act, before, later[0].at if later else None)
        if act.happened.at == corrected_entry.at:
            raise Refused("happened", "this is the time on file; correct what is wrong, or go back")
        kept: dict[str, Any] = {name: getattr(corrected_entry.content, name, "") for name in KEPT}
        content = CustodyStatus(state=status, day_part=day_part, correction=reasons, **kept)
    entry_hash = act.say(row["compartment"], content, subject=detention, supersedes={"state": (entry,)})
    _count(act, row, corrected_entry, "" if how == "none" else status)
    return entry_hash


def _row(act: Act, detention: str) -> dict[str, Any]:
    row = act.get(Detention, detention)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("detention", MISSING)
    return {**row, **act.open_row(Detention, row)}


def _state(entry: Said) -> str:
    return str(getattr(entry.content, "state", ""))


def _between(act: Act, before: Any, after: Any) -> None:
    at = act.happened.at
    if before is not None and at < before:
        raise Refused(
            "happened",
            "this lies before the status before it: write a later moment, or correct that status first",
        )
    if after is not None and at > after:
        raise Refused(
            "happened",
            "this lies after the status that followed it: write an earlier moment, or correct that one first",
        )


def _count(act: Act, row: dict[str, Any], entry: Said, status: str) -> None:
    """The anonymous count says what now stands, in place of what this authority counted at that moment."""
    entries = standing_tallies(act.tx.entries_touching(f"{Tally._meta.label}:{row['counting']}"))
    counted = [
        tally.id
        for tally in entries
        if isinstance(tally.content, (TallyCustody, TallyStatus))
        and tally.authority == act.actor.authority
        and tally.at == entry.at
        and status_said(tally) == _state(entry)
    ]
    if counted:
        content = TallyCustody(state=status, country=row["country"] if status else "", corrected=True)
        old = {"state": tuple(sorted(counted))}
        act.say(act.operation_compartment, content, subject=row["counting"], supersedes=old)
