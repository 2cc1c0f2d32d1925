"""People are counted by eye at a site, and a difference to those on file is explained."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.access.closed import refuse_new
from libertad.operations.actions._places import our_site, our_team
from libertad.operations.models import Headcount, Visit
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.on_site import GROUPS, HeadcountExplain, HeadcountRecord

COUNT = (*GROUPS, "note")
WHOLE = ("site", "team", "visit", *COUNT)


@action("headcount.record")
def record_headcount(
    act: Act,
    *,
    site: str,
    team: str,
    visit: str = "",
    men: int | None = None,
    women: int | None = None,
    children: int | None = None,
    unclear: int | None = None,
    note: str = "",
) -> str:
    """Returns the headcount's id. A team of the site's own country counts; None: a group not counted."""
    refuse_new(act, "note", act.happened)
    place = our_site(act, site)
    if our_team(act, team)["country"] != place["country"]:
        raise Refused("team", "there is no such team")
    if visit:
        row = act.get(Visit, visit)
        if row is None or (row["site"], row["team"]) != (site, team):
            raise Refused("visit", "this team has recorded no such visit to this site")
    content = HeadcountRecord(
        site=site,
        team=team,
        visit=visit,
        men=men,
        women=women,
        children=children,
        unclear=unclear,
        note=note,
    )
    headcount = act.new_id(place["compartment"])
    act.say(place["compartment"], content, subject=headcount, supersedes={})
    return headcount


@action("headcount.record")
def count_anew(act: Act, /, *, headcount: str, **values: Any) -> str:
    """Returns the entry's hash. `values`: groups and note, whole, in place of the counts that were shown.

    A count of another officer that the form did not show stays beside it, and the later one counts.
    """
    row = our_headcount(act, headcount)
    if unknown := values.keys() - set(COUNT):
        raise Refused(min(unknown), "is not counted anew: it says what the count is of")
    former = shown_entries(act, row, "stands")
    content = HeadcountRecord(site=row["site"], team=row["team"], visit=row["visit"], **values)
    return act.say(row["compartment"], content, subject=headcount, supersedes=dict.fromkeys(WHOLE, former))


@action("headcount.explain")
def explain_headcount(
    act: Act,
    *,
    headcount: str,
    left_before_spoken: int = 0,
    still_to_meet: int = 0,
    counted_twice: int = 0,
    other: int = 0,
    note: str = "",
) -> str:
    """Returns the entry's hash. In place of the explanations that the form showed."""
    row = our_headcount(act, headcount)
    content = HeadcountExplain(
        left_before_spoken=left_before_spoken,
        still_to_meet=still_to_meet,
        counted_twice=counted_twice,
        other=other,
        note=note,
    )
    former = shown_entries(act, row, "explains")
    names = HeadcountExplain.__struct_fields__ if former else ()
    return act.say(row["compartment"], content, subject=headcount, supersedes=dict.fromkeys(names, former))


def our_headcount(act: Act, headcount: str) -> dict[str, Any]:
    """A headcount that the actor's authority reads; the same answer for one that is not there."""
    row = act.get(Headcount, headcount) if headcount else None
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("headcount", "there is no such headcount")
    return row


def shown_entries(act: Act, row: dict[str, Any], name: str) -> tuple[str, ...]:
    """The entries that the form showed, else those that stand; Refused for one that is not of this count."""
    displayed = sorted({entry for entries in act.supersedes.values() for entry in entries})
    for key in displayed:
        entry = act.find_entry(key)
        if entry is None or entry.compartment != row["compartment"] or entry.subject != row["id"]:
            raise Refused("supersedes", "the value that this form showed is not on file; load the page again")
    return tuple(displayed or act.open_row(Headcount, row).get(name, ()))
