"""Search by name: kept in the searcher's own authority, words sealed, before the answer is shown."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.amount_limits import SEARCHES
from libertad.access.amount_pace import slow_down
from libertad.vocabulary.verbs.access import SearchMade


@action("search.made")
def search_made(act: Act, *, words: str, found: int) -> None:
    """`found` is how many files were shown. Slowed beyond an unusual amount."""
    slow_down(act, SEARCHES)
    own = act.find_compartment("authority", act.actor.authority)
    place = own if own is not None else act.open("authority", act.actor.authority, ())
    act.say(place, SearchMade(words=words[:200], found=found), subject=act.new_id())
