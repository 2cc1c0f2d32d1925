"""An appeal against a decision on return or stay: that it was lodged, and what came of it."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.care.actions._file import NO_FILE, part, protection_file
from libertad.care.appeals import LODGED
from libertad.care.models import CareFile, ReturnDecision
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.deciding import AppealLodge, AppealOutcome

SUSPENDED = marked(
    "an appeal against the decision waits for its outcome, and the decision is suspended until then: record "
    "the outcome first, also where the person has withdrawn the appeal"
)


@action("appeal.lodge")
def lodge_appeal(act: Act, *, decision: str, court: str, suspends: str, words: str = "") -> str:
    """Returns the entry's hash. Only against a decision that counts, and one appeal at a time: refused for
    one that nobody read second, that was taken back or set aside, and while an appeal waits."""
    row = _decision(act, decision, AppealLodge.VERB)
    if row["read"] != "yes":
        raise Refused("decision", "this decision does not count, so there is nothing to appeal against")
    if row["appeal"] == LODGED:
        raise Refused("decision", "an appeal against it waits already: record its outcome first")
    content = AppealLodge(person=row["person"], court=court.strip(), suspends=suspends, words=words.strip())
    return act.say(row["compartment"], content, subject=decision, supersedes={}, source="document")


@action("appeal.outcome")
def end_appeal(act: Act, *, decision: str, appeal: str, outcome: str, words: str = "") -> str:
    """Returns the entry's hash. A decision that is set aside counts no more, and is made anew; of several
    outcomes the last one counts. `appeal`: the entry that lodged it."""
    row = _decision(act, decision, AppealOutcome.VERB)
    lodged = {appeal_row["entry"]: appeal_row for appeal_row in row.get("appeals", ())}
    if appeal not in lodged:
        raise Refused("appeal", "there is no such appeal against this decision")
    if lodged[appeal].get("ended", {}).get("outcome") == outcome:
        raise Refused("outcome", "this outcome is on file already")
    content = AppealOutcome(person=row["person"], appeal=appeal, outcome=outcome, words=words.strip())
    return act.say(
        row["compartment"], content, subject=decision, supersedes={}, source="document", depends=[appeal]
    )


def refuse_suspended(act: Act, place: str, field: str) -> None:
    """Refused while an appeal suspends the decision of this file: nothing of a return is carried out."""
    file = act.get(CareFile, place)
    if file is not None and file["suspended"]:
        raise Refused(field, SUSPENDED)


def _decision(act: Act, decision: str, verb: str) -> dict[str, Any]:
    row = part(act, ReturnDecision, decision, "decision", verb)
    if protection_file(act, verb, row["person"]) != row["compartment"]:
        raise Refused("decision", NO_FILE)  # another care authority keeps that file
    return row
