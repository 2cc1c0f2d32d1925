"""The protection file that an action works in: found, or opened at first use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from libertad.access.acting import Act, Forbidden
from libertad.access.matrix import matrix
from libertad.care.models import CareFile
from libertad.journal.fields import to_ms
from libertad.journal.folding import Said, live
from libertad.journal.models import ReadModel
from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Birth, PersonName, Refused
from libertad.vocabulary.verbs.care import CarePerson
from libertad.vocabulary.verbs.danger import PersonDanger
from libertad.vocabulary.verbs.people import PersonMeet, PersonState

NO_FILE = marked("there is no such file")
# What can be said in a closed file. Answers, readings and withdrawals go to their own part, and always can.
CLOSED = (
    "care.person",
    "care.close",
    "care.close_read",
    "care.keep",
    "care.reopen",
    "care.danger",
    "care.danger_close",
    "erasure.request",
)


@dataclass(frozen=True)
class Met:
    """What the person's identity file says that a protection file needs."""

    reference: str
    counting: str
    name: str
    child: bool
    dangers: tuple[tuple[int, str], ...]  # (ms, entry) of each time that police said danger


def protection_file(act: Act, verb: str, person: str, known: str = "") -> str:
    """The care compartment of a person. A caseworker's first act opens it; others need it to be there, and of
    several name one (`Actor.file`), or have a part of it (`known`: its file).

    The role is asked first, so that nobody learns from the answer whether a file exists.
    """
    refuse_role(act, verb)
    if matrix().may_say(act.actor.role, "care.person", "care"):
        place = ensure_open(act, person)
    else:
        place = known or act.compartment("care", person)
        if not known:
            refuse_unnamed(act, place, person)
    if verb not in CLOSED:
        refuse_closed(act, place)
    return place


def refuse_role(act: Act, verb: str) -> None:
    """Forbidden to whose role says this in no file."""
    if act.actor.role not in matrix().entries[verb].say:
        raise Forbidden("your role may not say %(verb)s", verb=verb)


def refuse_unnamed(act: Act, place: str, person: str) -> None:
    """Refused where the authority reads several files of the person, keeps none, and none is named."""
    if act.actor.file != place and len(act.find(CareFile, person=person)) > 1:
        raise Refused(
            "person",
            "care authorities each keep a protection file of this person: open the one that you decide in",
        )


def refuse_closed(act: Act, place: str | None) -> None:
    """Refused while a protection file is closed; not where there is none."""
    file = act.get(CareFile, place) if place is not None else None
    if file is not None and file["closed_at"] is not None:
        raise Refused(
            "person",
            "the protection file %(reference)s is closed; open it again first",
            reference=file["reference"],
        )


def ensure_open(act: Act, person: str) -> str:
    """The compartment, opened at first use and told anew when name or age have changed.

    Its reader is the caseworker's care authority alone: a deciding authority is let in when it is asked
    (`ask_decision`). Never police.
    """
    compartment = act.find_compartment("care", person)
    if compartment is not None and not act.reads(compartment):
        compartment = None  # another authority's: nobody here is told that there is one
    if compartment is None:
        known = met(act, person)
        if act.member(act.actor.authority, "care") is None:
            raise Refused("person", "only a care authority opens a protection file")
        compartment = act.open("care", person, [])
    else:
        place = act.find_compartment("person", person)
        # The person's identity file may no longer be ours; the protection file is still worked in.
        if place is None or not act.reads(place):
            return compartment
        known = met(act, person)
    before = act.get(CareFile, compartment)
    sealed = act.open_row(CareFile, before) if before else {}
    now = (known.reference, known.counting, known.name, known.child)
    if before is None or now != (
        before["reference"],
        sealed.get("counting"),
        sealed.get("name"),
        bool(before["child"]),
    ):
        content = CarePerson(
            person=person,
            reference=known.reference,
            counting=known.counting,
            name=known.name,
            child="yes" if known.child else "no",
        )
        act.say(compartment, content, subject=person, supersedes={}, source="document")
    return compartment


def met(act: Act, person: str) -> Met:
    """Reference, counting id, last name and age, from the person's identity file.

    Refused alike for a person who does not exist and one whose file the actor's authority does not read.
    """
    place = act.find_compartment("person", person)
    if place is None or not act.reads(place):
        raise Refused("person", NO_FILE)
    rows = act.tx.sql.all("select idx from journal_entry where compartment = ? order by idx", (place,))
    entries = sorted(
        entry
        for entry in (act.tx.entry(row[0]) for row in rows)
        if entry is not None
        and entry.subject == person
        and isinstance(entry.content, (PersonMeet, PersonState, PersonDanger))
    )
    begun = [e for e in entries if isinstance(e.content, PersonMeet)]
    meetings = [e.content for e in begun if isinstance(e.content, PersonMeet)]
    if not meetings:
        raise Refused("person", NO_FILE)
    spoken = [e for e in entries if e.authority == begun[0].authority]
    names = [cast(PersonName, value.value).text for value in live(entries, "name")]
    return Met(
        reference=meetings[0].reference,
        counting=meetings[0].counting,
        name=names[0] if names else "",
        child=child_rules(entries, act.happened.at),
        dangers=tuple(
            (to_ms(e.at), e.id)
            for e in spoken
            if isinstance(e.content, PersonDanger) or getattr(e.content, "danger", "") == "yes"
        ),
    )


def police_dangers(act: Act, person: str) -> tuple[tuple[int, str], ...]:
    """(ms, entry) of each time that police said danger, as far as the identity file is still readable."""
    place = act.find_compartment("person", person)
    return met(act, person).dangers if place is not None and act.reads(place) else ()


def child_rules(entries: list[Said], day: datetime) -> bool:
    """The rules for a child apply to who may be under 18: also while the age is in dispute or not known."""
    births = [cast(Birth, value.value) for value in live(entries, "birth")]
    return not births or any(birth.ages_on(day)[0] < 18 for birth in births)


def check_dates(
    act: Act, dates: Mapping[str, tuple[str, int]], before: Mapping[str, Any] | None = None
) -> None:
    """Refused for a date that has gone by, or is more than so many years ahead: field -> (date, years).

    What stands on file already (`before`) may stay as it is.
    """
    today = act.happened.local.date()
    for field, (day, years) in dates.items():
        if day and (before is None or before[field] != day):
            check_ahead(day, today, field, years=years)


def part(act: Act, model: type[ReadModel], key: str, field: str, verb: str) -> dict[str, Any]:
    """A part of a protection file with its sealed columns; Refused alike if none and if not ours."""
    refuse_role(act, verb)
    row = act.get(model, key)
    if row is None or not act.reads(row["compartment"]):
        raise Refused(field, NO_FILE)
    return {**row, **act.open_row(model, row)}
