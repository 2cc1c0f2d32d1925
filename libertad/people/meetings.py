"""A meeting as it stands: where, when and how a person was met, with what was corrected of it since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from libertad.journal.corrections import behind, first_said
from libertad.journal.folding import Said, conflict, live
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.people import PersonMeet, PersonMeeting, TallyPerson

# What a correction may change. The visit goes with the site.
MEETING = ("met", "site", "visit", "needs", "travel_document", "with_whom")
WORDS = tuple(name for name in MEETING if name != "met")
COUNTED = ("country", "age_group", "sex", "workplace")


def meeting_entries(entries: Sequence[Said]) -> list[Said]:
    """The meeting and what its own authority corrected of it, the meeting first; [] without a meeting."""
    first = next((entry for entry in entries if isinstance(entry.content, PersonMeet)), None)
    if first is None:
        return []
    return [
        first,
        *(
            entry
            for entry in entries
            if isinstance(entry.content, PersonMeeting)
            and (entry.authority, entry.compartment) == (first.authority, first.compartment)
        ),
    ]


def met(entries: Sequence[Said]) -> Happened:
    """When it was: of two corrections that cross the later one, until a third has settled it."""
    values = live(entries, "met")
    moment: Happened = values[-1].value if values else entries[0].happened
    return moment


def standing(entries: Sequence[Said]) -> dict[str, Any]:
    """Each field of MEETING as it stands; `entries` as `meeting_entries` gives them."""
    first, many_valued = entries[0].content, PersonMeeting.multi_valued()
    if len(entries) == 1:
        return {"met": entries[0].happened, **{name: getattr(first, name) for name in WORDS}}
    by_field: dict[str, Any] = {"met": met(entries)}
    for name in WORDS:
        values = [value.value for value in live(entries, name)]
        by_field[name] = tuple(dict.fromkeys(values)) if name in many_valued else values[-1] if values else ""
    return by_field


def standing_entries(entries: Sequence[Said]) -> dict[str, list[str]]:
    """Per field the entries whose value stands: what a form that corrects it supersedes.

    The time of a meeting that nobody corrected is that of its own entry.
    """
    by_field = behind(entries, MEETING)
    return by_field | {"met": by_field["met"] or [entries[0].id]}


def disputed(entries: Sequence[Said]) -> list[str]:
    """Fields of which two corrections cross. Two sites are one question, though each has its visit."""
    if len(entries) < 3:
        return []
    many_valued = PersonMeeting.multi_valued()
    return [
        name for name in MEETING if name not in many_valued and name != "visit" and conflict(entries, name)
    ]


def counting_entry(entries: Sequence[Said]) -> tuple[Said, datetime, str] | None:
    """(the entry by which somebody was counted, when met, workplace) as they stand; None for nobody met."""
    people = [entry for entry in entries if isinstance(entry.content, TallyPerson)]
    first = next(iter(first_said(people)), None)
    if first is None:
        return None
    people = [entry for entry in people if entry.authority == first.authority]
    stands, places = live(people, "country"), live(people, "workplace")
    at = stands[-1].said.at if stands else first.at
    return first, at, str(places[-1].value) if places else ""
