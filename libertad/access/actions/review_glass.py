"""Say whether it was right what an officer did alone because of danger to life."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.another_person import own_roster
from libertad.access.appointments import by_one, identity
from libertad.access.glass_models import BrokenGlass
from libertad.access.glass_reviewers import Reviewers
from libertad.access.models import Officer
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.glass import GlassReview

GONE = marked("there is nothing of this to review")
DONE = marked("a second person has said already whether it was right; load the page again")
SAME = marked("this account bears the name or number of the officer who did it: another person reviews it")


@action("glass.review")
def review_glass(act: Act, *, entry: str, verdict: str, words: str) -> str:
    """Returns the entry's hash. `entry`: of the `glass.break`. Once, by a second person of the authority."""
    row = act.get(BrokenGlass, entry)
    if row is None:
        act.believe_all(BrokenGlass)  # RowChanged where somebody took it away
        raise Refused("entry", GONE)
    me, officer = act.actor, row["officer"]
    if not act.reads(row["compartment"]) or row["authority"] != me.authority:
        raise Refused("entry", GONE)
    if me.officer == officer:
        raise Forbidden("a second person says whether it was right")
    if row["reviewed_by"]:
        raise Refused("entry", DONE)
    reviewers = _reviewers(act)
    if not reviewers.is_another(me.officer, officer):
        raise Refused("entry", SAME)
    if me.officer not in reviewers.of(officer):
        raise Forbidden("another person of your authority reviews this")
    content = GlassReview(entry=entry, verdict=verdict, words=words.strip())
    return act.inside(row["compartment"]).say(
        row["compartment"], content, subject=row["person"], supersedes={}, depends=[entry]
    )


def _reviewers(act: Act) -> Reviewers:
    rows = act.find(Officer, authority=act.actor.authority)
    names = {row["id"]: identity(act.open_row(Officer, row)) for row in rows}
    return Reviewers(own_roster(act), names, by_one(act.tx.sql))
