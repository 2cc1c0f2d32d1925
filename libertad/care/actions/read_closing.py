"""Second reading of a proposal to close a protection file: only if another officer agrees is it closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.another_person import require_another
from libertad.care.actions._file import protection_file
from libertad.care.actions.appeal import refuse_suspended
from libertad.care.actions.close_care import RETURNED, refuse_over_offer
from libertad.care.models import CareFile, ProposedClosing
from libertad.care.since_closing import mark_of, said_since
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care_closing import CareCloseRead

GONE = marked("nobody asks for this closing any more: it was read, or taken back; load the page again")
CHANGED = marked("something was said in the file since you read it: load the page again and read it anew")


@action("care.close_read")
def read_care_closing(
    act: Act, *, person: str, closing: str, agrees: str, reasons: str = "", shown: str = ""
) -> str:
    """Returns the entry's hash. By a caseworker or a supervisor of the authority that keeps the file who is
    another person than who proposed it. `closing`: the proposal that the page showed; `shown`: what was said
    in the file since (`since_closing.mark_of`). Agreeing is refused while the person is offered to a
    colleague, and that the person has returned while an appeal suspends the decision."""
    place = protection_file(act, CareCloseRead.VERB, person)
    row = act.get(ProposedClosing, place)
    content = CareCloseRead(person=person, closing=closing, agrees=agrees, reasons=reasons.strip())
    if row is None or row["entry"] != closing:
        raise Refused("agrees", GONE)
    if row["officer"] == act.actor.officer:
        raise Forbidden("who proposed a closing does not read it second")
    require_another(act, row["officer"])
    if shown != mark_of(said_since(act.tx.sql, place, closing, _words(act, place))):
        raise Refused("agrees", CHANGED)
    if agrees == "yes":
        refuse_over_offer(act, person)
        if act.open_row(ProposedClosing, row)["reason"] == RETURNED:
            refuse_suspended(act, place, "agrees")
    return act.say(place, content, subject=person, supersedes={}, source="decision", depends=[closing])


def _words(act: Act, place: str) -> Mapping[str, Any]:
    file = act.get(CareFile, place)
    return act.open_row(CareFile, file) if file is not None else {}
