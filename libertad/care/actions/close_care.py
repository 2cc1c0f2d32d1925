"""Close a protection file, by two. Nobody is just left: the person knows to whom to turn."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.care.actions._desk import find_desk, is_at_work
from libertad.care.actions._file import NO_FILE, check_dates, protection_file
from libertad.care.actions.appeal import refuse_suspended
from libertad.care.closing import Appeal, appeal_of, open_things
from libertad.care.file_dues import CONTACT_LOST
from libertad.care.models import CareFile, Disclosure, ProposedClosing, Referral, ReturnDecision
from libertad.care.retention import CONTACT, PROPOSED
from libertad.people.queries import is_unsettled
from libertad.vocabulary.codelists import PartialDate, marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import CareClose
from libertad.vocabulary.verbs.danger import LONGEST, CareDanger
from libertad.vocabulary.verbs.desk import DeskWithdraw

WAITS_ALREADY = marked(
    "a closing of this file waits for its second reader already: let it be read, or take it back first"
)

ASKED_STILL = marked(
    "a service that was asked under Disclosures has no outcome yet: wait for its answer, or end that "
    "disclosure first"
)
RETURNED = "returned"  # of `closing-reasons`
OPEN = {
    "referrals": "a referral has no outcome",
    "second-reader": "a decision waits for its second reader",
    "not-identified": "nobody has decided whether the person is a victim",
    "no-decision": "return or stay is not decided",
}


@action("care.close", "care.danger")
def close_care(
    act: Act,
    *,
    person: str,
    reason: str,
    afterwards: str,
    contact_on: str = "",
    keep_until: str = "",
    despite: str = "",
    appeal: str = "",
) -> str:
    """Propose it; returns the entry's hash. It counts once another officer has agreed (`read_closing`), and
    until then the file is open. While something is open, `despite` says why it is closed all the same; of a
    decision that can or could be appealed against, `appeal` says what happens with that.

    On a closed file it records that contact was made: the last entry's dates count. Where contact with a
    child is lost from now on, care's own danger is said too, and waits for no reader: it stands until care
    says what was done. Refused while the person is offered to a colleague, while one waits already, and while
    a member that was asked has no outcome: what is said at the desk is not said over in this file, which the
    deciding authority reads. Refused too that the person has returned, while an appeal suspends the decision.
    """
    place = protection_file(act, "care.close", person)
    file = act.get(CareFile, place)
    if file is None:
        raise Refused("person", NO_FILE)
    check_dates(act, {"contact_on": (contact_on, 2), "keep_until": (keep_until, 100)}, file)
    if reason == RETURNED and file["closed_at"] is None:
        refuse_suspended(act, place, "reason")
    referrals = [r for r in act.find(Referral, compartment=place) if r["state"] in ("asked", "accepted")]
    names = ("status", "waiting", "decision", "return_waiting")
    left = open_things(**{name: file[name] for name in names}, referrals=len(referrals))
    if left and not despite.strip() and file["closed_at"] is None:
        listed = "; ".join(OPEN[code] for code in left)
        raise Refused("despite", "%(listed)s: say why the file is closed all the same", listed=listed)
    if file["closed_at"] is None and not appeal.strip():
        _refuse_over_appeal(appeal_of(act.find(ReturnDecision, compartment=place), act.happened.local.date()))
    if file["closed_at"] is None:
        if act.get(ProposedClosing, place) is not None:
            raise Refused("reason", WAITS_ALREADY)
        if _asked_of_members(act, person):
            raise Refused("reason", ASKED_STILL)
        refuse_over_offer(act, person)
    content = CareClose(
        person=person,
        reason=reason,
        afterwards=afterwards,
        contact_on=contact_on,
        keep_until=keep_until,
        despite=despite,
        appeal=appeal,
        stage=PROPOSED if file["closed_at"] is None else CONTACT,
    )
    entry = act.say(place, content, subject=person, supersedes={}, source="decision")
    if reason == CONTACT_LOST and file["child"] and file["closed_for"] != CONTACT_LOST:
        danger = CareDanger(person=person, words=afterwards.strip()[:LONGEST], because=reason)
        act.say(place, danger, subject=person, supersedes={})
    return entry


def _asked_of_members(act: Act, person: str) -> list[dict[str, Any]]:
    """Disclosures that ask a service, are not withdrawn, and have no outcome."""
    return [
        row
        for row in act.find(Disclosure, person=person, ended_at=None, authority=act.actor.authority)
        if row["service"] and row["read"] != "no" and (not row["file"] or is_unsettled(act, row["file"]))
    ]


def refuse_over_offer(act: Act, person: str) -> None:
    """A closed file is nobody's next task: whom somebody can still accept is not closed over."""
    desk = find_desk(act, DeskWithdraw.VERB, person)
    if desk.row is not None and desk.offer and is_at_work(act, desk.row["offered_to"]):
        raise Refused(
            "person",
            "the person is offered to a colleague: take the offer back first, or wait until it is answered",
        )


def _refuse_over_appeal(appeal: Appeal | None) -> None:
    if appeal is None:
        return
    if appeal.waits:
        raise Refused(
            "appeal",
            "an appeal against the decision waits for its outcome: record the outcome first, or say who sees "
            "to the appeal",
        )
    day = PartialDate(appeal.until)
    if appeal.runs:
        raise Refused(
            "appeal",
            "the decision can be appealed against until %(day)s: say what happens with the appeal, and who "
            "sees to it",
            day=day,
        )
    raise Refused(
        "appeal",
        "the decision could be appealed against until %(day)s, and nothing on file says whether one was "
        "made: say what happens with the appeal, or that there is none",
        day=day,
    )
