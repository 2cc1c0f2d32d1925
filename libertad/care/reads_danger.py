"""Dangers of people as care has them: by the word of who met the person, and by care's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from libertad.access.actor import Actor
from libertad.access.queries import open_row
from libertad.care import overview
from libertad.care.reads import chosen_file, files_of_people
from libertad.journal.fields import to_ms
from libertad.people import queries as people


@dataclass(frozen=True)
class CareDanger:
    """Dangers of one person as care has them: by the word of who met the person and by care's own.

    `closing` is care's last, None while a danger is open for care.
    """

    dangers: Sequence[people.DangerSaid] = ()
    open_now: Sequence[people.DangerSaid] = ()
    closing: people.Closing | None = None


def dangers(
    actor: Actor, met_people: Sequence[people.PersonSeen], file_ids: Iterable[str] = ()
) -> dict[str, CareDanger]:
    """By person, of these and of `file_ids`, whose protection file alone the actor may read; nobody without a
    danger."""
    ids = {*file_ids, *(met_person.id for met_person in met_people)}
    words = _danger_words(actor, ids)
    police = {
        met_person.id: [_danger_row(danger) for danger in met_person.dangers] for met_person in met_people
    }
    by_person = {}
    for person in {*police, *words}:
        known = words.get(person, {})
        danger_rows = sorted([*police.get(person, []), *known.get("dangers", ())])
        if danger_rows:
            closed = known.get("danger_closed", ())
            waiting = people.unanswered(danger_rows, closed)
            closing = None if waiting else people.first_closing(list(closed)[-1:])
            by_person[person] = CareDanger(
                people.dangers_of(danger_rows), people.dangers_of(waiting), closing
            )
    return by_person


def _danger_words(actor: Actor, ids: Iterable[str]) -> dict[str, dict[str, list[Any]]]:
    """By person what protection files say of dangers: of several files of one person all of it."""
    by_person: dict[str, dict[str, list[Any]]] = {}
    for row in files_of_people(actor, ids):
        words = open_row(actor, row)
        known = by_person.setdefault(row.person, {"dangers": [], "danger_closed": []})
        for name, listed in known.items():
            listed += words.get(name, ())
    for known in by_person.values():
        for listed in known.values():
            listed.sort()
    return by_person


def own_dangers(actor: Actor, person: str) -> tuple[list[people.DangerSaid], list[people.Closing]]:
    """What care itself said of dangers in a protection file, and each time what it did."""
    row, _rows = chosen_file(actor, person)
    words = open_row(actor, row) if row is not None else {}
    closed = [people.first_closing([closing_row]) for closing_row in words.get("danger_closed", ())]
    return people.dangers_of(words.get("dangers", ())), [closing for closing in closed if closing is not None]


def open_dangers(actor: Actor) -> dict[str, CareDanger]:
    """By person, what is open for care: by police's word or its own, until care has said what it did."""
    ids = overview.in_danger(actor)
    by_person = dangers(actor, people.people(actor, ids=ids), ids)
    return {person: danger for person, danger in by_person.items() if danger.open_now}


def _danger_row(danger: people.DangerSaid) -> list[Any]:
    return [
        to_ms(danger.when.utc),
        danger.when.zone,
        danger.officer,
        danger.authority,
        danger.words,
        danger.entry,
    ]
