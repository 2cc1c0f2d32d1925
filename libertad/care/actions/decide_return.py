"""Decide whether a person returns or stays: by the wish, the circumstances and the resources at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.access.acting import Act, action
from libertad.care.actions._file import check_dates, protection_file
from libertad.care.models import CareFile
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import ReturnDecide


@action("return.decide")
def decide_return(
    act: Act,
    *,
    person: str,
    decision: str,
    wish: str,
    circumstances: Sequence[str],
    resources: Sequence[str],
    reasons: str,
    basis: str = "",
    until: str = "",
    appeal_by: str = "",
    review_on: str = "",
    together_with: Sequence[str] = (),
) -> str:
    """Returns the decision's id; it counts once a second reader confirms it (`read_return`).

    Only the deciding authority; only on an identification that counts; the wish is the one on file.
    """
    place = protection_file(act, "return.decide", person)
    content = checked_return(
        act,
        place,
        person=person,
        decision=decision,
        wish=wish,
        circumstances=circumstances,
        resources=resources,
        reasons=reasons,
        basis=basis,
        until=until,
        appeal_by=appeal_by,
        review_on=review_on,
        together_with=together_with,
    )
    ruling = act.new_id()
    act.say(place, content, subject=ruling, source="decision")
    return ruling


def checked_return(
    act: Act,
    place: str,
    before: Mapping[str, Any] | None = None,
    /,
    *,
    person: str,
    decision: str,
    wish: str,
    circumstances: Sequence[str],
    resources: Sequence[str],
    reasons: str,
    basis: str = "",
    until: str = "",
    appeal_by: str = "",
    review_on: str = "",
    together_with: Sequence[str] = (),
) -> ReturnDecide:
    """The words of a decision, for the first time or corrected; Refused for what breaks a rule.

    `before`: what stands on file of it.
    """
    file = act.get(CareFile, place)
    if file is None or not file["status"]:
        raise Refused("person", "there is no identification on file that a second reader confirmed")
    on_file = file["wish"] or "not-asked"
    if wish != on_file:
        raise Refused("wish", "this is not the wish on file; ask the caseworker to record the wish first")
    if on_file == "not-asked" and decision != "undecided":
        raise Refused("wish", "nobody has asked the person yet; ask the caseworker to record the wish first")
    weighed = set(circumstances)
    if file["child"] and decision != "undecided" and "child-best-interest" not in weighed:
        raise Refused("circumstances", "the rules for a child apply: weigh the child's best interest")
    for other_person in together_with:
        other_place = act.find_compartment("care", other_person)
        if other_person == person or other_place is None or not act.reads(other_place):
            raise Refused("together_with", "there is no such file")
    check_dates(act, {"until": (until, 30), "appeal_by": (appeal_by, 2), "review_on": (review_on, 2)}, before)
    return ReturnDecide(
        person=person,
        decision=decision,
        wish=wish,
        circumstances=tuple(circumstances),
        resources=tuple(resources),
        reasons=reasons,
        basis=basis,
        until=until,
        appeal_by=appeal_by,
        review_on=review_on,
        together_with=tuple(together_with),
    )
