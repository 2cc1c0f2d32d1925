"""Say that a child's guardian is safe to contact, read that second, and take it back."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.another_person import require_another
from libertad.care.actions._desk import desk_beside
from libertad.care.actions._family import listed, standing
from libertad.care.actions._file import part
from libertad.care.clearings import OPEN, WAITS, can_be_cleared, state_of
from libertad.care.models import CareFile, GuardianClearing
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.family import GuardianClear, GuardianClearRead, GuardianRevoke

OVER = marked("this waits no more: it was read or taken back, or the guardians on file changed")


@action("guardian.clear")
def clear_guardian(act: Act, *, person: str, guardian: str, why: str) -> str:
    """Returns the entry's hash. Of a child's guardian (`guardian`: the entry that stands) of whom somebody
    checked that the one had no part in what was done; it counts once another person has read it."""
    place = desk_beside(act, GuardianClear.VERB, person)
    file = act.get(CareFile, act.compartment("care", person))
    if file is None or not file["child"]:
        raise Refused("guardian", "only while the rules for a child apply is a guardian recorded as safe")
    if not can_be_cleared(standing(act, person, "guardians", guardian)):
        raise Refused(
            "guardian",
            "first somebody checks that this guardian had no part in what was done to the child: record that "
            "with the guardian",
        )
    for row in act.find(GuardianClearing, compartment=place):
        if row["guardian"] == guardian and _state(act, row) in OPEN:
            raise Refused("guardian", "this guardian is recorded as safe already: take that back first")
    among = tuple(sorted(row["entry"] for row in listed(act, person, "guardians")))
    content = GuardianClear(guardian=guardian, among=among, why=why.strip())
    return act.say(place, content, subject=person, supersedes={}, source="decision")


@action("guardian.clear_read")
def read_clearing(act: Act, *, clearing: str, agrees: str, words: str = "") -> str:
    """Returns the entry's hash. By another person than who recorded it; refused once it waits no more."""
    row = part(act, GuardianClearing, clearing, "clearing", GuardianClearRead.VERB)
    place = desk_beside(act, GuardianClearRead.VERB, row["person"])
    if row["officer"] == act.actor.officer:
        raise Forbidden("who recorded a guardian as safe does not read it second")
    require_another(act, row["officer"])
    if row["compartment"] != place or _state(act, row) != WAITS:
        raise Refused("agrees", OVER)
    content = GuardianClearRead(clearing=clearing, agrees=agrees, words=words.strip())
    return act.say(
        place, content, subject=row["person"], supersedes={}, source="decision", depends=[clearing]
    )


@action("guardian.revoke")
def revoke_clearing(act: Act, *, clearing: str, words: str) -> str:
    """Returns the entry's hash. By one officer, in a closed file as well; it counts at once."""
    row = part(act, GuardianClearing, clearing, "clearing", GuardianRevoke.VERB)
    if row["revoked_at"] is not None:
        raise Refused("clearing", "this was taken back already")
    content = GuardianRevoke(clearing=clearing, words=words.strip())
    return act.say(
        row["compartment"],
        content,
        subject=row["person"],
        supersedes={},
        source="decision",
        depends=[clearing],
    )


def _state(act: Act, row: dict[str, Any]) -> str:
    entries = [guardian["entry"] for guardian in listed(act, row["person"], "guardians")]
    return state_of(
        read=row["read"],
        revoked=row["revoked_at"] is not None,
        among=row["among"],
        standing=entries,
    )
