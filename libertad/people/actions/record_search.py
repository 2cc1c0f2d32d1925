"""Record that somebody searched by name, document or phone: before the answer is shown."""

from __future__ import annotations

from libertad.access.acting import Act, action, new_id
from libertad.vocabulary.verbs.access import SearchMade


@action("search.made")
def record_search(act: Act, *, words: str, found: int) -> str:
    """Kept, sealed, in the searcher's own authority. Returns the search's id."""
    search = new_id()
    place = act.compartment("authority", act.actor.authority)
    act.say(place, SearchMade(words=words, found=found), subject=search, source="saw", supersedes={})
    return search
