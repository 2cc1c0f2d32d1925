"""Say who decides beside a child or speaks for a person, or that one does no longer."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._family import standing
from libertad.care.actions._file import protection_file
from libertad.vocabulary.values import Refused, span
from libertad.vocabulary.verbs.family import GuardianAssign


@action("guardian.assign")
def assign_guardian(
    act: Act,
    *,
    person: str,
    name: str,
    kind: str,
    checked: str,
    by: str = "",
    since: str = "",
    reach: str = "",
    note: str = "",
) -> str:
    """Returns the entry's hash. Read by whoever reads the protection file; refused while that is closed."""
    content = GuardianAssign(
        name=name.strip(), kind=kind, checked=checked, by=by, since=since, reach=reach, note=note
    )
    if since and span(since)[0] > act.happened.local.date():
        raise Refused("since", "this day has not come yet")
    return act.say(protection_file(act, content.VERB, person), content, subject=person)


@action("guardian.assign")
def end_guardian(act: Act, *, person: str, entry: str, note: str) -> str:
    """Returns the entry's hash. `entry` is the word that ends; `note` says why."""
    place = protection_file(act, GuardianAssign.VERB, person)
    row = standing(act, person, "guardians", entry)
    content = GuardianAssign(
        name=row["name"],
        kind=row["kind"],
        checked=row["checked"],
        by=row["by"],
        since=row["since"],
        reach=row["reach"],
        note=note,
        ended=True,
    )
    return act.say(place, content, subject=person)
