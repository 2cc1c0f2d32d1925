"""Record what the person wants to come next, in the person's own words."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import protection_file
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import WishRecord


@action("wish.record")
def record_wish(act: Act, *, person: str, wish: str, words: str = "") -> None:
    """The last wish is the one that a decision answers to; earlier ones stay on file."""
    if wish == "not-asked":
        raise Refused("wish", "ask the person first: without an answer there is no wish to record")
    place = protection_file(act, "wish.record", person)
    act.say(place, WishRecord(person=person, wish=wish, words=words), subject=person, source="said")
