"""Correct a detention: its words, or a status that did not happen or happened at another time."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions._correcting import correction
from libertad.journal.folding import Said
from libertad.people.fold import DETENTION, by_their_own, standing_states, standing_tallies, status_said
from libertad.people.models import Detention, Tally
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import CustodyStatus, TallyCustody, TallyStatus

MISSING = "there is no such file"


@action("detention.state")
def correct_detention(act: Act, /, *, detention: str, reasons: str, **given: Any) -> str:
    """Returns the entry's hash. Takes the fields of `fold.DETENTION`; statuses by `correct_status`."""
    row = _row(act, detention)
    if row["authority"] != act.actor.authority:
        raise Forbidden("only the authority that recorded it corrects its words")
    made = correction(act, row, CustodyStatus, given, reasons, DETENTION)
    if not made.whole["name"]:
        raise Refused("name", "write a name, as far as it is known")
    what = CustodyStatus(**made.said, correction=reasons)
    return act.say(row["compartment"], what, subject=detention, supersedes=made.supersedes)


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
    spoken = [one for one in act.tx.known(f"people.Detention:{detention}") if one.verb == CustodyStatus.VERB]
    states = [one for one, _what in standing_states(by_their_own(sorted(spoken)))]
    place = next((n for n, one in enumerate(states) if one.id == entry), None)
    if place is None:
        raise Refused("entry", "this status stands no more; load the page again")
    said = states[place]
    if said.authority != act.actor.authority:
        raise Forbidden("only the authority that said it corrects a status")
    later = states[place + 1 :]
    status = _state(said)
    if how == "none":
        if later:
            raise Refused("entry", "a later status rests on it; correct that one first")
        what = CustodyStatus(correction=reasons)
    else:
        before = states[place - 1].at if place else None
        _between(act, before, later[0].at if later else None)
        if act.happened.at == said.at:
            raise Refused("happened", "this is the time on file; correct what is wrong, or go back")
        reason = getattr(said.content, "reasons", "")
        what = CustodyStatus(state=status, reasons=reason, day_part=day_part, correction=reasons)
    made = act.say(row["compartment"], what, subject=detention, supersedes={"state": (entry,)})
    _count(act, row, said, "" if how == "none" else status)
    return made


def _row(act: Act, detention: str) -> dict[str, Any]:
    row = act.get(Detention, detention)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("detention", MISSING)
    return {**row, **act.opened(Detention, row)}


def _state(said: Said) -> str:
    return str(getattr(said.content, "state", ""))


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


def _count(act: Act, row: dict[str, Any], said: Said, status: str) -> None:
    """The anonymous count says what now stands, in place of what this authority counted at that moment."""
    entries = standing_tallies(act.tx.known(f"{Tally._meta.label}:{row['counting']}"))
    counted = [
        one.id
        for one in entries
        if isinstance(one.content, (TallyCustody, TallyStatus))
        and one.authority == act.actor.authority
        and one.at == said.at
        and status_said(one) == _state(said)
    ]
    if counted:
        what = TallyCustody(state=status, country=row["country"] if status else "", corrected=True)
        old = {"state": tuple(sorted(counted))}
        act.say(act.operation_compartment, what, subject=row["counting"], supersedes=old)
