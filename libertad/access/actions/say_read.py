"""Say that a second person read what the authority's officers opened: a week, or an unusual amount."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.another_person import own_roster
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import OpeningsRead


@action("openings.read")
def say_read(
    act: Act,
    *,
    words: str,
    week: str = "",
    officer: str = "",
    amount: str = "",
    first: str = "",
    count: int = 0,
) -> str:
    """Returns the entry's hash. In the authority's own file; never of what the reader did."""
    authority, reader = act.actor.authority, act.actor.officer
    roster = own_roster(act)
    officers = [officer] if officer else list(roster.roles)
    if not any(roster.is_second(reader, name) for name in officers):
        raise Forbidden("another person of your authority reads this")
    place = act.find_compartment("authority", authority)
    if place is None or not act.reads(place):
        raise Refused("week", "there is nothing to read")
    content = OpeningsRead(words=words, week=week, officer=officer, amount=amount, first=first, count=count)
    return act.say(place, content, subject=act.new_id())
