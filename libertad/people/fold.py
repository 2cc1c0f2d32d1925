"""Entries -> people, detentions and tallies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any, cast

import msgspec

from libertad.journal.corrections import why
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, conflict, latest, live, project
from libertad.journal.subjects import content_of
from libertad.people.danger_said import unanswered
from libertad.people.fold_danger import closings, dangers
from libertad.people.fold_linking import linked, twice_of, unconfirmed
from libertad.people.meetings import counting_entry, disputed, meeting_entries, standing
from libertad.people.models import CareTally, Person, Tally
from libertad.people.tally_states import CUSTODY, DECISIONS, FIRST_VIEWS, custody, first_view
from libertad.vocabulary.values import Birth
from libertad.vocabulary.verbs import people as say

SINGLE = ("birth", "sex")
MANY = ("name", "language", "nationality", "phone")


def to_json(value: Any) -> Any:
    """A value as plain JSON."""
    return msgspec.to_builtins(value)


def entries_stating(entries: Iterable[Said], field: str) -> list[Said]:
    """Entries that say this field at all (the verbs of a person do not all have each field)."""
    return [s for s in entries if any(statement.field == field for statement in s.statements)]


@project(
    Person,
    verbs=(
        "person.meet",
        "person.meeting",
        "person.state",
        "person.assess",
        "person.same",
        "person.not_same",
        # That it is the same person as another is proposed: folded by `fold_linking`.
        "link.propose",
        "link.refuse",
        "person.danger",
        "person.danger_close",
        # Folded by `fold_keeping`; here, so that whose the person is decides who may say them.
        "person.keep",
        "person.erasure",
        "person.erasure_refuse",
    ),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.PersonMeet),
    own=("person.meet", "person.meeting"),
)
def person_row(key: str, entries: Sequence[Said]) -> Row | None:
    meeting = meeting_entries(entries)
    if not meeting:
        return None
    first, now = meeting[0], standing(meeting)
    met, moment = cast(say.PersonMeet, first.content), now["met"]
    births = live(entries_stating(entries, "birth"), "birth")
    young = [
        moment.at if v.said.id == first.id else v.said.at
        for v in births
        if cast(Birth, v.value).ages_on(moment.at)[0] < 18
    ]
    # Each reader's view stands in the file; the view of the person is that of who met her.
    view = latest(
        entries_stating([s for s in entries if s.authority == first.authority], "seen_as"), "seen_as"
    )
    sealed: dict[str, Any] = {"counting": met.counting}
    for field in (*SINGLE, *MANY):
        sealed[field] = [[to_json(v.value), v.said.id] for v in live(entries_stating(entries, field), field)]
    for field in say.KNOWN_BY:  # absent where nobody said one: most files
        if values := [[to_json(v.value), v.said.id] for v in live(entries_stating(entries, field), field)]:
            sealed[field] = values
    sealed["danger"] = met.danger
    for field in ("needs", "travel_document", "with_whom"):
        sealed[field] = to_json(now[field])
    sealed["documents"] = documents(entries)
    if continued_in := twice_of(entries, first.authority):
        sealed["twice"] = continued_in
    if alone := unconfirmed(entries, first.authority):
        sealed["by_one"] = alone
    closed, state = closings(entries, first.authority), "none"
    if danger_rows := dangers(entries, first.authority):
        open_now = unanswered(danger_rows, closed)
        state = "open" if open_now else "answered"
        sealed |= {"danger": "yes", "dangers": danger_rows, "recorded_by": (open_now or danger_rows)[0][2]}
    if closed:
        sealed["danger_closed"] = closed
    return Row(
        first.compartment,
        {
            "reference": met.reference,
            "country": met.country,
            "site": now["site"],
            "visit": now["visit"],
            "authority": first.authority,
            "met_at": moment.at,
            "zone": moment.zone,
            "seen_as": view.value if view else "not-assessed",
            "seen_at": view.said.at if view and view.said.id != first.id else moment.at,
            "child": not births or bool(young),
            "child_at": min(young, default=moment.at),
            "conflicts": [*differing(entries, moment.at), *disputed(meeting)],
            "links": linked(entries, first.authority),
            "danger": state,
        },
        sealed,
    )


def differing(entries: Sequence[Said], met_at: datetime) -> list[str]:
    """Fields of which values differ, so that somebody has to settle them. Births that may both be true, and
    say alike whether it is a child, do not: 'about 12' and a date of birth within it."""
    by_field = {name: conflict(entries_stating(entries, name), name) for name in SINGLE}
    births = [cast(Birth, value.value) for value in by_field["birth"]]
    if all(birth.agrees(other_birth, met_at) for birth, other_birth in combinations(births, 2)):
        by_field["birth"] = []
    return [name for name, values in by_field.items() if values]


def documents(file_entries: Iterable[Said]) -> list[list[str]]:
    """[kind, number, country] of each document stated, unless its number was superseded; its expiry after
    them where one is known."""
    entries = entries_stating(file_entries, "document_kind")
    live_ids = {v.said.id for v in live(entries, "document_kind")}
    return [
        [content.document_kind, content.document_number, content.document_country]
        + ([content.document_expires] if content.document_expires else [])
        for entry in entries
        if entry.id in live_ids
        for content in (cast(say.PersonState, entry.content),)
    ]


def by_their_own(entries: Sequence[Said]) -> list[Said]:
    """Entries without corrections of what another authority said: such a word changes nothing here."""
    known = {entry.id: entry.authority for entry in entries}

    def own(entry: Said) -> bool:
        old = (name for statement in entry.statements for name in statement.supersedes)
        return all(known.get(name, entry.authority) == entry.authority for name in old)

    return [entry for entry in entries if not why(entry) or own(entry)]


def standing_tallies(entries: Sequence[Said]) -> list[Said]:
    """Entries of a tally without those that their own authority corrected since."""
    believed = by_their_own(entries)
    corrections = [entry for entry in believed if why(entry)]
    superseded = {
        old for entry in corrections for statement in entry.statements for old in statement.supersedes
    }
    return [entry for entry in believed if entry.id not in superseded]


def _tally_keys(entry: Said) -> tuple[str, ...]:
    if isinstance(entry.content, say.TallyLink):
        return (entry.subject, entry.content.other)
    return (entry.subject,)


def on_open_side(entry: Said, owner: Sequence[Said]) -> bool:
    """Whether an entry is a dated status of the open side: custody, or a view of whoever met the person.

    `owner`: the entry by which the person was counted. What another authority said of the protection status,
    and what was said as a decision, is care's.
    """
    if isinstance(entry.content, say.TallyCustody):
        return bool(entry.content.state)
    if isinstance(entry.content, say.TallySeen):
        return bool(owner) and entry.authority == owner[0].authority
    if not isinstance(entry.content, say.TallyStatus):
        return False
    if entry.content.status in CUSTODY:
        return True
    owned = bool(owner) and entry.authority == owner[0].authority
    return owned and entry.content.status in FIRST_VIEWS and entry.source != "decision"


def _of_care(entry: Said, open_side: Sequence[Said]) -> bool:
    """Whether a status is not the open side's: when it was given must not show in a row."""
    return isinstance(entry.content, (say.TallySeen, say.TallyStatus)) and entry not in open_side


def status_said(entry: Said) -> str:
    """The status that an entry about a tally gives."""
    content = entry.content
    if isinstance(content, say.TallySeen):
        return content.seen_as
    return content.state if isinstance(content, say.TallyCustody) else cast(say.TallyStatus, content).status


def told_at(
    entries: Sequence[Said], meeting: Said | None = None, met_at: datetime | None = None
) -> list[tuple[int, str]]:
    """(ms, status) of each. One dated after a word that followed it, whose date is wrong, is told just before
    that word: figures as of a cut go by these dates.

    How a person was seen at the `meeting` was when the person was met, also where that was corrected."""
    dated: list[tuple[int, str]] = []
    follows: int | None = None
    for entry in reversed(entries):
        is_first_view = (
            meeting is not None and entry.at == meeting.at and isinstance(entry.content, say.TallySeen)
        )
        at = to_ms(met_at if is_first_view and met_at is not None else entry.at)
        if follows is not None and at > follows:
            at = follows - 1
        follows = at
        dated.append((at, status_said(entry)))
    return dated[::-1]


def begins_tally(entry: Said) -> bool:
    """Somebody is counted as met, or, whom nobody met as a possible victim, by a first status of custody."""
    content = entry.content
    if isinstance(content, say.TallyCustody) and content.corrected:
        return False
    if isinstance(content, say.TallyPerson) and content.corrected:
        return False
    legacy = isinstance(content, say.TallyStatus) and content.status in CUSTODY
    return legacy or isinstance(content, (say.TallyPerson, say.TallyCustody))


# What another authority than the one that began a tally may say of custody: the prosecution's acts.
FOLLOWING = ("charged", "released")


@project(
    Tally,
    verbs=("tally.person", "tally.seen", "tally.custody", "tally.status", "tally.link"),
    key=_tally_keys,
    retired=("tally.status",),
    begins=begins_tally,
    own=("tally.person", "tally.seen"),
)
def tally_row(key: str, entries: Sequence[Said]) -> Row | None:
    """The open side of one counted record: first view and custody, never what care decided."""
    met = counting_entry(entries)
    people = [met[0]] if met else []
    open_side = [s for s in standing_tallies(entries) if on_open_side(s, people)]
    by = (people or open_side or entries)[0].authority
    open_side = [s for s in open_side if s.authority == by or status_said(s) in FOLLOWING]
    dated = told_at(open_side, *(met[:2] if met else ()))
    if not people and not dated:
        return None
    first = people[0] if people else open_side[0]
    content = first.content
    links = sorted(
        (to_ms(s.at), s.content.other if s.subject == key else s.subject, s.content.same)
        for s in entries
        if isinstance(s.content, say.TallyLink)
    )
    held, charged = custody(dated)
    return Row(
        first.compartment,
        {
            "country": str(getattr(content, "country", "")),
            "age_group": content.age_group if isinstance(content, say.TallyPerson) else "",
            "sex": content.sex if isinstance(content, say.TallyPerson) else "",
            "workplace": met[2] if met else "",
            "met_at": met[1] if met else first.at,
            "met": bool(people),
            "protection": (first_view(dated) or "not-assessed") if people else "",
            "custody": held,
            "charged": charged,
            "linked": bool(links),
            "changed_at": max(s.at for s in entries if not _of_care(s, open_side)),
            "statuses": [list(d) for d in sorted(dated)],
            "links": [list(link) for link in links],
        },
    )


@project(
    CareTally,
    verbs=("tally.person", "tally.status"),
    key=lambda entry: (entry.subject,),
    retired=("tally.status",),
    begins=content_of(say.TallyPerson),
    own=("tally.person",),
)
def care_tally_row(key: str, entries: Sequence[Said]) -> Row | None:
    """What care said of a counted record before decisions were counted apart; sealed, on care's side only."""
    owner = [s for s in entries if isinstance(s.content, say.TallyPerson) and not why(s)][:1]
    decided = [
        s
        for s in entries
        if isinstance(s.content, say.TallyStatus)
        and s.content.status in DECISIONS
        and not on_open_side(s, owner)
    ]
    if not decided:
        return None
    return Row(
        decided[0].compartment,
        {},
        {"statuses": [[to_ms(s.at), status_said(s), s.authority] for s in decided]},
    )
