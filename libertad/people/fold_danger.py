"""Entries -> dangers counted without a name; and the closings that stand in a person's row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.people.danger_models import DangerTally
from libertad.vocabulary.verbs import danger as say
from libertad.vocabulary.verbs.people import PersonMeet


def closings(entries: Sequence[Said], authority: str) -> list[list[Any]]:
    """[ms, zone, officer, authority, words, entry, answers] of each closing by who met the person.

    Another authority's word closes nothing, though it reads the file.
    """
    return [
        [to_ms(s.at), s.happened.zone, s.officer, s.authority, s.content.done, s.id, list(s.content.answers)]
        for s in entries
        if isinstance(s.content, say.PersonDangerClose) and s.authority == authority
    ]


def dangers(entries: Sequence[Said], authority: str) -> list[list[Any]]:
    """[ms, zone, officer, authority, words, entry] of each time that it was said, by who met the person."""
    return [
        [to_ms(s.at), s.happened.zone, s.officer, s.authority, getattr(s.content, "words", ""), s.id]
        for s in entries
        if s.authority == authority
        and (
            isinstance(s.content, say.PersonDanger)
            or (isinstance(s.content, PersonMeet) and s.content.danger == "yes")
        )
    ]


def _opens(entry: Said) -> bool:
    return isinstance(entry.content, say.DangerTally) and entry.content.state == "open"


@project(
    DangerTally,
    verbs=("danger.tally",),
    key=lambda entry: (entry.subject,),
    begins=_opens,
    own=("danger.tally",),
)
def danger_tally_row(key: str, entries: Sequence[Said]) -> Row | None:
    """Open until each authority that opened it has closed it, whatever order and whatever dates the two have:
    another's word neither closes it nor takes it over."""
    tallies = [(s, s.content) for s in entries if isinstance(s.content, say.DangerTally)]
    opened = {s.authority: s for s, tally in reversed(tallies) if tally.state == "open"}
    left = opened.keys() - {s.authority for s, tally in tallies if tally.state == "closed"}
    if not opened:
        return None
    first = min((opened[authority] for authority in left or opened), key=lambda s: (s.at, s.clock, s.id))
    return Row(first.compartment, {"at": first.at, "authority": first.authority, "open": bool(left)})
